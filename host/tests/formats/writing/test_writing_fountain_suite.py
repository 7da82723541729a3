"""Fountain's rules one by one: what each text is made of, and that it survives Final Draft."""

from __future__ import annotations

from collections import Counter

import pytest

from inkstand.formats.reading.final_draft import final_draft
from inkstand.formats.reading.fountain import fountain
from inkstand.formats.writing import screenplay
from inkstand.formats.writing.fountain_elements import elements, styled

CASES = {
    "int. attic - night": "heading:int. attic - night",
    "EST. HARBOR": "heading:EST. HARBOR",
    "I/E TRUCK - DUSK": "heading:I/E TRUCK - DUSK",
    "INT/EXT CAB": "heading:INT/EXT CAB",
    "INT./EXT. CAB #12A-b#": "heading:INT./EXT. CAB #12A-b",
    "EXT CLIFF": "heading:EXT CLIFF",
    "INTERIOR OF A SHELL": "action:INTERIOR OF A SHELL",
    "international waters": "action:international waters",
    ".THROUGH THE KEYHOLE": "heading:THROUGH THE KEYHOLE",
    "...and nobody came": "action:...and nobody came",
    "..two dots": "action:..two dots",
    "INT. QUAY\n\n= One.\n\n= Two.": "heading:INT. QUAY|synopsis:One.|synopsis:Two.",
    "ADA\nHere.": "character:ADA|dialogue:Here.",
    "ADA\n\nHere.": "action:ADA|action:Here.",
    "ADA (V.O.)\nHere.": "character:ADA (V.O.)|dialogue:Here.",
    "ADA (CONT'D)\nHere.": "character:ADA (CONT'D)|dialogue:Here.",
    "ADA (on the stairs)\nHere.": "character:ADA (on the stairs)|dialogue:Here.",
    "K9\nWoof.": "character:K9|dialogue:Woof.",
    "1984\nwas cold": "action:1984\nwas cold",
    "@MacLeod\nAye.": "character:MacLeod|dialogue:Aye.",
    "MacLeod\nAye.": "action:MacLeod\nAye.",
    "ЖАННА\nДа.": "character:ЖАННА|dialogue:Да.",
    "жанна входит\nв дом": "action:жанна входит\nв дом",
    "他走了\n他回来": "action:他走了\n他回来",
    "@黒澤\n黙れ": "character:黒澤|dialogue:黙れ",
    "\tADA\n\t\t(low)\n\tHere.": "character:ADA|parenthetical:(low)|dialogue:Here.",
    "ADA\n(low [[how?]])\nHere.": "character:ADA|parenthetical:(low)|dialogue:Here.",
    "ADA\nOne.\n(beat)\nTwo.": "character:ADA|dialogue:One.|parenthetical:(beat)|dialogue:Two.",
    "ADA\nOne.\n  \nTwo.": "character:ADA|dialogue:One.\n\nTwo.",
    "ADA\nYou are\n#1 here!": "character:ADA|dialogue:You are\n#1 here!",
    "ADA\nNow!\n\nBEN ^\nNow!": "character:ADA|dialogue:Now!|character^:BEN|dialogue:Now!",
    "ADA\nNow!\n\n@Ben^\nNow!": "character:ADA|dialogue:Now!|character^:Ben|dialogue:Now!",
    "~La la\n~lo lo": "lyrics:La la|lyrics:lo lo",
    "ADA\n~La la\nSorry.": "character:ADA|lyrics:La la|dialogue:Sorry.",
    "SMASH CUT TO:": "transition:SMASH CUT TO:",
    "smash cut to:": "action:smash cut to:",
    "FADE OUT.": "action:FADE OUT.",
    "> Fade to gray.": "transition:Fade to gray.",
    "> THE END <": "centered:THE END",
    "> one <\n> two <": "centered:one|centered:two",
    "# I\n\n## a\n\n### b\n\n= Why.": "section1:I|section2:a|section3:b|synopsis:Why.",
    "One.\n\n===\n\nTwo.\n\n=====": "action:One.|break:|action:Two.|break:",
    "    far in\n\tand tab": "action:    far in\n\tand tab",
    "One.\n    Two.\n  \nThree.": "action:One.\n    Two.\n\nThree.",
    "!ADA\nis a name": "action:ADA\nis a name",
    "!INT. A SHOUT\n!ON": "action:INT. A SHOUT\nON",
    "!~x\n\n!# y\n\n!> z <": "action:~x|action:# y|action:> z <",
    "Sea [[or\n\nlake]] and sky.": "action:Sea and sky.",
    "Sea.\n\n/*\nINT. GONE\n\nADA\nNo.\n*/\n\nSky.": "action:Sea.|action:Sky.",
    "Sea. /* never closed": "action:Sea. /* never closed",
}
LOOKS = {
    "*i* **b** ***bi*** _u_": "i/i b/b bi/bi u/u",
    "_**bu**_ _*iu*_ _***all***_": "bu/bu iu/iu all/biu",
    "**_bu_**": "bu/bu",
    "**b *bi* b**": "b/b bi/bi b/b",
    "***bi** i*": "bi/bi i/i",
    "***bi* b**": "bi/bi b/b",
    r"\*no\* \_no\_": "*no*_no_/",
    r"\\*i*": "\\/ i/i",
    "5 * 3 * 2": "5*3*2/",
    "dial *69 and *70": "dial*69and*70/",
    "*open": "*open/",
}


def _seen(text: str) -> str:
    said = []
    for each in elements(text, Counter()):
        kind = each.kind + (str(each.level) if each.level else "") + ("^" if each.dual else "")
        number = f" #{each.number}" if each.number else ""
        said.append(f"{kind}:{each.text}{number}")
    return "|".join(said)


def _looks(line: str) -> str:
    said = []
    for run in styled(line):
        words = "".join(run.text.split())
        if words:
            said.append(f"{words}/{'b' * run.bold}{'i' * run.italic}{'u' * run.underline}")
    return " ".join(said)


@pytest.mark.parametrize("text", CASES)
def test_a_text_is_made_of_the_elements_that_the_rules_say(text: str) -> None:
    assert _seen(text) == CASES[text]


@pytest.mark.parametrize("text", CASES)
def test_a_text_comes_back_from_fountain_and_from_final_draft(text: str) -> None:
    document = fountain(text)
    same = fountain(screenplay.write(document, "fountain").data.decode())
    again = final_draft(screenplay.write(document, "fdx").data, "a.fdx").document
    for made in (document, same, again):
        written = screenplay.write(made, "fountain").data.decode()
        assert _seen(written).replace(r"/\*", "/*") == CASES[text]


@pytest.mark.parametrize("line", LOOKS)
def test_emphasis_is_told_and_survives_final_draft(line: str) -> None:
    assert _looks(line) == LOOKS[line]
    data = screenplay.write(fountain(f"x {line}"), "fdx").data
    (section,) = final_draft(data, "a.fdx").document.sections
    assert _looks(section.text.removeprefix("x ")) == LOOKS[line]


def test_emphasis_does_not_reach_across_lines() -> None:
    (action,) = elements("An *open\nend* here", Counter())
    assert [_looks(line) for line in action.text.split("\n")] == ["An*open/", "end*here/"]


@pytest.mark.parametrize("sign", ["*a ", "_a ", "**a", "***a ", "[[ ", "/* ", "A(", "*a*"])
def test_a_hundred_thousand_open_signs_are_read_at_once(sign: str) -> None:
    # With time that grows with the square this would take minutes.
    text = sign * 100_000
    assert list(elements(text, Counter()))
    assert list(styled(text))
