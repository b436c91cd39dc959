"""Canonical JSON is RFC 8785's, by whichever way it is written."""

from __future__ import annotations

from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from expectations.contract.canonical import canonical

_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


@given(_VALUES)
def test_it_is_what_the_reference_writes(value: Any) -> None:
    assert canonical(value) == rfc8785.dumps(value)


def test_integers_beyond_the_exact_ones_are_doubles() -> None:
    assert canonical({"n": 2**60}) == b'{"n":1152921504606847000}'
    with pytest.raises(ValueError, match="range"):
        canonical([10**400])
