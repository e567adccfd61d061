"""One indicator over time: typed values with revisions, verdicts that hold for every hidden figure, control limits."""

from decimal import Decimal
from typing import Any

import msgspec
import pytest

from schemas.catalogue import catalogue
from schemas.codes import Audience
from schemas.payloads import Cell, Computed, IndicatorCorrected, IndicatorPublished, IndicatorWithdrawn
from schemas.values import Exact, NotAvailable, Suppressed, TypedValue
from tests.support.events import TestRegion
from tests.support.hub import RunningHub, running_hub

__all__ = ["running_hub"]


def figures(value: TypedValue, period: str, hash_: str | None = None, year: int = 2025) -> IndicatorPublished:
    definition = catalogue()["h.dm_prev"]
    return IndicatorPublished(
        "h.dm_prev", definition.version, hash_ or definition.hash, period, "invented", year, "proportion", ("area",),
        (Cell(("total",), value),), Computed(("gp",), "plain; width 3", "b" * 64),
    )  # fmt: skip


def asked(hub: RunningHub, code: str, status: int = 200, **query: str) -> dict[str, Any]:
    response = hub.client.get("/api/v1/indicators/h.dm_prev/trend", query_string=query, headers=hub.as_region(code))
    assert response.status_code == status, response.get_json()
    body: dict[str, Any] = response.get_json()
    return body


def sent(
    hub: RunningHub, values: list[TypedValue], audience: Audience = "network", code: str = "XR-DUINRAND"
) -> TestRegion:
    region = hub.enrol(TestRegion(code))
    payloads = [figures(value, f"2025-{month + 1:02d}") for month, value in enumerate(values)]
    for event in region.release(payloads, audience):
        assert hub.push(code, [event.body])[0].outcome == "accepted"
    return region


def counts(*numerators: int) -> list[TypedValue]:
    return [Exact(one, 10_000) for one in numerators]


def test_a_series_comes_in_order_with_its_verdict_and_limits(running_hub: RunningHub) -> None:
    sent(running_hub, counts(*range(500, 740, 20)))
    view = asked(running_hub, "XR-DUINRAND")
    assert (view["period_unit"], view["left_out"]) == ("month", 0)
    (region,) = view["regions"]
    assert [point["period"] for point in region["points"]] == [f"2025-{month:02d}" for month in range(1, 13)]
    assert (region["trend"], region["test"], region["why_no_trend"]) == ("rising", "chi_squared_for_trend", None)
    assert region["p_value"] < 0.001
    first = region["points"][0]
    assert (first["shown"], first["bounds"], first["revision"]) == ("5.0", "interval", 1)
    low, high = (Decimal(limit) for limit in first["limits"])
    assert low < Decimal(region["centre"]) < high
    assert region["is_judged"]
    assert "trend" in first["signals"]


def test_a_verdict_stands_only_if_it_is_the_same_for_every_figure_that_is_hidden(running_hub: RunningHub) -> None:
    rising = [*counts(500, 560, 620), Suppressed(600, 700, 10_000), *counts(740, 800)]
    sent(running_hub, rising)
    (region,) = asked(running_hub, "XR-DUINRAND")["regions"]
    assert (region["trend"], region["p_value"]) == ("rising", None)
    hidden = region["points"][3]
    assert (hidden["shown"], hidden["bounds"], hidden["low"], hidden["high"]) == (None, "range", "6.0", "7.0")
    assert hidden["limits"] is None


@pytest.mark.parametrize("hidden", [Suppressed(0, 900, 10_000), Suppressed(0, None, 10_000), Suppressed(1, 9, None)])
def test_a_hidden_figure_that_could_turn_the_verdict_leaves_it_open(
    running_hub: RunningHub, hidden: Suppressed
) -> None:
    sent(running_hub, [*counts(500, 510, 505), hidden])
    (region,) = asked(running_hub, "XR-DUINRAND")["regions"]
    assert (region["trend"], region["why_no_trend"]) == (None, "suppressed")


def test_what_is_missing_withdrawn_or_of_another_definition_takes_no_part(running_hub: RunningHub) -> None:
    region = sent(running_hub, [*counts(500, 510, 520, 530, 540), NotAvailable()])
    withdrawn, other = region.chain[0], figures(Exact(4000, 10_000), "2025-07", hash_="0" * 64)
    later = region.release([IndicatorWithdrawn(withdrawn.id, "Counted twice.")]) + region.release([other])
    corrected = IndicatorCorrected(region.chain[4].id, "Late records.", figures(Exact(552, 10_000), "2025-05"))
    for event in later + region.release([corrected]):
        answer = running_hub.push(region.code, [event.body])[0]
        assert answer.outcome == "accepted", answer.detail
    (found,) = asked(running_hub, region.code)["regions"]
    points = {point["period"]: point for point in found["points"]}
    assert points["2025-01"]["why_not"] == "withdrawn"
    assert (points["2025-05"]["revision"], points["2025-05"]["shown"]) == (2, "5.5")
    assert points["2025-05"]["corrected_at"] is not None
    assert points["2025-06"]["value"] == {"kind": "not_available"}
    assert points["2025-07"]["why_not"] == "definition"
    assert found["trend"] == "no_trend"
    before = asked(running_hub, region.code, region=region.code, as_known_on="2026-01-01", status=404)
    assert "No region" in before["detail"]


def test_too_short_a_series_and_other_units_are_told(running_hub: RunningHub) -> None:
    region = sent(running_hub, counts(500, 510))
    event = region.release([figures(Exact(505, 10_000), "2024")])[0]
    assert running_hub.push(region.code, [event.body])[0].outcome == "accepted"
    (found,) = asked(running_hub, region.code)["regions"]
    assert (found["trend"], found["why_no_trend"]) == (None, "too_short")
    assert asked(running_hub, region.code, unit="year")["periods"] == ["2024"]
    assert asked(running_hub, region.code, last="1")["left_out"] == 1
    assert "choose one of month, year" in asked(running_hub, region.code, unit="week", status=404)["detail"]
    assert "no figures for this node" in asked(running_hub, region.code, by="sex:f", status=400)["detail"]
    assert asked(running_hub, region.code, last="0", status=422)["status"] == 422


def test_a_series_shows_a_reader_what_is_for_that_reader_only(running_hub: RunningHub) -> None:
    sent(running_hub, counts(500, 510, 520), "network")
    sent(running_hub, counts(600, 610, 620), "public", "XR-VEENKANT")
    anyone = running_hub.client.get("/api/v1/indicators/h.dm_prev/trend").get_json()
    assert [one["region"] for one in anyone["regions"]] == ["XR-VEENKANT"]
    hidden = running_hub.client.get("/api/v1/indicators/h.dm_prev/trend?region=XR-DUINRAND")
    unknown = running_hub.client.get("/api/v1/indicators/h.dm_prev/trend?region=XR-NOWHERE")
    assert hidden.status_code == unknown.status_code == 404
    assert hidden.get_json()["detail"] == unknown.get_json()["detail"]
    assert msgspec.json.encode(anyone) != msgspec.json.encode(asked(running_hub, "XR-DUINRAND"))
