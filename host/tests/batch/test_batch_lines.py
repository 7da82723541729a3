"""Lines of a batch: split whatever they hold, and answered by what is wrong with them."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inkstand.batch.lines import LONGEST, Answer, Asked, Defaults, asked, from_file, from_requests
from inkstand_sdk.errors import InputError
from inkstand_sdk.messages import GenerateRequest, Sampling


def read(data: bytes) -> list[Any]:
    return list(from_file(io.BytesIO(data), "requests.jsonl"))


def ask(text: str | bytes, **defaults: Any) -> Asked | Answer:
    [line] = read(text if isinstance(text, bytes) else text.encode())
    return asked(line, Defaults(**defaults))


def request_of(text: str, **defaults: Any) -> GenerateRequest:
    found = ask(text, **defaults)
    assert isinstance(found, Asked), found
    return found.request


@given(st.lists(st.binary(max_size=30).map(lambda data: data.replace(b"\n", b"")), max_size=20))
def test_lines_are_numbered_as_they_stand_whatever_they_hold(parts: list[bytes]) -> None:
    data = b"\n".join([b"{}", *parts])
    lines = read(data)
    expected = [b"{}", *parts]
    if not expected[-1]:
        expected.pop()
    assert [line.data for line in lines] == [part.rstrip(b"\r") for part in expected]
    assert [line.number for line in lines] == list(range(1, len(lines) + 1))
    assert lines[-1].end == len(data)


@given(st.binary(max_size=200))
def test_no_line_whatever_it_holds_raises(data: bytes) -> None:
    try:
        lines = read(data)
    except InputError:
        assert data.startswith((b"\xff\xfe", b"\xfe\xff"))
        return
    for line in lines:
        found = asked(line, Defaults())
        assert found.number if isinstance(found, Asked) else found.error


def test_a_byte_order_mark_and_carriage_returns_are_no_part_of_a_line() -> None:
    lines = read(b'\xef\xbb\xbf{"prompt": "a"}\r\n{"prompt": "b"}\r\n')
    assert [line.data for line in lines] == [b'{"prompt": "a"}', b'{"prompt": "b"}']


def test_blank_lines_count_but_ask_nothing() -> None:
    assert [line.blank for line in read(b'\n{"prompt": "a"}\n  \t\r\n')] == [True, False, True]


def test_a_line_that_is_too_long_is_passed_over_whole() -> None:
    data = b'{"prompt": "' + b"x" * (LONGEST + 2**17) + b'"}\n{"prompt": "b"}\n'
    long, short = read(data)
    assert long.data == b""
    assert "too long" in str(long.fault)
    assert short.number == 2
    assert short.end == len(data)
    other = read(data.replace(b'xx"}', b'xy"}'))[0]
    assert other.digest != long.digest


def test_utf_16_is_refused_as_a_whole() -> None:
    with pytest.raises(InputError, match="UTF-16"):
        read('{"prompt": "a"}\n'.encode("utf-16"))


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("hello", "not JSON"),
        (b'{"prompt": "\xff"}', "not JSON"),
        ("[" * 5000, "not JSON"),
        ("[1]", "not a JSON object"),
        ("null", "not a JSON object"),
        ("{}", "no prompt"),
        ('{"prompt": "  "}', "no prompt"),
        ('{"promt": "a"}', "Did you mean prompt?"),
        ('{"prompt": 1}', "not a request"),
        ('{"prompt": "a", "max_tokens": 0}', "not a request"),
        ('{"prompt": "a", "max_tokens": "many"}', "not a request"),
        ('{"prompt": "a", "temperature": 99}', "not a request"),
        ('{"prompt": "a", "sampling": 1, "seed": 1}', "not a request"),
        ('{"prompt": "a", "strategy": "gready"}', "not a request"),
        ('{"prompt": "a", "id": ["x"]}', "id"),
        ('{"prompt": "a", "id": true}', "id"),
        ('{"prompt": "a", "model": 7}', "model"),
        ('{"messages": [{"role": "boss", "content": "a"}]}', "not a request"),
        ('{"messages": "a"}', "not a request"),
    ],
)
def test_a_bad_line_is_answered_by_what_is_wrong_with_it(line: str | bytes, words: str) -> None:
    answer = ask(line)
    assert isinstance(answer, Answer)
    assert answer.error is not None
    assert words in answer.error.what + answer.error.cause
    assert answer.error.fix
    assert json.loads(answer.encoded())["line"] == 1


def test_the_answer_to_a_bad_line_carries_its_id() -> None:
    answer = ask('{"id": "mine", "prompt": ""}')
    assert isinstance(answer, Answer)
    assert json.loads(answer.encoded())["id"] == "mine"


def test_an_answer_that_is_no_json_becomes_an_error_that_is() -> None:
    odd = InputError("Half a pair: \ud800.", data_of_a_plugin={1, 2}).to_info()
    answer = json.loads(Answer(3, "x", error=odd).encoded())
    assert (answer["line"], answer["id"], answer["error"]["code"]) == (3, "x", "plugin")


def test_fields_of_sampling_may_stand_beside_the_others() -> None:
    request = request_of('{"prompt": "a", "temperature": 0, "sampling": {"top_p": 0.5}}')
    assert request.sampling == Sampling(temperature=0.0, top_p=0.5)


def test_the_content_of_a_message_may_be_a_text() -> None:
    plain = request_of('{"messages": [{"role": "user", "content": "a"}]}')
    parts = [{"type": "text", "text": "a"}]
    full = request_of(json.dumps({"messages": [{"role": "user", "content": parts}]}))
    assert plain == full == GenerateRequest.of("a")


def test_defaults_hold_where_a_line_says_nothing() -> None:
    defaults: dict[str, Any] = {"model": "m", "preset": "wild", "max_tokens": 7}
    found = ask('{"prompt": "a"}', **defaults)
    assert isinstance(found, Asked)
    assert (found.model, found.own_model) == ("m", False)
    assert (found.request.preset, found.request.max_tokens) == ("wild", 7)
    own = ask('{"prompt": "a", "model": "n", "preset": "precise", "max_tokens": 9}', **defaults)
    assert isinstance(own, Asked)
    assert (own.model, own.own_model) == ("n", True)
    assert (own.request.preset, own.request.max_tokens) == ("precise", 9)


def test_a_prompt_goes_through_the_chat_template_only_if_that_is_asked() -> None:
    assert request_of('{"prompt": "a"}') == GenerateRequest(prompt="a")
    assert request_of('{"prompt": "a"}', chat=True) == GenerateRequest.of("a")


def test_requests_of_a_program_ask_what_they_say() -> None:
    request = GenerateRequest.of("one", max_tokens=3, sampling=Sampling(seed=1), id="x")
    given_: list[Any] = [request, "two", {"prompt": "three", "id": 3, "model": "m"}]
    found = [asked(line, Defaults()) for line in from_requests(given_)]
    one, two, three = found
    assert isinstance(one, Asked)
    assert isinstance(two, Asked)
    assert isinstance(three, Asked)
    assert (one.id, one.request.sampling, one.request.messages) == (
        "x", request.sampling, request.messages,
    )  # fmt: skip
    assert two.request == GenerateRequest.of("two")
    assert (three.id, three.model, three.request.prompt) == (3, "m", "three")


def test_a_request_that_cannot_be_written_as_json_is_one_bad_line() -> None:
    lines = list(from_requests([{"prompt": object()}, "two"]))
    assert isinstance(asked(lines[0], Defaults()), Answer)
    assert isinstance(asked(lines[1], Defaults()), Asked)
