"""Findings of a check for people: what is wrong, both passages, and where they stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeGuard

NOTHING = "Nothing was found."


def are_findings(value: Any) -> TypeGuard[Sequence[Mapping[str, Any]]]:
    """Whether a value of an output is what the SDK calls findings; an empty list may be."""
    return isinstance(value, list | tuple) and all(
        isinstance(each, Mapping) and {"id", "kind", "summary", "passages"} <= each.keys()
        for each in value
    )


def finding_lines(findings: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str, int]]:
    """Lines as (text, style, indent): a paragraph for each finding, numbered."""
    if not findings:
        yield NOTHING, "", 0
    for number, finding in enumerate(findings, start=1):
        yield "", "", 0
        yield f"{number}. {finding['summary']}", "bold", 0
        about = [str(finding["kind"]).replace("_", " ")]
        if "confidence" in finding:
            about.append(f"confidence {finding['confidence']:.0%}")
        yield " · ".join([*about, str(finding["id"])]), "dim", 3
        for passage in finding["passages"]:
            yield " ".join(str(passage["quote"]).split()), "", 3
            yield _place(passage), "dim", 5


def _place(passage: Mapping[str, Any]) -> str:
    """A passage's scene, file and line; a page of the bible is known by its file alone."""
    file, line = passage.get("file", ""), passage.get("line", 1)
    where = f"{file}:{line}" if file and passage.get("scene", -1) >= 0 else file or f"line {line}"
    label = passage.get("label", "")
    return f"{label}, {where}" if label and label != file else where
