from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from infra import door
from infra.errors import UserError
from infra.settings import Settings
from infra.tokens import Tokens
from infra.warehouse.answers import Refused
from infra.warehouse.client import Warehouse, connect
from infra.warehouse.server import WarehouseServer
from infra.warehouse.store import Store


def test_each_process_has_its_own_token_with_its_role(tmp_path: Path) -> None:
    tokens = Tokens(tmp_path / "tokens")
    assert tokens.caller("anything") is None
    one, two = tokens.secret("worker-1", "worker"), tokens.secret("worker-2", "worker")
    assert one != two
    assert tokens.secret("worker-1", "worker") == one
    assert [(each.name, each.role) for each in map(tokens.caller, (one, two)) if each] == [
        ("worker-1", "worker"),
        ("worker-2", "worker"),
    ]
    assert one not in (tmp_path / "tokens" / "issued.json").read_text()
    for path in (tmp_path / "tokens").iterdir():
        if path.name != "lock":
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "tokens").stat().st_mode) == 0o700


def test_processes_that_start_at_once_agree(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda n: Tokens(tmp_path / "t").secret(f"worker-{n % 2}", "worker"), range(40)))
    assert len(set(found)) == 2
    assert all(map(Tokens(tmp_path / "t").caller, found))


def test_a_revoked_token_counts_no_longer_and_is_not_issued_again(tmp_path: Path) -> None:
    warehouse, part = Tokens(tmp_path), Tokens(tmp_path)
    secret = part.secret("pages", "dashboards")
    assert warehouse.caller(secret)
    part.revoke("pages")
    assert warehouse.caller(secret) is None
    with pytest.raises(UserError, match="was revoked at") as told:
        part.secret("pages", "dashboards")
    assert told.value.cure.endswith("clausewatch tokens rotate pages")
    part.rotate("pages")
    again = part.secret("pages", "dashboards")
    assert again != secret
    assert warehouse.caller(secret) is None
    known = warehouse.caller(again)
    assert known is not None
    assert known.role == "dashboards"


def test_a_book_that_others_can_read_is_refused(tmp_path: Path) -> None:
    tokens = Tokens(tmp_path)
    tokens.secret("worker", "worker")
    (tmp_path / "issued.json").chmod(0o644)
    with pytest.raises(UserError, match="others can read"):
        Tokens(tmp_path).caller("x")


def test_a_running_client_goes_on_after_a_rotation_and_stops_after_a_revocation(tmp_path: Path) -> None:
    settings = Settings(tmp_path)
    with Store(":memory:") as store:
        serving = WarehouseServer(store, settings.ensure().tokens.caller)
        try:
            settings.run_file("warehouse").write(address=serving.address)
            stolen = settings.token("pages", "dashboards")
            with connect(settings, "pages", "dashboards") as client, Warehouse(serving.address, stolen) as thief:
                assert client.ping() == thief.ping()
                settings.tokens.rotate("pages")
                client.ping()
                with pytest.raises(Refused, match="or it was revoked"):
                    thief.ping()
                settings.tokens.revoke("pages")
                with pytest.raises(UserError, match="was revoked"):
                    client.ping()
        finally:
            serving.shutdown()


def test_the_command_tells_who_may_call_and_never_a_secret(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = ["--data-dir", str(tmp_path)]
    assert door.run(["tokens", *place, "issue", "worker-9", "--role", "worker"]) == 0
    path = Path(capsys.readouterr().out.strip())
    assert path == tmp_path / "tokens" / "worker-9.token"
    old = path.read_text().strip()
    assert door.run(["tokens", *place, "rotate", "worker-9"]) == 0
    assert path.read_text().strip() != old
    assert door.run(["tokens", *place, "list"]) == 0
    listed = capsys.readouterr().out
    assert "● worker-9         worker" in listed
    assert path.read_text().strip() not in listed
    assert door.run(["tokens", *place, "revoke", "worker-9"]) == 0
    assert not path.exists()
    assert door.run(["tokens", *place, "list"]) == 0
    assert "○ worker-9" in capsys.readouterr().out
    assert door.run(["tokens", *place, "revoke", "worker-8"]) == 2
    assert "no token is named worker-8; there are: worker-9" in capsys.readouterr().err
