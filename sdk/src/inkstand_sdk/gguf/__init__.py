"""GGUF model files: what the header says, read and bounded before any engine sees the file.

Native engines trust a header and abort on a bad one; this reader does not. Format:
https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
"""

from inkstand_sdk.gguf.header import GgufHeader as GgufHeader
from inkstand_sdk.gguf.header import read_header as read_header
from inkstand_sdk.gguf.tensors import TensorInfo as TensorInfo

__all__ = ["GgufHeader", "TensorInfo", "read_header"]
