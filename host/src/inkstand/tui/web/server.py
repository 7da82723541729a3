"""A web server for one writer: only on this machine, only for whoever has the token.

textual-serve has no token and asks nobody where a request comes from, so what it serves is served
here below a path that holds one, to the names of this machine alone.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import shlex
import signal
import socket
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from string import Template

from aiohttp import web
from textual_serve.app_service import AppService
from textual_serve.server import Server

from inkstand_sdk.errors import InputError

PARENT = "INKSTAND_WEB_PARENT"
"""The variable by which an app knows the server that it ends with."""
_HOST = "127.0.0.1"
_PATIENCE_S = 10.0
"""How long an app may take to save and end before it is killed."""
_HERE = Path(__file__).parent
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline';"
        " img-src 'self' data:; font-src 'self' data:; connect-src 'self' $socket;"
        " frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
}
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class WebServer(Server):
    """Serves the terminal UI of one folder or file.

    Args:
        path: What to open; None shows the first-run page.
        port: Where to listen; 0 is any free port.
        offline: Whether the network is off limits to the app.

    Raises:
        InputError: the port is taken.

    """

    def __init__(self, path: Path | None, port: int = 0, *, offline: bool = False) -> None:
        self.socket = _listening(port)
        super().__init__(
            _command(path, offline=offline), _HOST, self.socket.getsockname()[1], "Inkstand"
        )
        self.token = secrets.token_urlsafe(24)
        self._running: set[AppService] = set()

    @property
    def url(self) -> str:
        """Where the browser finds it, token and all."""
        return f"http://{_HOST}:{self.port}/{self.token}/"

    def application(self) -> web.Application:
        """The routes, all of them below the token."""
        app = web.Application(middlewares=[self._guarded])
        app.add_routes(
            [
                web.get(f"/{self.token}/", self.handle_page),
                web.get(f"/{self.token}/ws", self.handle_socket),
                web.get(f"/{self.token}/download/{{key}}", self.handle_download),
                web.get(f"/{self.token}/inkstand.css", self.handle_own),
                web.get(f"/{self.token}/inkstand.js", self.handle_own),
                web.static(f"/{self.token}/static", self.statics_path),
            ]
        )
        app.on_shutdown.append(self._end_apps)
        return app

    @web.middleware
    async def _guarded(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Refuse whatever does not come from a page of ours, or does not know the token."""
        names = {f"{_HOST}:{self.port}", f"localhost:{self.port}"}
        origin = request.headers.get("Origin")
        given = request.path.split("/")[1].encode("utf-8", "replace")
        is_known = secrets.compare_digest(given, self.token.encode())
        is_ours = origin is None or origin in {f"http://{name}" for name in names}
        if not (is_known and is_ours and request.host in names):
            raise web.HTTPForbidden(text="This is not for you.\n")
        response = await handler(request)
        if not response.prepared:
            response.headers.update(self._headers(request))
        return response

    def _headers(self, request: web.Request) -> dict[str, str]:
        return {
            name: Template(value).substitute(socket=f"ws://{request.host}")
            for name, value in _HEADERS.items()
        }

    async def handle_page(self, request: web.Request) -> web.Response:
        """The page with the terminal."""
        size = request.query.get("fontsize", "16")
        values = {
            "title": self.title,
            "base": f"/{self.token}/",
            "socket": f"ws://{request.host}/{self.token}/ws",
            "font_size": size if size.isdecimal() and len(size) < 3 else "16",
        }
        page = (_HERE / "index.html").read_text(encoding="utf-8")
        for name, value in values.items():
            page = page.replace(f"{{{{ {name} }}}}", value)
        return web.Response(text=page, content_type="text/html")

    async def handle_own(self, request: web.Request) -> web.Response:
        """How the page looks, and where its keys go."""
        name = request.path.rpartition("/")[2]
        kind = "text/css" if name.endswith(".css") else "text/javascript"
        return web.Response(text=(_HERE / name).read_text(encoding="utf-8"), content_type=kind)

    async def handle_socket(self, request: web.Request) -> web.WebSocketResponse:
        """One app for one page, which ends with it."""
        page = web.WebSocketResponse(heartbeat=15)
        await page.prepare(request)

        async def close() -> None:
            await page.close()

        service = AppService(
            self.command,
            write_bytes=page.send_bytes,
            write_str=page.send_str,
            close=close,
            download_manager=self.download_manager,
        )
        self._running.add(service)
        try:
            width, height = (_number(request.query.get(name)) for name in ("width", "height"))
            await service.start(width or 80, height or 24)
            await self._process_messages(page, service)
        finally:
            # However the page ends: the app is to save and end, and that is waited for.
            await asyncio.shield(self._end(service))
        return page

    async def _end_apps(self, _app: web.Application) -> None:
        await asyncio.gather(*(self._end(service) for service in list(self._running)))

    async def _end(self, service: AppService) -> None:
        """Let an app save and end; kill it if it does not."""
        process = service._process  # noqa: SLF001  textual-serve gives it no other name
        self._running.discard(service)
        if process is None:
            return
        try:
            async with asyncio.timeout(_PATIENCE_S):
                await service.stop()
                await process.wait()
        except (TimeoutError, ConnectionError, OSError):
            pass
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    async def run(self, announce: Callable[[str], None]) -> None:
        """Serve until a signal says to end; `announce` is told the address."""
        stopping = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            with contextlib.suppress(NotImplementedError):
                loop.add_signal_handler(number, stopping.set)
        runner = web.AppRunner(self.application(), access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        try:
            await web.SockSite(runner, self.socket).start()
            announce(self.url)
            await stopping.wait()
        finally:
            await self._end_apps(runner.app)
            await runner.cleanup()
            self.socket.close()


def _listening(port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if os.name == "posix":
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((_HOST, port))
        listening.listen()
    except OSError as error:
        listening.close()
        raise InputError(
            f"Port {port} cannot be used: {error.strerror}.",
            "Another program listens there, or it is reserved.",
            "Leave --port out, and a free one is taken.",
        ) from error
    return listening


def _command(path: Path | None, *, offline: bool) -> str:
    """The command line of an app, as a shell reads it."""
    words = [sys.executable, "-m", "inkstand", *(["--offline"] if offline else []), "write"]
    words += [] if path is None else ["--", str(path)]
    if os.name == "posix":
        # Without `exec` the shell would be the child, and be what is waited for and killed.
        return f"exec env {PARENT}={os.getpid()} {shlex.join(words)}"
    return subprocess.list2cmdline(words)


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 5 else 0
