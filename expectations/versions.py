"""The difference of two versions of a policy, in words that an officer can read out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from expectations.calendars import AMSTERDAM, to_local
from expectations.policy import Activity, PolicyVersion


def difference(old: PolicyVersion, new: PolicyVersion, zone: str = AMSTERDAM) -> list[str]:
    """What the newer version changes, one sentence each; empty when they judge alike.

    Dates, names and files of the versions are no difference. Texts of defects are named, not quoted.
    """
    return [
        *_activities(old, new),
        *_readings(old.readings, new.readings),
        *_agreements(old, new),
        *_lists("authorities", old.authorities, new.authorities),
        *_defects(old, new),
    ]


def headline(old: PolicyVersion, new: PolicyVersion, zone: str = AMSTERDAM) -> str:
    """From which version to which, and from when on the newer one holds."""
    when = to_local(new.valid_from, zone).strftime("%d %B %Y %H:%M").lstrip("0")
    return f"{old.version} → {new.version}, in force from {when} ({zone})"


def told(value: object) -> str:
    """A reading's value as files write it."""
    if value is None:
        return "the clause's default"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (tuple, frozenset)):
        return f"[{', '.join(sorted(map(str, value)))}]"
    return str(value)


def _activities(old: PolicyVersion, new: PolicyVersion) -> list[str]:
    before = {each.name: each for each in old.activities}
    after = {each.name: each for each in new.activities}
    found = [f"Activity {name} is dropped." for name in before if name not in after]
    found += [f"Activity {name} is new." for name in after if name not in before]
    for name in before:
        if name in after:
            found += _activity(before[name], after[name])
    shared_before = [name for name in before if name in after]
    shared_after = [name for name in after if name in before]
    if shared_before != shared_after:  # an event belongs to the first activity that has its type
        found.append(f"Activities are looked through in another order: {', '.join(shared_after)}.")
    return found


def _activity(old: Activity, new: Activity) -> list[str]:
    name = f"Activity {new.name}"
    found = []
    for what, before, after in (
        ("events", old.events, new.events),
        ("systems", old.systems, new.systems),
        ("categories", old.categories, new.categories),
        ("bases", old.bases, new.bases),
        ("purposes", old.purposes, new.purposes),
    ):
        found += _lists(f"{name}: {what}", before, after)
    return found


def _lists(what: str, old: Iterable[str], new: Iterable[str]) -> list[str]:
    gone, come = sorted(set(old) - set(new)), sorted(set(new) - set(old))
    parts = [f"without {', '.join(gone)}"] * bool(gone) + [f"now with {', '.join(come)}"] * bool(come)
    start = what[:1].upper() + what[1:]
    return [f"{start} {', '.join(parts)}."] if parts else []


def _readings(old: Mapping[str, Mapping[str, object]], new: Mapping[str, Mapping[str, object]]) -> list[str]:
    found = []
    for clause in sorted({*old, *new}):
        before, after = old.get(clause, {}), new.get(clause, {})
        for name in sorted({*before, *after}):
            if before.get(name) != after.get(name):
                was, now = told(before.get(name)), told(after.get(name))
                found.append(f"{clause}: {name} is {now} instead of {was}.")
    return found


def _agreements(old: PolicyVersion, new: PolicyVersion) -> list[str]:
    if old.backdating == new.backdating:
        return []
    how = "the date they bear" if new.backdating else "their signature"
    return [f"Agreements count from {how} on."]


def _defects(old: PolicyVersion, new: PolicyVersion) -> list[str]:
    before = {each.sentence: each for each in old.defects}
    after = {each.sentence: each for each in new.defects}
    found = [f"Sentence {each} is mended." for each in before if each not in after]
    found += [f"Sentence {each} is found faulty." for each in after if each not in before]
    found += [f"Sentence {each} is read anew." for each in before if each in after and before[each] != after[each]]
    return found
