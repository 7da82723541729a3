"""Scrivener and novelWriter projects, without those programs."""

from __future__ import annotations

from pathlib import Path

import pytest

from inkstand.formats.reading.novelwriter import novelwriter
from inkstand.formats.reading.scrivener import scrivener
from inkstand_sdk.errors import InputError

from .made import rtf
from .made import scrivener as project

COMPILED = "<MetaData><IncludeInCompile>Yes</IncludeInCompile></MetaData>"
BINDER = f"""
<BinderItem UUID="D-0" Type="DraftFolder"><Title>Draft</Title><Children>
 <BinderItem UUID="P-1" Type="Folder"><Title>Part One</Title>{COMPILED}<Children>
  <BinderItem UUID="C-1" Type="Folder"><Title>The Storm</Title>{COMPILED}<Children>
   <BinderItem UUID="S-1" Type="Text"><Title>Harbor</Title><MetaData><LabelID>1</LabelID>
    <StatusID>1</StatusID><IncludeInCompile>Yes</IncludeInCompile></MetaData></BinderItem>
   <BinderItem UUID="S-2" Type="Text"><Title>Cut scene</Title><MetaData>
    <LabelID>-1</LabelID><IncludeInCompile>No</IncludeInCompile></MetaData></BinderItem>
   <BinderItem UUID="S-3" Type="Text"><Title>Sea</Title>{COMPILED}</BinderItem>
  </Children></BinderItem></Children></BinderItem></Children></BinderItem>
<BinderItem UUID="R-0" Type="ResearchFolder"><Title>Research</Title><Children>
 <BinderItem UUID="R-1" Type="Text"><Title>Tides</Title></BinderItem>
 <BinderItem UUID="R-2" Type="PDF"><Title>Map</Title></BinderItem></Children></BinderItem>
<BinderItem UUID="T-0" Type="TrashFolder"><Title>Trash</Title><Children>
 <BinderItem UUID="T-1" Type="Text"><Title>Old start</Title></BinderItem></Children></BinderItem>
"""
HARBOR = (
    "{\\rtf1\\ansi \\pard <$Scr_Ps::0>She {\\i waited}<!$Scr_Ps::0> by the "
    '{\\field{\\*\\fldinst{HYPERLINK "scrivcmt://AAA"}}{\\fldrslt pier}} and the '
    '{\\field{\\*\\fldinst{HYPERLINK "scrivcmt://BBB"}}{\\fldrslt sea}}.\\\n* * *\\\nLater.}'
)
COMMENTS = (
    '<?xml version="1.0"?><Comments Version="1.0"><Comment ID="AAA">'
    "<![CDATA[{\\rtf1 Which pier?}]]>"
    '</Comment><Comment ID="BBB" Footnote="Yes"><![CDATA[{\\rtf1 The {\\i North} Sea.}]]></Comment>'
    "</Comments>"
)


def test_the_binders_order_titles_synopses_comments_and_footnotes_survive(tmp_path: Path) -> None:
    folder = project(
        tmp_path,
        BINDER,
        {
            "S-1/content.rtf": HARBOR,
            "S-1/content.comments": COMMENTS,
            "S-1/synopsis.txt": "Ann waits.",
            "S-1/notes.rtf": rtf("More rain"),
            "S-2/content.rtf": rtf("Not this"),
            "S-3/content.rtf": rtf("It’s wide"),
            "R-1/content.rtf": rtf("High at six"),
            "T-1/content.rtf": rtf("Old words"),
        },
    )
    made = scrivener(folder)
    assert [(each.level, each.title) for each in made.document.sections] == [
        ("part", "Part One"),
        ("chapter", "The Storm"),
        ("scene", "Harbor"),
        ("scene", "Sea"),
    ]
    harbor = made.document.sections[2]
    assert harbor.text == (
        "She *waited* by the pier<!-- Which pier? --> and the sea[^1].\n\n* * *\n\nLater.\n\n"
        "[^1]: The *North* Sea."
    )
    assert harbor.fields == {
        "label": "Blue",
        "status": "Draft",
        "synopsis": "Ann waits.",
        "notes": "More rain",
    }
    assert [each.title for each in made.document.asides] == ["Cut scene", "Tides"]
    notes = " ".join(made.notes)
    assert "Cut scene" in notes
    assert "Left out with the trash: Old start." in notes
    assert "kind PDF among the research, left out: 1" in notes
    assert "Old words" not in str(made.document)


def test_a_project_of_version_2_is_read(tmp_path: Path) -> None:
    binder = f"""<BinderItem ID="0" Type="DraftFolder"><Title>Manuscript</Title><Children>
      <BinderItem ID="3" Type="Text"><Title>One</Title>{COMPILED}</BinderItem>
      <BinderItem ID="4" Type="Text"><Title>Two</Title>{COMPILED}</BinderItem>
      </Children></BinderItem>"""
    texts = {"3.rtf": rtf("First"), "3_synopsis.txt": "S", "4.rtf": rtf("Second")}
    made = scrivener(project(tmp_path, binder, texts, version=2))
    assert [(s.level, s.title, s.text) for s in made.document.sections] == [
        ("chapter", "One", "First"),
        ("chapter", "Two", "Second"),
    ]
    assert made.document.sections[0].fields == {"synopsis": "S"}


