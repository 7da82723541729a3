"""Final Draft's FDX, version 4: the elements of a screenplay as XML."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from xml.sax.saxutils import escape, quoteattr

from inkstand.formats.writing.fountain_elements import Element, Words, styled

_TYPES = {
    "heading": "Scene Heading",
    "action": "Action",
    "character": "Character",
    "dialogue": "Dialogue",
    "parenthetical": "Parenthetical",
    "lyrics": "Lyrics",
    "transition": "Transition",
    "centered": "Action",
    "synopsis": "Outline Body",
}
_SPOKEN = ("character", "dialogue", "parenthetical", "lyrics")


def final_draft(found: Iterable[Element], page: dict[str, list[str]]) -> bytes:
    """An FDX file of elements, and of a title page's lines by key."""
    body = "\n".join(_content(list(found)))
    title = "\n".join(_title_page(page))
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="no" ?>\n'
        '<FinalDraft DocumentType="Script" Template="No" Version="4">\n\n'
        f"<Content>\n{body}\n</Content>\n\n"
        f"<TitlePage>\n<Content>\n{title}\n</Content>\n</TitlePage>\n\n</FinalDraft>\n"
    ).encode()


def _content(found: list[Element]) -> Iterator[str]:
    at, new_page = 0, False
    while at < len(found):
        element = found[at]
        if element.kind == "break":
            new_page = True
            at += 1
            continue
        end = _end_of_speech(found, at)
        other = found[end] if end < len(found) else None
        if element.kind == "character" and other and other.kind == "character" and other.dual:
            last = _end_of_speech(found, end)
            inside = "\n".join(_paragraph(each) for each in found[at:last])
            yield f"<Paragraph>\n<DualDialogue>\n{inside}\n</DualDialogue>\n</Paragraph>"
            at = last
        elif element.kind == "heading":
            at += 1
            summaries = []
            while at < len(found) and found[at].kind == "synopsis":
                summaries.append(found[at].text)
                at += 1
            yield _paragraph(element, new_page=new_page, summaries=summaries)
        else:
            yield _paragraph(element, new_page=new_page)
            at += 1
        new_page = False
    if new_page:
        yield _paragraph(Element("action", ""), new_page=True)


def _end_of_speech(found: list[Element], at: int) -> int:
    end = at + 1
    while end < len(found) and found[end].kind in _SPOKEN[1:]:
        end += 1
    return end


def _paragraph(element: Element, *, new_page: bool = False, summaries: Iterable[str] = ()) -> str:
    kind = _TYPES.get(element.kind, "General")
    if element.kind == "section":
        kind = f"Outline {min(element.level, 4)}"
    attributes = f' Type="{kind}"'
    if element.kind == "centered":
        attributes += ' Alignment="Center"'
    if element.number:
        attributes += f" Number={quoteattr(element.number)}"
    if new_page:
        attributes += ' StartsNewPage="Yes"'
    text = element.text
    if element.kind in ("heading", "character"):
        text = text.replace("\n", " ")
    inside = "".join(_runs(text)) or "<Text></Text>"
    notes = "".join(
        f"\n<ScriptNote><Paragraph>{_text(note)}</Paragraph></ScriptNote>" for note in element.notes
    )
    summary = "".join(f"<Paragraph>{_text(each)}</Paragraph>" for each in summaries)
    properties = (
        f"\n<SceneProperties><Summary>{summary}</Summary></SceneProperties>" if summary else ""
    )
    return f"<Paragraph{attributes}>{properties}\n{inside}{notes}\n</Paragraph>"


def _runs(text: str) -> Iterator[str]:
    for number, line in enumerate(text.split("\n")):
        if number:
            yield "<Text>\n</Text>"
        for run in styled(line):
            yield _run(run)


def _run(run: Words) -> str:
    styles = [
        name
        for name, on in (
            ("Bold", run.bold),
            ("Italic", run.italic),
            ("Underline", run.underline),
        )
        if on
    ]
    style = f' Style="{"+".join(styles)}"' if styles else ""
    return f"<Text{style}>{escape(run.text)}</Text>"


def _text(words: str) -> str:
    return f"<Text>{escape(words)}</Text>"


def _title_page(page: dict[str, list[str]]) -> Iterator[str]:
    for key, lines in page.items():
        place = (
            "Left" if key.lower() in ("contact", "draft date", "date", "copyright") else "Center"
        )
        for line in lines:
            inside = "".join(_runs(line)) or "<Text></Text>"
            yield f'<Paragraph Alignment="{place}" Type="General">{inside}</Paragraph>'
