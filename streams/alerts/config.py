"""The file that says who is told of what: Alertmanager's form, checked, each fault with file and line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from expectations import lined
from expectations.lined import Fault, FileError, Lined
from expectations.references import check_schema
from streams.alerts.intervals import Span, span
from streams.alerts.matching import Matcher, duration, matchers
from streams.alerts.routing import Route, nodes

SCHEMA = Path(__file__).parent / "schema.json"
DEFAULT = Path(__file__).parent / "default.yaml"
# What a route without a parent's word does, as Alertmanager has it.
WAITS = {"group_wait": "30s", "group_interval": "5m", "repeat_interval": "4h"}
# Kind of integration -> the option that may come from a file or a variable, and has to come from somewhere.
KINDS = {
    "webhook": "url",
    "email": None,
    "slack": "api_url",
    "msteams": "webhook_url",
    "msteamsv2": "webhook_url",  # the same: the address of a workflow
    "apprise": "url",
    "alertmanager": "url",
}
LINK = "http://127.0.0.1:8501"
Place = tuple[str | int, ...]


@dataclass(frozen=True)
class Integration:
    """One way to reach a receiver: `kind` (webhook, email …), which of that kind, and its options as written."""

    kind: str
    number: int
    options: Mapping[str, Any]

    @property
    def name(self) -> str:
        return f"{self.kind}[{self.number}]"

    @property
    def send_resolved(self) -> bool:
        """Whether it is told of an end. It is told of a withdrawal in any case."""
        return bool(self.options.get("send_resolved", True))


@dataclass(frozen=True)
class Receiver:
    """Whom a route tells; without integrations alerts are kept, and told to nobody outside."""

    name: str
    language: str
    integrations: tuple[Integration, ...]


@dataclass(frozen=True)
class Inhibition:
    """While an alert that the sources describe fires, those of the targets with equal labels keep silent."""

    sources: tuple[Matcher, ...]
    targets: tuple[Matcher, ...]
    equal: tuple[str, ...]


@dataclass(frozen=True)
class Raising:
    """When alerts are raised: the file's part `clausewatch`."""

    link: str = LINK
    nearing: tuple[int, ...] = (50, 25, 10)  # per cent of the term that is left
    nearing_before: tuple[timedelta, ...] = (timedelta(days=1),)
    silent_after: Mapping[str, timedelta] = field(default_factory=dict)  # by system; a day where nothing is said
    backfill_after: timedelta = timedelta(hours=24)


@dataclass(frozen=True)
class Config:
    """A file, read."""

    route: Route
    receivers: Mapping[str, Receiver]
    inhibitions: tuple[Inhibition, ...]
    raising: Raising
    snapshots: tuple[str, ...]  # receivers that are told of them


def load(path: Path | None = None, link: str = LINK) -> Config:
    """The file, or what counts without one; `link` where it tells none. Raises FileError with all that is wrong."""
    return of(lined.read(path or DEFAULT), link)


def of(file: Lined, link: str = LINK) -> Config:
    """The same of a file that is read already."""
    if faults := check_schema(file, SCHEMA):
        raise FileError(faults)
    faults = []
    reading = _Reading(file, faults)
    given = file.data
    spans = reading.intervals(given.get("time_intervals", ()))
    route = reading.route(given["route"], ("route",), None, spans)
    receivers = reading.receivers(given["receivers"], given.get("global", {}))
    inhibitions = tuple(
        Inhibition(
            reading.matchers(rule["source_matchers"], ("inhibit_rules", n, "source_matchers")),
            reading.matchers(rule["target_matchers"], ("inhibit_rules", n, "target_matchers")),
            tuple(rule.get("equal", ())),
        )
        for n, rule in enumerate(given.get("inhibit_rules", ()))
    )
    reading.refer(given["route"], ("route",), receivers)
    own = given.get("clausewatch", {})
    snapshots = tuple(own.get("snapshots", (route.receiver,)))
    reading.known(snapshots, ("clausewatch", "snapshots"), receivers)
    if faults:
        raise FileError(faults)
    return Config(route, receivers, inhibitions, _raising({"link": link, **own}), snapshots)


