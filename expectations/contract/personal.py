"""Personal values in texts, by kind: what GEN-3 looks for.

`SUSPICION` is a pattern for Rust's regular expressions (polars) that holds for every text in which
`kinds_in` finds anything; it is cheap, so that the careful search is made of few texts only. Whole tokens
only: a value is bounded by what is neither letter nor digit. Checksums are python-stdnum's, numbering plans
are libphonenumber's.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterator
from functools import lru_cache

import phonenumbers
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE
from stdnum import iban, luhn
from stdnum.nl import bsn
from stdnum.za import idnr

from expectations.vocabulary import PERSONAL_KINDS

Span = tuple[int, int]

_TOKEN = re.compile(r"[A-Za-z0-9._-]{1,128}")
_START, _END = r"(?<![^\W_])", r"(?![^\W_])"
_SEPARATOR = "[ \u00a0().\\-/\u2010-\u2013]"

_LOCAL = 64  # characters before the @ (RFC 5321, 4.5.3.1.1)
_DOMAIN = r"(?:@|%40)(?:[\w-]{1,63}\.){1,8}[^\W\d_]"
_AT_DOMAIN = re.compile(_DOMAIN)
_EMAIL = re.compile(rf"[^\W_][\w.!#$&'*+/=?^`{{|}}~-]{{0,{_LOCAL - 1}}}{_DOMAIN}[\w-]*")
# Countries of the IBAN registry (ISO 13616) by the length of their numbers, as python-stdnum checks them.
_LENGTHS = {
    15: "NO",
    16: "BE",
    18: "DK|FI|FK|FO|GL|NL|SD",
    19: "MK|SI",
    20: "AT|BA|EE|KZ|LT|LU|MN|XK",
    21: "CH|HR|LI|LV",
    22: "BG|BH|CR|DE|GB|GE|IE|ME|RS|VA",
    23: "AE|GI|IL|IQ|OM|SO|TL",
    24: "AD|CZ|ES|MD|PK|RO|SA|SE|SK|TN|VG",
    25: "LY|PT|ST",
    26: "IS|TR",
    27: "BI|DJ|FR|GR|IT|MC|MR|SM",
    28: "AL|AZ|BY|CY|DO|GT|HN|HU|LB|NI|PL|SV",
    29: "BR|EG|PS|QA|UA",
    30: "JO|KW|MU|YE",
    31: "MT|SC",
    32: "LC",
    33: "RU",
}
_IBAN_FORM = "|".join(
    f"(?:{countries})[0-9]{{2}}(?:[ -]?[0-9A-Za-z]){{{length - 4}}}" for length, countries in _LENGTHS.items()
)
# Looked for first, as each of its many forms begins so: eight times as fast where there is none.
_IBAN = re.compile(rf"{_START}(?=[A-Z]{{2}}[0-9]{{2}})(?:{_IBAN_FORM}){_END}", re.IGNORECASE)
_UUID = re.compile(rf"{_START}[0-9a-fA-F]{{8}}(?:-[0-9a-fA-F]{{4}}){{3}}-[0-9a-fA-F]{{12}}{_END}")
_HEX = re.compile(rf"{_START}(?=[0-9]*[a-fA-F])[0-9a-fA-F]{{16,}}{_END}")
_IPV4 = re.compile(rf"{_START}(?<![0-9]\.)[0-9]{{1,3}}(?:\.[0-9]{{1,3}}){{3}}{_END}(?!\.[0-9])")
_IPV6 = re.compile(rf"{_START}(?<!:)(?=[0-9A-Fa-f]*:[0-9A-Fa-f]*:)[0-9A-Fa-f:]+(?:(?<=:)[0-9.]+)?{_END}")
_ZA_ID = re.compile(rf"{_START}[0-9]{{6}} ?[0-9]{{4}} ?[0-9]{{3}}{_END}")
_CARD = re.compile(
    rf"{_START}(?:[2-6][0-9]{{12,18}}|[2-6][0-9]{{3}}(?:[ -][0-9]{{4}}){{3}}(?:[ -][0-9]{{1,3}})?"
    rf"|[2-6][0-9]{{3}}[ -][0-9]{{6}}[ -][0-9]{{5}}){_END}"
)
_BSN = re.compile(rf"{_START}(?:[0-9]{{9}}|[0-9]{{4}}\.[0-9]{{2}}\.[0-9]{{3}}){_END}")
_ABROAD = re.compile(rf"(?:\+|{_START}00){_SEPARATOR}?(?:[0-9]{_SEPARATOR}{{0,3}}){{6,14}}[0-9]{_END}")
_NATIONAL = re.compile(rf"{_START}\(?0[1-9](?:{_SEPARATOR}{{0,3}}[0-9]){{8}}{_END}")
_WORTH_A_LOOK = re.compile(r"@|%40|:[^:]*:|[0-9](?:[^0-9]*[0-9]){3}")
_NO_DIGIT = re.compile("[^0-9]")
_PLANS = {"NL": 31, "ZA": 27}  # whose numbers are known without a country code
_DATE = re.compile(r"[0-3]?[0-9][-./ ][0-3]?[0-9][-./ ](?:19|20)[0-9]{2}")

SUSPICION = (
    r"(?i)@|%40|\\|::|(?:[0-9a-f]{1,4}:){6}|[0-9]\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]"
    rf"|\+(?:{_SEPARATOR}{{0,3}}[0-9]){{7}}"
    r"|(?:^|[^0-9a-z])(?:[0-9]{9}|[0-9]{4}\.[0-9]{2}\.[0-9]{3}|[0-9]{6} [0-9]{4} ?[0-9]{3}|[0-9]{10} [0-9]{3}"
    r"|[2-6][0-9]{3}[ -](?:[0-9]{4}[ -][0-9]{4}|[0-9]{6}[ -])"
    rf"|0(?:{_SEPARATOR}{{0,3}}[0-9]){{8}}"
    rf"|(?:{_IBAN_FORM})(?:[^0-9a-z]|$))"
)


def _emails(text: str) -> Iterator[Span]:
    if "@" not in text and "%40" not in text:
        return
    # Forwards from each character it would cost 64 steps a character of a long text without any: so from each domain.
    ended = 0
    for at in (found.start() for found in _AT_DOMAIN.finditer(text)):
        tried = (_EMAIL.match(text, start) for start in range(max(ended, at - _LOCAL), at))
        if email := next(filter(None, tried), None):
            yield email.span()
            ended = email.end()


def _ibans(text: str) -> Iterator[Span]:
    for found in _IBAN.finditer(text):
        compact = found.group().replace(" ", "").replace("-", "")
        if compact.isascii() and iban.is_valid(compact, check_country=False):
            yield found.span()


def _addresses(text: str) -> Iterator[Span]:
    for found in _IPV6.finditer(text):
        try:
            address = ipaddress.IPv6Address(found.group())
        except ValueError:
            continue
        if int(address) > 1:  # `::` and `::1` are no one's
            yield found.span()
    for found in _IPV4.finditer(text):
        if all(int(octet) < 256 for octet in found.group().split(".")):
            yield found.span()


def _abroad(text: str) -> Iterator[Span]:
    for found in _ABROAD.finditer(text):
        start, end = found.span()
        digits = _NO_DIGIT.sub("", found.group()[2:] if found.group().startswith("00") else found.group())
        if not any(int(digits[:length]) in COUNTRY_CODE_TO_REGION_CODE for length in (1, 2, 3)):
            continue  # parsing costs fifty times as much
        # Another number may follow: the longest possible one that closes a token.
        for at in range(end, start + 7, -1):
            if text[at - 1].isdigit() and not text[at : at + 1].isalnum() and _is_possible(text[start:at]):
                yield start, at
                break


def _is_possible(candidate: str) -> bool:
    if candidate.startswith("00"):
        candidate = "+" + candidate[2:]
    try:
        number = phonenumbers.parse(candidate, None)
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.is_possible_number(number)


def _nationals(text: str) -> Iterator[Span]:
    for found in _NATIONAL.finditer(text):
        if _DATE.match(found.group().lstrip("(")):
            continue
        number = int(_NO_DIGIT.sub("", found.group()))  # without its zero
        # Made, not parsed: of these ten digits both give the same, and parsing costs five times as much.
        plans = ((phonenumbers.PhoneNumber(code, number), region) for region, code in _PLANS.items())
        if any(phonenumbers.is_valid_number_for_region(*plan) for plan in plans):
            yield found.span()


def _checked(pattern: re.Pattern[str], check: Callable[[str], bool]) -> Callable[[str], Iterator[Span]]:
    def find(text: str) -> Iterator[Span]:
        for found in pattern.finditer(text):
            if check(_NO_DIGIT.sub("", found.group())):
                yield found.span()

    return find


# In this order: what one finder claimed the next does not see.
_ANYWHERE = (("email", _emails), ("iban", _ibans))
_PLUS = (("ip", _addresses), ("phone", _abroad))
_FREE = (
    ("za_id", _checked(_ZA_ID, idnr.is_valid)),
    ("card", _checked(_CARD, luhn.is_valid)),
    ("phone", _nationals),
    ("bsn", _checked(_BSN, bsn.is_valid)),
)


def is_token(text: str) -> bool:
    """Whether the text has the shape of a pseudonym, as tokens in id fields do."""
    return _TOKEN.fullmatch(text) is not None


def kinds_in(text: str, *, identifier: bool = False) -> tuple[str, ...]:
    """The kinds of personal values in the text, in the order of `PERSONAL_KINDS`; empty: none.

    `identifier`: it stands in an id field, where a token of a pseudonym's shape is exempt from national ids,
    cards and phones; of another shape it is read as free text.
    """
    if not _WORTH_A_LOOK.search(text):
        return ()
    if len(text) > 512:  # long texts are not worth keeping
        return _search(text, identifier and is_token(text))
    return _remembered(text, identifier and is_token(text))


def _without(text: str, spans: list[Span]) -> str:
    kept, at = [], 0
    for start, end in sorted(spans):
        kept.append(text[at:start])
        at = max(at, end)
    kept.append(text[at:])
    return "\n".join(kept)


def _search(text: str, token: bool) -> tuple[str, ...]:
    found: set[str] = set()

    def claim(finders: tuple[tuple[str, Callable[[str], Iterator[Span]]], ...], text: str) -> str:
        for kind, finder in finders:
            spans = list(finder(text))
            if spans:
                found.add(kind)
                text = _without(text, spans)
        return text

    text = claim(_ANYWHERE, text)
    for exempt in (_UUID, _HEX):
        text = exempt.sub(lambda match: "x" * len(match.group()), text)
    # A token holds no `+`, and its `00` numbers are exempt with the national ones: addresses remain.
    text = claim(_PLUS[:1] if token else _PLUS, text)
    if not token:
        claim(_FREE, text)
    return tuple(kind for kind in PERSONAL_KINDS if kind in found)


_remembered = lru_cache(maxsize=4096)(_search)
