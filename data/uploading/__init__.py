"""What is sent to the page: received, read in a process of its own, and kept."""
