"""The host's log: structured lines that several processes may write at once."""
