"""A region's page names what is missing from its chain, in both languages."""

from tests.support.events import TestRegion, diabetes
from tests.support.hub import RunningHub


def test_the_page_names_the_gaps_and_loses_them_when_they_are_filled(running_hub: RunningHub) -> None:
    region = running_hub.enrol(TestRegion())
    made = region.release([diabetes(800 + year, str(2000 + year)) for year in range(6)], "public")
    running_hub.push(region.code, [made[0].body, made[3].body, made[5].body])
    for lang, title in (("nl", "Ontbrekende berichten"), ("en", "Missing events")):
        page = running_hub.client.get(f"/regions/{region.code}?lang={lang}").text
        assert title in page
        assert "<li>2–3</li>" in page
        assert "<li>5</li>" in page
        assert "diabetes" not in page
    assert f"/regions/{region.code}" in running_hub.client.get("/").text
    running_hub.push(region.code, [one.body for one in made])
    assert "Er ontbreekt niets" in running_hub.client.get(f"/regions/{region.code}").text


def test_a_region_without_events_and_one_that_is_not_there_have_their_answer(running_hub: RunningHub) -> None:
    running_hub.enrol(TestRegion())
    assert running_hub.client.get("/regions/XR-DUINRAND").status_code == 200
    assert running_hub.client.get("/regions/XR-NIEMAND?lang=en").status_code == 404
