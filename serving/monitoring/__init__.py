"""What happened, told to who runs the server: lines of a log, numbers, and whether it is ready."""
