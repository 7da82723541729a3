"""Character cards: every kind read and written, nothing lost, and what does harm refused."""

from __future__ import annotations

import base64
import io
import json
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkstand.formats.cards import png, strict_json
from inkstand.formats.cards.card import Kind, as_spec, card_of, read_card, write_card
from inkstand.formats.cards.lorebook import read_lorebook, write_lorebook
from inkstand_sdk.errors import InputError

from . import cards
from .cards import V1, V2, V3, chunk, encoded, picture, with_chunk


def same(found: object, expected: object) -> bool:
    """Whether two values are the same JSON, to the order of keys and the kind of numbers."""
    return json.dumps(found) == json.dumps(expected)


def charx(**members: bytes) -> bytes:
    """A zip file with these members; `__` in a name is a slash."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in members.items():
            made.writestr(name.replace("__", "/").replace("_json", ".json"), data)
    return buffer.getvalue()


@pytest.mark.parametrize(("content", "spec"), [(V1, "v1"), (V2, "v2"), (V3, "v3")])
def test_each_version_is_read_from_json_and_written_as_it_was(
    content: dict[str, Any], spec: str
) -> None:
    card = read_card(b"\xef\xbb\xbf" + json.dumps(content).encode(), "x.json")
    assert card.spec == spec
    assert card.text("personality") == "dry"
    written, _ = write_card(card, "json")
    if spec == "v1":
        # V1 is never written: V2 holds it whole.
        assert same(json.loads(written)["data"] | V1, json.loads(written)["data"])
    else:
        assert same(json.loads(written), content)


@pytest.mark.parametrize("content", [V1, V2, V3])
@pytest.mark.parametrize("kind", ["png", "charx", "json"])
def test_what_a_card_says_survives_every_kind_of_file(content: dict[str, Any], kind: Kind) -> None:
    card = card_of(content, "x")
    again = read_card(write_card(card, kind)[0], "again")
    for key, value in card.data.items():
        if key not in ("assets", "character_book"):
            assert same(again.data[key], value), key
    book, before = again.data.get("character_book"), card.data.get("character_book")
    assert bool(book) == bool(before)
    if book and before:
        for entry, old in zip(book["entries"], before["entries"], strict=True):
            assert same({key: entry[key] for key in old}, old)
    third = read_card(write_card(again, "json")[0], "third")
    assert same(third.content, again.content)


def test_a_png_is_written_with_both_versions_and_read_by_the_newer() -> None:
    written, _ = write_card(card_of(V3, "x"), "png")
    texts = {
        each.keyword: png.text_of(each, "x") for each in png.chunks(written, "x") if each.keyword
    }
    assert list(texts) == ["chara", "ccv3"]
    older, newer = (json.loads(base64.b64decode(text)) for text in texts.values())
    assert (older["spec"], older["spec_version"]) == ("chara_card_v2", "2.0")
    assert same(newer, V3)
    assert older["data"]["name"] == "Ada Lovelace"
    both = picture(chara=V2, ccv3=V3)
    assert same(read_card(both, "x").content, V3)
    assert same(read_card(picture(ccv3=V3, chara=V2), "x").content, V3)
    assert same(read_card(picture(chara=V2), "x").content, V2)


def test_a_v2_card_gets_the_fields_that_v3_asks_for() -> None:
    newer = as_spec(card_of(V2, "x"), "v3")
    assert newer["spec"] == "chara_card_v3"
    assert newer["data"]["group_only_greetings"] == []
    assert newer["data"]["character_book"]["entries"][0]["use_regex"] is False
    assert "use_regex" not in V2["data"]["character_book"]["entries"][0]


@pytest.mark.parametrize(
    "data",
    [
        with_chunk(b"zTXt", b"chara\0\0" + zlib.compress(encoded(V2).encode())),
        with_chunk(b"iTXt", b"ccv3\0\0\0en\0k\0" + encoded(V3).encode()),
        with_chunk(b"iTXt", b"ccv3\0\1\0\0\0" + zlib.compress(encoded(V3).encode())),
        with_chunk(b"tEXt", b"Chara\0" + encoded(V2).encode()),
        with_chunk(b"tEXt", b"chara\0" + encoded(V2).rstrip("=").encode() + b"\n"),
        # APNG has further chunks; a program may add some of its own, or bytes after the end.
        with_chunk(b"acTL", bytes(8))[:-12] + chunk(b"tEXt", b"chara\0" + encoded(V2).encode())
        + chunk(b"IEND", b"") + b"trailing",
    ],
)  # fmt: skip
def test_every_kind_of_text_chunk_is_read(data: bytes) -> None:
    assert read_card(data, "x.png").text("personality") == "dry"


def test_other_chunks_stay_and_the_old_card_goes() -> None:
    image = (
        with_chunk(b"acTL", b"12345678")[:-12]
        + chunk(b"tEXt", b"Software\0x")
        + chunk(b"IEND", b"")
    )
    once = png.with_texts(image, {"chara": "eA=="}, "x")
    written, _ = write_card(card_of(V2, "x"), "png", once)
    names = [each.type + b" " + each.keyword.encode() for each in png.chunks(written, "x")]
    assert names == [
        b"IHDR ",
        b"IDAT ",
        b"acTL ",
        b"tEXt Software",
        b"tEXt chara",
        b"tEXt ccv3",
        b"IEND ",
    ]


def test_a_damaged_newer_text_gives_way_to_a_sound_older_one() -> None:
    data = png.with_texts(picture(chara=V2), {"ccv3": "!!!"}, "x")
    card = read_card(data, "x.png")
    assert card.spec == "v2"
    assert "base64" in card.notes[0]


PLAIN = png.plain_image(4, 4)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (PLAIN, "no character"),
        (b"", "no character card"),
        (b"\xff\xd8\xff\xe0 a JPEG", "no character card"),
        (png.SIGNATURE, "cut off"),
        (PLAIN[:-1], "cut off"),
        (PLAIN[:40], "cut off|long"),
        (PLAIN[:-12], "cut off"),
        (PLAIN[:-4] + b"\0\0\0\0", "checksum"),
        (PLAIN[:33] + struct.pack(">I", 2**31) + b"tEXt" + PLAIN[33:], "2,147,483,648"),
        (PLAIN[:33] + struct.pack(">I", 2**30) + b"tEXt" + PLAIN[33:], "long"),
        (png.SIGNATURE + chunk(b"IEND", b""), "header"),
        (PLAIN[:33] + chunk(b"t\0Xt", b"") + PLAIN[33:], "type"),
        (with_chunk(b"tEXt", b"chara\0@@@@"), "base64"),
        (with_chunk(b"tEXt", b"chara\0" + base64.b64encode(b"{nonsense")), "no JSON"),
        (with_chunk(b"tEXt", b"chara\0" + base64.b64encode(b"[]")), "no object"),
        (with_chunk(b"tEXt", b"chara"), "no JSON"),
        (with_chunk(b"zTXt", b"chara\0\0" + zlib.compress(bytes(2**26))), "unfolds"),
        (with_chunk(b"zTXt", b"chara\0\0" + zlib.compress(b"x" * 99)[:-9]), "cut off"),
        (with_chunk(b"zTXt", b"chara\0\0not zlib"), "compressed"),
        (with_chunk(b"zTXt", b"chara\0\7" + zlib.compress(b"x")), "compressed"),
        (with_chunk(b"iTXt", b"chara\0\1\0" + zlib.compress(b"x")), "cut off|compressed"),
        (with_chunk(b"iTXt", b"chara\0\0\0\0\0\xff\xff"), "UTF-8"),
        (charx(other=b"x"), "card.json"),
        (charx(card_json=b"{}"), "spec"),
        (charx(card_json=json.dumps(V3).encode(), **{"..__..__x": b"x"}), "leads out"),
        (charx(card_json=json.dumps(V3).encode(), bomb=bytes(2**27)), "unfolds"),
        (charx(card_json=json.dumps(V3).encode())[:-30], "damaged"),
        (b"PK\x03\x04 no zip", "damaged"),
        (b'{"spec": "chara_card_v2"}', "`data`"),
        (b'{"spec": "chara_card_v2", "data": {"name": 3}}', "no name"),
        (b'{"spec": "lorebook_v3", "data": {"entries": []}}', "lorebook"),
        (b'{"name": "x"}', "neither"),
        (b"[" * 100_000, "no character card"),
        (b'{"a":' * 100_000, "deep"),
        (b'{"name":"x","description":' + b"[" * 150 + b"]" * 150 + b"}", "deep"),
        (b'{"name":"x","description":"", "n": NaN}', "NaN"),
        (b'{"name":"x","description":"", "n": -Infinity}', "Infinity"),
        (b'{"name":"x","description":"", "n": 1e999}', "bounds"),
        (b'{"name":"x","description":"", "n": ' + b"1" * 9000 + b"}", "no JSON"),
        (b'{"name":"x","description":"", "name":"y"}', "twice"),
        (b'{"name":"x","description":"\\ud800"}', "half"),
        (b'{"name":"x","description":"\xff"}', "UTF-8"),
        (b'{"name":"x","description":[' + b"[]," * 2**20 + b"[]]}", "more values"),
        (b'{"name":"' + b"x" * 2**25 + b'"}', "larger"),
    ],
)  # fmt: skip
def test_what_is_no_card_or_does_harm_is_refused_with_a_reason(data: bytes, reason: str) -> None:
    import re

    with pytest.raises(InputError) as caught:
        read_card(data, "the file")
    assert re.search(reason, str(caught.value)), str(caught.value)
    assert caught.value.fix


@given(st.binary(max_size=300), st.integers(0, 400), st.sampled_from([bytes, bytearray]))
def test_no_damage_to_a_file_breaks_the_reader(
    noise: bytes, at: int, make: Callable[[bytes], bytes]
) -> None:
    for sound in (picture(ccv3=V3), charx(card_json=json.dumps(V3).encode())):
        data = bytes(make(sound[:at] + noise + sound[at + len(noise) :]))
        try:
            read_card(data, "x")
        except InputError as error:
            assert error.what  # noqa: PT017


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)  # fmt: skip


@settings(max_examples=40)
@given(st.dictionaries(st.text(), JSON_VALUES))
def test_any_extensions_come_back_as_they_were(extensions: dict[str, Any]) -> None:
    content = {**V3, "data": {**V3["data"], "extensions": extensions}}
    for kind in ("png", "json", "charx"):
        again = read_card(write_card(card_of(content, "x"), kind)[0], "x")
        assert same(again.data["extensions"], extensions)


def test_other_files_of_an_archive_are_kept_and_said_where_they_cannot_be() -> None:
    asset = {
        "type": "icon",
        "uri": "embeded://assets/icon/images/1.png",
        "name": "main",
        "ext": "png",
    }
    content = {**V3, "data": {**V3["data"], "assets": [asset]}}
    data = charx(
        card_json=json.dumps(content).encode(),
        assets__icon__images__1_png=b"no",
        **{"assets__icon__images__1.png": PLAIN, "module.risum": b"\1"},
    )
    card = read_card(data, "x.charx")
    again = read_card(write_card(card, "charx")[0], "y.charx")
    assert again.members == card.members
    assert same(again.content, content)
    written, notes = write_card(card, "png")
    assert png.chunks(written, "x")[1] == png.chunks(PLAIN, "x")[1]
    assert "module.risum" in notes[0]
    assert "images/1.png" not in notes[0]


def test_a_picture_becomes_the_icon_of_an_archive() -> None:
    card = read_card(picture(ccv3=V3), "x.png")
    again = read_card(write_card(card, "charx")[0], "x.charx")
    assert again.data["assets"][0]["uri"] == "embeded://assets/icon/images/main.png"
    assert not any(each.keyword for each in png.chunks(again.image, "x"))


def test_json_is_written_as_utf_8_without_line_ends_of_its_own() -> None:
    assert (
        strict_json.dumps({"é": cards.EXTENSIONS["z"]}).decode()
        == '{"é":"last on purpose\u2028é😀"}'
    )


def test_base64_is_read_in_every_way_in_which_programs_write_it() -> None:
    content = {**V1, "description": "\u00ff\u00ff???>>>~~\u4f60"}
    plain = json.dumps(content, ensure_ascii=False).encode()
    ways = (
        base64.urlsafe_b64encode(plain),
        base64.urlsafe_b64encode(plain).rstrip(b"="),
        base64.encodebytes(plain),
        base64.b64encode(plain) + b"\0",
        base64.b64encode(b"\xef\xbb\xbf" + plain),
        plain,
    )
    for text in ways:
        card = read_card(with_chunk(b"tEXt", b"chara\0" + text), "x.png")
        assert card.content == content


def test_a_number_beyond_all_bounds_is_refused_in_plain_words() -> None:
    with pytest.raises(InputError, match="beyond all bounds") as caught:
        read_card(b'{"name": "a", "description": "", "x": ' + b"9" * 5000 + b"}", "x")
    assert "sys." not in caught.value.what
    newer = {**V3, "spec_version": 10**400}
    assert "newer" in read_card(json.dumps(newer).encode(), "x").notes[0]


def test_assets_in_chunks_of_a_picture_become_members_of_an_archive() -> None:
    asset = {"type": "emotion", "uri": "__asset:0", "name": "joy", "ext": "webp"}
    content = {**V3, "data": {**V3["data"], "assets": [asset]}}
    chunk = b"chara-ext-asset_:0\0" + base64.b64encode(b"a picture")
    data = with_chunk(b"tEXt", chunk)
    image = png.with_texts(data, {"ccv3": cards.encoded(content)}, "x")
    card = read_card(image, "x.png")
    again = read_card(write_card(card, "charx")[0], "x.charx")
    joy = next(each for each in again.data["assets"] if each["name"] == "joy")
    assert again.members[joy["uri"].removeprefix("embeded://")] == b"a picture"
    assert not any(each.keyword for each in png.chunks(again.image, "x"))
    assert card.data["assets"] == [asset]
    assert "no assets" in write_card(card, "json")[1][0]


def test_a_picture_before_an_archive_is_said_to_stay_behind_and_its_lorebook_is_read() -> None:
    data = b"\xff\xd8\xff\xe0 a picture " + charx(card_json=json.dumps(V3).encode())
    assert "JPEG" in read_card(data, "x.charx").notes[0]
    assert len(read_lorebook(data, "x.charx").entries()) == len(cards.BOOK["entries"])


def test_what_world_info_has_no_field_for_comes_back_to_v3() -> None:
    content = {"spec": "lorebook_v3", "data": cards.BOOK}
    first = read_lorebook(json.dumps(content).encode(), "x")
    world = read_lorebook(write_lorebook(first, "world_info"), "x")
    back = json.loads(write_lorebook(world, "lorebook_v3"))["data"]["entries"]
    for old, new in zip(cards.BOOK["entries"], back, strict=True):
        kept = {key: new[key] for key in old if key != "extensions"}
        assert kept == {key: old[key] for key in old if key != "extensions"}
        assert new["extensions"].items() >= old.get("extensions", {}).items()
