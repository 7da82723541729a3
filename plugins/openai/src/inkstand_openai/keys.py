"""The key: from the keyring or the environment, and out of everything that is shown."""

from __future__ import annotations

import os

from inkstand_openai.settings import OPENAI, OpenAISettings
from inkstand_sdk.errors import LoadFailed, UsageError

SERVICE = "inkstand"
_SECRET_HEADERS = frozenset({"authorization", "proxy-authorization", "api-key", "x-api-key"})
_HIDDEN = "[key]"


def find_key(settings: OpenAISettings) -> str:
    """The key for the endpoint; "" if there is none and it may do without.

    Raises:
        LoadFailed: OpenAI itself is meant, which wants one.

    """
    key, trouble = _of_keyring(settings.key_name)
    if not key and settings.key_env:
        key = os.environ.get(settings.key_env, "").strip()
    if key and not (key.isascii() and key.isprintable()):
        raise LoadFailed(
            "The key cannot be sent: it holds characters that no key has.",
            "Something else may have been pasted along with it.",
            f"Store it again: python -m keyring set {SERVICE} {settings.key_name}",
        )
    if not key and settings.base_url.rstrip("/") == OPENAI:
        raise LoadFailed(
            "There is no key for OpenAI.",
            f"The keyring has none called {settings.key_name!r}{trouble}, and the environment"
            f" variable {settings.key_env or '(none is set)'} is empty.",
            f"Store one: python -m keyring set {SERVICE} {settings.key_name or 'openai'}",
        )
    return key


def headers_of(settings: OpenAISettings) -> dict[str, str]:
    """The further headers to send; raises `UsageError` for one that would hold a secret."""
    headers = {}
    for line in settings.headers:
        name, _, value = line.partition(":")
        if name.strip().lower() in _SECRET_HEADERS:
            raise UsageError(
                f"The header {name} is for a key, and settings are no place for one.",
                "They are plain text on the disk.",
                f"Store the key: python -m keyring set {SERVICE} {settings.key_name or 'openai'}",
            )
        headers[name.strip()] = value.strip()
    return headers


def without_key(text: str, key: str) -> str:
    """`text` with the key left out, should a server have repeated it."""
    return text.replace(key, _HIDDEN) if key else text


def _of_keyring(name: str) -> tuple[str, str]:
    """The key of that name, and what kept it from being read, for a sentence."""
    if not name:
        return "", ""
    try:
        import keyring
        from keyring.errors import KeyringError, NoKeyringError
    except ImportError:
        return "", " (the package keyring is not installed)"
    try:
        return (keyring.get_password(SERVICE, name) or "").strip(), ""
    except NoKeyringError:
        return "", " (this system has no keyring)"
    except KeyringError as error:
        return "", f" (it cannot be read: {type(error).__name__})"
