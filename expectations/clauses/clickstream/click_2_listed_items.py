"""CLICK-2: of visits only the listed items are collected."""

from dataclasses import dataclass

import polars as pl

from expectations.clauses.general.gen_1_only_needed_data import offered_unasked
from expectations.clauses.website.web_2_cookies_on_consent import cookies_on_consent
from expectations.conditions import Activity, Condition, Event, Rule, Subject, without
from expectations.model import Severity, clause


@dataclass(frozen=True)
class Readings:
    """Section 8 leaves the operating system out of its list, section 2 has it."""

    os_listed: bool = True


@clause(
    "CLICK-2",
    section="8",
    on=("website.page_viewed", "website.clickstream_published", "data.processed"),
    severity=Severity.MEDIUM,
    law=("GDPR 5(1)(c)", "POPIA 10"),
    promise="Of visits to our site we keep only the items that the policy lists.",
    breach="More was collected of a visit than the policy lists.",
    remedy="Take the item out of the tracking, and erase what was collected.",
    readings=Readings(),
)
def listed_items(event: Event, subject: Subject, activity: Activity, reading: Readings) -> Rule:
    unlisted = () if reading.os_listed else ("operating_system",)
    surplus = without(event.data_categories, without(activity.categories, unlisted))
    # An identifier in a cookie is fine where the cookie is: what WEB-2 asks.
    viewed = event.type == "website.page_viewed"
    identifier: Condition = surplus.list.contains("cookie_identifier")
    rest = without(surplus, ("cookie_identifier",))
    listed = offered_unasked(rest, event)
    cookies = pl.when(viewed).then(cookies_on_consent(event, subject)).otherwise(False)
    covered = event.other_categories.list.contains("cookie_identifier")
    return Rule(
        applies=(event.type != "data.processed") | (activity.name == "clickstream"),
        holds=listed & (~identifier | covered | cookies),
    )
