"""A comparison as FHIR R4: a Bundle with one MeasureReport (summary) a region; a hidden figure is masked, never 0."""

import json
from decimal import Decimal
from typing import Any, Final

import msgspec

from hub.serving.days import days_of
from hub.serving.replies import Reply
from hub.serving.view import IndicatorView, RegionRow
from schemas.values import Exact, Suppressed

_ABSENT: Final = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
_POPULATIONS: Final = "http://terminology.hl7.org/CodeSystem/measure-population"
_IMPROVEMENT: Final = "http://terminology.hl7.org/CodeSystem/measure-improvement-notation"
VALUE: Final = "urn:regiohelix:fhir:value"
"""Our extension on a report: the typed value as it was published, as JSON; it says more than FHIR has words for."""
LICENCE: Final = "urn:regiohelix:fhir:licence"
"""Our extension on a report: the licence of a figure that was taken over; FHIR has `copyright` on a Measure only."""
REPLY: Final = "urn:regiohelix:fhir:reply"
"""Our extension on a report: what its region replies to the comparison; FHIR has no `note` on a MeasureReport."""
# http://hl7.org/fhir/ValueSet/data-absent-reason, by the kind of a typed value
_REASONS: Final = {
    "suppressed": "masked",
    "not_available": "unknown",
    "not_collected": "not-performed",
    "not_applicable": "not-applicable",
    "withdrawn": "error",
    "rounded": "not-permitted",  # published without its counts
}


def as_fhir(view: IndicatorView) -> bytes:
    """Return the Bundle (collection) as JSON; raises PeriodUnknown."""
    entries = [{"fullUrl": _url(view, row), "resource": _report(view, row)} for row in view.rows]
    bundle = {"resourceType": "Bundle", "type": "collection", "timestamp": _instant(view.as_known_on), "entry": entries}
    return json.dumps(bundle, ensure_ascii=False).encode()


def _url(view: IndicatorView, row: RegionRow) -> str:
    return f"urn:regiohelix:report:{view.indicator}:{view.period}:{row.region}:{row.event_id[:16]}"


def _report(view: IndicatorView, row: RegionRow) -> dict[str, Any]:
    first, last = days_of(view.period)
    report: dict[str, Any] = {
        "resourceType": "MeasureReport",
        "extension": [{"url": VALUE, "valueString": msgspec.json.encode(row.value).decode()}],
        "identifier": [{"system": "urn:regiohelix:event", "value": row.event_id}],
        "status": "complete",
        "type": "summary",
        "measure": f"urn:regiohelix:indicator:{view.indicator}|{view.version}",
        "date": _instant(row.accepted_at),
        "reporter": {"identifier": {"system": "urn:regiohelix:region", "value": row.region}, "display": row.name},
        "period": {"start": first.isoformat(), "end": last.isoformat()},
        "group": [_group(view, row)],
    }
    if view.favourable != "neither":
        word = "increase" if view.favourable == "higher" else "decrease"
        report["improvementNotation"] = {"coding": [{"system": _IMPROVEMENT, "code": word}]}
    if row.licence is not None:
        report["extension"].append({"url": LICENCE, "valueString": row.licence})
    report["extension"] += [_reply(one) for one in view.replies if one.region == row.region and one.text is not None]
    return report


def _reply(one: Reply) -> dict[str, Any]:
    said = (
        ("text", "valueString", one.text),
        ("language", "valueCode", one.language),
        ("authorRole", "valueString", one.author_role),
        ("asKnownOn", "valueInstant", _instant(one.as_known_on)),
    )
    return {"url": REPLY, "extension": [{"url": name, kind: value} for name, kind, value in said if value]}


def _group(view: IndicatorView, row: RegionRow) -> dict[str, Any]:
    said = ", ".join(f"{dimension} {node}" for dimension, node in view.by.items())
    group: dict[str, Any] = {"code": {"text": f"{view.title.en} ({view.unit.en})" + (f"; {said}" if said else "")}}
    populations = [_population("numerator", *_numerator(row))]
    denominator = row.value.denominator if isinstance(row.value, Exact | Suppressed) else None
    if denominator is not None:
        populations.append(_population("denominator", denominator, None))
    group["population"] = populations
    if row.shown is not None:
        group["measureScore"] = {"value": _number(row.shown), "unit": view.unit.en}
    else:
        group["measureScore"] = {"extension": [_absent(_reason(row))]}
    return group


def _numerator(row: RegionRow) -> tuple[int | None, str | None]:
    if isinstance(row.value, Exact):
        return row.value.numerator, None
    return None, _reason(row)


def _reason(row: RegionRow) -> str:
    return _REASONS.get(str(row.value.__struct_config__.tag), "unknown")


def _population(code: str, count: int | None, reason: str | None) -> dict[str, Any]:
    found: dict[str, Any] = {"code": {"coding": [{"system": _POPULATIONS, "code": code}]}}
    if count is not None:
        found["count"] = count
    else:
        found["_count"] = {"extension": [_absent(reason or "unknown")]}
    return found


def _absent(reason: str) -> dict[str, str]:
    return {"url": _ABSENT, "valueCode": reason}


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


def _instant(moment: str) -> str:
    """Return a stored moment (UTC text) as FHIR's instant."""
    return moment if moment.endswith("Z") else f"{moment}Z"
