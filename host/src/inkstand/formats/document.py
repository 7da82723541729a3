"""What a file of another program is read into, and what is written into one: a `Document`.

Prose is Markdown as `MARKDOWN` says. A screenplay is Fountain, which is plain text too, word for
word as it was: a section of the level "chapter" is what follows a `# ` line, its title what that
line says; one of the level "scene" follows a scene heading, its title that line as it stands.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

Kind = Literal["prose", "screenplay"]
Level = Literal["part", "chapter", "scene"]

SCENE_BREAK = "* * *"
"""The line that divides scenes, alone between blank lines."""

MARKDOWN = (
    "markdown-yaml_metadata_block-pandoc_title_block-mmd_title_block-tex_math_dollars-raw_tex"
    "-latex_macros-citations-example_lists-fancy_lists-definition_lists-implicit_figures"
    "-blank_before_header-simple_tables-multiline_tables-grid_tables-table_captions"
    "-auto_identifiers-header_attributes-raw_attribute-fenced_divs-smart"
)
"""The Markdown of a prose document's texts, as pandoc names it.

Emphasis is `*italic*`, `**bold**`, `~~struck~~`, `[small capitals]{.smallcaps}`,
`[underlined]{.underline}`, `^superior^` and `~inferior~`; a line of verse ends with a backslash; a
footnote is `[^1]`, with `[^1]: its text` at the end of the same section; a comment of the writer
is `<!-- like this -->`. Quotation marks and dashes are the characters themselves.
"""


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """A part, chapter or scene of a document, in reading order: levels are not nested.

    Args:
        level: What it is. A part holds the chapters after it, a chapter the scenes after it.
        title: Its heading in Markdown without the `#`; "" for none.
        text: What stands below the heading, before the next section's: lines end in LF, without
            blank lines around. Scenes without a section of their own are divided by `SCENE_BREAK`.
        fields: What is known of it beside: the front matter of its file (`synopsis`, `pov`,
            `status`, `label`, ...), JSON values.

    """

    level: Level = "chapter"
    title: str = ""
    text: str = ""
    fields: dict[str, Any] = {}


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """A whole text with what is known of it.

    Args:
        kind: Whether its sections are Markdown prose or Fountain.
        title: The title as plain text; "" if unknown.
        authors: The names of who wrote it.
        language: A BCP 47 tag such as "en-GB"; "" if unknown.
        metadata: Further fields, JSON values: `subtitle`, `date`, `publisher`, `description`,
            `rights`, `identifier`, `contact`. Of a screenplay, `title_page` is an ordered mapping
            from each key of its Fountain title page, as spelled there, to a list of lines.
        sections: Parts, chapters and scenes in reading order.
        asides: Texts beside the manuscript, Markdown: research, notes about people, scenes that
            are not to be in the book. They lie in `notes/` of a workspace.

    """

    kind: Kind = "prose"
    title: str = ""
    authors: tuple[str, ...] = ()
    language: str = ""
    metadata: dict[str, Any] = {}
    sections: tuple[Section, ...] = ()
    asides: tuple[Section, ...] = ()


class Imported(msgspec.Struct, frozen=True, kw_only=True):
    """A file that was read.

    `flow` is whether the source has no documents or chapters of its own: then its one section
    is to be cut at headings. `notes` says in sentences what could not be carried, with counts.
    """

    document: Document
    format: str
    flow: bool = False
    notes: tuple[str, ...] = ()
