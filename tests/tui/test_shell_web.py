"""The UI in a browser: only for whoever has the token, and nothing is left when it ends."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import psutil
import pytest

from inkstand.tui.web.server import WebServer
from inkstand_sdk.errors import InputError

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the server is ended by a signal")


class Served:
    """`inkstand --web` as a process of its own."""

    def __init__(self, folder: Path, *words: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "inkstand", *(words or ("--web",))],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().strip()
        self.base = f"http://{urlsplit(self.url).netloc}"

    def apps(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def end(self, number: int = signal.SIGINT) -> int:
        if self.process.poll() is None:
            self.process.send_signal(number)
        status = self.process.wait(60)
        for stream in (self.process.stdout, self.process.stderr):
            if stream is not None:
                stream.close()
        return status


@pytest.fixture
def served(book: Path) -> Iterator[Served]:
    served = Served(book)
    yield served
    served.end(signal.SIGKILL)


@asynccontextmanager
async def page(served: Served, **how: Any) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    address = f"{served.url.replace('http', 'ws')}ws?width=100&height=30"
    async with aiohttp.ClientSession() as session, session.ws_connect(address, **how) as socket_:
        yield socket_


async def until(holds: Callable[[], bool], seconds: float = 30.0) -> None:
    end = asyncio.get_running_loop().time() + seconds
    while not holds():
        assert asyncio.get_running_loop().time() < end
        await asyncio.sleep(0.05)


async def shown(page_: aiohttp.ClientWebSocketResponse, words: bytes) -> None:
    seen = b""
    async with asyncio.timeout(40):
        while words not in seen:
            message = await page_.receive()
            assert message.type in (aiohttp.WSMsgType.BINARY, aiohttp.WSMsgType.TEXT), message
            seen += message.data if isinstance(message.data, bytes) else b""


async def test_a_writer_writes_in_a_page_and_closing_it_saves(served: Served, book: Path) -> None:
    async with page(served, headers={"Origin": served.base}) as here:
        await shown(here, b"local only")
        await here.send_json(["stdin", "Zebra"])
        await shown(here, b"unsaved")
        apps = served.apps()
        assert len(apps) == 1
    await until(lambda: not any(each.is_running() for each in apps))
    text = (book / "manuscript" / "01-the-blank-column.md").read_text("utf-8")
    assert "ZebraThe door" in text


@pytest.mark.parametrize(
    "words", [("--web", "{book}"), ("{book}", "--web"), ("write", "{book}", "--web")]
)
async def test_a_book_is_named_before_the_option_or_behind_it(
    tmp_path: Path, book: Path, words: tuple[str, ...]
) -> None:
    served = Served(tmp_path, *(word.format(book=book) for word in words))
    try:
        async with page(served, headers={"Origin": served.base}) as here:
            await shown(here, b"Running Light")
    finally:
        assert served.end() == 0


async def test_ctrl_c_ends_the_server_and_all_that_it_started(served: Served, book: Path) -> None:
    async with page(served) as here:
        await shown(here, b"local only")
        await here.send_json(["stdin", "Zebra"])
        await shown(here, b"unsaved")
        apps = served.apps()
        status = await asyncio.to_thread(served.end)
    assert status == 0
    assert not any(each.is_running() for each in apps)
    text = (book / "manuscript" / "01-the-blank-column.md").read_text("utf-8")
    assert "ZebraThe door" in text
    with socket.socket() as free:
        free.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        free.bind(("127.0.0.1", urlsplit(served.url).port or 0))


async def test_an_app_ends_when_its_server_is_killed(served: Served, book: Path) -> None:
    async with page(served) as here:
        await shown(here, b"local only")
        apps = served.apps()
        served.process.kill()
        await until(lambda: not any(each.is_running() for each in apps))


async def test_the_page_needs_nothing_from_anywhere_else(served: Served) -> None:
    async with aiohttp.ClientSession() as session:
        async with session.get(served.url) as answer:
            text = await answer.text()
            assert answer.status == 200
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
            assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert text.count("://") == text.count(f"ws://{urlsplit(served.url).netloc}/")
        for name in ("inkstand.css", "inkstand.js", "static/js/textual.js"):
            async with session.get(f"{served.url}{name}") as answer:
                assert answer.status == 200, name


@pytest.mark.parametrize(
    "path", ["/", "/ws", "/static/js/textual.js", "/x/", "/download/1", "/%00/", "//"]
)
async def test_without_the_token_everything_is_refused(served: Served, path: str) -> None:
    address = f"{served.base}{path}"
    async with aiohttp.ClientSession() as session, session.get(address) as answer:
        assert answer.status == 403
        assert urlsplit(served.url).path.strip("/") not in await answer.text()
    assert not served.apps()


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Host": "evil.example"},
    ],
)
async def test_a_page_of_somebody_else_is_refused(served: Served, headers: dict[str, str]) -> None:
    async with aiohttp.ClientSession(headers=headers) as session:
        for name in ("", "ws"):
            async with session.get(f"{served.url}{name}") as answer:
                assert answer.status == 403
    with pytest.raises(aiohttp.WSServerHandshakeError):
        async with page(served, headers=headers):
            pass
    assert not served.apps()


async def test_a_page_that_is_resized_is_drawn_for_its_new_size(served: Served) -> None:
    async with page(served) as here:
        await shown(here, b"local only")
        await here.send_json(["resize", {"width": 60, "height": 20}])
        # Panes have become tabs.
        await shown(here, b" Text ")


async def test_what_one_page_saves_comes_to_the_other(served: Served, book: Path) -> None:
    async with page(served) as one, page(served) as other:
        await shown(one, b"local only")
        await shown(other, b"local only")
        await one.send_json(["stdin", "Zebra"])
        await shown(other, b"ebraThe door")
        assert len(served.apps()) == 2


async def test_a_page_loaded_anew_goes_on_with_what_was_written(served: Served) -> None:
    async with page(served) as here:
        await shown(here, b"local only")
        await here.send_json(["stdin", "Zebra"])
        await shown(here, b"unsaved")
        before = served.apps()
    async with page(served) as again:
        # The cursor is on the first letter.
        await shown(again, b"ebraThe door")
    await until(lambda: not any(each.is_running() for each in before))


async def test_a_message_that_is_none_ends_that_page_alone(served: Served) -> None:
    async with page(served) as bad, page(served) as good:
        await bad.send_str("{not json")
        await shown(good, b"local only")
        await good.send_json(["ping", 7])
        await shown_pong(good)


async def shown_pong(here: aiohttp.ClientWebSocketResponse) -> None:
    async with asyncio.timeout(30):
        while (await here.receive()).data != '["pong", 7]':
            pass


def test_only_this_machine_can_reach_it(tmp_path: Path) -> None:
    server = WebServer(tmp_path)
    try:
        assert server.socket.getsockname()[0] == "127.0.0.1"
        assert len(server.token) >= 32
        with pytest.raises(InputError, match="cannot be used"):
            WebServer(tmp_path, server.port)
    finally:
        server.socket.close()
