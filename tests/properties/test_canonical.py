"""Canonical JSON against the reference implementation of RFC 8785, on every value that may be signed."""

from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from schemas.canonical import NotCanonical, canonical_bytes, parse_canonical

SAFE = 2**53 - 1
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20) | st.sampled_from(
    ["\x00\x1f\x7f\u2028\u2029", '"\\/\b\f\n\r\t', "\U0001f600\uffff", "é\u0301"]
)
KEYS = st.text(st.characters(max_codepoint=127), max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-SAFE, SAFE) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_the_bytes_are_those_of_the_reference(value: Any) -> None:
    assert canonical_bytes(value) == rfc8785.dumps(value)


@given(VALUES)
def test_canonical_bytes_read_back_as_the_same_value(value: Any) -> None:
    assert parse_canonical(canonical_bytes(value)) == value


@given(st.dictionaries(KEYS, st.integers(-SAFE, SAFE), min_size=1))
def test_one_blank_more_is_not_canonical(value: dict[str, int]) -> None:
    data = canonical_bytes(value)
    for other in (data + b" ", b" " + data, data.replace(b"{", b"{ ", 1)):
        with pytest.raises(NotCanonical):
            parse_canonical(other)


@pytest.mark.parametrize("value", [1.0, SAFE + 1, -SAFE - 1, {"é": 1}, [0.5], "\ud800", {"a": {"b": float("nan")}}])
def test_what_could_be_written_in_two_ways_is_refused(value: Any) -> None:
    with pytest.raises(NotCanonical):
        canonical_bytes(value)


@pytest.mark.parametrize("data", [b"", b"{", b'{"b":1,"a":1}', b'{"a":1,"a":1}', b"1.0", b"1e2", b"-0", b'"\\u0041"'])
def test_bytes_in_another_form_are_refused(data: bytes) -> None:
    with pytest.raises(NotCanonical):
        parse_canonical(data)
