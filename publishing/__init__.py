"""What leaves the page: words, files and figures for a paper."""
