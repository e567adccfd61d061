"""The largest figures that the schema allows: everybody else still compares, on the page and in every file."""

from pathlib import Path

import pytest

from hub.intake.minimum import shortfall
from hub.intake.read_payload import read_payload
from schemas.canonical import canonical_bytes
from schemas.catalogue import catalogue
from schemas.codes import TOTAL, EventType
from schemas.payloads import IndicatorPublished
from schemas.values import Exact
from tests.support.held_by_hub import TAKEN_OVER, HeldByHub, figures

LARGEST = 2**53 - 1
FORMS = ("json", "csv", "xlsx", "parquet")


def _figures(indicator: str, value: Exact) -> IndicatorPublished:
    nodes = (TOTAL,) * len(catalogue()[indicator].dimensions)
    payload = figures(indicator, {nodes: value}, region_set="invented", origin=TAKEN_OVER)
    assert read_payload(EventType.INDICATOR_PUBLISHED, canonical_bytes(payload)) == payload  # the hub accepts it
    assert shortfall(payload) is None
    return payload


@pytest.mark.parametrize(
    ("indicator", "value"),
    [
        ("c.ed", Exact(LARGEST, 1)),  # contacts in a day, shown per year
        ("c.ed", Exact(2**44, 1)),
        ("c.ed", Exact(1, LARGEST)),
        ("c.zvw", Exact(LARGEST, 1)),
        ("h.dm_prev", Exact(LARGEST, LARGEST)),
        ("h.dm_prev", Exact(LARGEST, 1)),
        ("pop.persons", Exact(LARGEST)),
    ],
)
def test_a_figure_that_fits_the_schema_breaks_no_comparison(tmp_path: Path, indicator: str, value: Exact) -> None:
    held = HeldByHub.opened(tmp_path)
    for code, name in (("XR-0", "Alfa"), ("XR-1", "Beta")):
        held.region(code, name, "invented")
    held.accept("XR-0", _figures(indicator, value))
    held.accept("XR-1", _figures(indicator, Exact(500, None if value.denominator is None else 10_000)))
    client = held.app.test_client()
    addresses = [f"/api/v1/indicators/{indicator}/comparison?format={form}" for form in FORMS]
    for address in (*addresses, f"/compare/{indicator}"):
        assert client.get(address).status_code == 200
