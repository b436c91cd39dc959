"""GEN-1: only the data that an activity needs are processed."""

from expectations.conditions import Activity, Condition, Event, Rule, none_left, within, without
from expectations.model import Severity, clause
from expectations.vocabulary import PROCESSING, SPECIAL_CATEGORIES


@clause(
    "GEN-1",
    section="2",
    on=PROCESSING - {"website.page_viewed"},
    severity=Severity.HIGH,
    law=("GDPR 5(1)(c), 9, 10, 87", "UAVG 46", "POPIA 10, 26-33"),
    promise="We use only the kinds of data that the activity needs.",
    breach="Data were used that this activity has no need of, and the person had not offered them.",
    remedy="Erase the surplus data at the source, and change the form or the interface that lets them in.",
)
def only_needed_data(event: Event, activity: Activity) -> Rule:
    surplus = without(event.data_categories, activity.categories)
    # The categories of clickstream data are CLICK-2's; a disclosure of them is judged here.
    clickstream = (activity.name == "clickstream") & (event.type == "data.processed")
    return Rule(applies=~clickstream, holds=offered_unasked(surplus, event))


def offered_unasked(surplus: Condition, event: Event) -> Condition:
    """All of these categories were offered unasked; special ones only on consent (GDPR 9(2)(a))."""
    special, plain = within(surplus, SPECIAL_CATEGORIES), without(surplus, SPECIAL_CATEGORIES)
    offered = none_left(without(special, event.other_categories)) & (event.legal_basis == "consent")
    return none_left(without(plain, event.other_categories)) & (none_left(special) | offered)
