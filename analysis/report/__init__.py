"""The numbers of the page as tidy files."""