def test_a_binder_cannot_reach_outside_of_its_project(tmp_path: Path) -> None:
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "content.rtf").write_text(rtf("secret"))
    binder = f"""<BinderItem UUID="D" Type="DraftFolder"><Title>D</Title><Children>
      <BinderItem UUID="../../../secret" Type="Text"><Title>X</Title>{COMPILED}</BinderItem>
      </Children></BinderItem>"""
    made = scrivener(project(tmp_path, binder, {}))
    assert "secret" not in made.document.sections[0].text


def test_a_link_out_of_the_project_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret.rtf").write_text(rtf("secret"))
    binder = f"""<BinderItem ID="1" Type="DraftFolder"><Title>D</Title><Children>
      <BinderItem ID="2" Type="Text"><Title>X</Title>{COMPILED}</BinderItem>
      </Children></BinderItem>"""
    folder = project(tmp_path, binder, {}, version=2)
    (folder / "Files" / "Docs" / "2.rtf").symlink_to(tmp_path / "secret.rtf")
    with pytest.raises(InputError, match="leads out of the project"):
        scrivener(folder)


def test_a_folder_without_a_binder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"holds no \.scrivx"):
        scrivener(tmp_path)


NOVEL = """<?xml version='1.0' encoding='utf-8'?>
<novelWriterXML appVersion="2.5" fileVersion="1.5">
  <project id="x"><name>Sample Project</name><author>Jane Smith</author></project>
  <settings><status><entry key="s1">New</entry><entry key="s2">Finished</entry></status></settings>
  <content items="5">
    <item handle="a0" parent="None" type="ROOT" class="NOVEL"><name>Novel</name></item>
    <item handle="a1" parent="a0" type="FILE" class="NOVEL" layout="DOCUMENT">
      <name status="s1" active="True">Part</name></item>
    <item handle="a2" parent="a0" type="FILE" class="NOVEL" layout="DOCUMENT">
      <name status="s2" active="True">Chapter</name></item>
    <item handle="a3" parent="a0" type="FILE" class="NOVEL" layout="DOCUMENT">
      <name status="s1" active="False">Unused</name></item>
    <item handle="b1" parent="b0" type="FILE" class="CHARACTER" layout="NOTE">
      <name status="s1" active="True">Jane</name></item>
    <item handle="c1" parent="c0" type="FILE" class="TRASH" layout="DOCUMENT">
      <name status="s1" active="True">Gone</name></item>
  </content>
</novelWriterXML>"""
CHAPTER = """%%~name: Chapter
%%~path: a0/a2
## The Storm

### The Harbor

@pov: Jane
@char: Jane, John
%Synopsis: They meet.
% remember the rain

She _really_ [b]ran[/b] off.[footnote:fa]
A second line with **bold** and snake_case.

>> centered <<

%Footnote.fa: A _note_.
"""


def test_a_novelwriter_project_keeps_order_tags_notes_and_comments(tmp_path: Path) -> None:
    (tmp_path / "nwProject.nwx").write_text(NOVEL, encoding="utf-8")
    (tmp_path / "content").mkdir()
    for handle, text in {
        "a1": "%%~name: Part\n# Part One\n",
        "a2": CHAPTER,
        "a3": "### Unused\n\nNot now.\n",
        "b1": "# Jane\n\n@tag: Jane\n\nTall.\n",
        "c1": "### Gone\n\nGone.\n",
    }.items():
        (tmp_path / "content" / f"{handle}.nwd").write_text(text, encoding="utf-8")
    made = novelwriter(tmp_path)
    assert made.document.title == "Sample Project"
    assert made.document.authors == ("Jane Smith",)
    assert [(s.level, s.title) for s in made.document.sections] == [
        ("part", "Part One"),
        ("chapter", "The Storm"),
        ("scene", "The Harbor"),
    ]
    assert made.document.sections[1].fields == {"status": "Finished"}
    scene = made.document.sections[2]
    assert scene.fields == {
        "pov": "Jane",
        "characters": ["Jane", "John"],
        "synopsis": "They meet.",
    }
    assert scene.text == (
        "<!-- remember the rain -->\n\n"
        "She *really* **ran** off.[^fa]\\\nA second line with **bold** and snake_case.\n\n"
        "centered\n\n[^fa]: A *note*."
    )
    assert [each.title for each in made.document.asides] == ["Unused", "Jane"]
    notes = " ".join(made.notes)
    assert "Left out with the trash and the archive: Gone." in notes
    assert "Unused, Jane" in notes


def test_a_novelwriter_project_with_a_lost_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "nwProject.nwx").write_text(NOVEL, encoding="utf-8")
    with pytest.raises(InputError, match=r"is missing: content/a1\.nwd"):
        novelwriter(tmp_path)
