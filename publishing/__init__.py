"""What leaves for a journal: sizes that journals ask for, and a figure of the page as a file."""