@dataclass
class _Reading:
    """A file being read, and what was found wrong so far."""

    file: Lined
    faults: list[Fault]

    def intervals(self, given: Sequence[Mapping[str, Any]]) -> dict[str, tuple[Span, ...]]:
        found: dict[str, tuple[Span, ...]] = {}
        for n, each in enumerate(given):
            if each["name"] in found:
                self._wrong(("time_intervals", n, "name"), f'"{each["name"]}" stands twice', "give it another name")
            spans = []
            for m, entry in enumerate(each["time_intervals"]):
                try:
                    spans.append(span(entry))
                except ValueError as fault:
                    name, words = fault.args
                    self._wrong(("time_intervals", n, "time_intervals", m, name), words, "see Alertmanager's intervals")
            found[each["name"]] = tuple(spans)
        return found

    def matchers(self, given: Sequence[str], place: Place) -> tuple[Matcher, ...]:
        found: list[Matcher] = []
        for n, text in enumerate(given):
            try:
                found += matchers(text)
            except ValueError as fault:
                self._wrong((*place, n), str(fault), 'write such as severity="critical" or clause=~"NEWS-.*"')
        return tuple(found)

    def route(
        self, given: Mapping[str, Any], place: Place, above: Route | None, spans: Mapping[str, tuple[Span, ...]]
    ) -> Route:
        mine = self.matchers(given.get("matchers", ()), (*place, "matchers"))
        told = "{" + ",".join(map(str, mine)) + "}"
        if above is None and (mine or "receiver" not in given):
            cure = "write receiver, and put matchers into routes below it"
            self._wrong(place, "the first route takes every alert, and needs a receiver", cure)
        for name in ("mute_time_intervals", "active_time_intervals"):
            for n, each in enumerate(given.get(name, ())):
                if each not in spans:
                    known = ", ".join(sorted(spans)) or "none is there"
                    self._wrong((*place, name, n), f'no interval is named "{each}"', f"write one of: {known}")
            if above is None and given.get(name):
                self._wrong(
                    (*place, name), "the first route takes every alert at any time", "write it in a route below"
                )
        waits = {
            name: duration(given[name] if name in given else WAITS[name])
            if name in given or above is None
            else getattr(above, name)
            for name in WAITS
        }
        made = Route(
            id=told if above is None else f"{above.id}/{told}",
            receiver=given.get("receiver", above.receiver if above else ""),
            matchers=mine,
            group_by=tuple(given["group_by"]) if "group_by" in given else above.group_by if above else (),
            group_wait=waits["group_wait"],
            group_interval=waits["group_interval"],
            repeat_interval=waits["repeat_interval"],
            mute=self._named(given.get("mute_time_intervals", ()), spans),
            active=self._named(given.get("active_time_intervals", ()), spans),
            goes_on=given.get("continue", False),
        )
        below = tuple(
            self.route(each, (*place, "routes", n), made, spans) for n, each in enumerate(given.get("routes", ()))
        )
        return replace(made, routes=below)

    def _named(
        self, names: Sequence[str], spans: Mapping[str, tuple[Span, ...]]
    ) -> tuple[tuple[str, tuple[Span, ...]], ...]:
        return tuple((name, spans[name]) for name in names if name in spans)

    def receivers(self, given: Sequence[Mapping[str, Any]], common: Mapping[str, Any]) -> dict[str, Receiver]:
        found: dict[str, Receiver] = {}
        mail = {name.removeprefix("smtp_"): value for name, value in common.items() if name.startswith("smtp_")}
        for n, each in enumerate(given):
            if each["name"] in found:
                self._wrong(("receivers", n, "name"), f'"{each["name"]}" stands twice', "give it another name")
            ways = []
            for kind, secret in KINDS.items():
                for m, options in enumerate(each.get(f"{kind}_configs", ())):
                    place = ("receivers", n, f"{kind}_configs", m)
                    whole = {**mail, **options} if kind == "email" else options
                    self._complete(kind, secret, whole, place)
                    ways.append(Integration(kind, m, whole))
            found[each["name"]] = Receiver(each["name"], each.get("language", "en"), tuple(ways))
        return found

    def _complete(self, kind: str, secret: str | None, options: Mapping[str, Any], place: Place) -> None:
        if kind == "email":
            for name in ("from", "smarthost"):
                if name not in options:
                    self._wrong(place, f"{name} is not said", f"write {name} here, or smtp_{name} in global")
            return
        assert secret is not None
        ways = [name for name in (secret, f"{secret}_file", f"{secret}_env") if name in options]
        if len(ways) != 1:
            what = "where it goes is not said" if not ways else f"{' and '.join(ways)} are said"
            self._wrong(
                place, what, f"write one of {secret}_file and {secret}_env{f', or {secret}' * (secret == 'url')}"
            )

    def refer(self, given: Mapping[str, Any], place: Place, receivers: Mapping[str, Receiver]) -> None:
        """Every receiver that a route names is there."""
        if (name := given.get("receiver")) is not None:
            self.known((name,), (*place, "receiver"), receivers)
        for n, each in enumerate(given.get("routes", ())):
            self.refer(each, (*place, "routes", n), receivers)

    def known(self, names: Sequence[str], place: Place, receivers: Mapping[str, Receiver]) -> None:
        """Every one of these receivers is there."""
        for name in names:
            if name not in receivers:
                known = ", ".join(sorted(receivers))
                self._wrong(place, f'no receiver is named "{name}"', f"write one of: {known}")

    def _wrong(self, place: Place, fault: str, cure: str) -> None:
        self.faults.append(self.file.fault(place, fault, cure))


def _raising(given: Mapping[str, Any]) -> Raising:
    chosen: dict[str, Any] = {"link": given["link"].rstrip("/")}
    if "nearing" in given:
        chosen["nearing"] = tuple(sorted(set(given["nearing"]), reverse=True))
    if "nearing_before" in given:
        chosen["nearing_before"] = tuple(map(duration, given["nearing_before"]))
    if "silent_after" in given:
        chosen["silent_after"] = {system: duration(text) for system, text in given["silent_after"].items()}
    if "backfill_after" in given:
        chosen["backfill_after"] = duration(given["backfill_after"])
    return Raising(**chosen)


def told(config: Config) -> str:
    """What was read, in a line."""
    routes = sum(1 for _ in nodes(config.route))
    ways = sum(len(each.integrations) for each in config.receivers.values())
    return (
        f"{routes} routes, {len(config.receivers)} receivers with {ways} integrations, "
        f"{len(config.inhibitions)} inhibitions"
    )
