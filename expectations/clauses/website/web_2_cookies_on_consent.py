"""WEB-2: no tracking cookie without consent."""

import polars as pl

from expectations.conditions import Condition, Event, Subject, any_of
from expectations.model import Severity, clause


@clause(
    "WEB-2",
    section="2, 8",
    on="website.page_viewed",
    severity=Severity.HIGH,
    law=("Telecommunicatiewet 11.7a", "ePrivacy 5(3)"),
    promise="Cookies that follow a person are set only after consent to that kind.",
    breach="A personal cookie that is not necessary was set without consent to its kind.",
    remedy="Let the page wait for consent before it sets this cookie, and remove those already set.",
)
def cookies_on_consent(event: Event, subject: Subject) -> Condition:
    """Every personal cookie that the view sets is necessary, or its kind was consented to."""
    cookie = pl.element().struct
    unasked: Condition = pl.lit(False)
    for kind in ("preferences", "statistics", "marketing"):
        sets = any_of(event.cookies, (cookie.field("kind") == kind) & cookie.field("personal"))
        unasked |= sets & ~subject.consents_to(kind)
    return ~unasked
