"""Which period readers get who name none: the newest that has begun, whatever one region sends."""

from pathlib import Path

import pytest

from hub.serving.figures import offers
from schemas.codes import TOTAL
from schemas.values import Exact
from tests.support.held_by_hub import NOW, TAKEN_OVER, HeldByHub, figures

PLACE = (TOTAL,) * 3
COMPARISON = "/api/v1/indicators/h.dm_prev/comparison"


def _held(folder: Path, *periods: str) -> HeldByHub:
    held = HeldByHub.opened(folder)
    for code, name in (("XR-0", "Alfa"), ("XR-1", "Beta")):
        held.region(code, name, "invented")
    for period in periods:
        held.accept("XR-1", figures("h.dm_prev", {PLACE: Exact(900, 10_000)}, period, "invented", TAKEN_OVER))
    return held


@pytest.mark.parametrize("to_come", ["9999", "2027", "2026-12", "2026-11-23", "2026-W48", "2026-13", "2099-Q2"])
def test_a_period_that_is_still_to_begin_is_not_the_newest(tmp_path: Path, to_come: str) -> None:
    held = _held(tmp_path, "2024", "2025", to_come)
    client = held.app.test_client()
    assert client.get(COMPARISON).get_json()["period"] == "2025"
    assert "period=2025" in client.get("/compare?indicator=h.dm_prev&set=invented").headers["Location"]
    overview = client.get("/compare").get_data(as_text=True) + client.get("/").get_data(as_text=True)
    assert ">2025" in overview
    assert to_come not in overview
    assert client.get(f"{COMPARISON}?period={to_come}").get_json()["period"] == to_come


@pytest.mark.parametrize("odd", ["9999", "9999-12", "9999-Q4", "9999-W52", "2026-13", "2026-02-31"])
def test_a_period_that_the_calendar_does_not_have_takes_no_catalogue_or_export_from_others(
    tmp_path: Path, odd: str
) -> None:
    client = _held(tmp_path, "2025", odd).app.test_client()
    found = client.get("/catalog.jsonld").get_json()
    assert "2025-01-01" in str(found)
    assert client.get(f"{COMPARISON}?format=fhir").status_code == 200
    asked = client.get(f"{COMPARISON}?format=fhir&period={odd}")
    assert asked.status_code == (200 if odd.startswith("9999") else 422)
    for path in (
        f"{COMPARISON}?format=dhis2&period={odd}",
        "/api/v1/indicators/h.dm_prev/trend",
        f"{COMPARISON}?period={odd}",
    ):
        assert client.get(path).status_code == 200


@pytest.mark.parametrize("begun", ["2026", "2026-11", "2026-11-22", "2026-W47", "2026-Q4"])
def test_a_period_that_has_begun_is_the_newest(tmp_path: Path, begun: str) -> None:
    assert _held(tmp_path, "2025", begun).app.test_client().get(COMPARISON).get_json()["period"] == begun


def test_of_periods_to_come_the_soonest_stands_first(tmp_path: Path) -> None:
    held = _held(tmp_path, "2028", "2025", "2027", "2024")
    with held.hub.engine.connect() as connection:
        (offer,) = offers(connection, "public", NOW)
    assert offer.periods == ("2025", "2024", "2027", "2028")


def test_a_moment_in_the_past_has_its_own_newest_period(tmp_path: Path) -> None:
    held = _held(tmp_path, "2026", "2026-11-21")
    asked = f"{COMPARISON}?as_known_on=2026-11-20T23:00:00Z"
    assert held.app.test_client().get(asked).get_json()["period"] == "2026"
