"""XML from strangers: no entities, no document type but a bare one, bounded in depth and number."""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from inkstand_sdk.errors import InputError

DEEPEST = 500
MOST_ELEMENTS = 5_000_000


class _Refused(Exception):
    """The XML does what no manuscript needs."""


class _Builder:
    """What expat calls: builds a tree, or only looks."""

    def __init__(self, tree: TreeBuilder | None, *, may_have_type: bool) -> None:
        self._tree = tree
        self._may_have_type = may_have_type
        self._depth = self._count = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self._count += 1
        if self._depth > DEEPEST:
            raise _Refused(f"its elements are nested more than {DEEPEST} deep")
        if self._count > MOST_ELEMENTS:
            raise _Refused(f"it has more than {MOST_ELEMENTS:,} elements")
        if self._tree is not None:
            self._tree.start(tag, attributes)

    def end(self, tag: str) -> None:
        self._depth -= 1
        if self._tree is not None:
            self._tree.end(tag)

    def document_type(self, name: str, system: str | None, public: str | None, own: int) -> None:
        if own or not self._may_have_type:
            raise _Refused("it declares a document type, which files of this kind have no need of")

    def entity(self, *_: Any) -> None:
        raise _Refused("it declares entities, with which a small file can grow without bound")


def parse(data: bytes, name: str) -> Element:
    """The root of an XML document, its tags as they are spelled, with their prefixes.

    Raises:
        InputError: it is damaged, or declares entities or a document type, or is too deep.

    """
    tree = TreeBuilder()
    _run(data, name, _Builder(tree, may_have_type=True), tree)
    return tree.close()


def check(data: bytes, name: str) -> None:
    """Raise what `parse` would, document types included, without building a tree."""
    _run(data, name, _Builder(None, may_have_type=False), None)


def _run(data: bytes, name: str, builder: _Builder, tree: TreeBuilder | None) -> None:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.StartDoctypeDeclHandler = builder.document_type
    parser.EntityDeclHandler = builder.entity
    if tree is not None:
        parser.CharacterDataHandler = tree.data
    try:
        parser.Parse(data, True)
    except _Refused as refused:
        raise InputError(
            f"{name} is not read: {refused}.",
            "It was made by hand, or to do harm.",
            "Open it in the program that it is for, save it anew, and try again.",
        ) from refused
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise InputError(
            f"{name} is damaged: {error}.",
            "It was cut off or changed after it was saved, or is no XML at all.",
            "Save it anew in the program that made it, or take an older copy.",
        ) from error


def text_of(element: Element | None) -> str:
    """All text in an element; "" for none."""
    return "" if element is None else "".join(element.itertext())
