"""What is kept of each generation: a row of usage, and a receipt of what went in."""
