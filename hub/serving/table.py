"""A comparison as a table: one row per region, one meaning per column, and the kind of every value in its own.

A number that does not apply is missing, never zero and never a text: in CSV an empty cell, in XLSX the error value
#N/A, in Parquet a null. `kind` says why.
"""

import csv
import io
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final, Literal, NamedTuple

import msgspec

from hub.serving.dark import LastKnown
from hub.serving.view import IndicatorView, RegionRow
from schemas.definition import Text
from schemas.quality import Quality

Form = Literal["text", "whole", "decimal", "truth"]
Cell = str | int | Decimal | bool | None
_FORMULA_INSIDE: Final = re.compile(
    r"""([;\t\r\n]["\s]*)(?=[=+@-])"""
)  # a cell's start where a file is split at ; or tab
_NUMBER: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?(E[+-]?[0-9]+)?")


class Column(NamedTuple):
    """One column: its name, the form of its values, and what they mean."""

    name: str
    form: Form
    meaning: Text


COLUMNS: Final = (
    Column("indicator", "text", Text("indicator", "indicator")),
    Column("version", "whole", Text("versie van de definitie", "version of the definition")),
    Column("definition_hash", "text", Text("SHA-256 van de definitie", "SHA-256 of the definition")),
    Column("period", "text", Text("periode", "period")),
    Column("region_set", "text", Text("regio-indeling", "set of regions")),
    Column("by", "text", Text("groep; leeg is het totaal", "cut; empty is the total")),
    Column("region", "text", Text("code van de regio", "code of the region")),
    Column("name", "text", Text("naam van de regio", "name of the region")),
    Column(
        "kind",
        "text",
        Text(
            "soort waarde: exact, rounded, suppressed (verborgen, niet nul), not_available, not_collected, "
            "not_applicable, withdrawn",
            "kind of value: exact, rounded, suppressed (hidden, not zero), not_available, not_collected, "
            "not_applicable, withdrawn",
        ),
    ),
    Column(
        "shown",
        "decimal",
        Text(
            "waarde in de eenheid van de indicator; met standard indirect een index, verwacht is 100",
            "value in the indicator's unit; with standard indirect an index, expected is 100",
        ),
    ),
    Column("numerator", "whole", Text("teller van een exacte waarde", "numerator of an exact value")),
    Column("denominator", "whole", Text("noemer, ook van een verborgen waarde", "denominator, also of a hidden value")),
    Column("bounds", "text", Text("wat low en high zijn: interval of range", "what low and high are")),
    Column("low", "decimal", Text("ondergrens, in de eenheid van shown", "lower end, in the unit of shown")),
    Column("high", "decimal", Text("bovengrens, in de eenheid van shown", "upper end, in the unit of shown")),
    Column("standing", "text", Text("ten opzichte van de regio’s samen", "against the regions together")),
    Column(
        "why_not",
        "text",
        Text(
            "waarom geen oordeel, onder een standaard ook: stratum_missing, stratum_empty, nothing_expected",
            "why there is no verdict, under a standard also: stratum_missing, stratum_empty, nothing_expected",
        ),
    ),
    Column("taken_over", "truth", Text("overgenomen openbaar cijfer", "taken over from a public table")),
    Column("accepted_at", "text", Text("aangenomen door de hub, UTC", "accepted by the hub, UTC")),
    Column("as_known_on", "text", Text("zoals bekend op, UTC", "as known on, UTC")),
    Column("corrected_at", "text", Text("laatste correctie, UTC", "last correction, UTC")),
    Column("correction", "text", Text("soort van de laatste correctie", "kind of the last correction")),
    Column("earlier_event", "text", Text("gebeurtenis die gecorrigeerd werd", "event that was corrected")),
    Column("reason", "text", Text("reden van de laatste correctie", "reason of the last correction")),
    Column(
        "reference", "decimal", Text("regio’s samen, in de eenheid van shown", "regions together, in the unit of shown")
    ),
    Column("reference_withheld", "text", Text("waarom regio’s samen ontbreekt", "why regions together is withheld")),
    Column(
        "lo",
        "whole",
        Text("laagste teller van een verborgen waarde", "lowest numerator of a hidden value"),
    ),
    Column(
        "hi",
        "whole",
        Text(
            "hoogste teller van een verborgen waarde; ontbreekt: geen bovengrens",
            "highest numerator of a hidden value; missing: no upper bound",
        ),
    ),
    Column("rounded_value", "text", Text("afgeronde waarde zoals gepubliceerd", "rounded value as published")),
    Column("rounded_step", "text", Text("eenheid waarop is afgerond", "unit that it was rounded to")),
    Column("funnel_place", "text", Text("plaats in de trechter", "place in the funnel")),
    Column("warning_low", "decimal", Text("trechter, 95%, ondergrens", "funnel, 95%, lower limit")),
    Column("warning_high", "decimal", Text("trechter, 95%, bovengrens", "funnel, 95%, upper limit")),
    Column("control_low", "decimal", Text("trechter, 99,8%, ondergrens", "funnel, 99.8%, lower limit")),
    Column("control_high", "decimal", Text("trechter, 99,8%, bovengrens", "funnel, 99.8%, upper limit")),
    Column(
        "reference_proving_since",
        "text",
        Text("sinds wanneer regio’s samen wordt bewezen, UTC", "since when regions together is being proven, UTC"),
    ),
    Column("reference_why_nl", "text", Text("in woorden, Nederlands", "in words, in Dutch")),
    Column("reference_why_en", "text", Text("in woorden, Engels", "in words, in English")),
    Column("coverage_unit", "text", Text("waarvan een deel gedekt is", "of what a share is covered")),
    Column("coverage_percent", "whole", Text("gedekt deel in procenten", "share covered, in percents")),
    Column("partial", "truth", Text("te weinig gedekt voor een oordeel", "too little covered for a verdict")),
    Column("linkage_methods", "text", Text("hoe gekoppeld is", "how records were linked")),
    Column("linkage_precision", "whole", Text("juiste koppelingen per duizend", "correct links per thousand")),
    Column("linkage_recall", "whole", Text("gevonden koppelingen per duizend", "links found per thousand")),
    Column("linkage_judged_by", "text", Text("volgens wie: clerk of model", "by whom: clerk or model")),
    Column(
        "standard",
        "text",
        Text(
            "waarnaar shown, low, high en reference zijn gestandaardiseerd: een standaardbevolking, of indirect (naar"
            " de cijfers per leeftijd van de regio’s die deze tonen); leeg is zoals geteld",
            "to what shown, low, high and reference are standardised: a standard population, or indirect (by the"
            " figures by age of the regions that show them); empty is as counted",
        ),
    ),
    Column(
        "rebased_from",
        "whole",
        Text("oudere gemeentelijke indeling van de telling", "older division of municipalities that was counted in"),
    ),
    Column("last_period", "text", Text("laatste periode met een cijfer", "last period with a figure")),
    Column(
        "last_shown", "decimal", Text("cijfer van die periode, in de eenheid", "figure of that period, in the unit")
    ),
    Column("last_accepted_at", "text", Text("toen aangenomen door de hub, UTC", "accepted by the hub then, UTC")),
    Column(
        "rank_first",
        "whole",
        Text(
            "eerste rang die mogelijk is, met 95% zekerheid per regio; 1 is de gunstigste, of de hoogste waar hoger"
            " noch lager gunstig is",
            "first rank that is possible, with 95% confidence per region; 1 is the most favourable, or the highest"
            " where neither higher nor lower is favourable",
        ),
    ),
    Column("rank_last", "whole", Text("laatste rang die mogelijk is", "last rank that is possible")),
    Column("rank_of", "whole", Text("aantal regio’s met een rang", "number of regions with a rank")),
    Column("beside", "text", Text("regio waarnaast order geldt", "region that order is told against")),
    Column(
        "order",
        "text",
        Text(
            "naast die regio: better, worse, higher, lower, similar, cannot_be_ordered",
            "beside that region: better, worse, higher, lower, similar, cannot_be_ordered",
        ),
    ),
    Column(
        "together_low",
        "decimal",
        Text("regio’s samen met de verborgene, ondergrens", "regions together with hidden ones, lower end"),
    ),
    Column(
        "together_high",
        "decimal",
        Text("regio’s samen met de verborgene, bovengrens", "regions together with hidden ones, upper end"),
    ),
    Column("licence", "text", Text("licentie van een overgenomen cijfer", "licence of a figure taken over")),
)
NAMES: Final = tuple(column.name for column in COLUMNS)
_OF_QUALITY: Final = tuple(name for name in NAMES if name == "partial" or name.startswith(("coverage_", "linkage_")))


