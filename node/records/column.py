"""How the text of one canonical field becomes a typed value in SQL, and what is said when it cannot.

Every conversion is a TRY: an impossible value becomes NULL and a reason, so that no engine message can quote a cell.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from connectors.sources.canonical import CODE_SYSTEMS, FIELDS, SEXES, URGENCIES, Form, Record
from connectors.sources.mapping import FieldMapping, FileMapping
from schemas.codes import AREA_CODE
from schemas.divisions import Division, division

MISSING: Final = "is empty"
UNKNOWN_CODE: Final = "is not one of the known codes"
BEFORE_START: Final = "lies before the start"
REPEATED: Final = "contradicts an earlier row of the same person"
WRONG_WIDTH: Final = "has too few or too many columns"
_EARLIEST, _LATEST = "1880-01-01", "2100-01-01"
_CHOICES: Final[dict[Form, tuple[str, ...]]] = {"sex": SEXES, "urgency": URGENCIES, "system": CODE_SYSTEMS}
_TYPES: Final[dict[Form, str]] = {
    "date": "DATE",
    "last_date": "DATE",
    "decimal": "DECIMAL(18, 4)",
    "euros": "BIGINT",
}
OPEN_END: Final = "9999-12-31"


@dataclass(frozen=True)
class Column:
    """One typed column: `raw` and `typed` are SQL expressions, `reason` says what a refused value should have been.

    `refused` are texts that are refused for the reason `refused_because`.
    """

    name: str
    raw: str
    typed: str
    reason: str
    required: bool
    refused: tuple[str, ...] = ()
    refused_because: str = ""


def columns(file: FileMapping, division_year: int | None = None) -> tuple[Column, ...]:
    """Return the typed columns of a file's record, in the order of the staging table, unmapped fields as NULL.

    With `division_year` a municipality's code of an older division becomes that of its only successor.
    """
    found = []
    for name, expected in FIELDS[file.record].items():
        if name != "person_id":
            how = file.fields.get(name)
            raw = "NULL::VARCHAR" if how is None else f"nullif(trim(\"{name}\"), '')"
            typed, reason = _typed(name, expected.form, file, how)
            column = Column(name, raw, typed, reason, expected.required)
            if expected.form == "area" and division_year is not None:
                column = _renewed(column, how, division(division_year))
            found.append(column)
    return tuple(found)


def _renewed(column: Column, how: FieldMapping | None, to: Division) -> Column:
    """Bring municipalities to a division: the one successor's code, or a refusal where there are several."""
    own = {} if how is None else how.codes
    divided = tuple(text for text, area in own.items() if area in to.divided) if own else tuple(to.divided)
    cases = " ".join(f"WHEN {_quoted(old)} THEN {_quoted(new)}" for old, new in to.renewed.items())
    gone = ", ".join(_quoted(code) for code in to.divided)
    typed = f"CASE {column.typed} {cases} ELSE {column.typed} END" if cases else column.typed
    if gone:
        typed = f"CASE WHEN {column.typed} NOT IN ({gone}) THEN {typed} END"
    because = f"is a municipality that was divided over several; give the code in the division of {to.year}"
    return replace(column, typed=typed, refused=divided, refused_because=because)


def staging_type(record: Record, name: str) -> str:
    """Return the SQL type a canonical field has once typed."""
    return _TYPES.get(FIELDS[record][name].form, "VARCHAR")


def _typed(name: str, form: Form, file: FileMapping, how: FieldMapping | None) -> tuple[str, str]:
    raw = f'raw."{name}"'
    if how is not None and how.codes:
        return _translated(raw, how.codes), UNKNOWN_CODE
    if form in _CHOICES:
        return f"CASE WHEN {raw} IN ({', '.join(map(_quoted, _CHOICES[form]))}) THEN {raw} END", UNKNOWN_CODE
    if form in {"date", "last_date"}:
        return _date(raw, file.date_format, form), f"is not a possible date, written {file.date_format}"
    if form == "area":
        return f"CASE WHEN regexp_matches({raw}, {_quoted(AREA_CODE.pattern)}) THEN {raw} END", "is not an area code"
    if form in {"decimal", "euros"}:
        places = 2 if form == "euros" else 4
        number = f"CASE WHEN regexp_matches({raw}, {_number(file.decimal, places)}) THEN replace({raw}, ',', '.') END"
        reason = f"is not a number with a decimal {_SIGNS[file.decimal]} and at most {places} decimals"
        reason += ", without signs between thousands"
        if file.decimal == ".":
            reason += ' (where the file writes commas, add `decimal: ","` to it in the mapping)'
        if form == "euros":
            return f"CAST(TRY_CAST({number} AS DECIMAL(15, 2)) * 100 AS BIGINT)", reason
        return f"TRY_CAST({number} AS DECIMAL(18, 4))", reason
    return raw, "is not a text"


_SIGNS: Final = {",": "comma", ".": "point"}


def _number(decimal: str, places: int) -> str:
    sign = r"\." if decimal == "." else ","
    return _quoted(rf"^-?[0-9]{{1,13}}({sign}[0-9]{{1,{places}}})?$")


def _date(raw: str, date_format: str, form: Form) -> str:
    parsed = f"try_strptime({raw}, {_quoted(date_format)})::DATE"
    bounded = f"CASE WHEN {parsed} >= DATE '{_EARLIEST}' AND {parsed} < DATE '{_LATEST}' THEN {parsed} END"
    # a source that gives the last day is brought to the half-open [start, end)
    return f"({bounded} + 1)" if form == "last_date" else bounded


def _translated(raw: str, codes: Mapping[str, str]) -> str:
    cases = " ".join(f"WHEN {_quoted(code)} THEN {_quoted(meaning)}" for code, meaning in codes.items())
    return f"CASE {raw} {cases} END"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
