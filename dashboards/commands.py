"""The commands of this room; `clausewatch dashboards` serves the pages, on this machine unless people sign in."""

from __future__ import annotations

import os
import socket
import sys
from importlib import resources
from pathlib import Path

import click

from infra import provider as providers
from infra.errors import UserError
from infra.lazy import Lazy, present
from infra.provider import LOOPBACK, Provider
from infra.settings import Settings


@click.command()
@click.option("--data-dir", type=click.Path(file_okay=False), help="The installation [.clausewatch].")
@click.option("--port", type=click.IntRange(1, 65535), default=8501, show_default=True)
@click.option("--address", default="127.0.0.1", show_default=True, help="Another only where people sign in.")
def dashboards(data_dir: str | None, port: int, address: str) -> None:
    """Serve the pages in the foreground; on loopback only, unless an OpenID Connect provider signs people in."""
    settings = Settings.at(Path(data_dir) if data_dir else None)
    provider = providers.load(settings)
    refuse_open(address, provider, settings)
    _refuse_taken(address, port)
    environment = {**os.environ, "CLAUSEWATCH_DATA_DIR": str(settings.data_dir)}
    server = str(resources.files("dashboards").joinpath("server.py"))
    os.execve(sys.executable, [sys.executable, *arguments(server, address, port, provider)], environment)


def refuse_open(address: str, provider: Provider | None, settings: Settings) -> None:
    """Raises UserError when pages at this address would be open to a network, or what is signed in could be read."""
    if address in LOOPBACK:
        return
    if provider is None:
        raise UserError(
            f"--address {address}: no sign-in is set up, and the pages are served on this machine only",
            "leave --address out and reach it through a tunnel (ssh -L), or name an OpenID Connect provider in "
            f"{settings.data_dir / providers.FILE}",
        )
    if not provider.encrypted:
        raise UserError(
            f"--address {address}: browsers would reach the pages without TLS, at {provider.address}",
            "put a proxy with TLS before the pages, and write its https address into the sign-in's file",
        )


def arguments(server: str, address: str, port: int, provider: Provider | None = None) -> list[str]:
    """What Python is told. The rest stands in `.streamlit/config.toml` beside the server."""
    hosts = [*LOOPBACK, provider.host] if provider else []
    return [
        *("-m", "streamlit", "run", server),
        *("--server.address", address, "--server.port", str(port), "--server.headless", "true"),
        *("--server.fileWatcherType", "none", "--server.enableStaticServing", "false"),
        *("--browser.gatherUsageStats", "false", "--client.showErrorDetails", "none"),
        *("--client.toolbarMode", "viewer"),
        *(word for host in hosts for word in ("--server.allowedHosts", host)),
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
