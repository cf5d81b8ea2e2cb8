"""A figure of the page as a file for a journal."""
