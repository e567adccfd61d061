"""Propose which canonical record and field each column of a file holds, from its heading and its values' forms."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from .canonical import FIELDS, RECORDS, Form, Record
from .heading_words import PART, SAME, likeness, record_hints
from .sample import Sample
from .value_forms import Forms, forms_of

_CERTAIN: Final = 0.98
_LIKELY: Final = 0.5  # below this a column is left to the person
_HINT: Final = 0.5  # what a word that points to a record weighs, against 1 for all required fields
_NO_END: Final = 0.3  # what speaks against coverage without an end: any list of days would look like it
_MOST: Final = 0.9  # of the sample has a form, so that a few faults do not hide it
_CODE_FORMS: Final = ("icpc", "atc", "loinc", "icd10")  # the narrower first


@dataclass(frozen=True)
class Proposal:
    """One column for one field: how sure, from 0 to 1, and why in words without a value."""

    field: str
    column: str
    confidence: float
    why: str
    forms: Forms


@dataclass(frozen=True)
class Suggestion:
    """What one table probably is: record, fields, what the record still needs, and how the table is written."""

    sample: Sample
    record: Record
    fields: tuple[Proposal, ...]
    missing: tuple[str, ...]
    unused: tuple[str, ...]
    decimal: str
    date_format: str | None
    code_system: str | None
    others: tuple[Record, ...]  # records that fit nearly as well


def suggest(sample: Sample) -> Suggestion:
    """Choose the record that fits best, and its columns."""
    forms = [forms_of(texts) for texts in sample.columns]
    hints = record_hints((*sample.headings, sample.file.partition(".")[0], sample.sheet or ""))
    found = {record: _fields(sample, forms, record) for record in RECORDS}
    scores = {record: _score(record, found[record], hints[record]) for record in RECORDS}
    ranked = sorted(RECORDS, key=lambda record: -scores[record])
    record = ranked[0]
    fields = found[record]
    code_system = _code_system(fields)
    known = {one.field for one in fields} | ({"code_system"} if code_system else set())
    missing = tuple(name for name, one in FIELDS[record].items() if one.required and name not in known)
    used = {one.column for one in fields}
    return Suggestion(
        sample=sample, record=record, fields=fields, missing=missing,
        unused=tuple(name for name in sample.headings if name not in used), decimal=_decimal(fields),
        date_format=_date_format(fields), code_system=code_system,
        others=tuple(other for other in ranked[1:] if scores[other] >= 0.85 * scores[record]),
    )  # fmt: skip


def _score(record: Record, fields: Sequence[Proposal], hints: int) -> float:
    required = [name for name, one in FIELDS[record].items() if one.required]
    have = {one.field: one.confidence for one in fields}
    if any(have.get("code", 0) for _ in required) and "code_system" in required:
        have.setdefault("code_system", 0.5)
    fit = sum(have.get(name, 0.0) for name in required) / len(required)
    if record in ("coverage", "residence") and not have.keys() & {"end_date", "last_date"}:
        fit -= _NO_END
    return fit + _HINT * min(hints, 4) + 0.05 * sum(have.values())


def _fields(sample: Sample, forms: Sequence[Forms], record: Record) -> tuple[Proposal, ...]:
    """Pair every field with one column, the surest pairs first."""
    pairs = []
    for field, expected in FIELDS[record].items():
        for place, heading in enumerate(sample.headings):
            if heading and sample.headings.count(heading) == 1:
                proposal = _proposal(field, expected.form, heading, forms[place])
                if proposal is not None:
                    pairs.append((-proposal.confidence, place, proposal))
    chosen: dict[str, Proposal] = {}
    for _, _, proposal in sorted(pairs, key=lambda pair: pair[:2]):
        if proposal.field not in chosen and proposal.column not in {one.column for one in chosen.values()}:
            chosen[proposal.field] = proposal
    order = list(FIELDS[record])
    return tuple(sorted(chosen.values(), key=lambda one: order.index(one.field)))


def _proposal(field: str, form: Form, heading: str, forms: Forms) -> Proposal | None:
    named = likeness(heading, field)
    fit, shape = _fit(field, form, forms)
    tells_itself = field in ("person_id", "municipality", "sex") and fit >= _CERTAIN and shape != ""
    if not named and not tells_itself:
        return None
    if forms.filled == 0:
        confidence, shape = 0.5 * named, "the sample is empty"
    elif named:
        confidence = named * (0.4 + 0.6 * fit)
    else:
        confidence = 0.7 * fit
    if confidence < _LIKELY * PART:
        return None
    heading_says = {SAME: "a known name", PART: "a name that contains a known one"}.get(named, "not by its name")
    return Proposal(field, heading, round(confidence, 2), f"{heading_says}; {shape}" if shape else heading_says, forms)


def _fit(field: str, form: Form, forms: Forms) -> tuple[float, str]:
    """Return how well a column's values fit a field, and what they look like."""
    match form:
        case "date" | "last_date":
            share = forms.share("date")
            return share, f"dates as {forms.date_format} in {share:.0%}" if share else "no dates"
        case "decimal" | "euros":
            return forms.number_share, f"numbers in {forms.number_share:.0%}"
        case "sex":
            return forms.share("sex"), f"known codes in {forms.share('sex'):.0%}" if forms.share("sex") else ""
        case "area":
            share = max(forms.share("gm"), 0.8 * forms.share("gm_number"))
            return share, "municipality codes" if forms.share("gm") >= _MOST else "numbers of up to 4 digits" * bool(
                share
            )
        case "identifier":
            passing = forms.share("bsn")
            shape = f"passes the 11-test in {passing:.0%}" if passing else ""
            return (passing if passing >= _MOST else 0.8), shape
    if field == "code":
        system = _system_of(forms)
        return (1.0, f"codes like {system}") if system else (0.7, "codes of another form")
    if field == "record_id":
        return (1.0, "hardly a text twice") if forms.is_unique else (0.1, "texts occur twice")
    return 0.8 if forms.share("date") < _MOST else 0.1, ""


def _system_of(forms: Forms) -> str | None:
    return next((form for form in _CODE_FORMS if forms.filled and forms.share(form) >= _MOST), None)


def _code_system(fields: Sequence[Proposal]) -> str | None:
    if any(one.field == "code_system" for one in fields):
        return None
    code = next((one for one in fields if one.field == "code"), None)
    return None if code is None else _system_of(code.forms)


def _decimal(fields: Sequence[Proposal]) -> str:
    numbers = [one.forms for one in fields if one.field in ("value", "amount")]
    return "," if any(forms.share("comma") > forms.share("point") for forms in numbers) else "."


def _date_format(fields: Sequence[Proposal]) -> str | None:
    """Return the format that the columns of dates share; the first where they differ, which the comments show."""
    formats = [one.forms.date_format for one in fields if one.forms.share("date") >= _LIKELY and _is_day(one.field)]
    return formats[0] if formats else None


def _is_day(field: str) -> bool:
    return field.endswith("_date") or field == "measured_on"


def hints_for(record: Record) -> Mapping[str, str]:
    """Return what a person writes for required fields that no column holds."""
    return {
        "code_system": "{constant: icpc}   # which coding: icpc, icd10, atc, snomed, loinc or local",
        "encounter_type": "{constant: gp}   # what kind of contact: gp, admission, ed, outpatient or other",
        "category": "{constant: gp}   # what was paid for",
        "sex": "{constant: unknown}   # a column is better",
    } if record != "coverage" else {}  # fmt: skip
