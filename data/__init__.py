"""What we know: studies, read from files and checked once at the door."""
