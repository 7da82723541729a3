"""The terminal UI: a face of Studio, made with Textual."""