def rows(view: IndicatorView) -> list[dict[str, Cell]]:
    """Return one row per region, of several corrections the last; then one per region without a figure of the period.

    Of the latter only the last figure is told, in columns of its own.
    """
    return [_row(view, row) for row in view.rows] + [_dark(view, one) for one in view.dark]


def _dark(view: IndicatorView, one: LastKnown) -> dict[str, Cell]:
    here: dict[str, Cell] = {
        "indicator": view.indicator,
        "version": view.version,
        "definition_hash": one.definition_hash,
    }
    here |= {"period": view.period, "region_set": view.region_set, "as_known_on": view.as_known_on}
    by = ",".join(f"{dimension}:{node}" for dimension, node in view.by.items())
    last = {"last_period": one.period, "last_shown": one.shown, "last_accepted_at": one.accepted_at}
    told: dict[str, Cell] = {"by": by, "region": one.region, "name": one.name, "kind": "not_available"}
    told |= {"standing": "no_verdict", "why_not": "no_figure_yet", "taken_over": one.taken_over}
    return {**dict.fromkeys(NAMES), **here, **told, **last}


def _row(view: IndicatorView, row: RegionRow) -> dict[str, Cell]:
    value: Mapping[str, Any] = msgspec.to_builtins(row.value)
    laid = next((one for one in view.funnel.regions if one.region == row.region), None) if view.funnel else None
    last = row.corrections[-1] if row.corrections else None
    return {
        "indicator": view.indicator,
        "version": view.version,
        "definition_hash": row.definition_hash,
        "period": view.period,
        "region_set": view.region_set,
        "by": ",".join(f"{dimension}:{node}" for dimension, node in view.by.items()),
        "region": row.region,
        "name": row.name,
        "kind": value["kind"],
        "shown": row.shown,
        "numerator": value.get("numerator"),
        "denominator": value.get("denominator"),
        "bounds": row.bounds,
        "low": row.low,
        "high": row.high,
        "standing": row.standing,
        "why_not": row.why_not,
        "taken_over": row.taken_over,
        "accepted_at": row.accepted_at,
        "as_known_on": view.as_known_on,
        "corrected_at": row.corrected_at,
        "correction": last and last.kind,
        "earlier_event": last and last.earlier_event_id,
        "reason": last and last.reason,
        "reference": view.reference,
        "reference_withheld": view.reference_withheld,
        "lo": value.get("lo"),
        "hi": value.get("hi"),
        "rounded_value": value.get("value"),
        "rounded_step": value.get("step"),
        "funnel_place": laid and laid.place,
        "warning_low": laid and laid.warning[0],
        "warning_high": laid and laid.warning[1],
        "control_low": laid and laid.control[0],
        "control_high": laid and laid.control[1],
        "reference_proving_since": view.reference_proving_since,
        "reference_why_nl": view.reference_why and view.reference_why.nl,
        "reference_why_en": view.reference_why and view.reference_why.en,
        **_quality(row.quality),
        "standard": view.standard and view.standard.name,
        "rebased_from": row.rebased_from,
        "last_period": None,
        "last_shown": None,
        "last_accepted_at": None,
        "rank_first": row.ranks and row.ranks.first,
        "rank_last": row.ranks and row.ranks.last,
        "rank_of": row.ranks and row.ranks.of,
        "beside": view.beside,
        "order": row.order,
        "together_low": view.together and view.together.low,
        "together_high": view.together and view.together.high,
        "licence": row.licence,
    }


