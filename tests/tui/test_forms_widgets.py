"""Forms on a screen: every kind of field, checked as one types, read as plain values."""

from __future__ import annotations

import enum
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import Meta
from textual.app import App, ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Checkbox, Input, OptionList, Select, TextArea

from inkstand.tui.forms.form import Form, Group
from inkstand.tui.forms.row import FieldRow
from inkstand.tui.forms.values import Wrong
from inkstand_sdk.errors import UsageError
from inkstand_sdk.settings import form


class Mood(enum.Enum):
    CALM = "calm"
    WILD = "wild"


class Weather(msgspec.Struct, frozen=True, kw_only=True):
    wind: Annotated[int, Meta(ge=0, le=12, description="Beaufort.")] = 3
    rain: bool = False


class Everything(msgspec.Struct, frozen=True, kw_only=True):
    title: Annotated[str, Meta(max_length=20, description="What it is called.")]
    about: Annotated[str, Meta(description="The plot.", extra={"multiline": True})] = ""
    words: Annotated[int, Meta(ge=10, le=5_000, description="About how many words.")] = 250
    share: Annotated[float, Meta(ge=0, le=1)] = 0.5
    tense: Annotated[Literal["past", "present"], Meta(description="When it is told.")] = "past"
    mood: Mood | None = None
    people: Annotated[tuple[str, ...], Meta(max_length=2, description="Who is in it.")] = ()
    senses: tuple[Literal["sight", "sound", "smell"], ...] = ("sight",)
    rhymes: Annotated[bool, Meta(description="Whether it rhymes.")] = True
    perhaps: bool | None = None
    notes: Annotated[str, Meta(description="A file of notes.", extra={"file": True})] = ""
    weather: Weather = Weather(wind=5)
    storm: Weather | None = None


class FormApp(App[None]):
    CSS = "VerticalScroll { width: 40; }"

    def __init__(self, struct: type[msgspec.Struct], values: dict[str, Any] | None = None) -> None:
        super().__init__()
        self.struct = struct
        self.values = values
        self.told: list[object] = []

    def compose(self) -> ComposeResult:
        with VerticalScroll(can_focus=False):
            yield Form(form(self.struct), self.values)

    @property
    def form(self) -> Form:
        return self.query_one(Form)

    def on_form_submitted(self, told: Form.Submitted) -> None:
        self.told.append(told)

    def on_form_changed(self, told: Form.Changed) -> None:
        self.told.append(told.path)

    def on_field_row_described(self, told: FieldRow.Described) -> None:
        self.told.append(told.about)

    def control(self, path: str, kind: type[Any]) -> Any:
        row = self.form.row(path)
        assert row is not None
        return row.query_one(kind)


async def test_a_form_that_nobody_touched_gives_nothing_and_asks_for_what_is_needed() -> None:
    app = FormApp(Everything)
    async with app.run_test():
        assert app.form.wrong() == {"title": "Fill this in."}
        with pytest.raises(Wrong):
            app.form.values()
        app.form.put({"title": "Salt"})
        assert app.form.values() == {"title": "Salt"}


async def test_every_kind_of_field_gives_what_its_struct_takes(tmp_path: Path) -> None:
    notes = tmp_path / "notes.txt"
    notes.write_text("x")
    app = FormApp(Everything)
    async with app.run_test() as pilot:
        app.control("title", Input).value = "The Salt Road"
        app.control("about", TextArea).text = "They leave.\nThey return."
        app.control("words", Input).value = "1,200"
        app.control("share", Input).value = "0.25"
        app.control("tense", Select).value = "present"
        app.control("mood", Select).value = "wild"
        app.control("people", TextArea).text = "Ada\nTomas"
        app.control("senses", OptionList).focus()
        await pilot.press("home", "down", "space")
        app.control("rhymes", Checkbox).value = False
        app.control("perhaps", Select).value = "no"
        app.control("notes", Input).value = str(notes)
        app.control("weather.rain", Checkbox).value = True
        await pilot.pause()
        storm = next(group for group in app.query(Group) if group.path == "storm")
        storm.query_one(Checkbox).value = True
        await pilot.pause()
        app.control("storm.wind", Input).value = "11"
        await pilot.pause()
        assert app.form.check()
        assert app.form.values() == {
            "title": "The Salt Road",
            "about": "They leave.\nThey return.",
            "words": 1200,
            "share": 0.25,
            "tense": "present",
            "mood": "wild",
            "people": ["Ada", "Tomas"],
            "senses": ["sight", "smell"],
            "rhymes": False,
            "perhaps": False,
            "notes": str(notes),
            "weather": {"wind": 5, "rain": True},
            "storm": {"wind": 11},
        }
        msgspec.convert(app.form.values(), Everything)


async def test_what_is_wrong_is_said_beside_the_field_and_goes_when_it_is_mended() -> None:
    app = FormApp(Everything, {"title": "x"})
    async with app.run_test() as pilot:
        words = app.control("words", Input)
        words.focus()
        await pilot.press("9", "9", "9", "9")
        row = app.form.row("words")
        assert row is not None
        assert not row.has_class("-wrong")
        await pilot.press("tab")
        assert row.has_class("-wrong")
        assert "10 to 5,000" in str(row.query_one(".field-wrong").render())
        words.focus()
        await pilot.press("end", "backspace")
        assert not row.has_class("-wrong")
        assert app.form.values()["words"] == 999


