"""Three-valued conditions on an event and on what was true at its time.

A condition is a polars expression over the frame of one batch: true, false, or null for *cannot tell*. The classes
here only name the frame's columns, so that a clause reads as its sentence; which columns a clause read is asked of
the expression itself. `null` follows Kleene's logic: a field that could not change the answer is not missed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

Condition = pl.Expr


@dataclass(frozen=True)
class Rule:
    """A condition that is asked only where it applies; elsewhere the outcome is `not_applicable`."""

    applies: Condition
    holds: Condition


class Event:
    """The event's own fields: `event.topic`, `event.legal_basis` ... ; see the event contract for their types."""

    def __getattr__(self, field: str) -> pl.Expr:
        return pl.col(field)


def _later(since: pl.Expr, ended: pl.Expr) -> Condition:
    """In force: begun, and not ended at the same instant or later (the stricter fact wins a tie)."""
    return since.is_not_null() & (ended.is_null() | (since > ended)).fill_null(False)


def _covered(what: str) -> Condition:
    some = pl.col("purpose").is_null() & pl.col(f"subject.{what}_some_since").is_not_null()
    return pl.col(f"subject.{what}_since").is_not_null() | pl.when(some).then(None).otherwise(False)


class Subject:
    """What was known of the data subject as of the event's time: instants of facts, null when there was none."""

    unsubscribed_at = pl.col("subject.unsubscribed_at")
    subscribed_at = pl.col("subject.subscribed_at")
    confirmed_at = pl.col("subject.confirmed_at")  # the latest sign-up that was confirmed (double opt-in)
    doubtful_at = pl.col("subject.doubtful_at")  # the latest one that does not say whether it was
    objected_since = pl.col("subject.objected_since")  # an undecided objection that covers this processing
    objected_some_since = pl.col("subject.objected_some_since")  # one that may cover it, the purpose being unknown
    related_at = pl.col("relation.any.started_at")  # the latest start of a relation, whatever became of it
    relation_since = pl.col("relation.any.since")  # a relation of any kind in force

    def objection_upheld(self) -> Condition:
        """An objection that was upheld covers this processing; null when its purpose decides and is unknown."""
        return _covered("upheld")

    def restricted(self) -> Condition:
        """A restriction covers this processing; null when its purpose decides and is unknown."""
        return _covered("restricted")

    def given_at(self, purpose: str) -> pl.Expr:
        """The latest consent for the purpose or for all (`purpose`: a purpose, or "own" for the event's)."""
        return pl.col(f"consent.{purpose}.given_at")

    def withdrawn_at(self, purpose: str) -> pl.Expr:
        """The latest withdrawal for the purpose or for all, whether or not there was anything to withdraw."""
        return pl.col(f"consent.{purpose}.withdrawn_at")

    def consents_to(self, purpose: str) -> Condition:
        """Consent for a named purpose is in force (GDPR 7(3): until withdrawn)."""
        return _later(self.given_at(purpose), self.withdrawn_at(purpose))

    def consents_to_this(self) -> Condition:
        """Consent for the event's own purpose is in force; null when the event names none and it may be."""
        own = self.consents_to("own")
        lent = _later(pl.col("consent.lent.given_at"), pl.col("consent.lent.withdrawn_at"))
        some = pl.col("consent.any.given_at").is_not_null()
        unknown = pl.col("purpose").is_null() & some
        return own | lent | pl.when(unknown).then(None).otherwise(False)

    def ever_consented_to_this(self) -> Condition:
        """A consent for the event's own purpose was given at some time, still in force or not."""
        given = self.given_at("own").is_not_null() | pl.col("consent.lent.given_at").is_not_null()
        some = pl.col("consent.any.given_at").is_not_null()
        return given | pl.when(pl.col("purpose").is_null() & some).then(None).otherwise(False)

    def unsubscribed(self) -> Condition:
        """Unsubscribed from the newsletter, and neither subscribed nor consented since."""
        gone = self.unsubscribed_at
        back = (self.subscribed_at > gone).fill_null(False) | (self.given_at("newsletter") > gone).fill_null(False)
        return gone.is_not_null() & ~back

    def erased_at(self, system: str) -> pl.Expr:
        """The latest erasure of all that the system holds of the subject."""
        return pl.col(f"erased.{system}.at")

    def is_a(self, relation: str) -> Condition:
        """A relation of that kind is in force."""
        return _later(pl.col(f"relation.{relation}.started_at"), pl.col(f"relation.{relation}.ended_at"))


class Request:
    """The request that the event names, if it is known at the event's time; null: known, but not for which right."""

    access = pl.col("request.access")
    erasure = pl.col("request.erasure")
    portability = pl.col("request.portability")


class Application:
    """The application that the event names, as of its time; `some_…`: any of the subject's, where it names none."""

    erased_at = pl.col("application.erased_at")  # it, or all of recruitment
    applied_at = pl.col("application.applied_at")
    some_gone_at = pl.col("application.some_gone_at")  # erased, and not received again
    some_back_at = pl.col("application.some_back_at")  # received, and not erased since


class Activity:
    """The activity of the policy that the processing belongs to, with what it allows."""

    name = pl.col("activity.name")
    categories = pl.col("activity.categories")
    bases = pl.col("activity.bases")
    purposes = pl.col("activity.purposes")


class Registers:
    """Agreements and reference lists as of the event's time."""

    agreement_in_force = pl.col("register.agreement_in_force")  # the one the event names; false: absent, unknown
    recipient_bound = pl.col("register.recipient_bound")  # any agreement with the recipient in force
    recipient_processing = pl.col("register.recipient_processing")  # a processing agreement with it in force
    recipient_committed = pl.col("register.recipient_committed")  # an agreement or oath that binds it to secrecy
    recipient_scc = pl.col("register.recipient_scc")  # standard contractual clauses with the recipient in force
    recipient_scc_recent = pl.col("register.recipient_scc_recent")  # some of them may still be used; null: unknown set
    customer_bound = pl.col("register.customer_bound")  # the one named is a processing agreement with the customer
    recipient_in_eea = pl.col("register.recipient_in_eea")
    recipient_adequate = pl.col("register.recipient_adequate")
    recipient_adequate_dpf = pl.col("register.recipient_adequate_dpf")  # adequate for certified recipients only
    exporter_in_eea = pl.col("register.exporter_in_eea")
    complaints_to = pl.col("register.complaints_to")  # the authorities of the person's country; null: none we know


def none_left(values: pl.Expr) -> Condition:
    """The list is empty (null when the list is unknown)."""
    return values.list.len() == 0


def without(values: pl.Expr, taken: pl.Expr | Iterable[str]) -> pl.Expr:
    """The list less those entries."""
    return values.list.set_difference(taken if isinstance(taken, pl.Expr) else words(taken))


def within(values: pl.Expr, kept: pl.Expr | Iterable[str]) -> pl.Expr:
    """Those entries of the list that are also in the other."""
    return values.list.set_intersection(kept if isinstance(kept, pl.Expr) else words(kept))


def words(values: Iterable[str]) -> pl.Expr:
    """A constant list of words."""
    return pl.lit(pl.Series([sorted(values)], dtype=pl.List(pl.String)))


def any_of(values: pl.Expr, test: pl.Expr) -> Condition:
    """Whether the test holds for any element, three-valued (null list: cannot tell; empty: no)."""
    return values.list.eval(test.any(ignore_nulls=False)).list.first()
