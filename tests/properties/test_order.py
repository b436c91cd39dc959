"""Findings are a function of the set of events: any order and any split into batches export the same bytes."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from expectations.contract.decode import Record
from expectations.policy import load
from streams.audit import audit
from streams.core.examine import Engine

# Shrinking an audit takes minutes; the lines and their order are printed as they are.
NO_SHRINKING = [Phase.explicit, Phase.reuse, Phase.generate]
START = datetime(2026, 3, 1, 12, tzinfo=UTC)
AS_OF = START + timedelta(days=60)
PURPOSES = st.sampled_from(["newsletter", "statistics", "website_optimisation", "invoicing", "*"])
SUBJECTS = st.sampled_from(["s-a", "s-b"])
BASIS = st.sampled_from(["consent", "legitimate_interest", "contract", None])


def of(type_: str, source: str, /, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {"type": st.just(type_), "source": st.just(source), "data": st.fixed_dictionaries(fields)}
    )


def listed(values: st.SearchStrategy[str]) -> st.SearchStrategy[list[str]]:
    return st.lists(values, min_size=1, max_size=2, unique=True)


AGREEMENTS = st.sampled_from(["agr-1", "agr-2"])
PARTIES = st.sampled_from(["party-1", "party-2"])
EVENTS = st.one_of(
    of("consent.given", "/crm", purposes=listed(PURPOSES), prechecked=st.booleans()),
    of("consent.withdrawn", "/crm", purposes=listed(PURPOSES)),
    of("newsletter.subscribed", "/newsletter", prechecked=st.booleans(), purpose=st.just("newsletter"),
       legal_basis=BASIS, data_categories=st.just(["name"])),
    of("newsletter.unsubscribed", "/newsletter"),
    of("newsletter.subscriber_erased", "/newsletter"),
    of("newsletter.sent", "/newsletter", purpose=st.just("newsletter"), legal_basis=BASIS,
       data_categories=st.just(["email_address"]), unsubscribe_link=st.booleans(),
       topic=st.sampled_from(["own_services", "third_party", None]), similar_services=st.booleans()),
    of("crm.relation_started", "/crm", relation=st.just("customer")),
    of("crm.relation_ended", "/crm"),
    of("crm.invoiced", "/crm", purpose=PURPOSES, legal_basis=BASIS, data_categories=st.just(["financial"])),
    of("website.page_viewed", "/website", tracked=st.booleans(), ip=st.sampled_from(["full", "none"]),
       dnt=st.booleans(), gpc=st.booleans(), identifiable=st.booleans(), purpose=st.just("website_optimisation"),
       legal_basis=BASIS, data_categories=st.just(["browser"]),
       cookies=st.just([{"name": "c", "kind": "statistics", "personal": True}])),
    of("rights.request_received", "/compliance", request=st.sampled_from(["rq-1", "rq-2"]),
       right=st.sampled_from(["objection", "access", "restriction"]), purposes=listed(PURPOSES)),
    of("rights.request_answered", "/compliance", request=st.sampled_from(["rq-1", "rq-2"]),
       outcome=st.sampled_from(["granted", "refused"])),
    of("rights.objection_decided", "/compliance", request=st.sampled_from(["rq-1", "rq-2"]), upheld=st.booleans()),
    of("recruitment.procedure_ended", "/recruitment", application=st.just("app-1"),
       outcome=st.sampled_from(["rejected", "hired"])),
    of("recruitment.retention_consent_given", "/recruitment", application=st.just("app-1")),
    of("recruitment.retention_consent_withdrawn", "/recruitment", application=st.just("app-1")),
    of("recruitment.applicant_erased", "/recruitment", application=st.just("app-1")),
    of("agreement.signed", "/compliance", agreement=AGREEMENTS, party=PARTIES, kind=st.sampled_from(["scc", "service"]),
       corrects=st.sampled_from(["e0", "e1", None])),
    of("agreement.ended", "/compliance", agreement=AGREEMENTS),
    of("data.disclosed", "/crm", recipient=PARTIES, recipient_country=st.sampled_from(["IN", "DE", "US"]),
       ground=st.sampled_from(["contract", "consent"]), agreement=AGREEMENTS, purpose=PURPOSES,
       data_categories=st.just(["name"])),
)  # fmt: skip


@st.composite
def lives(draw: st.DrawFn) -> list[bytes]:
    """A few events of two people; instants often tie, ids sometimes collide."""
    lines = []
    for number, event in enumerate(draw(st.lists(EVENTS, min_size=2, max_size=14))):
        at = START + timedelta(hours=draw(st.integers(0, 40)) * 12)
        name = draw(st.sampled_from([f"e{number}", f"e{max(0, number - 1)}"]))
        whole = {"specversion": "1.0", "id": name, "time": at.isoformat(), "subject": draw(SUBJECTS), **event}
        lines.append(json.dumps(whole).encode())
    return lines


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine(load())


def exported(lines: Sequence[bytes], engine: Engine, piece: int) -> dict[str, str]:
    records = [Record(line, None, (), "events", 0, number) for number, line in enumerate(lines)]
    with tempfile.TemporaryDirectory() as folder:
        audit(records, as_of=AS_OF, engine=engine, piece=piece).store.export(Path(folder), AS_OF)
        return {file.name: file.read_text() for file in sorted(Path(folder).iterdir())}


@settings(max_examples=20, deadline=None, phases=NO_SHRINKING, suppress_health_check=list(HealthCheck))
@given(lines=lives(), order=st.randoms(use_true_random=False), piece=st.integers(1, 6))
def test_any_order_and_any_batches_export_the_same(lines: list[bytes], order: Any, piece: int, engine: Engine) -> None:
    whole = exported(lines, engine, len(lines))
    shuffled = [*lines, *lines[: len(lines) // 2]]  # some are delivered twice
    order.shuffle(shuffled)
    assert exported(shuffled, engine, piece) == whole
    assert whole["events.jsonl"].count("\n") > 0
