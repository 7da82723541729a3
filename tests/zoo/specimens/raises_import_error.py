"""Raises ImportError at import."""

raise ImportError("this build needs a processor with AVX-512")
