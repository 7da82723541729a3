"""What a writer is told to look at again, and above all what not; voices, phrases and curves."""

from __future__ import annotations

import pytest

from inkstand_prose.memo import Memo
from inkstand_prose.reading import read_manuscript
from inkstand_sdk import Manuscript, Reading
from inkstand_sdk.manuscript import Scene
from inkstand_sdk.style import Remark

CALM = (
    "The ferry left at nine with two cows and a piano. Rain had got into the mailbags overnight,"
    " so Orme hung the letters along the rail with pegs. By noon they were dry enough to sort.\n\n"
)
LATER = (
    "Nobody had told him that the bank would be so steep, or that it would take all of his"
    " strength and most of the daylight to come down it. He had thought of it as a walk. At the"
    " bottom he sat on a stone, emptied his boots and ate what there was to eat, which was bread"
    " and half an onion, and looked at the river. It had come up a foot since noon. "
)


def read(*texts: str) -> Reading:
    scenes = tuple(Scene(index=n, id=f"s#{n}", text=text) for n, text in enumerate(texts))
    manuscript = Manuscript(title="Test", scenes=scenes)
    return read_manuscript(manuscript, "english", "1", lambda _f, _m: None, Memo())


def remarks(kind: str, *texts: str) -> list[Remark]:
    reading = read(*texts)
    for remark in reading.remarks:
        for span in (remark.span, *remark.also):
            assert 0 <= span.start < span.end <= len(texts[span.scene])
        text = texts[remark.span.scene][remark.span.start : remark.span.end]
        assert text == remark.text
        assert 0 <= remark.strength <= 1
        assert remark.note
    return [remark for remark in reading.remarks if remark.kind == kind]


def test_plain_prose_gets_no_remark() -> None:
    assert read(CALM).remarks == ()


def test_a_rare_word_that_comes_again_soon_is_an_echo() -> None:
    text = "He watched the gnarled root for a while. Beyond it stood a shed, gnarled with ivy."
    (found,) = remarks("echo", CALM + text)
    assert found.text == "gnarled"
    assert found.span.start > found.also[0].start


@pytest.mark.parametrize(
    "text",
    [
        "A lantern hung from the beam of the loft by a wire. After supper she took the lantern.",
        "It was a gnarled and gnarled old thing.",
        "Horror. Worse than horror. He laughed.",
        "The water was cold and grey that day. They drank the water and went on in the cold.",
        f"The gnarled root held him. {LATER}Then the branch, gnarled as well, broke.",
        "Quennell nodded at them all from the door. It was late. Then Quennell sat down.",
    ],
)
def test_what_one_has_to_say_again_is_no_echo(text: str) -> None:
    assert remarks("echo", CALM + text) == []


def test_cliches_are_found_in_any_form_and_person() -> None:
    text = "She was as quiet as a mouse. Next day my blood ran cold. He tossed and turned."
    assert [found.text for found in remarks("cliche", text)] == [
        "as quiet as a mouse",
        "blood ran cold",
        "tossed and turned",
    ]


def test_phrases_of_machines_are_found_and_their_like_are_not() -> None:
    text = (
        "The hall was a testament to her taste. He let out a breath he didn't know he'd been"
        " holding. Her voice was barely above a whisper."
    )
    found = [each.text for each in remarks("machine phrase", text)]
    assert found == [
        "a testament to",
        "let out a breath he didn't know",
        "barely above a whisper",
    ]
    plain = "He read the testament to them. She let out the dog. A whisper came from above."
    assert remarks("machine phrase", plain) == []


def test_a_cliche_in_direct_speech_is_the_speakers_affair() -> None:
    assert remarks("cliche", "“I slept like a log,” said Ada. “Right as rain.”") == []


def test_an_adverb_on_a_tag_is_told_of_and_the_double_one_first() -> None:
    text = "“Come here,” he whispered softly.\n\n“No,” said Ada crossly. She left slowly."
    found = remarks("adverb", text)
    assert [each.text for each in found] == ["whispered softly", "said Ada crossly"]
    assert found[0].strength > found[1].strength


def test_filter_words_count_where_they_stand_close_together() -> None:
    text = (
        "She saw the door move. She heard a step. She felt the cold come in, and she noticed"
        " that the lamp was out. "
    )
    (found,) = remarks("filter word", text)
    assert found.text == "saw the"[:3]
    assert len(found.also) == 3
    assert remarks("filter word", "She saw the door move. She felt in her pocket for it.") == []
    assert read(text).style.filter_words > 0


def test_the_passive_is_told_from_a_state() -> None:
    text = (
        "The gate was opened by a boy. The bags were carried in, the horses were watered and a"
        " fire was lit by the maid."
    )
    (found,) = remarks("passive", text)
    assert len(found.also) == 3
    state = "She was tired and he was interested. They were married, and it was crowded there."
    assert remarks("passive", state) == []
    assert read(state).style.passives == 0


def test_sentences_of_one_length_or_one_beginning_are_monotonous() -> None:
    even = "The dog ran to the gate. A man came up the road. Some rain fell on the wall. "
    (found,) = remarks("monotony", even * 2)
    assert "6 sentences in a row" in found.note
    same = (
        "He rose. He put on the coat that his brother had left him. He went out and did not look"
        " back at the house. He wept."
    )
    (found,) = remarks("monotony", same)
    assert "beginning with “he”" in found.note
    assert remarks("monotony", CALM * 3) == []


