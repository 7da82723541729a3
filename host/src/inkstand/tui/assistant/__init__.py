"""The assistant: any installed tool, a free prompt, and what comes of them."""
