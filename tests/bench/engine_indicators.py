"""Twenty-six indicators and the population they are about, as a region would ask for them together."""

from collections.abc import Iterator
from typing import Any, Final

from schemas.definition import IndicatorDefinition
from schemas.definition_schema import read_definition
from tests.bench.engine_records import ATC

_KNOWN: Final = {"diabetes": "T90", "hypertension": "K86", "asthma": "R96", "depression": "P76", "atrial": "K78",
                 "angina": "K74", "arthritis": "L88"}  # fmt: skip
_USED: Final = {"statins": "C10", "antidepressants": "N06", "opioids": "N02"}


def indicators() -> tuple[IndicatorDefinition, ...]:
    """Return the population and twenty-six indicators, all by municipality, age band and sex."""
    return tuple(read_definition(one, "the bench") for one in _mappings())


def atc(group: str) -> list[str]:
    """Return every code of an ATC group that the invented records have."""
    return [code for code in ATC if code.startswith(group)]


def _mappings() -> Iterator[dict[str, Any]]:
    yield _one("pop.persons", "count", {"count": "persons", "denominator": None})
    for name, code in _KNOWN.items():
        known = {"record": "condition", "window": "until_reference", "system": "icpc", "codes": [code]}
        yield _share(f"h.{name}", known)
    yield _share("h.influenza", _coded("condition", "icpc", ["R80"]))
    yield _rate("c.consultations", {"record": "encounter", "types": ["gp", "gp_phone"]})
    yield _rate("c.home_visits", {"record": "encounter", "types": ["gp_home"]})
    yield _share("q.seen", {"record": "encounter", "types": ["gp", "gp_home", "gp_phone"]})
    for name, code, measured in (("hba1c", "T90", "HBA1C"), ("pressure", "K86", "SBP")):
        sick = {"record": "condition", "window": "until_reference", "system": "icpc", "codes": [code]}
        yield _share(f"q.{name}", _coded("measurement", "local", [measured]), criteria=[sick])
    prem = _coded("measurement", "local", ["PREM"]) | {"value_from": 0, "value_below": 11}
    yield _one("q.experience", "mean", {"count": "value_sum", "of": prem, "denominator": "records", "value_scale": 10})
    answered, good = (
        _coded("measurement", "local", ["SRH"]) | {"value_from": 1, "value_below": below} for below in (6, 3)
    )
    yield _share("h.good_health", good, criteria=[answered])
    for name, group in _USED.items():
        yield _share(f"q.{name}", _coded("treatment", "atc", atc(group)))
    yield _rate("q.antibiotics", _coded("treatment", "atc", atc("J01")))
    yield _share("q.vaccinated", _coded("treatment", "atc", atc("J07")), bands=[60, 65, 75], age_from=60)
    yield _rate("c.emergency", {"record": "encounter", "types": ["ed"]})
    yield _rate("q.acute", {"record": "encounter", "types": ["admission"], "urgency": "acute"})
    yield _cost("c.hospital", ["hospital", "medicines"])
    yield _share("c.home_help", {"record": "encounter", "types": ["home_help"]}, bands=[75], age_from=75)
    yield _share("c.youth_care", {"record": "encounter", "types": ["youth_care"]}, bands=[0], age_below=18)
    yield _cost("c.social", ["wmo", "youth"])


def _coded(record: str, system: str, codes: list[str]) -> dict[str, Any]:
    return {"record": record, "system": system, "codes": codes}


def _share(name: str, of: dict[str, Any], **other: Any) -> dict[str, Any]:
    return _one(name, "proportion", {"count": "persons", "of": of, "denominator": "persons"}, **other)


def _rate(name: str, of: dict[str, Any]) -> dict[str, Any]:
    of = of | {"window": "while_covered"}
    return _one(name, "rate", {"count": "records", "of": of, "denominator": "covered_days"})


def _cost(name: str, categories: list[str]) -> dict[str, Any]:
    of = {"record": "cost", "types": categories}
    return _one(name, "cost_per_person", {"count": "amount_sum", "of": of, "denominator": "persons"})


def _one(name: str, kind: str, measure: dict[str, Any], bands: list[int] | None = None, **who: Any) -> dict[str, Any]:
    text = {"nl": name, "en": name}
    return {
        "id": name, "version": 1, "axis": "health", "kind": kind, "title": text, "description": text, "unit": text,
        "per": 1, "favourable": "neither", "reference": "Invented for the bench.",
        "dimensions": ["area", "age_band", "sex"], "age_bands": bands or [0, 18, 45, 65, 75],
        "population": {"covered_on": "mid_period"} | who, "measure": measure,
    }  # fmt: skip
