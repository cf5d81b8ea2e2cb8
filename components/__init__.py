"""What is on the page: ids, the table of contents, controls, layout."""
