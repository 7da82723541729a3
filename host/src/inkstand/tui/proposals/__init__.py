"""Proposals on the screen: what would change, word by word, to be accepted or refused."""
