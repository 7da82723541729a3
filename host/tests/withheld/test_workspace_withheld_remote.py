"""What is marked `cloud: never` does not reach another machine, by whatever way it is sent."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from inkstand.studio import Studio
from inkstand_sdk.errors import InkstandError, Withheld
from inkstand_sdk.messages import GenerateRequest

Make = Callable[..., Studio]
FAR = "far:one"
SECRET = (
    "“Don’t tell the harbour master,” she whispered, and slid the brass key under the ledger."
    " He counted *seven* bells, then an eighth that nobody had rung."
)


def asked(server: Any) -> int:
    """How many requests came; the model may have been asked to count tokens of them, too."""
    return sum("count" not in seen.body for seen in server.seen)


def generated(studio: Studio, prompt: str | GenerateRequest, model: str = FAR, **how: Any) -> str:
    with studio.generate(prompt, model=model, **how) as generation:
        for _ in generation:
            pass
        return generation.result.text


def test_a_marked_scene_is_withheld_and_the_error_names_it(
    make_studio: Make, novel: Path, server: Any
) -> None:
    studio = make_studio(novel)
    with pytest.raises(Withheld) as told:
        generated(studio, f"Go on: {SECRET}")
    assert "“The Key” in manuscript/02.md" in told.value.what
    assert "models list" in told.value.fix
    assert told.value.code == "withheld"
    assert server.seen == []


def test_what_is_not_marked_is_sent(make_studio: Make, novel: Path, server: Any) -> None:
    text = (novel / "manuscript" / "01.md").read_text(encoding="utf-8")
    assert generated(make_studio(novel), f"Go on: {text}") == "from far away"
    assert "whole town stood" in server.texts()


def test_a_server_on_this_machine_may_have_it(make_studio: Make, novel: Path, server: Any) -> None:
    assert generated(make_studio(novel, remote=False), SECRET) == "from far away"
    assert generated(make_studio(novel), SECRET, "near:one").startswith("near")


@pytest.mark.parametrize(
    "sent",
    [
        SECRET.upper(),
        SECRET.replace(" ", "\n\t "),
        SECRET.replace("“", '"').replace("”", '"').replace("’", "'"),
        SECRET.replace("*seven*", "<em>seven</em>"),
        SECRET.replace("brass", "**brass**").replace("key", "k_e_y"),
        SECRET.replace(",", "").replace(".", ";"),
        SECRET.replace("counted", "co\u00adunted"),
        json.dumps({"scene": SECRET}),
        json.dumps({"scene": SECRET}, ensure_ascii=False).replace(" ", "\\n"),
        "She came in and slid the brass key under the ledger. Nobody minded.",
        f"<p>{SECRET.replace('’', '&rsquo;')}</p>",
    ],
    ids=range(11),
)
def test_another_setting_of_the_same_words_is_known_again(
    make_studio: Make, novel: Path, server: Any, sent: str
) -> None:
    with pytest.raises(Withheld):
        generated(make_studio(novel), sent)
    assert server.seen == []


@pytest.mark.parametrize(
    "sent",
    [
        "She put the key made of brass beneath the book of accounts.",
        "slid the brass key under the ledger",  # seven words
        "A whispered warning about the harbour.",
    ],
)
def test_other_words_for_it_and_fewer_than_eight_are_not_promised(
    make_studio: Make, novel: Path, server: Any, sent: str
) -> None:
    generated(make_studio(novel), sent)
    assert asked(server) == 1


def test_it_is_found_in_messages_system_prompts_and_schemas(
    make_studio: Make, novel: Path, server: Any
) -> None:
    studio = make_studio(novel)
    for request in (
        GenerateRequest.of("Go on.", system=SECRET),
        GenerateRequest.of("Go on.", schema={"type": "object", "description": SECRET}),
        GenerateRequest.of("Go on.", stop=(SECRET,)),
    ):
        with pytest.raises(Withheld):
            generated(studio, request)
    assert server.seen == []


def test_what_a_plugin_adds_to_a_request_is_checked_too(
    make_studio: Make, novel: Path, server: Any
) -> None:
    with pytest.raises(Withheld):
        generated(
            make_studio(novel), GenerateRequest.of(f"BRING {novel}/manuscript/02.md", raw=True)
        )
    assert server.seen == []


def test_a_chain_goes_on_to_a_model_on_this_machine(
    make_studio: Make, novel: Path, server: Any
) -> None:
    studio = make_studio(novel)
    with studio.generate(SECRET, model=FAR, fallback=["near:two"]) as generation:
        for _ in generation:
            pass
        result = generation.result
    assert (result.backend, result.failures[0].code) == ("near", "withheld")
    assert server.seen == []


def test_tools_get_the_scene_and_remote_models_do_not(
    make_studio: Make, novel: Path, server: Any
) -> None:
    studio = make_studio()
    for values in ({"scene": 1}, {"scene": 1, "count": True}):
        with pytest.raises(InkstandError, match="cloud: never") as told:
            studio.run_tool("send", values, manuscript=novel, model=FAR).result()
        assert told.value.code == "withheld"
    assert "brass" not in server.texts()
    output = studio.run_tool("send", {"scene": 1}, manuscript=novel, model="near:one").result()
    assert output.output["text"].startswith("near")
    assert studio.run_tool("send", {"scene": 0}, manuscript=novel, model=FAR).result()
    assert "whole town" in server.texts()


def test_a_scene_that_a_run_was_given_stays_here_when_its_file_is_changed_meanwhile(
    make_studio: Make, novel: Path, server: Any
) -> None:
    studio = make_studio()
    manuscript = studio.manuscript(novel)
    (novel / "manuscript" / "02.md").write_text("Nothing is marked here.", encoding="utf-8")
    with pytest.raises(InkstandError, match="cloud: never"):
        studio.run_tool("send", {"scene": 1}, manuscript=manuscript, model=FAR).result()
    assert server.seen == []


def test_a_mark_holds_from_the_moment_it_is_made(
    make_studio: Make, novel: Path, server: Any
) -> None:
    studio = make_studio(novel)
    path = novel / "manuscript" / "01.md"
    text = path.read_text(encoding="utf-8")
    generated(studio, text)
    path.write_text(f"---\ncloud: never\n---\n{text}", encoding="utf-8")
    with pytest.raises(Withheld):
        generated(studio, text)
    path.write_text(text, encoding="utf-8")
    generated(studio, text + " Again.")
    assert asked(server) == 2


@pytest.mark.parametrize(
    ("settings", "held"),
    [
        ('cloud = "never"', True),
        ("[cloud]\nnever = true", True),
        ('[cloud]\nnever = ["manuscript/01.md"]', True),
        ('[cloud]\nnever = "Manuscript"', True),
        ('[cloud]\nnever = ["manuscript/*1.md"]', True),
        ("cloud = 7", True),
        ("cloud = never", True),  # no TOML: what it says cannot be known
        ('[cloud]\nnever = ["manuscript/02.md"]', False),
        ('cloud = "allowed"', False),
        ("[cloud]\nnever = []", False),
    ],
)
def test_settings_of_the_workspace_keep_files_here(
    make_studio: Make, novel: Path, server: Any, settings: str, held: bool
) -> None:
    text = (novel / "manuscript" / "01.md").read_text(encoding="utf-8")
    (novel / "inkstand.toml").write_text(settings, encoding="utf-8")
    studio = make_studio(novel)
    if held:
        with pytest.raises(Withheld):
            generated(studio, text)
    else:
        generated(studio, text)
    assert asked(server) == (0 if held else 1)


def test_the_project_around_the_current_folder_counts(
    make_studio: Make, novel: Path, server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = make_studio()
    generated(studio, SECRET)
    assert asked(server) == 1, "nothing says that this text belongs to a workspace"
    monkeypatch.chdir(novel / "manuscript")
    with pytest.raises(Withheld):
        generated(studio, SECRET + " And then?")


def test_a_text_that_is_piped_in_with_its_mark_stays_here(
    make_studio: Make, novel: Path, server: Any
) -> None:
    studio = make_studio()
    prompt = studio.text_of((novel / "manuscript" / "02.md").read_bytes(), "standard input")
    with pytest.raises(Withheld):
        generated(studio, prompt)
    assert server.seen == []


def test_texts_to_embed_are_checked(make_studio: Make, novel: Path, server: Any) -> None:
    studio = make_studio(novel)
    with pytest.raises(Withheld):
        studio.embed(["Something else.", SECRET], embedder="far-vectors")
    assert server.seen == []
    assert studio.embed(["Something else."], embedder="far-vectors") == [[13.0]]
    audit = studio.audit(novel)
    assert [(sent.backend, sent.calls) for sent in audit.sent] == [("far-vectors", 1)]
    assert audit.withheld == 1


def test_a_mark_in_front_matter_that_cannot_be_read_still_holds(
    make_studio: Make, novel: Path, server: Any
) -> None:
    path = novel / "manuscript" / "02.md"
    path.write_text(f"---\ntitle: [oops\ncloud: Never\n---\n{SECRET}", encoding="utf-8")
    with pytest.raises(Withheld):
        generated(make_studio(novel), SECRET)
    path.write_bytes(f"---\r\nCloud: 'never'\r\n---\r\n{SECRET}".encode("utf-16"))
    with pytest.raises(Withheld):
        generated(make_studio(novel), SECRET)
    assert server.seen == []


def test_pages_of_the_bible_and_notes_beside_the_manuscript_may_be_marked(
    make_studio: Make, novel: Path, server: Any
) -> None:
    secret = "Ilse is the one who drowned the pilot and nobody in the town knows it."
    for name in ("bible/characters/ilse.md", "notes/plan.txt"):
        path = novel / name
        path.parent.mkdir(parents=True)
        path.write_text(f"---\nname: Ilse\ncloud: never\n---\n{secret}", encoding="utf-8")
        with pytest.raises(Withheld, match=name):
            generated(make_studio(novel), f"Remember: {secret}")
        path.unlink()
    assert server.seen == []


def test_a_marked_page_of_a_bible_that_books_share_stays_here(
    make_studio: Make, novel: Path, server: Any
) -> None:
    secret = "Ilse is the one who drowned the pilot and nobody in the town knows it."
    page = novel.parent / "series" / "bible" / "characters" / "ilse.md"
    page.parent.mkdir(parents=True)
    page.write_text(f"---\nname: Ilse\ncloud: never\n---\n{secret}", encoding="utf-8")
    (novel / "inkstand.toml").write_text('[bible]\nshared = ["../series/bible"]\n')
    with pytest.raises(Withheld, match="ilse"):
        generated(make_studio(novel), f"Remember: {secret}")
    assert server.seen == []


def test_a_short_marked_scene_is_known_as_a_whole(
    make_studio: Make, novel: Path, server: Any
) -> None:
    write = (novel / "manuscript" / "02.md").write_text
    studio = make_studio(novel)
    write("---\ncloud: never\n---\nIlse drowned the pilot.", encoding="utf-8")
    with pytest.raises(Withheld):
        generated(studio, "Remember that Ilse drowned the pilot, and go on.")
    generated(studio, "Who was Ilse? Was the pilot drowned?")
    write("---\ncloud: never\n---\nNo.", encoding="utf-8")
    with pytest.raises(Withheld):
        generated(studio, "No!")
    generated(studio, "No, she said. Is there no other way?")
    assert asked(server) == 2


def test_scripts_without_blanks_are_compared_letter_by_letter(
    make_studio: Make, novel: Path, server: Any
) -> None:
    secret = "她把钥匙放在账本下面，没有人看见她离开港口。"
    path = novel / "manuscript" / "02.md"
    path.write_text(f"---\ncloud: never\n---\n{secret}", encoding="utf-8")
    studio = make_studio(novel)
    with pytest.raises(Withheld):
        generated(studio, f"继续写：“{secret[2:]}”")
    generated(studio, "她把钥匙放在桌子上。")
    assert asked(server) == 1


def test_the_audit_tells_what_went_and_what_was_held_back(
    make_studio: Make, novel: Path, server: Any
) -> None:
    studio = make_studio(novel, "[models]\ndefault = 'far:one'")
    generated(studio, "Something harmless.", cache="on")
    generated(studio, "Something harmless.", cache="on")
    generated(studio, "Something harmless.", "near:one")
    with pytest.raises(Withheld):
        generated(studio, SECRET)
    studio.close()
    audit = make_studio(novel, "[models]\ndefault = 'far:one'").audit(novel)
    [sent] = audit.sent
    assert (sent.backend, sent.model, sent.calls) == ("far", "one", 1)
    assert audit.withheld == 1
    assert audit.marked == ("manuscript/02.md",)
    backend, embedder = audit.senders
    assert (backend.name, backend.used_for, backend.address) == (
        "far", ("models.default",), server.url,
    )  # fmt: skip
    assert (embedder.kind, embedder.name, embedder.used_for) == ("embedder", "far-vectors", ())
    assert not audit.stays
    assert not any(kept.open for kept in audit.kept if kept.path == str(novel / ".inkstand"))


@pytest.mark.parametrize("settings", ['cloud = "never"', "[cloud]\nnever = ['manuscript/01.md']"])
def test_what_a_workspace_in_the_folder_says_holds_there_too(
    make_studio: Make, novel: Path, server: Any, settings: str
) -> None:
    text = (novel / "manuscript" / "01.md").read_text(encoding="utf-8")
    (novel / "inkstand.toml").write_text(settings, encoding="utf-8")
    (novel.parent / "inkstand.toml").write_text('title = "Two books"\n', encoding="utf-8")
    other = "The second book says nothing of all that, and may be sent."
    (novel.parent / "open.md").write_text(other, encoding="utf-8")
    studio = make_studio(novel.parent)
    with pytest.raises(Withheld):
        generated(studio, text)
    assert asked(server) == 0
    generated(studio, other)
    assert asked(server) == 1


@pytest.mark.skipif(os.name != "posix", reason="links need no rights there")
def test_a_manuscript_that_lies_behind_a_link_stays_here(
    make_studio: Make, novel: Path, server: Any
) -> None:
    (novel / "manuscript").rename(novel.parent / "synced")
    (novel / "manuscript").symlink_to(novel.parent / "synced")
    with pytest.raises(Withheld, match=r"manuscript/02\.md"):
        generated(make_studio(novel), SECRET)
    assert asked(server) == 0
