"""The commands of this room; `clausewatch dashboards` serves the pages on this machine."""

from __future__ import annotations

import os
import socket
import sys
from importlib import resources
from pathlib import Path

import click

from infra.errors import UserError
from infra.lazy import Lazy, present

LOOPBACK = ("127.0.0.1", "localhost", "::1")


@click.command()
@click.option("--data-dir", type=click.Path(file_okay=False), help="The installation [.clausewatch].")
@click.option("--port", type=click.IntRange(1, 65535), default=8501, show_default=True)
@click.option("--address", default="127.0.0.1", show_default=True, help="A loopback address; no other is served.")
def dashboards(data_dir: str | None, port: int, address: str) -> None:
    """Serve the pages in the foreground, on loopback only."""
    if address not in LOOPBACK:
        raise UserError(
            f"--address {address}: the pages have no sign-in yet and are served on this machine only",
            "leave --address out, and reach it through a tunnel (ssh -L) or a proxy with TLS and sign-in",
        )
    _refuse_taken(address, port)
    environment = dict(os.environ)
    if data_dir:
        environment["CLAUSEWATCH_DATA_DIR"] = str(Path(data_dir).expanduser().absolute())
    server = str(resources.files("dashboards").joinpath("server.py"))
    os.execve(sys.executable, [sys.executable, *arguments(server, address, port)], environment)


def arguments(server: str, address: str, port: int) -> list[str]:
    """What Python is told. The rest stands in `.streamlit/config.toml` beside the server."""
    return [
        *("-m", "streamlit", "run", server),
        *("--server.address", address, "--server.port", str(port), "--server.headless", "true"),
        *("--server.fileWatcherType", "none", "--server.enableStaticServing", "false"),
        *("--browser.gatherUsageStats", "false", "--client.showErrorDetails", "none"),
        *("--client.toolbarMode", "viewer"),
    ]


def _refuse_taken(address: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError:
            raise UserError(
                f"port {port} is taken on {address}", "choose another with --port, or stop what listens there"
            ) from None


commands = [
    dashboards,
    *present(
        [
            Lazy("snapshot", "dashboards.snapshot.commands:snapshot", "Write a quarter's report, and its bundle."),
            Lazy(
                "dossier",
                "dashboards.snapshot.commands:dossier",
                "Collect everything about one matter, for a regulator.",
            ),
            Lazy("verify", "dashboards.snapshot.commands:verify", "Check every stored row, or a snapshot's bundle."),
        ]
    ),
]
