"""One declaration, every face: forms, schemas, options and values from Structs."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from typing import Annotated, Any, Literal

import click
import msgspec
import pytest
from hypothesis import given as given_examples
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from msgspec import Meta

from inkstand_sdk.errors import UsageError
from inkstand_sdk.settings import NoSettings, build, click_options, form, given, json_schema


class Mood(enum.Enum):
    DARK = "dark"
    LIGHT = "light"


class Place(msgspec.Struct, frozen=True):
    """Where it happens."""

    name: str
    weight: Annotated[float, Meta(ge=0, le=1)] = 0.5


class Everything(msgspec.Struct, frozen=True):
    """One field of each kind."""

    title: Annotated[str, Meta(description="What it is called.", max_length=40)]
    words: Annotated[int, Meta(gt=0, le=900, description="How long.")] = 100
    ratio: Annotated[float, Meta(ge=0, lt=1)] = 0.25
    polite: bool = True
    level: Literal[1, 2, 3] = 2
    tone: Literal["calm", "loud"] = "calm"
    mood: Mood = Mood.DARK
    names: tuple[str, ...] = ()
    counts: Annotated[list[Annotated[int, Meta(ge=1)]], Meta(max_length=3)] = []
    places: list[Place] = []
    place: Place | None = None
    limit: Annotated[int, Meta(ge=0, description="At most.")] | None = None
    notes: Annotated[str, Meta(extra={"multiline": True})] = ""
    sheet: Annotated[str, Meta(extra={"file": True})] = ""


class Renamed(msgspec.Struct, rename="kebab"):
    """Names that are no identifiers."""

    max_words: int = 3


def parsed(cls: type[msgspec.Struct], arguments: Sequence[str]) -> Any:
    """The instance that a command line with these arguments gives."""
    fields = form(cls)
    values: list[Any] = []

    def callback(**parameters: Any) -> None:
        values.append(build(cls, given(parameters, fields)))

    command = click.Command("x", params=[*click_options(fields)], callback=callback)
    command.main(list(arguments), standalone_mode=False)
    return values[0]


def test_a_form_says_all_that_was_declared() -> None:
    fields = {field.name: field for field in form(Everything)}
    assert fields["title"].required
    assert fields["title"].help == "What it is called."
    assert (fields["title"].kind, fields["title"].maximum) == ("text", 40)
    words = fields["words"]
    assert (words.kind, words.minimum, words.exclusive_minimum, words.maximum, words.default) == (
        "integer", 0, True, 900, 100,
    )  # fmt: skip
    assert fields["ratio"].exclusive_maximum
    assert fields["polite"].kind == "flag"
    assert fields["level"].choices == ("1", "2", "3")
    assert (fields["mood"].choices, fields["mood"].default) == (("dark", "light"), "dark")
    assert (fields["names"].kind, fields["names"].items) == ("list", "text")
    assert (fields["counts"].items, fields["counts"].maximum) == ("integer", 3)
    assert [inner.name for inner in fields["places"].fields] == ["name", "weight"]
    assert (fields["place"].kind, fields["place"].optional) == ("struct", True)
    assert (fields["limit"].help, fields["limit"].minimum) == ("At most.", 0)
    assert fields["notes"].multiline
    assert fields["sheet"].kind == "file"


def test_a_form_crosses_a_process_border_unchanged() -> None:
    fields = form(Everything)
    assert msgspec.json.decode(msgspec.json.encode(fields), type=type(fields) | Any) is not None
    assert msgspec.convert(msgspec.to_builtins(fields), tuple[type(fields[0]), ...]) == fields  # type: ignore[misc]


@pytest.mark.parametrize("kind", [dict[str, int], bytes, tuple[int, str], int | str])
def test_a_type_that_no_face_can_ask_for_is_named(kind: Any) -> None:
    cls = msgspec.defstruct("Odd", [("field", kind)])
    with pytest.raises(TypeError, match="'field'"):
        form(cls)


def test_options_give_what_was_declared() -> None:
    found = parsed(
        Everything,
        ["--title", "T", "--words", "9", "--no-polite", "--level", "3", "--tone", "loud",
         "--mood", "light", "--names", "a", "--names", "b", "--counts", "4",
         "--places", '{"name": "x"}', "--place.name", "here", "--limit", "0"],
    )  # fmt: skip
    assert found == Everything(
        "T", words=9, polite=False, level=3, tone="loud", mood=Mood.LIGHT, names=("a", "b"),
        counts=[4], places=[Place("x")], place=Place("here"), limit=0,
    )  # fmt: skip


def test_what_is_left_out_keeps_its_default() -> None:
    assert parsed(Everything, ["--title", "T"]) == Everything("T")


def test_names_that_are_no_identifiers_are_options_too() -> None:
    assert parsed(Renamed, ["--max-words", "7"]) == Renamed(7)
    assert form(Renamed)[0].flag == "--max-words"


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--title", "T", "--words", "0"],
        ["--title", "T", "--words", "901"],
        ["--title", "T", "--words", "many"],
        ["--title", "T", "--ratio", "1"],
        ["--title", "T", "--level", "4"],
        ["--title", "T", "--sheet", "/nowhere/at/all"],
    ],
)
def test_click_refuses_what_is_out_of_bounds(arguments: list[str]) -> None:
    with pytest.raises(click.UsageError):
        parsed(Everything, arguments)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--ratio", "nan"],
        ["--title", "x" * 41],
        ["--counts", "0"],
        ["--counts", "1", "--counts", "1", "--counts", "1", "--counts", "1"],
        ["--places", "not json"],
        ["--places", "[1]"],
        ["--place.weight", "0.1"],
    ],
)
def test_building_refuses_what_click_cannot_see(arguments: list[str]) -> None:
    with pytest.raises(UsageError):
        parsed(Everything, ["--title", "T", *arguments])


def test_an_option_without_bounds_shows_none() -> None:
    [option] = click_options(form(Renamed))
    assert option.type is click.INT


def test_a_misspelled_value_is_told_with_the_right_name() -> None:
    with pytest.raises(UsageError, match="Did you mean words"):
        build(Everything, {"title": "T", "wrods": 1})
    with pytest.raises(UsageError, match="There are none"):
        build(NoSettings, {"x": 1}, what="setting")
    with pytest.raises(UsageError, match="Unknown setting: 1"):
        build(NoSettings, {1: 1}, what="setting")  # type: ignore[dict-item]


TEXT = st.text(st.characters(blacklist_categories=["Cs"]), max_size=20)
INSTANCES = st.builds(
    Everything,
    title=TEXT,
    words=st.integers(1, 900),
    ratio=st.floats(0, 1, exclude_max=True),
    polite=st.booleans(),
    level=st.sampled_from([1, 2, 3]),
    tone=st.sampled_from(["calm", "loud"]),
    mood=st.sampled_from(Mood),
    names=st.lists(TEXT, max_size=3).map(tuple),
    counts=st.lists(st.integers(1, 2**60), max_size=3),
    places=st.lists(st.builds(Place, TEXT, st.floats(0, 1)), max_size=2),
    place=st.none() | st.builds(Place, TEXT, st.floats(0, 1)),
    limit=st.none() | st.integers(0, 9),
    notes=TEXT,
)


@hypothesis_settings(deadline=None)
@given_examples(INSTANCES)
def test_plain_values_build_the_instance_and_satisfy_its_schema(instance: Everything) -> None:
    plain = msgspec.to_builtins(instance)
    assert build(Everything, plain) == instance
    Draft202012Validator(json_schema(Everything)).validate(
        msgspec.json.decode(msgspec.json.encode(plain))
    )


@hypothesis_settings(deadline=None)
@given_examples(INSTANCES)
def test_an_instance_can_be_typed_as_options(instance: Everything) -> None:
    arguments = [f"--title={instance.title}", f"--words={instance.words}"]
    arguments += [f"--ratio={instance.ratio!r}", "--polite" if instance.polite else "--no-polite"]
    arguments += [f"--level={instance.level}", f"--tone={instance.tone}"]
    arguments += [f"--mood={instance.mood.value}", f"--notes={instance.notes}"]
    arguments += [f"--names={name}" for name in instance.names]
    arguments += [f"--counts={count}" for count in instance.counts]
    arguments += [f"--places={msgspec.json.encode(each).decode()}" for each in instance.places]
    if instance.place is not None:
        arguments += [f"--place.name={instance.place.name}"]
        arguments += [f"--place.weight={instance.place.weight!r}"]
    if instance.limit is not None:
        arguments += [f"--limit={instance.limit}"]
    assert parsed(Everything, arguments) == instance


def test_every_object_of_a_schema_is_closed() -> None:
    schema = json_schema(Everything)
    Draft202012Validator.check_schema(schema)
    objects = [d for d in schema["$defs"].values() if d.get("type") == "object"]
    assert len(objects) == 2
    assert all(each["additionalProperties"] is False for each in objects)
