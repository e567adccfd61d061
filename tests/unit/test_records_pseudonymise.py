"""Pseudonyms are keyed, stable, the same for one person however the number is written, and say nothing."""

import hashlib
import hmac

import pyarrow as pa
import pytest

from node.records.pseudonymise import Pseudonymiser, PseudonymKeyTooShort, pseudonymise
from tests.support.sources import KEY, SOUND_NUMBERS


def test_a_pseudonym_is_hmac_sha256_of_the_padded_number() -> None:
    expected = hmac.new(KEY, b"bsn:" + SOUND_NUMBERS[0].encode(), hashlib.sha256).digest()
    assert Pseudonymiser(KEY, "bsn", "any").of(SOUND_NUMBERS[0]) == expected


@pytest.mark.parametrize("written", ["010000008", "10000008", " 10000008 "])
def test_a_number_without_its_leading_zero_is_the_same_person(written: str) -> None:
    pseudonymiser = Pseudonymiser(KEY, "bsn", "any")
    assert pseudonymiser.of(written) == pseudonymiser.of("010000008") is not None


@pytest.mark.parametrize("written", ["999998620", "000000000", "12345", "abc", ""])
def test_a_number_that_fails_the_11_test_has_no_pseudonym(written: str) -> None:
    assert Pseudonymiser(KEY, "bsn", "any").of(written) is None


def test_without_linkage_the_same_identifier_in_two_sources_is_two_persons() -> None:
    first, second = (Pseudonymiser(KEY, "none", source).of("7") for source in ("a", "b"))
    assert first != second
    linked = [Pseudonymiser(KEY, "pseudonym", source).of("7") for source in ("a", "b")]
    assert linked[0] == linked[1] is not None


def test_another_key_gives_other_pseudonyms() -> None:
    assert Pseudonymiser(KEY, "bsn", "a").of(SOUND_NUMBERS[0]) != Pseudonymiser(KEY[::-1], "bsn", "a").of(
        SOUND_NUMBERS[0]
    )


def test_a_short_key_is_refused() -> None:
    with pytest.raises(PseudonymKeyTooShort, match="at least 32 bytes"):
        Pseudonymiser(KEY[:31], "bsn", "a")


def test_a_table_keeps_its_rows_and_loses_its_identifiers() -> None:
    table = pa.table({"row": [2, 3, 4, 5], "person_id": [SOUND_NUMBERS[0], "999998620", "", SOUND_NUMBERS[0]]})
    done = pseudonymise(table, Pseudonymiser(KEY, "bsn", "a"))
    assert done.column_names == ["row", "pseudonym", "identifier_problem"]
    pseudonyms = done["pseudonym"].to_pylist()
    assert pseudonyms[0] == pseudonyms[3] is not None
    assert pseudonyms[1:3] == [None, None]
    assert done["identifier_problem"].to_pylist() == [
        None,
        "is not a valid citizen service number (11-test)",
        "is empty",
        None,
    ]


def test_the_repr_says_nothing() -> None:
    pseudonymiser = Pseudonymiser(KEY, "bsn", "a")
    pseudonymiser.of(SOUND_NUMBERS[0])
    assert repr(pseudonymiser) == "Pseudonymiser()"
