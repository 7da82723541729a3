"""Worker processes: one for each loaded model, one for the tools of each distribution."""
