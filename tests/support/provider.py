"""An OpenID Connect provider on loopback that signs in whoever a test names: metadata, keys, codes, ID tokens (RS256).

    with provider() as company:
        company.person = {"sub": "u-1", "groups": ["privacy"]}

Whoever comes is that person, without a password; `company.claims` alters the ID token (an old `auth_time`, say).
"""

from __future__ import annotations

import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import yaml
from joserfc import jwt
from joserfc.jwk import RSAKey

SECRET = "not-for-anybody-else"
ROLES = {"officer": ["privacy"], "management": ["board"], "engineer": ["operations"]}


class Company:
    """The provider; `asked` holds each request to sign somebody in, `refuses` makes it say no."""

    def __init__(self) -> None:
        self.key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})
        self.person: dict[str, Any] = {}
        self.claims: dict[str, Any] = {}
        self.asked: list[dict[str, str]] = []
        self.refuses = False
        self.codes: dict[str, dict[str, str]] = {}
        outer = self

        class Answers(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.get(self)

            def do_POST(self) -> None:
                outer.post(self)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"

    def get(self, request: BaseHTTPRequestHandler) -> None:
        where = urlsplit(request.path)
        asked = {name: values[0] for name, values in parse_qs(where.query).items()}
        if where.path == "/.well-known/openid-configuration":
            self.send(request, self.metadata())
        elif where.path == "/keys":
            self.send(request, {"keys": [self.key.as_dict(private=False)]})
        elif where.path == "/authorize":
            self.asked.append(asked)
            code = secrets.token_hex(8)
            self.codes[code] = asked
            said = {"error": "access_denied"} if self.refuses else {"code": code}
            self.redirect(request, f"{asked['redirect_uri']}?{urlencode({**said, 'state': asked['state']})}")
        elif where.path == "/end":
            self.redirect(request, asked["post_logout_redirect_uri"])
        else:
            request.send_error(404)

    def post(self, request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers["content-length"])).decode()
        asked = {name: values[0] for name, values in parse_qs(body).items()}
        wanted = self.codes.pop(asked.get("code", ""), None)
        if wanted is None:
            request.send_error(400)
            return
        now = int(time.time())
        said = {
            "iss": self.issuer,
            "aud": wanted["client_id"],
            "iat": now,
            "exp": now + 300,
            "nonce": wanted["nonce"],
            **self.person,
            **self.claims,
        }
        token = jwt.encode({"alg": "RS256", "kid": "one"}, said, self.key)
        self.send(request, {"access_token": "opaque", "token_type": "Bearer", "expires_in": 300, "id_token": token})

    def metadata(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "end_session_endpoint": f"{self.issuer}/end",
            "response_types_supported": ["code"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
        }

    def send(self, request: BaseHTTPRequestHandler, answer: object) -> None:
        body = json.dumps(answer).encode()
        request.send_response(200)
        request.send_header("content-type", "application/json")
        request.send_header("content-length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    def redirect(self, request: BaseHTTPRequestHandler, where: str) -> None:
        request.send_response(302)
        request.send_header("location", where)
        request.send_header("content-length", "0")
        request.end_headers()

    def configure(self, data: Path, address: str, **more: Any) -> Path:
        """Write the sign-in's file into this data directory, for pages at this address."""
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        secret = data / "sign-in.secret"
        secret.touch(mode=0o600)
        secret.write_text(SECRET)
        said = {
            "issuer": self.issuer,
            "client_id": "clausewatch",
            "client_secret_file": secret.name,
            "address": address,
            "role_claim": "groups",
            "roles": ROLES,
            **more,
        }
        (data / "sign-in.yaml").write_text(yaml.safe_dump(said), "utf-8")
        return data / "sign-in.yaml"


@contextmanager
def provider() -> Iterator[Company]:
    """One that runs while the block does."""
    company = Company()
    thread = threading.Thread(target=company.server.serve_forever, daemon=True)
    thread.start()
    try:
        yield company
    finally:
        company.server.shutdown()
        company.server.server_close()
        thread.join(5)
