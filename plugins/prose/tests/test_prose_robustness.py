"""Whatever the text, the reading is well formed, the same each time, and soon done."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkstand_prose import EnglishReader
from inkstand_sdk.errors import Cancelled
from inkstand_sdk.reader import Reading
from inkstand_sdk.testing.manuscripts import manuscript_from_text


def read(text: str | list[str]) -> Reading:
    return EnglishReader().read(manuscript_from_text(text), None, lambda fraction, message: None)


def check(texts: list[str], reading: Reading) -> None:
    assert len(reading.scenes) == len(texts)
    last = (-1, 0)
    names = {person.name for person in reading.cast}
    for quotation in reading.quotations:
        scene, start, end = quotation.span.scene, quotation.span.start, quotation.span.end
        assert 0 <= start < end <= len(texts[scene])
        assert quotation.text == texts[scene][start:end]
        assert (scene, start) >= last
        last = (scene, end)
        assert 0.0 <= quotation.confidence <= 1.0
        assert quotation.speaker is None or quotation.speaker in names
        assert names.issuperset(quotation.addressees)
    for person in reading.cast:
        assert list(person.spans) == sorted(person.spans, key=lambda s: (s.scene, s.start, s.end))
        assert all(0 <= s.start < s.end <= len(texts[s.scene]) for s in person.spans)
    for text, scene_reading in zip(texts, reading.scenes, strict=True):
        for spans in (scene_reading.sentences, scene_reading.paragraphs):
            end = 0
            for a, b in spans:
                assert end <= a < b <= len(text)
                end = b
        assert names.issuperset(scene_reading.people)


MARKS = st.sampled_from(
    [
        '"',
        "“",
        "”",
        "‘",
        "’",
        "'",
        "«",
        "»",
        "„",
        "—",
        "--",
        ".",
        ",",
        "!",
        "?",
        ":",
        "\n",
        "\n\n",
        " ",
    ]
)
WORDS = st.sampled_from(
    ["Nell", "Tobias Orme", "Mr. Orme", "Mrs.", "said", "he", "she", "I", "the old captain", "É"]
)
MORE_WORDS = st.sampled_from(
    ["Dr", "and", "my dear", "it isn't", "’tis", "in", "Harwick", "THE END", "de", "captain"]
)
PROSE = st.lists(st.one_of(MARKS, WORDS, MORE_WORDS, st.just(" ")), max_size=80).map("".join)


@given(st.lists(PROSE, min_size=1, max_size=3))
@settings(max_examples=150, deadline=None)
def test_prose_in_pieces_gives_a_well_formed_reading(texts: list[str]) -> None:
    check(texts, read(texts))


@given(st.text(max_size=300))
@settings(max_examples=150, deadline=None)
def test_any_text_gives_a_well_formed_reading(text: str) -> None:
    check([text], read(text))


@given(PROSE)
@settings(max_examples=25, deadline=None)
def test_the_same_text_gives_the_same_reading(text: str) -> None:
    assert read(text) == read(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\t\n ",
        '"',
        '"' * 200_000,
        '"a" ' * 20_000,
        "Abc " * 20_000,
        "A" * 200_000,
        "." * 200_000,
        '."' * 100_000,
        "'" * 100_000,
        "‘a " * 50_000,
        "Mr. " * 20_000,
        "—" * 100_000,
        "— a\n" * 10_000,
        "the old " * 30_000,
        '"a," said the ' * 10_000,
        "a-" * 100_000,
        "«" * 50_000,
        '"' + "Tom, " * 20_000 + '"',
        '"Hi\n\n' * 10_000,
        ("He said “so” to Nell. " * 20_000),
        '"Yes, no," said Tom. ' * 20_000,
        "Tom met Ann Lee. " * 20_000,
        "HAMLIN. To bed.\n\n" * 10_000,
        "HAMLIN. " + "(" * 100_000,
        "A" * 100_000 + " A" * 50_000 + "A-" * 50_000,
        "Le la les et que. — Oui, dit-il," + " " * 100_000 + "— Non, dit-elle, " * 10_000,
        "« Oui, dit le roi, les et que la une pas vous dans. » " * 10_000,
        "—Sí —dijo el que los y una por con no se del " * 10_000,
        "‹a›»b«" * 50_000,
    ],
    ids=lambda text: f"{text[:8]!r} {len(text)}",
)
def test_hostile_text_is_read_in_linear_time(text: str) -> None:
    check([text], read(text))


def test_thousands_of_names_do_not_stall() -> None:
    letters = "abcdefghijklmnopqrstuvwxyz"
    names = [f"Q{a}{b}{c}" for a in letters for b in letters for c in letters[:6]]
    text = "\n\n".join(f'"Yes," said {name}.' for name in names)
    check([text], read(text))


@pytest.mark.parametrize(
    "text",
    [
        "« Bonjour, Marie ! » dit Paul. Elle répondit : « Bonsoir. »",
        "„Guten Abend“, sagte Karl. »Gute Nacht«, sagte Anna.",
        'אמר דוד: "שלום". 😀 "Hello 😀," said Nell. Nell waved 👋🏽.',
        "HAMLIN. To bed, then.\n\nORSINA. Not yet, my lord.\n\n[Exit HAMLIN]",
        "From: Nell\nTo: Tobias\n\nDear Tobias,\n\nI am well.\n\nYours, Nell",
        "\ud800 “x,” said Tom.",
        "yes and the water so cold yes and he said come in come in and I did",
        "3 May. Rain.\n\n4 May. Rain again. Nell wrote: I am coming.\n\n5 May. She came.",
        "My dear Nell,\n\nYou ask me what he said. He said no.\n\nYours ever,\nTobias",
        "Come in, said Nell. Who is there? Only me, said Tobias, and shut the door.",
        "— Come in, said Nell.\n\n— Who is there?\n\n— Only me, said Tobias.",
        "‘Come in,’ said Nell. ‘It’s the boys’ boat. He said “no” to me, ’tis true.’",
        "\u202e“Come in,” said Nell.\u202c \u200f\u202bשלום\u202c “No.”",
        "Nell\0said\0“no”.\0\0“Yes,” said Nell.\x1b[31m",
        "“Yes,” said Nell.\r\n\r\n“No,” said Tobias.\r\r“Yes.”\n\n\u2028“No.”\u2029\x85“Yes.”",
        "👩‍👩‍👧‍👦 “👋🏽,” said 👩‍🚀. “🇫🇷!” é́́ “e\u0301,” said Nell.",
        "«Да», — сказал он. — Нет, — ответила она. 「はい」と彼は言った。“是。”",
        "“" + "word " * 5_000 + "\n\n" + "word " * 5_000,
    ],
)
def test_other_languages_and_forms_do_no_harm(text: str) -> None:
    check([text], read(text))


@pytest.mark.parametrize("newline", ["\r", "\r\n"])
def test_lines_may_end_as_any_editor_ends_them(newline: str) -> None:
    text = (
        '"So you came\nafter all," said Tom Hale.\n\n"I did,\nTom," said Ada.\n\n"Why?"\n\n'
        "Mary\nHale heard them from the stairs.\n\n"
    ) * 4
    written = text.replace("\n", newline)
    there, here = read(written), read(text)
    check([written], there)
    assert [p.name for p in there.cast] == [p.name for p in here.cast]
    assert [(q.speaker, q.confidence) for q in there.quotations] == [
        (q.speaker, q.confidence) for q in here.quotations
    ]


def test_angled_marks_are_recognized() -> None:
    reading = read("« Bonjour, Marie ! » dit Paul. Elle répondit : « Bonsoir. »")
    assert [q.text for q in reading.quotations] == ["Bonjour, Marie !", "Bonsoir."]


def test_the_reader_stops_when_progress_says_so() -> None:
    def stop(fraction: float, message: str) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        EnglishReader().read(manuscript_from_text("Hello."), None, stop)


def test_progress_grows_from_zero_to_one() -> None:
    seen: list[float] = []
    texts = ['"Yes," said Nell.'] * 5
    EnglishReader().read(manuscript_from_text(texts), None, lambda f, message: seen.append(f))
    assert seen == sorted(seen)
    assert seen[0] == 0.0
    assert seen[-1] == 1.0


def test_no_scenes_at_all_is_an_empty_reading() -> None:
    reading = read([])
    assert reading.scenes == ()
    assert reading.cast == ()
