"""Keys as in Vim: modes, motions, operators, counts."""
