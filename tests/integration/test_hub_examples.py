"""The examples of /openapi.json are answered as they stand; what there is not is refused with what there is."""

from itertools import product
from typing import Any
from urllib.parse import quote

import pytest

from schemas.values import Exact
from tests.support.evaluations import an_evaluation
from tests.support.events import TestRegion
from tests.support.held_by_hub import figures
from tests.support.hub import RunningHub, running_hub
from tests.support.panels import an_assessment, with_means

__all__ = ["running_hub"]

SHOWN = (
    *("comparison", "trend", "profile", "peers", "progress", "inequality", "publications", "publications/pages"),
    *("evaluations", "assessments", "assessments/network"),
)
BASE = "/api/v1/indicators/h.dm_prev"
CODES = ["XR-DUINRAND", "XR-HEIDE", "XR-VEEN"]


@pytest.fixture
def hub(running_hub: RunningHub) -> RunningHub:
    for place, code in enumerate(CODES):
        region = running_hub.enrol(TestRegion(code))
        cells = {("total",) * 3: Exact(120 + 9 * place, 1000)}
        cells |= {(f"GM000{area}", "total", "total"): Exact(area * (20 + place), 200 + 50 * area) for area in (1, 2)}
        cells["GM0003", "total", "total"] = Exact(60 + 6 * place, 450)
        cells |= {
            (area, "total", "f"): Exact(whole.numerator // 2, whole.denominator // 2)
            for (area, _, _), whole in cells.items()
        }
        made = [figures(name, cells, region_set="invented") for name in ("h.dm_prev", "h.srh_good")]
        released = region.release(made, "public")
        rests_on = [(one.id, period) for one, period in zip(released, ("2025", "2026"), strict=True)]
        if place == 0:
            released += region.release([an_evaluation(rests_on, indicator="h.dm_prev")], "public")
            rows = with_means((300, 300, 300, 200, 300), ("practice",) * 8)
            released += region.release([an_assessment(rows, period="2026-Q2")], "public")
        answers = running_hub.push(code, [event.body for event in released])
        assert {answer.outcome for answer in answers} == {"accepted"}
    return running_hub


def examples(document: dict[str, Any], event_id: str) -> list[tuple[str, dict[str, Any]]]:
    """Give each path with its examples filled in, alone and with each optional argument.

    Ids differ from hub to hub, so they have no example: `event_id` stands for those of assessments.
    """
    found = []
    for path, operations in document["paths"].items():
        told = [*operations.get("parameters", ()), *operations.get("get", {}).get("parameters", ())]
        samples = {one["name"]: one.get("example", one["schema"].get("example")) for one in told}
        if path.startswith("/api/v1/assessments/"):
            samples |= {one["name"]: event_id for one in told if one["in"] == "path"}
        needed = {one["name"] for one in told if one.get("required")}
        if not any(samples.values()):
            continue
        for one in told:
            if one["in"] == "path":
                path = path.replace(f"{{{one['name']}}}", quote(str(samples[one["name"]])))
        inside = {one["name"] for one in told if one["in"] == "query"}
        always = {name: samples[name] for name in needed & inside}
        optional = [name for name in inside - needed if samples[name] is not None]
        found += [(path, always), *((path, always | {name: samples[name]}) for name in optional)]
    return found


def test_every_example_of_the_document_is_answered(hub: RunningHub) -> None:
    document = hub.client.get("/openapi.json").get_json()
    (assessment,) = hub.client.get("/api/v1/assessments").get_json()["assessments"]
    asked = examples(document, assessment["event_id"])
    assert all(any(path.endswith(f"/{name}") for path, _ in asked) for name in SHOWN)
    for path, query in asked:
        answer = hub.client.get(path, query_string=query)
        assert answer.status_code == 200, (path, query, answer.get_json())
        if path.endswith(("/evaluations", "/assessments")):  # each example leaves the one that there is in
            assert answer.get_json()["total"] == 1, query
    every = {name for _, query in asked for name in query}
    assert every >= {"period", "set", "by", "as_known_on", "format", "region", "unit", "last"}


@pytest.mark.parametrize(
    ("path", "status", "allowed"),
    [
        (f"{BASE}/comparison?period=1999", 404, ["2025"]),
        (f"{BASE}/comparison?period=2025-13", 404, ["2025"]),
        (f"{BASE}/comparison?set=nowhere", 404, ["invented"]),
        (f"{BASE}/comparison?by=sex:x", 400, ["sex:f"]),
        (f"{BASE}/trend?unit=week", 404, ["year"]),
        (f"{BASE}/trend?by=sex:x", 400, ["sex:f"]),
        (f"{BASE}/trend?region=XR-ELDERS", 404, CODES),
        ("/api/v1/regions/XR-ELDERS/profile", 404, CODES),
        ("/api/v1/regions/XR-ELDERS", 404, CODES),
        ("/api/v1/ledger/XR-ELDERS", 404, CODES),
    ],
)
def test_a_choice_that_there_is_not_is_refused_with_those_that_there_are(
    hub: RunningHub, path: str, status: int, allowed: list[str]
) -> None:
    answer = hub.client.get(path)
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    told = answer.get_json()
    assert (told["status"], told["allowed"]) == (status, allowed)
    assert told["detail"].count("\n") == 0


@pytest.mark.parametrize("kind", ["comparison", "trend"])
def test_an_unknown_indicator_is_refused_with_the_ids_that_there_are(hub: RunningHub, kind: str) -> None:
    answer = hub.client.get(f"/api/v1/indicators/no.such/{kind}")
    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")
    assert {"h.dm_prev", "q.flu"} <= set(answer.get_json()["allowed"])


def test_a_period_in_no_form_is_told_the_forms(hub: RunningHub) -> None:
    for kind, period in product(("comparison", "publications"), ("last-year", "2025-Q5", "2025-W54")):
        answer = hub.client.get(f"{BASE}/{kind}", query_string={"period": period})
        assert (answer.status_code, answer.content_type) == (422, "application/problem+json")
        (said,) = answer.get_json()["errors"]["query"]["period"]
        assert "2025-Q1" in said
    answer = hub.client.get(f"{BASE}/comparison?format=pdf")
    (said,) = answer.get_json()["errors"]["query"]["format"]
    assert "json, csv, xlsx, parquet, fhir, dhis2" in said
