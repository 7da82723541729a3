"""Fountain, kept word for word, and Final Draft, made Fountain."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inkstand.formats.reading.final_draft import final_draft
from inkstand.formats.reading.fountain import acts, fountain, scenes, title_page
from inkstand_sdk.errors import InputError

TWO_BLANKS = "  "
BRICK = f"""Title:
    _**BRICK & STEEL**_
    FULL RETIRED
Credit: Written by
Author: Stu Maschwitz
Draft date: 1/27/2012
Contact:
    Next Level Productions

FADE IN:

# Act One

= They meet.

EXT. BRICK'S PATIO - DAY #1A#

A gorgeous day.  The sun is shining.  [[a note]]

@McCLANE ^
(quietly)
Yippie ki-yay!
{TWO_BLANKS}
~lyrics here

.SNIPER SCOPE POV

> THE END <

===

/* boneyard
# Not an act
*/

# Act Two

CUT TO:

!EXT. not a heading
"""


def test_a_title_page_is_read_and_everything_else_kept_word_for_word() -> None:
    made = fountain(BRICK)
    assert made.kind == "screenplay"
    assert made.title == "BRICK & STEEL FULL RETIRED"
    assert made.authors == ("Stu Maschwitz",)
    assert list(made.metadata["title_page"]) == [
        "Title", "Credit", "Author", "Draft date", "Contact",
    ]  # fmt: skip
    assert made.metadata["title_page"]["Title"] == ["_**BRICK & STEEL**_", "FULL RETIRED"]
    assert [section.title for section in made.sections] == ["", "Act One", "Act Two"]
    body = "\n\n".join(
        (f"# {section.title}\n\n" if section.title else "") + section.text
        for section in made.sections
    )
    assert body.strip() == BRICK.partition("\n\n")[2].strip()


@pytest.mark.parametrize(
    "start", ["FADE IN:\n\nINT. ROOM", "NOTE TO SELF: go\n\nAction", "Action."]
)
def test_a_text_without_a_title_page_loses_nothing(start: str) -> None:
    assert title_page(start) == ({}, start)


def test_scenes_are_cut_at_headings_and_not_in_notes() -> None:
    text = (
        "Before.\n\nINT. A - DAY\n\nX\n\n[[\nINT. B\n\n]]\n\n.FORCED\n\nY\n\n"
        "...no heading\n\nest. hill"
    )
    assert [section.title for section in scenes(text)] == [
        "",
        "INT. A - DAY",
        ".FORCED",
        "est. hill",
    ]


@given(st.text(alphabet="#ab\n /*[].INT", max_size=120))
def test_cutting_at_acts_and_scenes_keeps_all_words(text: str) -> None:
    for cut in (acts, scenes):
        kept = "".join(f"{section.title}{section.text}" for section in cut(text))
        assert kept.replace("#", "").split() == text.replace("#", "").split() or (
            "".join(kept.split()).replace("#", "") == "".join(text.split()).replace("#", "")
        )


FDX = """<?xml version="1.0" encoding="UTF-8" standalone="no" ?>
<FinalDraft DocumentType="Script" Template="No" Version="5">
<Content>
<Paragraph Number="1" Type="Scene Heading"><SceneProperties Length="1/8" Page="1">
<Summary><Paragraph><Text>They meet.</Text></Paragraph></Summary></SceneProperties>
<Text>INT. HOUSE - DAY</Text></Paragraph>
<Paragraph Type="Scene Heading"><Text>THE MOON</Text></Paragraph>
<Paragraph Type="Action"><Text>He is </Text><Text Style="Bold+Italic">very</Text><Text> old.
 5 * 3</Text><ScriptNote ID="1"><Paragraph><Text>check age</Text></Paragraph></ScriptNote>
</Paragraph>
<Paragraph Type="Action"><Text>EXT. not a heading</Text></Paragraph>
<Paragraph Type="Character"><Text>McAVOY</Text></Paragraph>
<Paragraph Type="Parenthetical"><Text>(softly)</Text></Paragraph>
<Paragraph Type="Dialogue"><Text>Hello.</Text></Paragraph>
<Paragraph><DualDialogue>
<Paragraph Type="Character"><Text>ANN</Text></Paragraph>
<Paragraph Type="Dialogue"><Text>Yes!</Text></Paragraph>
<Paragraph Type="Character"><Text>BOB (O.S.)</Text></Paragraph>
<Paragraph Type="Dialogue"><Text>No!</Text></Paragraph>
</DualDialogue></Paragraph>
<Paragraph Type="Transition"><Text>CUT TO:</Text></Paragraph>
<Paragraph Type="Transition"><Text>Fade out.</Text></Paragraph>
<Paragraph Type="Shot"><Text>CLOSE ON ANN</Text></Paragraph>
<Paragraph Type="Action" Alignment="Center" StartsNewPage="Yes"><Text>THE END</Text></Paragraph>
<Paragraph Type="Telegram"><Text>STOP</Text></Paragraph>
</Content>
<TitlePage><Content>
<Paragraph Alignment="Center"><Text>My Film</Text></Paragraph>
<Paragraph Alignment="Center"><Text>written by</Text></Paragraph>
<Paragraph Alignment="Center"><Text>Ann Bee</Text></Paragraph>
<Paragraph Alignment="Left"><Text>ann@example.com</Text></Paragraph>
</Content></TitlePage>
<Zorp/>
</FinalDraft>"""


def test_each_type_of_paragraph_becomes_its_element() -> None:
    made = final_draft(FDX.encode(), "a.fdx")
    assert made.document.sections[0].text == (
        "INT. HOUSE - DAY #1#\n\n= They meet.\n\n.THE MOON\n\n"
        "He is ***very*** old.\n 5 \\* 3[[check age]]\n\n!EXT. not a heading\n\n"
        "@McAVOY\n(softly)\nHello.\n\nANN\nYes!\n\nBOB (O.S.) ^\nNo!\n\n"
        "CUT TO:\n\n> Fade out.\n\nCLOSE ON ANN\n\n===\n\n> THE END <\n\nSTOP"
    )
    assert made.document.title == "My Film"
    assert made.document.authors == ("Ann Bee",)
    assert made.document.metadata["title_page"]["Contact"] == ["ann@example.com"]


def test_what_fountain_has_no_element_for_is_listed() -> None:
    notes = " ".join(final_draft(FDX.encode(), "a.fdx").notes)
    for part in ("Shots, kept as action: 1", "type Telegram, kept as action: 1", "kind Zorp"):
        assert part in notes


def test_a_cut_off_file_is_refused() -> None:
    with pytest.raises(InputError, match=r"a\.fdx is damaged"):
        final_draft(FDX[:900].encode(), "a.fdx")
