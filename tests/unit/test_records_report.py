"""Every reason for which this program rejects a row is told in Dutch too, and all that readers remark of a file."""

import ast
from pathlib import Path

import pytest

from connectors import sources
from connectors.sources.canonical import FIELDS, Record
from connectors.sources.mapping import FieldMapping, FileMapping
from connectors.sources.xlsx_file import ERROR_CELL
from node.records import column
from node.records.in_dutch import in_dutch, remark_in_dutch
from node.records.pseudonymise import MISSING, NO_BSN
from node.records.report import FileCount, Reject


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


_VARYING = {"precision": "month", "which": "last", "count": "7", "why": "not read", "record": "encounter"}
"""What stands for a name in the texts of readers where not anything does."""
_REASONS = ("Uncounted", "ReferenceUnresolved", "RefusedRow", "_refused")
_ELSEWHERE = {"ERROR_CELL", "missing", "reason", "str(why)", "text", "why.reason"}
"""What readers say that stands in no call itself: these are the texts behind them."""
_BEHIND = (
    (ERROR_CELL, "has no code of a known system"),
    (
        "hidden rows, read as the others are",
        "hidden columns, read where the mapping names them",
        "merged cells below the headings, of which only the first row and column has the value",
        "hidden sheet, read since the mapping names it",
        "other sheets that are hidden and not read; check that nothing is missed",
        "local HBA1C comes in several units (%, mmol/mol), none of them converted",
        "read for the codes of medicines only; resources",
    ),
)


def _texts(node: ast.expr) -> list[str]:
    """Return the texts that an expression can be, with something in the place of what varies."""
    if isinstance(node, ast.IfExp):
        return [*_texts(node.body), *_texts(node.orelse)]
    if isinstance(node, ast.JoinedStr):
        parts = (
            _VARYING.get(ast.unparse(one.value), "x") if isinstance(one, ast.FormattedValue) else ast.literal_eval(one)
            for one in node.values
        )
        return ["".join(parts)]
    return [node.value if isinstance(node, ast.Constant) else f"<{ast.unparse(node)}>"]  # type: ignore[list-item]


def _said_by_readers() -> tuple[set[str], set[str]]:
    """Return the reasons and the remarks in the source text of the readers."""
    reasons, remarks = set(_BEHIND[0]), set(_BEHIND[1])
    for file in sorted(Path(sources.__file__).parent.glob("*.py")):
        for one in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(one, ast.Call) and isinstance(one.func, ast.Name) and len(one.args) > 0:
                if one.func.id in _REASONS:
                    reasons |= set(_texts(one.args[-1]))
                elif one.func.id == "Remark" and not isinstance(one.args[0], ast.Starred):
                    remarks |= set(_texts(one.args[1]))
            elif isinstance(one, ast.Subscript) and ast.unparse(one.value) == "self.remarks":
                assert isinstance(one.slice, ast.Tuple)
                remarks |= set(_texts(one.slice.elts[1]))
    indirect = {said for said in reasons | remarks if said.startswith("<")}
    assert {said.strip("<>") for said in indirect} == _ELSEWHERE
    return reasons - indirect, remarks - indirect


def test_what_readers_say_is_told_in_dutch_too() -> None:
    reasons, remarks = _said_by_readers()
    assert len(reasons) > 10
    assert len(remarks) > 15
    untold = {one for one in reasons - {"is x"} if in_dutch(one) == one}  # `is cancelled` is a state in FHIR's words
    untold |= {one for one in remarks if remark_in_dutch(one) == one}
    assert untold == set()
    for said in (*map(in_dutch, reasons), *map(remark_in_dutch, remarks)):
        assert not set(said.split()) & {"the", "and", "not"}
        assert "<" not in said.replace("(< of >)", "")
    assert remark_in_dutch("Condition.onset gives only the year, read as its last day") == (
        "Condition.onset geeft alleen het jaar, gelezen als de laatste dag ervan"
    )


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
