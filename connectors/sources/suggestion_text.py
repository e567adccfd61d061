"""Write a proposed mapping as YAML that a person completes: confidence and reason behind every line, no value."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import yaml

from .suggest import Proposal, Suggestion, hints_for
from .value_forms import SEX_CODES

_LEGAL: Final = """\
# FILL IN the legal ground with your privacy officer: nothing is loaded until every line below has been completed.
legal:
  controller: ""              # FILL IN: who is responsible for these data
  purpose: ""                 # FILL IN: what they may be used for
  legal_basis: ""             # FILL IN: on what basis
  agreement: ""               # FILL IN: its number or date
  linkage: ""                 # FILL IN: bsn, pseudonym, probabilistic or none
  permitted_indicators: []    # FILL IN: [all], or a list of indicator ids
  delete_by: ""               # FILL IN: the last day, written YYYY-MM-DD
"""

_COVERAGE: Final = (
    "  # Indicators also need `record: coverage`: since when somebody is registered or insured, in `start_date`.",
    "  # Where a file of persons has that column, list it once more with that record; see docs/data-mapping.md.",
)
_ORGANISATION: Final = (
    "      # FILL IN organisation: {column: ...}   # who was paid: without it sums of money are left out of a release;",
    "      # where nobody can say it, give the reason as `organisations_not_recorded` under `legal`",
)


def mapping_text(suggestions: Sequence[Suggestion], source: str) -> str:
    """Return the YAML of a mapping for these tables, which must be of one kind."""
    kind = suggestions[0].sample.kind
    lines = [
        "# A proposal from headings and the forms of a sample of values. Check every line; the percentages say how",
        "# sure it is. Complete what is marked FILL IN, then run `python -m node source check` on this file.",
        f"id: {source}              # FILL IN: a short name of this source, in lower case",
        f"kind: {kind}",
        _LEGAL.rstrip(),
        "files:",
    ]
    for suggestion in suggestions:
        lines += _file(suggestion)
    records = {suggestion.record for suggestion in suggestions}
    if "person" in records and "coverage" not in records:
        lines += _COVERAGE
    return "\n".join(lines) + "\n"


def mapping_from_instrument(instrument: Mapping[str, Any], files: Mapping[str, str], source: str) -> str:
    """Return the YAML of a mapping that is read by an instrument; roles without a file are left to the person."""
    lines = [
        f"id: {source}              # FILL IN: a short name of this source, in lower case",
        f"instrument: {{id: {instrument['instrument']}, version: {instrument['version']}}}   # lies beside this file",
        _LEGAL.rstrip(),
        "files:",
        *(f"  {role}: {_scalar(file)}" for role, file in files.items()),
        *(f"  # FILL IN, if delivered: {role}: ..." for role in instrument["roles"] if role not in files),
    ]
    return "\n".join(lines) + "\n"


def _file(one: Suggestion) -> Iterator[str]:
    sample = one.sample
    others = f"   # perhaps: {', '.join(one.others)}" if one.others else ""
    yield f"  - file: {_scalar(sample.file)}"
    if sample.sheet is not None:
        yield f"    sheet: {_scalar(sample.sheet)}"
        yield f"    headings: {{row: {sample.heading_rows.row}, rows: {sample.heading_rows.rows}}}"
    yield f"    record: {one.record}{others}"
    if sample.kind == "csv":
        yield f"    separator: {_scalar(sample.separator)}"
        yield f"    encoding: {sample.encoding}"
    if one.decimal == ",":
        yield '    decimal: ","'
    if one.date_format is not None:
        yield f"    date_format: {_scalar(one.date_format)}"
    listed = [name for name in sample.headings if name.strip()]
    if len(set(listed)) == len(listed):
        yield "    # all headings: a file that has others is refused, naming what changed; remove it to allow others"
        yield f"    columns: [{', '.join(_scalar(name) for name in listed)}]"
    yield "    fields:"
    for proposal in one.fields:
        yield from _field(proposal, one.date_format)
    if one.code_system is not None:
        yield f"      code_system: {{constant: {one.code_system}}}   # from the form of the codes"
    for name in one.missing:
        yield f"      # FILL IN, required: {name}: {hints_for(one.record).get(name, '{column: ...}')}"
    if one.record == "cost" and all(proposal.field != "organisation" for proposal in one.fields):
        yield from _ORGANISATION
    if one.unused:
        yield f"    # not used, and then never read: {', '.join(_scalar(name) for name in one.unused)}"


def _field(one: Proposal, date_format: str | None) -> Iterator[str]:
    more = ""
    if one.field == "sex" and one.forms.sex_codes:
        codes = ", ".join(f"{_scalar(code)}: {SEX_CODES[code.casefold()]}" for code in one.forms.sex_codes)
        more = f", codes: {{{codes}}}"
    if one.field == "municipality" and one.forms.share("gm_number") > one.forms.share("gm"):
        more = ", pad: 4, prefix: GM"
    if one.field == "person_id" and one.forms.share("bsn") and not one.forms.share("hex"):
        more = ", pad: 9"
    other = one.forms.date_format if one.forms.share("date") > 0.5 else None
    differs = f"; its dates are written {other}" if other not in (None, date_format) and "dates" in one.why else ""
    line = f"      {one.field}: {{column: {_scalar(one.column)}{more}}}"
    yield f"{line}   # {one.confidence:.0%}: {one.why}{differs}"


def _scalar(text: str) -> str:
    """Return a text as YAML writes it within a line."""
    return yaml.safe_dump([text], default_flow_style=True, allow_unicode=True, width=10_000).strip()[1:-1]
