"""What texts were, and proposals that wait."""
