"""REC-5: after its erasure an application is neither processed nor looked at."""

import polars as pl

from expectations.conditions import Application, Condition, Event
from expectations.model import Severity, clause


@clause(
    "REC-5",
    section="2",
    # A new application is new: receiving it is no breach.
    on=("recruitment.application_assessed", "recruitment.applicant_contacted", "recruitment.data_accessed"),
    severity=Severity.HIGH,
    law=("GDPR 17",),
    promise="An application that was erased is used no more.",
    breach="An application was used or looked at after it had been erased, so it was still there.",
    remedy="Erase what is left of the application, and find the copy that it came from.",
)
def erased_means_unused(event: Event, application: Application) -> Condition:
    erased = application.erased_at
    there = erased.is_null() | (application.applied_at > erased).fill_null(False)
    # Which application is not told: cannot tell while some are gone and some are not.
    gone, back = application.some_gone_at.is_not_null(), application.some_back_at.is_not_null()
    some = (
        pl.when(erased.is_null())
        .then(pl.when(gone).then(None).otherwise(True))
        .otherwise(pl.when(back).then(None).otherwise(False))
    )
    return pl.when(event.application.is_not_null()).then(there).otherwise(some)
