"""Takes part in generation and raises there."""

from inkstand_sdk import GenerateRequest, hookimpl


@hookimpl
def inkstand_before_generate(request: GenerateRequest) -> GenerateRequest | None:
    """Fail."""
    raise RuntimeError("the thesaurus is closed")
