"""`clausewatch access`: who may do what on a Kafka with logins, in one place, and the logins themselves.

A source may write its own topic and nothing else; the worker may read the five and nothing else; whoever sends canaries
may write the five, and what they send is signed. What is not granted
is refused (`allow.everyone.if.no.acl.found=false`, the default of Kafka's StandardAuthorizer).
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
from kafka.admin import (
    ACL,
    ACLOperation,
    ACLPermissionType,
    ResourcePattern,
    ResourceType,
    ScramMechanism,
    UserScramCredentialUpsertion,
)

from infra.access import access as access_of
from infra.errors import UserError
from infra.settings import Settings
from infra.topics import TOPICS, admin

READER = "worker"
CANARIES = "canaries"
WRITERS = {topic.removesuffix(".events"): topic for topic in TOPICS}
ITERATIONS = 8192  # of the stored hash


@dataclass(frozen=True)
class Right:
    """One thing that a principal may do: `kind` is TOPIC or GROUP."""

    user: str
    operation: str
    kind: str
    name: str

    def acl(self) -> ACL:
        """As Kafka's admin client wants it; from any host, since the login says who it is."""
        where = ResourcePattern(ResourceType[self.kind], self.name)
        allow = ACLPermissionType.ALLOW
        return ACL(f"User:{self.user}", "*", ACLOperation[self.operation], allow, where)


def rights(group: str) -> Iterator[Right]:
    """All of them. `group`: the workers' consumer group."""
    for user, topic in (*WRITERS.items(), *((CANARIES, topic) for topic in TOPICS)):
        yield Right(user, "WRITE", "TOPIC", topic)
        yield Right(user, "DESCRIBE", "TOPIC", topic)
    for topic in TOPICS:
        yield Right(READER, "READ", "TOPIC", topic)
        yield Right(READER, "DESCRIBE", "TOPIC", topic)
    yield Right(READER, "READ", "GROUP", group)


def grant(bootstrap: str, group: str) -> list[Right]:
    """Makes them; those that are there stay. Raises UserError when the broker refuses."""
    wanted = list(rights(group))
    with admin(bootstrap) as client:
        answer = client.create_acls([right.acl() for right in wanted])
    if answer["failed"]:
        raise UserError(
            f"the broker at {bootstrap} did not take {len(answer['failed'])} rights ({answer['failed'][0].__name__})",
            "log in as one of its super users, and set authorizer.class.name there",
        )
    return wanted


def login(bootstrap: str, user: str, path: Path) -> None:
    """A new password for this user, 256 random bits, known to the broker by its hash and kept in a new 0600 file."""
    mechanism = access_of(bootstrap).mechanism
    if not mechanism.startswith("SCRAM-"):
        raise UserError(f"logins of {mechanism} are set in the broker's own configuration", "use SCRAM-SHA-512")
    password = secrets.token_urlsafe(32)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise UserError(f"{path} cannot be made: {error.strerror}", "name a file that is not there yet") from None
    with os.fdopen(handle, "w") as out:
        out.write(password + "\n")
    entry = UserScramCredentialUpsertion(
        user, ScramMechanism[mechanism.replace("-", "_")], password, iterations=ITERATIONS
    )
    try:
        with admin(bootstrap) as client:
            wrong = client.alter_user_scram_credentials([entry]).get(user)
        if wrong:
            raise UserError(f"the broker did not take the login of {user}: {wrong}", "log in as a super user")
    except UserError:
        path.unlink()
        raise


@click.group("access")
def access() -> None:
    """Give sources and workers their logins and rights on a Kafka with SASL."""


@access.command("grant")
def grant_command() -> None:
    """Let each source write its own topic, canaries all five, and the workers read all five; nothing more."""
    settings = Settings.load()
    for right in grant(settings.broker_address(), settings.group):
        click.echo(f"{right.user:<12} {right.operation:<9} {right.kind.lower()} {right.name}")


@access.command("login")
@click.argument("user", type=click.Choice([*WRITERS, READER, CANARIES]))
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The new file, 0600.")
def login_command(user: str, out: Path) -> None:
    """Make a password for USER; an earlier one counts no longer."""
    login(Settings.load().broker_address(), user, out)
    click.echo(f"{user}: KAFKA_SASL_USERNAME={user} KAFKA_SASL_PASSWORD_FILE={out.absolute()}")
