"""GEN-2: each processing has a purpose and a legal basis of its activity."""

import polars as pl

from expectations.conditions import Activity, Event, Rule, Subject
from expectations.model import Severity, clause
from expectations.vocabulary import PROCESSING


@clause(
    "GEN-2",
    section="2",
    on=PROCESSING - {"data.disclosed"},
    severity=Severity.HIGH,
    law=("GDPR 5(1)(a,b), 6", "POPIA 11, 13, 15"),
    promise="Each use of data serves a purpose we name, on a legal basis that fits it.",
    breach="The purpose or the legal basis is none of this activity's, or rests on a consent never given.",
    remedy="Stop this use, or record the purpose and the basis that really carry it.",
)
def purpose_and_basis(event: Event, activity: Activity, subject: Subject) -> Rule:
    basis = event.legal_basis.is_in(activity.bases)
    purpose = event.purpose.is_in(activity.purposes)
    newsletter = event.type.str.starts_with("newsletter.")  # a subscription is its own consent: NEWS-3
    asked = (event.legal_basis != "consent") | newsletter | subject.ever_consented_to_this()
    # A purpose unnamed is missed, not breached, also where no consent was ever given.
    asked |= pl.when(event.purpose.is_null()).then(None).otherwise(False)
    cameras = event.type.str.starts_with("cctv.")
    foreign = (event.system == "recruitment") & (event.purpose != "recruitment").fill_null(False)
    # Purposes of cameras are CCTV-1's, those outside recruitment REC-6's; the basis is judged here.
    fits = (cameras & event.purpose.is_not_null()) | foreign | purpose
    return Rule(applies=~foreign | subject.consents_to_this(), holds=basis & fits & asked)
