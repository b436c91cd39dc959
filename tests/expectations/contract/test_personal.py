"""Personal values are found where they stand, and what only resembles one is left alone."""

from __future__ import annotations

import time

import phonenumbers
import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from expectations.contract import personal
from expectations.contract.personal import SUSPICION, kinds_in

FOUND = {
    "email": [
        "jan@example.nl",
        "mailto:a.b+c@mail.example.co.za, please",
        "jan%40example.nl",
        "https://a@b.nl/x",
    ],
    "phone": [
        *("+31612345678", "+31 6 12345678", "+31 (0)6 1234 5678", "tel:+27821234567", "0031612345678"),
        *("06-12345678", "0612345678", "(020) 123 45 67", "082 123 4567", "call +31612345678 100 times"),
    ],
    "bsn": ["123456782", "bsn:123456782", "nr. 1112.22.333", "ref_123456782"],
    "za_id": ["8001015009087", "800101 5009 087"],
    "iban": [
        *("NL91ABNA0417164300", "NL91 ABNA 0417 1643 00 thanks", "nl91abna0417164300"),
        *("DE89370400440532013000", "GB82 WEST 1234 5698 7654 32"),
    ],
    "card": ["4111111111111111", "4111 1111 1111 1111", "5555-5555-5555-4444", "3782 822463 10005"],
    "ip": ["192.168.1.10", "10.0.0.0", "https://h/?a=192.168.1.10:80", "2001:db8::1", "::ffff:192.168.1.1"],
}
NOTHING = [
    *("@handle", "jan@localhost", "01-02-2026 10:30", "2026-03-02T08:00:00.123456+01:00", "08:00:00"),
    *("123456789", "a123456782", "123456782x", "1700000000000", "9202204720082", "8013015009087"),
    *(
        "NL92ABNA0417164300",
        "4111 11111111 1111",
        "4111111111111112",
        "1.2.3.4.5",
        "999.1.1.1",
        "192.168.1.x",
    ),
    *("::", "::1", "version 1.2.3", "2021/914", "12345678-1234-1234-1234-123456782000", "abcdef0123456782"),
    *("+01:00", "", "newsletter", "x" * 600),
]


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in FOUND.items() for text in texts])
def test_a_personal_value_is_found_and_suspected(kind: str, text: str) -> None:
    assert kinds_in(text) == (kind,)
    assert pl.Series([f'{{"a":"{text}"}}']).str.contains(SUSPICION).all()


@pytest.mark.parametrize("text", NOTHING)
def test_what_only_resembles_a_personal_value_is_left_alone(text: str) -> None:
    assert kinds_in(text) == ()


@pytest.mark.parametrize(
    "token",
    [
        "123456782",
        "bsn-123456782",
        "8001015009087",
        "4111111111111111",
        "0612345678",
        "06-12345678",
        "0031612345678",
    ],
)
def test_tokens_in_id_fields_are_exempt_from_numbers(token: str) -> None:
    assert kinds_in(token, identifier=True) == ()
    assert kinds_in(token) != ()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("NL91ABNA0417164300", "iban"),
        ("de89370400440532013000", "iban"),
        ("192.168.1.10", "ip"),
        ("jan@example.nl", "email"),
        ("+31612345678", "phone"),
        ("fe80::1ff:fe23:4567:890a", "ip"),
        ("bsn 123456782", "bsn"),  # of another shape than a token: free text
    ],
)
def test_id_fields_hide_no_other_value(text: str, kind: str) -> None:
    assert kinds_in(text, identifier=True) == (kind,)


_PIECES = st.sampled_from([text for texts in FOUND.values() for text in texts] + NOTHING[:20])
_GLUE = st.sampled_from(["", " ", ",", ".", "-", "x", "1", "é", ":", "/", "+", "0"])


@given(st.lists(st.tuples(_PIECES, _GLUE), max_size=4).map(lambda parts: "".join(a + b for a, b in parts)))
@example("0612345678")
def test_nothing_is_found_that_was_not_suspected(text: str) -> None:
    if kinds_in(text) or kinds_in(text, identifier=True):
        assert pl.Series([f'"{text}"']).str.contains(SUSPICION).all()


@given(st.text(alphabet="0123456789abcdefABCDEF+-. :()@%/NL", max_size=60))
def test_the_suspicion_holds_for_any_text(text: str) -> None:
    if kinds_in(text):
        assert pl.Series([f'"{text}"']).str.contains(SUSPICION).all()


_PIECES = st.sampled_from(["@", "%40", "a", "b1", ".", "_", "-", "%", "!", "c.nl", "@c.nl", "é", " ", "x" * 60])


@given(st.lists(_PIECES, max_size=14).map("".join))
def test_emails_are_those_of_the_pattern_read_from_the_left(text: str) -> None:
    assert list(personal._emails(text)) == [found.span() for found in personal._EMAIL.finditer(text)]


@given(st.from_regex(r"0[1-9]([ -]?[0-9]){8}", fullmatch=True, alphabet=st.characters(codec="ascii")))
def test_national_numbers_are_those_that_the_library_parses(text: str) -> None:
    parsed = [phonenumbers.parse(text, region) for region in ("NL", "ZA")]
    valid = any(map(phonenumbers.is_valid_number_for_region, parsed, ("NL", "ZA")))
    assert list(personal._nationals(text)) == ([(0, len(text))] if valid and not personal._DATE.match(text) else [])


LONG = {
    "no country": "00 ",
    "countries": "+31" + " 1" * 13 + " ",
    "plus": "+1",
    "mobile": "06-12345678 ",
    "local parts": "a.",
    "no local part": "!#$&",
    "domains": "x@" + "a" * 63 + ".",
    "percent": "%40",
    "colons": ":1",
    "octets": "1.1.1.1.",
    "separators": "+..........",
    "hex": "0" * 17 + " ",
    "iban": "NL91NL91",
    "digits": "1",
    "cards": "4111 ",
}


@pytest.mark.parametrize("name", LONG)
def test_a_text_as_long_as_a_record_may_be_is_read_in_time(name: str) -> None:
    text = (LONG[name] * 500_000)[:500_000] + " a@b.nl 1234"
    began = time.process_time()
    assert "email" in kinds_in(text)
    assert time.process_time() - began < 10  # 0.1 to 2 s
