"""A comparison in other people's formats, read by their own tools: FHIR, DHIS2, DCAT; nothing hidden becomes 0."""

import json
from typing import Any

import pytest
from fhir.resources.R4B.bundle import Bundle
from rdflib import DCAT, DCTERMS, RDF, Graph

from schemas.payloads import ReplyPublished
from schemas.values import Exact, NotAvailable, Suppressed, TypedValue
from tests.integration.test_hub_trend import figures
from tests.support.events import TestRegion
from tests.support.hub import RunningHub, running_hub

__all__ = ["running_hub"]

ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
VALUES: dict[str, TypedValue] = {
    "XR-DUINRAND": Exact(500, 10_000),
    "XR-HEUVELZOOM": Suppressed(0, 30, 100),
    "XR-VEENKANT": NotAvailable(),
}


def filled(hub: RunningHub, period: str = "2025-Q3") -> RunningHub:
    for code, value in VALUES.items():
        region = hub.enrol(TestRegion(code))
        event = region.release([figures(value, period)], "public")[0]
        assert hub.push(code, [event.body])[0].outcome == "accepted"
    return hub


def export(hub: RunningHub, kind: str) -> Any:
    response = hub.client.get("/api/v1/indicators/h.dm_prev/comparison", query_string={"format": kind})
    assert response.status_code == 200, response.get_json()
    assert f"{kind}.json" in response.headers["Content-Disposition"]
    return json.loads(response.data)


def test_a_bundle_of_measure_reports_is_read_by_another_library(running_hub: RunningHub) -> None:
    plain = export(filled(running_hub), "fhir")
    bundle = Bundle.model_validate(plain)
    reports = {entry.resource.reporter.identifier.value: entry.resource for entry in bundle.entry}
    assert set(reports) == set(VALUES)
    exact = reports["XR-DUINRAND"]
    assert (exact.status, exact.type, exact.period.start.isoformat(), exact.period.end.isoformat()) == (
        "complete", "summary", "2025-07-01", "2025-09-30"
    )  # fmt: skip
    assert [part.count for part in exact.group[0].population] == [500, 10_000]
    assert float(exact.group[0].measureScore.value) == 5.0
    assert exact.improvementNotation.coding[0].code == "decrease"


def test_a_hidden_figure_is_masked_and_its_kind_comes_back(running_hub: RunningHub) -> None:
    plain = export(filled(running_hub), "fhir")
    found = {entry["resource"]["reporter"]["identifier"]["value"]: entry["resource"] for entry in plain["entry"]}
    for code, reason in (("XR-HEUVELZOOM", "masked"), ("XR-VEENKANT", "unknown")):
        group = found[code]["group"][0]
        assert "count" not in group["population"][0]
        assert group["population"][0]["_count"]["extension"] == [{"url": ABSENT, "valueCode": reason}]
        assert group["measureScore"]["extension"][0]["valueCode"] == reason
        assert "value" not in group["measureScore"]
    kept = json.loads(found["XR-HEUVELZOOM"]["extension"][0]["valueString"])
    assert kept == {"kind": "suppressed", "lo": 0, "hi": 30, "denominator": 100, "reason": "protected"}


def test_dhis2_gets_what_is_known_and_is_told_what_is_left_out(running_hub: RunningHub) -> None:
    found = export(filled(running_hub), "dhis2")
    assert found["period"] == "2025Q3"
    values = {(one["orgUnit"], one["dataElement"]): one["value"] for one in found["dataValues"]}
    assert values == {
        ("XR-DUINRAND", "h.dm_prev.value"): "5.0",
        ("XR-DUINRAND", "h.dm_prev.numerator"): "500",
        ("XR-DUINRAND", "h.dm_prev.denominator"): "10000",
    }
    assert found["description"] == "Left out, never zero: XR-HEUVELZOOM: suppressed; XR-VEENKANT: not_available"


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")  # rdflib's own JSON-LD reader still uses it
def test_the_catalogue_is_dcat_that_another_library_reads(running_hub: RunningHub) -> None:
    response = filled(running_hub).client.get("/catalog.jsonld")
    graph = Graph().parse(data=response.get_data(as_text=True), format="json-ld")
    (dataset,) = graph.subjects(RDF.type, DCAT.Dataset)
    titles = {str(title.language): str(title) for title in graph.objects(dataset, DCTERMS.title)}
    assert set(titles) == {"nl", "en"}
    assert str(next(graph.objects(dataset, DCTERMS.accessRights))).endswith("/PUBLIC")
    addresses = [str(one) for one in graph.objects(None, DCAT.downloadURL)]
    assert len(addresses) == 4
    for address in addresses:
        path = address.removeprefix("http://localhost")
        assert running_hub.client.get(path).status_code == 200, address


def test_what_is_not_for_anyone_is_in_no_strangers_catalogue(running_hub: RunningHub) -> None:
    region = running_hub.enrol(TestRegion())
    event = region.release([figures(Exact(500, 10_000), "2025")], "network")[0]
    assert running_hub.push(region.code, [event.body])[0].outcome == "accepted"
    anyone = running_hub.client.get("/catalog.jsonld").get_data(as_text=True)
    assert "h.dm_prev" not in anyone
    known = running_hub.client.get("/catalog.jsonld", headers=running_hub.as_region(region.code))
    assert "access-right/RESTRICTED" in known.get_data(as_text=True)


def test_what_a_region_replies_goes_with_its_figure(running_hub: RunningHub) -> None:
    filled(running_hub)
    for code, text in (("XR-EEN", "Wij tellen <iedereen>."), ("XR-TWEE", "Te weinig om te tonen.")):
        region = running_hub.enrol(TestRegion(code))
        value: TypedValue = Exact(400, 10_000) if code == "XR-EEN" else Suppressed(0, 30, 100)
        said = ReplyPublished("een", "h.dm_prev", "2025-Q3", "invented", "2026-11-22T12:00:00Z", "nl", text, "analist")
        made = region.release([figures(value, "2025-Q3"), said], "public")
        assert {one.outcome for one in running_hub.push(code, [one.body for one in made])} == {"accepted"}
    plain = export(running_hub, "fhir")
    Bundle.model_validate(plain)
    found = {one["resource"]["reporter"]["identifier"]["value"]: one["resource"]["extension"] for one in plain["entry"]}
    assert found["XR-EEN"][-1] == {
        "url": "urn:regiohelix:fhir:reply",
        "extension": [
            {"url": "text", "valueString": "Wij tellen <iedereen>."},
            {"url": "language", "valueCode": "nl"},
            {"url": "authorRole", "valueString": "analist"},
            {"url": "asKnownOn", "valueInstant": "2026-11-22T12:00:00Z"},
        ],
    }
    assert not [one for one in found["XR-DUINRAND"] if one["url"].endswith("reply")]
    told = export(running_hub, "dhis2")
    comments = [one["comment"] for one in told["dataValues"] if "comment" in one]
    assert comments == ["Reply (nl, analist, as known on 2026-11-22T12:00:00Z): Wij tellen <iedereen>."]
    assert told["description"].endswith(
        "XR-TWEE: Reply (nl, analist, as known on 2026-11-22T12:00:00Z): Te weinig om te tonen."
    )
