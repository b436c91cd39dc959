"""The pages' server: Streamlit's own, with the font, security headers, sign-in, and the reader warm before the first
viewer."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import resources
from pathlib import Path
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import App, config
from streamlit.runtime.pages_manager import PagesManager

from dashboards import data_docs, gate, surroundings
from infra.provider import cookie_secret

FONT = Path(str(resources.files("fontpkg_inter").joinpath("files", "Inter[opsz,wght].ttf")))
# Streamlit's page has inline styles and loads a component's script from a blob; nothing comes from another host.
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' blob:; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' ws: wss:; worker-src 'self' blob:; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
    "cross-origin-opener-policy": "same-origin",
}

# Streamlit runs the files of a folder `pages` beside its script by themselves until the script has named its pages:
# the first address of a fresh server would be a file without menu, without role and without anything on it.
PagesManager.uses_pages_directory = False


class SecurityHeaders:
    """ASGI middleware: the headers on every HTTP answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
            await send(message)

        await self.app(scope, receive, with_headers if scope["type"] == "http" else send)


async def font(request: Request) -> FileResponse:
    """Inter, from its package."""
    return FileResponse(FONT, media_type="font/ttf", headers={"cache-control": "public, max-age=31536000, immutable"})


@asynccontextmanager
async def lifespan(app: Any) -> AsyncIterator[dict[str, Any]]:
    """Begin reading before the first viewer comes; say in `run/dashboards.json` where the pages are."""
    from dashboards import store

    surroundings.clauses()  # heavy imports now, not in the first viewer's run
    reader = store.reader()
    running = surroundings.settings().run_file("dashboards")
    address = f"http://{config.get_option('server.address')}:{config.get_option('server.port')}"
    running.write(pid=os.getpid(), address=address)
    yield {}
    reader.stop()
    running.remove()


provider = surroundings.provider()
app = App(
    Path(__file__).with_name("app.py"),
    lifespan=lifespan,
    routes=[Route("/fonts/inter.ttf", font), data_docs.ROUTE, *gate.ROUTES],
    middleware=[Middleware(SecurityHeaders), Middleware(gate.Gate)],
    secrets=gate.secrets(provider, cookie_secret(surroundings.settings())) if provider else None,
)