def test_a_phrase_that_comes_again_through_the_book_is_named_once_with_its_places() -> None:
    tic = "Then he ran a thumb along the seam of his coat. "
    found = remarks("repeated phrase", CALM + tic, LATER + tic)
    phrases = [each for each in found if "thumb along the seam" in each.text]
    assert len(phrases) == 1
    assert phrases[0].also


def test_a_writer_is_never_told_of_more_than_a_few_of_a_kind() -> None:
    text = "“No,” said Ada crossly.\n\n“Yes,” said Tom bravely.\n\n" * 60
    reading = read(text)
    adverbs = [remark for remark in reading.remarks if remark.kind == "adverb"]
    assert len(adverbs) == 3
    assert reading.style.remarks["adverb"] > 50


def test_each_voice_has_its_own_words_and_marks() -> None:
    exchange = (
        "“Well, the ledger wants a duty stamp, sir,” said Mr. Bell.\n\n"
        "“Stuff! It's only a cog, ain't it?” said Ada Flint.\n\n"
    )
    reading = read((CALM + exchange * 12).replace("sir,", "sir, indeed,"))
    bell, ada = sorted(reading.voices, key=lambda voice: voice.person, reverse=True)
    assert (bell.person, ada.person) == ("Mr. Bell", "Ada Flint")
    assert bell.lines == ada.lines == 12
    assert "ledger" in {use.text for use in bell.words}
    assert "cog" in {use.text for use in ada.words}
    assert ada.style.contractions > bell.style.contractions == 0
    assert ada.style.marks["question"] > 0 == bell.style.marks["question"]
    assert bell.style.dialogue + ada.style.dialogue == pytest.approx(1.0, abs=0.001)


def test_the_narrations_style_leaves_direct_speech_out() -> None:
    reading = read(CALM + "“Damn, damn, ain't it a bloody shame!” said Ada.")
    assert reading.style.marks["exclamation"] == 0
    assert reading.style.contractions == 0
    assert 0 < reading.style.dialogue < 1
    assert reading.style.sentences.count == 3


def test_a_fight_is_tenser_faster_and_darker_than_a_garden() -> None:
    garden = (
        "The garden lay warm and lovely in the sun, and the children, who had been promised a"
        " feast of strawberries, laughed and were happy as they gathered flowers along the walls"
        " for their dear grandmother, who smiled at them kindly from her chair. " * 3 + "\n\n"
    )
    fight = "He screamed! Blood ran.\n\n“Kill him!”\n\nThe knife struck. Terror!\n\n" * 12
    quiet, loud = read(garden * 4, fight).scenes
    assert loud.tension > quiet.tension
    assert loud.pace > quiet.pace
    assert loud.sentiment < 0 < quiet.sentiment
    for scene in (quiet, loud):
        assert scene.stretches
        for stretch in scene.stretches:
            assert 0 <= stretch.pace <= 1
            assert 0 <= stretch.tension <= 1
            assert -1 <= stretch.sentiment <= 1


def test_a_denied_joy_is_no_joy() -> None:
    glad, sad = read("She was happy. It was a joy."), read("She was not happy. It was no joy.")
    assert sad.scenes[0].sentiment < 0 < glad.scenes[0].sentiment


def test_an_edit_elsewhere_changes_nothing_that_a_fresh_reading_would_not() -> None:
    memo = Memo()
    texts = [CALM * 3, "He saw the sea. " + CALM, CALM + "“No,” said Ada crossly."]

    def again(changed: list[str], memo: Memo) -> Reading:
        scenes = tuple(Scene(index=n, id=f"s#{n}", text=text) for n, text in enumerate(changed))
        manuscript = Manuscript(title="Test", scenes=scenes)
        return read_manuscript(manuscript, "english", "1", lambda _f, _m: None, memo)

    again(texts, memo)
    texts[1] += "She slept like a log."
    assert again(texts, memo) == again(texts, Memo())


@pytest.mark.parametrize("text", ["", "   ", "“”", "1234 5678", "🙂🙂", "— — —", "İİİ İİ.", "'"])
def test_odd_texts_have_a_style_too(text: str) -> None:
    reading = read(text, CALM)
    assert reading.style.words > 0


def test_of_a_language_that_the_lists_do_not_know_only_counts_are_told() -> None:
    german = (
        "Der Müller stand am Wehr und sah dem Wasser zu, das seit drei Tagen stieg. Niemand hatte"
        " ihm gesagt, dass die Brücke gesperrt war. Das Wehr knirschte, und der Wind trieb Laub"
        " gegen das Gitter. Knirschend gab ein Balken nach. "
    )
    french = (
        "La meunière regardait le barrage et comptait les planches qui manquaient. Elle avait"
        " froid. Personne ne lui avait dit que le pont était fermé depuis la veille. "
    )
    for text in (german * 6, french * 6):
        reading = read(text)
        assert {remark.kind for remark in reading.remarks} <= {"monotony"}
        assert reading.style.sentences.count > 5
        assert reading.style.richness.mattr > 0
        assert reading.style.readability.flesch == 0.0
        assert reading.style.tone.formal == reading.style.adverbs == 0.0


def test_a_sentence_without_an_end_has_its_remarks_in_their_places() -> None:
    endless = "and the water went on under the bridge past the mill " * 400
    found = remarks("cliche", f"{endless}it rained cats and dogs {endless}")
    assert [each.text for each in found] == ["rained cats and dogs"]
