"""Every reason for which this program itself rejects a row is told in Dutch too."""

import pytest

from connectors.sources.canonical import FIELDS, Record
from connectors.sources.mapping import FieldMapping, FileMapping
from node.records import column
from node.records.pseudonymise import MISSING, NO_BSN
from node.records.report import FileCount, Reject, in_dutch


@pytest.mark.parametrize("record", sorted(FIELDS))
@pytest.mark.parametrize("decimal", [",", "."])
@pytest.mark.parametrize("codes", [{}, {"X": "GM0363"}])
def test_what_a_column_refuses_has_a_reason_in_dutch(record: Record, decimal: str, codes: dict[str, str]) -> None:
    fields = {name: FieldMapping(column=name, codes=codes) for name in FIELDS[record]}
    file = FileMapping("x.csv", record, fields, decimal=decimal, date_format="%d-%m-%Y")
    for one in column.columns(file, division_year=2023):
        for reason in (one.reason, one.refused_because):
            assert not reason or in_dutch(reason) != reason
            assert " is not " not in in_dutch(reason)


def test_fixed_reasons_have_a_dutch_form_and_others_stay_as_they_are() -> None:
    for reason in (
        MISSING, NO_BSN, column.UNKNOWN_CODE, column.BEFORE_START, column.REPEATED, column.WRONG_WIDTH,
    ):  # fmt: skip
        assert in_dutch(reason) != reason
    assert in_dutch("is entered-in-error") == "is entered-in-error"


def test_counts_and_rejects_are_told_in_both_languages() -> None:
    count = FileCount("a.csv", "person", 6, 1, 2, 1, 1, 1).told()
    assert (
        count.en == "a.csv: 6 rows read = 1 loaded + 2 rejected + 1 duplicates + 1 objected + 1 outside the population"
    )
    assert count.nl == "a.csv: 6 rijen gelezen = 1 geladen + 2 afgekeurd + 1 dubbel + 1 bezwaar + 1 buiten de populatie"
    reject = Reject(
        "a.csv",
        "waarde",
        "is not a number with a decimal comma and at most 4 decimals, without signs between thousands",
        2,
        9,
    )
    assert reject.told().nl.startswith("a.csv: kolom `waarde` is geen getal met een decimale komma en hoogstens 4")