def _quality(quality: Quality | None) -> dict[str, Cell]:
    found: dict[str, Cell] = dict.fromkeys(_OF_QUALITY)
    if quality is not None and (coverage := quality.coverage) is not None:
        found |= {
            "coverage_unit": coverage.unit, "coverage_percent": coverage.percent, "partial": coverage.is_partial,
        }  # fmt: skip
    if quality is not None and (linkage := quality.linkage) is not None:
        found |= {
            "linkage_methods": " ".join(linkage.methods),
            "linkage_precision": linkage.precision_permille,
            "linkage_recall": linkage.recall_permille,
            "linkage_judged_by": linkage.judged_by,
        }
    return found


def as_csv_rows(view: IndicatorView) -> list[dict[str, str]]:
    """Return the rows as CSV text."""
    return [{name: said(cell) for name, cell in row.items()} for row in rows(view)]


def as_csv(view: IndicatorView) -> bytes:
    """Return the table as CSV (RFC 4180, UTF-8)."""
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=NAMES, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(as_csv_rows(view))
    return text.getvalue().encode()


def said(cell: Cell) -> str:
    """Return a cell as CSV text: empty where it does not apply, and never a formula."""
    if cell is None:
        return ""
    return _plain(str(cell).lower() if isinstance(cell, bool) else str(cell))


def _plain(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula, also one that splits at semicolons, as Dutch ones do.

    Region names come from outside.
    """
    text = _FORMULA_INSIDE.sub(r"\1'", text)
    is_formula = text.startswith(("=", "+", "@", "\t", "\r")) or (text.startswith("-") and not _NUMBER.fullmatch(text))
    return f"'{text}" if is_formula else text
