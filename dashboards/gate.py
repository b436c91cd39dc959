"""What of signing in happens between pages, by HTTP: there and back to the page that was wanted, and out; what is no
page (downloads, the server's figures) is for who is signed in."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping
from functools import partial
from typing import Any
from urllib.parse import quote, unquote

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.user_info import AUTH_LOGOUT_ENDPOINT, generate_login_redirect_url
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME
from streamlit.web.server.starlette.starlette_websocket import _get_signed_cookie_with_chunks

from dashboards import sign_in, surroundings
from infra.provider import Provider

CALLBACK = "/oauth2callback"
GUARDED = ("/media/", "/_stcore/metrics")
_WANTED = "clausewatch_wanted"  # cookie: where to go after signing in
_OURS = re.compile(r"/[a-z-]*(\?[!-\[\]-~]*)?")  # a page of ours with its filters: no other host can be named


def secrets(provider: Provider, cookie_secret: str) -> dict[str, Any]:
    """Streamlit's secrets: its own way of being told who signs people in."""
    told = {"redirect_uri": provider.address + CALLBACK, "cookie_secret": cookie_secret}
    return {"auth": {**told, sign_in.NAME: dict(provider.client())}}


def ours(wanted: str) -> bool:
    """Whether this is an address of a page, without host."""
    return len(wanted) <= 2000 and _OURS.fullmatch(wanted) is not None


async def begin(request: Request) -> Response:
    """`/sign-in?to=…`: to the provider, and afterwards there."""
    if surroundings.provider() is None:
        return RedirectResponse("/", 303)
    answer = RedirectResponse(generate_login_redirect_url(sign_in.NAME), 303)
    if ours(wanted := request.query_params.get("to", "/")):
        answer.set_cookie(_WANTED, quote(wanted, safe=""), max_age=900, path=CALLBACK, httponly=True, samesite="lax")
    return answer


async def leave(request: Request) -> Response:
    """`/sign-out`: this sign-in no longer counts, here and at the provider."""
    sign_in.end(signed(request))
    return RedirectResponse(AUTH_LOGOUT_ENDPOINT, 303)


ROUTES = (Route("/sign-in", begin), Route("/sign-out", leave))


def signed(request: Request) -> Mapping[str, Any]:
    """The claims in the request's cookie, which this server signed; empty: there is none, or of another's."""
    cookie = _get_signed_cookie_with_chunks(request.cookies, USER_COOKIE_NAME)
    said = json.loads(cookie) if cookie else {}
    provider = surroundings.provider()
    return said if provider is not None and said.get("origin") == provider.address else {}


def present(request: Request) -> sign_in.Viewer:
    """Who asks by HTTP for what is no page of Streamlit's. Raises NotAllowedError."""
    provider = surroundings.provider()
    if provider is not None:
        return sign_in.of_claims(signed(request), provider, time.time())
    return sign_in.present()


class Gate:
    """ASGI middleware; lets everything through where there is no provider."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        provider = surroundings.provider()
        if provider is None or scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        if scope["path"].startswith(GUARDED):
            try:
                present(request)
            except sign_in.NotAllowedError:
                await PlainTextResponse("sign in first", 403)(scope, receive, send)
                return
        await self.app(scope, receive, partial(_answered, request, provider, send))


async def _answered(request: Request, provider: Provider, send: Send, message: Message) -> None:
    """Streamlit's answer: back from the provider to the wanted page; cookies no longer and no wider than they must."""
    if message["type"] == "http.response.start":
        headers = MutableHeaders(scope=message)
        wanted = unquote(request.cookies.get(_WANTED, ""))
        if request.url.path == CALLBACK and ours(wanted) and headers.get("location") == "/":
            headers["location"] = wanted
            headers.append("set-cookie", f"{_WANTED}=; Max-Age=0; Path={CALLBACK}")
        cookies = headers.getlist("set-cookie")
        del headers["set-cookie"]
        for cookie in cookies:
            headers.append("set-cookie", _narrowed(cookie, provider))
    await send(message)


def _narrowed(cookie: str, provider: Provider) -> str:
    """Lives as long as a sign-in, where Streamlit says thirty days; by TLS only."""
    seconds = round(provider.hours * 3600)
    if cookie.startswith(USER_COOKIE_NAME):
        cookie = re.sub(r"(?i)max-age=(\d+)", lambda found: f"Max-Age={min(int(found[1]), seconds)}", cookie)
    return f"{cookie}; Secure" if provider.encrypted and "; secure" not in cookie.lower() else cookie
