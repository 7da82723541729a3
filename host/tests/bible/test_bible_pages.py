"""Pages as tools see them: read from folders, made from templates, shared by a series."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inkstand.workspace.bible import front, kinds
from inkstand.workspace.bible.bible import aliases
from inkstand.workspace.bible.shapes import problems
from inkstand.workspace.manuscript import load
from inkstand_sdk.bible import KINDS, Character, Fact, page_of
from inkstand_sdk.errors import InputError, NotFound, UsageError

from .conftest import Book

ADA = (
    "---\nname: Ada\naliases: [the Countess]\nrole: lead\nvoice:\n  tics: [hm]\n---\nShe counts.\n"
)


def test_pages_come_by_kind_and_name_with_their_fields_and_text(book: Book) -> None:
    book.write("bible/places/mill.md", "A mill.\n")
    book.write("bible/characters/ada.md", ADA)
    book.write("bible/factions/guild.md", "---\nname: The Guild\n---\n")
    book.write("bible/ideas.md", "No front matter.")
    book.write("bible/characters/.hidden.md", "no")
    book.write("bible/characters/ada.png", "no")
    entries = book.bible.entries()
    found = [(each.kind, each.name, each.file) for each in entries]
    assert found == [
        ("character", "Ada", "bible/characters/ada.md"),
        ("place", "mill", "bible/places/mill.md"),
        ("factions", "The Guild", "bible/factions/guild.md"),
        ("note", "ideas", "bible/ideas.md"),
    ]
    assert entries[0].fields["voice"] == {"tics": ["hm"]}
    assert entries[0].text == "She counts."


def test_a_page_is_typed_by_its_kind(book: Book) -> None:
    book.write(
        "bible/characters/ada.md",
        "---\nage: 36\nstatus: [{value: alive, until: The End}]\n"
        "relationships: {Bea: a friend}\n---",
    )
    page = page_of(book.bible.entries()[0])
    assert isinstance(page, Character)
    assert page.age == 36
    assert page.status == [Fact(value="alive", until="The End")]
    assert page.relationships == {"Bea": "a friend"}


def test_a_folder_without_a_bible_has_no_pages(book: Book) -> None:
    assert book.bible.entries() == ()


@pytest.mark.parametrize("kind", list(KINDS))
def test_a_new_page_explains_every_field_says_nothing_and_has_no_fault(
    book: Book, kind: str
) -> None:
    saved = book.bible.new(kind, "Ada: “née” Byron #1")
    text = saved.path.read_text(encoding="utf-8")
    matter = front.read(text)
    assert problems(kind, matter, "x") == []
    (entry,) = book.bible.entries()
    assert set(entry.fields) <= {"name"}
    assert entry.kind == kind
    assert all("  # " in line for line in text.splitlines() if line.endswith(":"))


def test_a_page_that_is_there_is_not_made_anew(book: Book) -> None:
    path = book.write("bible/characters/ada.md", ADA)
    for name in ("Ada", "ADA", "ada "):
        with pytest.raises(UsageError, match="already"):
            book.bible.new("character", name)
    book.write("bible/characters/bea.md", "---\nname: Beatrice\n---\n")
    with pytest.raises(UsageError, match="already"):
        book.bible.new("character", "Bea")  # the file's name is taken
    assert path.read_text(encoding="utf-8") == ADA


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("Ada Lovelace", "ada-lovelace.md"),
        ("../../etc/passwd", "etc-passwd.md"),
        ("C:\\Windows", "c-windows.md"),
        ("con", "con-.md"),
        ("O'Neil, Jr.", "oneil-jr.md"),
        ("王小明", "王小明.md"),
        ("नमस्ते", "नमस्ते.md"),
        ("Ωμέγα", "ωμέγα.md"),
        ("e\u0301a", "éa.md"),
        (".hidden", "hidden.md"),
        ("x\0y\nz", "x-y-z.md"),
        ("\U0001f98a!", "\U0001f98a.md"),
    ],
)
def test_names_of_every_script_become_safe_file_names(name: str, file: str) -> None:
    assert kinds.file_of("character", name) == Path("characters") / file


@given(st.text(min_size=1, max_size=400))
def test_no_name_leads_out_of_its_folder(name: str) -> None:
    try:
        path = kinds.file_of("place", name)
    except UsageError:
        return
    assert path.parent == Path("places")
    assert path.suffix == ".md"
    assert not path.name.startswith((".", "-"))
    assert len(path.name.encode()) < 200
    assert not set(path.name) & set('/\\:*?"<>|\0\n')


@given(st.text(max_size=60))
def test_quoted_text_reads_back_as_itself(text: str) -> None:
    assert front.read(f"---\nkey: {kinds.quoted(text)}\n---\n").fields == {"key": text}


def test_a_name_is_found_by_alias_file_case_and_a_part_of_it(book: Book) -> None:
    book.write("bible/characters/ada.md", ADA.replace("name: Ada", "name: Ada Byron"))
    book.write("bible/characters/bea.md", "---\nname: Bea Byron\n---\n")
    for name in ("ada byron", "The Countess", "ada", "bible/characters/ada.md", "ada.md"):
        assert book.bible.find(name).name == "Ada Byron"
    with pytest.raises(UsageError, match=r"Ada Byron.*Bea Byron"):
        book.bible.find("byron")
    with pytest.raises(NotFound, match="Ada Byron"):
        book.bible.find("Ada Biron")


@pytest.mark.parametrize(
    ("yaml", "reason"),
    [
        ("a: [", "bracket"),
        ("a: 1\na: 2", "twice"),
        ("- a\n- b", "key: value"),
        ("? [a]\n: b", "plain word"),
        ("a: &x [1]\n" + "b: &b [*x,*x,*x,*x,*x,*x,*x,*x]\n" * 0 + "c: *none", "a star"),
        ("a: &a [*a]", "deep|alias"),
        ("a: " + "[" * 3000 + "]" * 3000, "deep|recursion|RecursionError"),
        ("a: !!python/object:os.system x\nb: [", "bracket"),
        ("x: " + "y" * 300_000, "longer"),
    ],
)
def test_front_matter_that_cannot_be_read_says_why_and_where(yaml: str, reason: str) -> None:
    import re

    matter = front.read(f"---\n{yaml}\n---\ntext")
    assert matter.fields == {}
    assert re.search(reason, matter.fault), matter.fault


def test_a_yaml_bomb_is_refused() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9)]
    assert "too many" in front.read("---\n" + "\n".join(lines) + "\n---\n").fault


def test_odd_values_stay_text() -> None:
    matter = front.read(
        "---\nborn: 1815-12-10\nodd: 2012-13-45\nno: no\nbig: 99999999999999999999999\n"
        'inf: .inf\ntag: !!python/name:os.system ls\nhalf: "\\ud800"\nn: 0x1F\nf: 1_0.5\n---\n'
    )
    assert matter.fault == ""
    assert matter.fields == {
        "born": "1815-12-10",
        "odd": "2012-13-45",
        "no": "no",
        "big": "99999999999999999999999",
        "inf": ".inf",
        "tag": "ls",
        "half": "?",
        "n": 31,
        "f": 10.5,
    }


@given(st.text(max_size=200))
def test_no_text_breaks_the_reader(text: str) -> None:
    for each in (text, f"---\n{text}\n---\n", f"---\nkey: {text}\n---\n"):
        front.read(each)


def test_books_of_a_series_share_pages_and_their_own_win(book: Book, tmp_path: Path) -> None:
    series = tmp_path / "series" / "characters"
    series.mkdir(parents=True)
    (series / "ada.md").write_text("---\nname: Ada\nage: 30\nrole: lead\n---\nShared.\n")
    (series / "bea.md").write_text("---\nname: Bea\nage: 20\nrole: foil\n---\nShared.\n")
    (series / "cyd.md").write_text("---\nname: Cyd\n---\n")
    # Itself, the same again, and a folder that is not there: none of them does harm.
    book.write(
        "inkstand.toml", '[bible]\nshared = ["../series", "bible", "../series/../series", "../no"]'
    )
    book.write("bible/characters/ada.md", "---\nname: ada\nage: 31\n---\n")
    book.write("bible/characters/bea.md", "---\nname: Bea\nage: 21\nextends: true\n---\n")
    ada, bea, cyd = book.bible.entries()
    assert ada.fields == {"name": "ada", "age": 31}
    assert (bea.fields["age"], bea.fields["role"], bea.text) == (21, "foil", "Shared.")
    assert cyd.file == "../series/characters/cyd.md"
    before = (series / "cyd.md").read_bytes()
    with pytest.raises(UsageError, match="--shared"):
        book.bible.set(book.bible.page("Cyd"), ("age",), 1)
    assert (series / "cyd.md").read_bytes() == before


def test_a_shared_setting_that_is_no_list_is_an_error(book: Book) -> None:
    book.write("inkstand.toml", "[bible]\nshared = [3]")
    with pytest.raises(InputError, match="no list of folders"):
        book.bible.entries()


def test_facts_hold_from_one_scene_to_another(book: Book) -> None:
    for number, title in enumerate(("One", "Two", "Three"), 1):
        book.write(
            f"manuscript/{number:02}-{title.lower()}.md",
            f"---\ntitle: {title}\nact: {number}\n---\nText.\n",
        )
    book.write(
        "bible/characters/ada.md",
        "---\nstatus: [{value: alive, until: Three}, {value: dead, from: Three}]\n"
        "knows:\n  - always\n  - {value: later, from: 02-two.md}\n  - {value: last, from: 3}\n"
        "lie: {value: lost, until: two}\nwant: {value: odd, from: Nowhere}\n"
        "relationships:\n  Bea: [{value: foe, act: 1}, {value: friend, act: 3}]\n---\n",
    )
    manuscript = load(book.root)
    (ada,) = book.bible.entries()
    one, two, three = (
        book.bible.as_of(ada, scene, manuscript).fields for scene in ("One", "2", "03-three")
    )
    assert (one["status"], two["status"], three["status"]) == ("alive", "alive", "dead")
    assert one["knows"] == "always"
    assert two["knows"] == ["always", "later"]
    assert three["knows"] == ["always", "later", "last"]
    assert one["lie"] == "lost"
    assert "lie" not in two
    assert one["want"] == "odd"
    assert [each["relationships"]["Bea"] for each in (one, two, three)] == ["foe", "foe", "friend"]
    with pytest.raises(NotFound, match="Three"):
        book.bible.as_of(ada, "Thre", manuscript)


def test_the_samples_bible_is_sound() -> None:
    from importlib.resources import as_file, files

    from inkstand.workspace.bible.bible import Bible
    from inkstand.workspace.project import Workspace

    with as_file(files("inkstand") / "sample") as folder:
        bible = Bible(Workspace(folder, folder / ".inkstand"))
        checked = bible.check(load(folder))
        assert checked.findings == ()
        assert checked.pages >= 9
        for entry in bible.entries():
            page_of(entry)


def test_two_pages_of_one_name_are_both_there_and_told_apart_by_their_files(book: Book) -> None:
    book.write("bible/characters/dora.md", "---\nname: Dora\n---\n")
    book.write("bible/characters/other.md", "---\nname: dora\n---\n")
    assert [each.name for each in book.bible.entries()] == ["Dora", "dora"]
    assert book.bible.page("other.md").name == "dora"
    with pytest.raises(UsageError, match="2 pages"):
        book.bible.find("DORA")


def test_a_link_of_another_editor_is_the_name_that_it_leads_to(book: Book) -> None:
    book.write("bible/characters/ada.md", '---\naliases: ["[[The Countess|Countess]]"]\n---\n')
    assert book.bible.find("the countess").name == "ada"
    assert aliases(book.bible.find("ada")) == ["The Countess"]


@pytest.mark.parametrize(
    ("yaml", "line", "reason"),
    [
        ("name: A: B", 2, "a colon"),
        ("voice:\n\ttics: hm", 3, "a tab"),
        ("name: @ada", 2, "special character"),
        ("name: [Ada", 2, "a bracket"),
        ('name: "Ada', 2, "quotation mark"),
        ("name: *ada", 2, "a star"),
    ],
)
def test_a_fault_of_yaml_is_told_in_plain_words(yaml: str, line: int, reason: str) -> None:
    found = front.read(f"---\n{yaml}\n---\n")
    assert found.fault_line == line
    assert reason in found.fault
    assert "token" not in found.fault
