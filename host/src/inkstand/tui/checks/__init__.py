"""What checks found in the book."""