async def test_a_check_goes_to_the_first_field_that_is_wrong() -> None:
    app = FormApp(Everything)
    async with app.run_test() as pilot:
        app.control("notes", Input).value = "/no/such/file"
        assert not app.form.check()
        await pilot.pause()
        assert app.focused is app.control("title", Input)
        assert app.form.wrong()["notes"] == "There is no such file."


async def test_the_keys_go_from_field_to_field_and_enter_submits() -> None:
    app = FormApp(Everything, {"title": "x"})
    async with app.run_test() as pilot:
        app.control("words", Input).focus()
        await pilot.press("down")
        assert app.focused is app.control("share", Input)
        await pilot.press("up")
        assert app.focused is app.control("words", Input)
        await pilot.press("enter")
        assert any(isinstance(each, Form.Submitted) for each in app.told)
        assert "About how many words. 10 to 5,000." in app.told


async def test_a_value_that_was_there_is_given_back_as_it_was_until_it_is_changed() -> None:
    # Neither survives being typed: a line break within an item, and mixed line ends.
    before = {"title": "x", "people": ["a\nb"], "about": "one\r\ntwo\nthree", "words": 250}
    app = FormApp(Everything, before)
    async with app.run_test() as pilot:
        assert app.form.values() == before
        app.control("words", Input).value = "300"
        await pilot.pause()
        assert app.form.values() == {**before, "words": 300}


async def test_what_a_plugin_says_of_a_value_stands_beside_its_field() -> None:
    app = FormApp(Everything, {"title": "x"})
    async with app.run_test() as pilot:
        try:
            msgspec.convert({"title": "x", "weather": {"wind": 13}}, Everything)
        except msgspec.ValidationError as error:
            told = UsageError(f"Invalid input of poem: {error}.", "", "")
        assert app.form.tell(told)
        await pilot.pause()
        row = app.form.row("weather.wind")
        assert row is not None
        assert str(row.query_one(".field-wrong").render()) == "Expected `int` <= 12."
        assert not app.form.tell(UsageError("The sea is full.", "", ""))


KINDS: list[tuple[Any, st.SearchStrategy[Any]]] = [
    (Annotated[int, Meta(ge=-5, le=5)], st.integers(-5, 5)),
    (int | None, st.none() | st.integers(-(2**63), 2**63 - 1)),
    (Annotated[float, Meta(ge=0)], st.floats(0, 1e300)),
    (str, st.text(st.characters(categories=["L", "N", "P"]), min_size=1)),
    (bool, st.booleans()),
    (bool | None, st.none() | st.booleans()),
    (Literal["a", "b", "c"], st.sampled_from("abc")),
    (Literal["a", "b"] | None, st.none() | st.sampled_from("ab")),
    (tuple[int, ...], st.lists(st.integers(-9, 9), max_size=4)),
    (tuple[str, ...], st.lists(st.text(st.characters(categories=["L"]), min_size=1), max_size=4)),
    (Weather, st.fixed_dictionaries({"wind": st.integers(0, 12), "rain": st.booleans()})),
    (Weather | None, st.none() | st.fixed_dictionaries({"wind": st.integers(0, 12)})),
]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_a_form_of_any_struct_gives_values_that_the_struct_takes(data: st.DataObject) -> None:
    import asyncio

    chosen = data.draw(st.lists(st.sampled_from(range(len(KINDS))), min_size=1, max_size=6))
    names = [f"field_{place}" for place in range(len(chosen))]
    defaults = {name: data.draw(KINDS[kind][1]) for name, kind in zip(names, chosen, strict=True)}
    has_default = {name: data.draw(st.booleans()) for name in names}
    types = {name: KINDS[kind][0] for name, kind in zip(names, chosen, strict=True)}
    declared: list[Any] = [
        (name, kind, msgspec.convert(defaults[name], kind)) if has_default[name] else (name, kind)
        for name, kind in types.items()
    ]
    struct = msgspec.defstruct("Any", declared, kw_only=True, frozen=True)
    new = {name: data.draw(KINDS[kind][1]) for name, kind in zip(names, chosen, strict=True)}

    async def fill_in() -> dict[str, Any]:
        app = FormApp(struct)
        async with app.run_test() as pilot:
            for name, value in new.items():
                _type(app, name, value)
            await pilot.pause()
            assert app.form.check()
            return app.form.values()

    given_values = asyncio.run(fill_in())
    assert msgspec.convert(given_values, struct) == msgspec.convert(new, struct)


def _type(app: FormApp, name: str, value: Any) -> None:
    """Put a value into the control as a writer would."""
    group = next((each for each in app.query(Group) if each.path == name), None)
    if group is not None:
        box = next(iter(group.query_children(Checkbox)), None)
        if box is not None:
            box.value = value is not None
        group.set_class(value is None, "-out")
        for part, inner in (value or {}).items():
            _type(app, f"{name}.{part}", inner)
        return
    row = app.form.row(name)
    assert row is not None
    control = row.query("Input, TextArea, Select, Checkbox").first()
    if isinstance(control, Checkbox):
        control.value = value
    elif isinstance(control, Select):
        words = {True: "yes", False: "no", None: Select.NULL}
        control.value = words[value] if value is None or isinstance(value, bool) else value
    elif isinstance(control, TextArea):
        control.text = "\n".join(map(str, value))
    elif isinstance(control, Input):
        control.value = "" if value is None else str(value)
