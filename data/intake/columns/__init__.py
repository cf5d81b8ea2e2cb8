"""What a header and its cells mean."""
