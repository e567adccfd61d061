"""Ways to what is held by an evaluation of it, each of which led somewhere once; on SQLite and a real PostgreSQL."""

import msgspec
import pytest

from hub.bootstrap import application
from hub.config import Hub
from hub.flow import receive
from hub.serving.evaluations import EvaluationTakenBack, EvaluationUnknown, evaluation_page, one_evaluation
from hub.serving.recalls import recall_page
from schemas.evaluation import EvaluationPublished, EvaluationRevised, EvaluationWithdrawn
from schemas.payloads import IndicatorCorrected
from schemas.values import Exact
from tests.support.events import TestRegion
from tests.support.held import FEED, both, evaluated, got, open_all, payloads, titles
from tests.support.held_by_hub import figures
from tests.support.hub_stores import Clock
from tests.support.replies import comes_in, hub, regions
from tests.support.totals import TOTAL, count

__all__ = ["hub", "regions"]


def test_the_ledger_keeps_what_an_evaluation_says_of_held_figures(
    hub: Hub, regions: list[TestRegion], clock: Clock
) -> None:
    comes_in(hub, regions[0], evaluated(*both(regions)))
    assert payloads(hub) == [None, None]
    open_all(hub, clock)
    assert None not in payloads(hub)


def test_an_evaluation_for_the_public_of_figures_for_the_network_is_in_no_ledger(
    hub: Hub, regions: list[TestRegion], clock: Clock
) -> None:
    inside = comes_in(hub, regions[0], figures("h.dm_prev", {TOTAL: Exact(90, 900)}, "2026", "invented"), "network")
    comes_in(hub, regions[0], evaluated(regions[0].chain[0].id, inside))
    open_all(hub, clock)
    assert [one is None for one in payloads(hub)] == [False, True, True]


def test_an_evaluation_that_comes_before_its_figures_waits_for_them(
    hub: Hub, regions: list[TestRegion], clock: Clock
) -> None:
    open_all(hub, clock)
    counted, said = (
        *regions[0].release([figures("h.dm_prev", {TOTAL: Exact(120, 1000)}, "2026", "invented")], "public"),
        *regions[0].release([evaluated(regions[0].chain[0].id, regions[0].chain[-1].id)], "public"),
    )
    for one in (said, counted):
        assert titles(hub) == []
        assert receive([one.body], hub)[0].outcome == "accepted"
    assert titles(hub) == []
    open_all(hub, clock)
    assert titles(hub) == ["Huisarts aan huis"]


def test_an_evaluation_of_another_indicator_than_its_figures_waits_for_them_all_the_same(
    hub: Hub, regions: list[TestRegion], clock: Clock
) -> None:
    bent = msgspec.structs.replace(evaluated(*both(regions)), indicator="c.ed")
    made = comes_in(hub, regions[0], bent)
    with hub.engine.connect() as connection, pytest.raises(EvaluationUnknown):
        one_evaluation(connection, "public", made)


def test_the_version_before_stands_until_the_figures_of_the_newest_are_open(
    hub: Hub, regions: list[TestRegion], clock: Clock
) -> None:
    open_all(hub, clock)
    first = comes_in(hub, regions[0], evaluated(*both(regions)))
    late = comes_in(hub, regions[0], IndicatorCorrected(both(regions)[0], "Late.", count(Exact(160, 1000))))
    newer = evaluated(late, both(regions)[1])
    newer = msgspec.structs.replace(newer, title=msgspec.structs.replace(newer.title, nl="Anders"))
    second = comes_in(hub, regions[0], EvaluationRevised(first, "Of 160.", newer))
    assert titles(hub) == ["Huisarts aan huis"]
    told = got(hub, f"/api/v1/evaluations/{first}")
    assert (told["replaced_by"], told["corrections"]) == (None, [])
    clock.move(seconds=1)
    comes_in(hub, regions[0], EvaluationWithdrawn(second, "Not so."))
    assert titles(hub) == []
    (gone,) = got(hub, FEED)["items"]
    assert (gone["id"].rpartition(":")[2], gone["_regiohelix"]["withdrawn"]) == (first, True)
    open_all(hub, clock)
    with hub.engine.connect() as connection, pytest.raises(EvaluationTakenBack):
        one_evaluation(connection, "public", first)
    assert "Of 160" not in application(hub).test_client().get(FEED).text


def test_an_evaluation_taken_back_while_it_waits_is_told_in_no_feed_no_recall_and_no_ledger(
    hub: Hub, regions: list[TestRegion], clock: Clock
) -> None:
    made = comes_in(hub, regions[0], evaluated(*both(regions)))
    clock.move(seconds=1)
    comes_in(hub, regions[0], EvaluationWithdrawn(made, "Not so."))
    for _ in range(2):
        assert got(hub, FEED)["items"] == []
        assert application(hub).test_client().get(f"/api/v1/evaluations/{made}").status_code == 404
        with hub.engine.connect() as connection:
            assert recall_page(connection, "partners", "somebody", clock()).recalls == ()
            assert len(recall_page(connection, "network", "somebody", clock()).recalls) == 1
        assert payloads(hub)[1] is None
        open_all(hub, clock)


def subscriber(hub: Hub, known: set[str]) -> list[str]:
    """Read each feed as a subscriber does: from its newest entry to the first that was read before."""
    client, found = application(hub).test_client(), []
    for item in client.get(FEED).get_json()["items"]:
        if (place := f"{item['id']} {item['date_modified']}") in known:
            break
        assert f"<updated>{item['date_modified'][:-1]}+00:00</updated>" in client.get("/feeds/evaluations.atom").text
        known.add(place)
        found.append(item["content_text"])
    return found


def reading(evaluation: EvaluationPublished, text: str) -> EvaluationPublished:
    return msgspec.structs.replace(
        evaluation, evaluation=text, reading=msgspec.structs.replace(evaluation.reading, nl=text, en=text)
    )


def test_an_evaluation_that_opens_late_comes_to_every_subscriber_once(
    hub: Hub, regions: list[TestRegion], clock: Clock
) -> None:
    open_all(hub, clock)
    held = comes_in(hub, regions[0], IndicatorCorrected(both(regions)[0], "Late.", count(Exact(160, 1000))))
    comes_in(hub, regions[0], reading(evaluated(held, both(regions)[1]), "waits"))
    clock.move(days=1)
    comes_in(hub, regions[1], reading(evaluated(*both(regions)), "does not"))
    early: set[str] = set()
    assert subscriber(hub, early) == ["does not\n\ndoes not"]
    assert open_all(hub, clock) == 1
    assert subscriber(hub, early) == ["waits\n\nwaits"]
    assert subscriber(hub, early) == []
    assert subscriber(hub, set()) == ["waits\n\nwaits", "does not\n\ndoes not"]
    with hub.engine.connect() as connection:
        inside = evaluation_page(connection, "network").evaluations
        (one,) = [one for one in evaluation_page(connection, "public").evaluations if one.region == "XR-ALFA"]
    assert [one.payload.reading.nl for one in inside] == ["does not", "waits"]
    assert one.told_at > one.accepted_at
