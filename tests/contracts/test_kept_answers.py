"""Answers kept in memory are those that would be worked out now, whatever came since, on both databases."""

from collections.abc import Callable

import msgspec
import pytest
from sqlalchemy import update

from connectors.database import writing
from hub.config import Hub
from hub.flow import receive
from hub.serving import kept_views, series
from hub.serving.chains import chains
from hub.serving.compared import indicator_view
from hub.serving.figures import offers
from hub.serving.kept_offers import kept_offers
from hub.serving.kept_views import kept_view
from hub.serving.profile import profile
from hub.serving.remembered import Remembered
from hub.tables import event
from hub.tables import region as region_table
from schemas.payloads import (
    EventRedacted,
    IndicatorCorrected,
    IndicatorPending,
    IndicatorWithdrawn,
    Payload,
    ReplyPublished,
    ReplyWaived,
)
from schemas.values import Exact
from tests.support.events import TestRegion
from tests.support.hub_stores import Clock, join
from tests.support.totals import count, taken

KNOWN = "2026-11-22T12:00:00Z"
Change = Callable[[Hub, list[TestRegion]], None]


@pytest.fixture
def regions(stored_hub: Hub) -> list[TestRegion]:
    found = [join(stored_hub, TestRegion(code)) for code in ("XR-ALFA", "XR-BETA", "XR-GAMMA")]
    for place, one in enumerate(found):
        taken(stored_hub, one, count(Exact(100 + 10 * place, 1000)))
    return found


def comes(make: Callable[[str], Payload]) -> Change:
    def change(hub: Hub, regions: list[TestRegion]) -> None:
        taken(hub, regions[0], make(regions[0].chain[0].id))

    return change


def unproven(hub: Hub, regions: list[TestRegion]) -> None:
    (made,) = regions[0].release([count(Exact(170, 1000))], "public")
    assert receive([made.body], hub)[0].outcome == "accepted"


def renamed(hub: Hub, regions: list[TestRegion]) -> None:
    with writing(hub.engine) as connection:
        connection.execute(update(region_table).where(region_table.c.code == "XR-BETA").values(name="Anders"))


CHANGES: dict[str, Change] = {
    "another figure": comes(lambda _: count(Exact(150, 1000))),
    "a correction": comes(lambda event: IndicatorCorrected(event, "Late records.", count(Exact(160, 1000)))),
    "a correction that waits": comes(lambda event: IndicatorPending(event, True)),
    "a withdrawal": comes(lambda event: IndicatorWithdrawn(event, "Counted twice.")),
    "a destruction": comes(lambda event: EventRedacted(event, "A name.")),
    "a reply": comes(
        lambda _: ReplyPublished("een", "h.dm_prev", "2025", "invented", KNOWN, "nl", "Zo is het.", "rol")
    ),
    "word that no reply is needed": comes(lambda _: ReplyWaived("h.dm_prev", "2025", "invented", KNOWN)),
    "a figure whose total waits for its proof": unproven,
    "another name": renamed,
    "an hour": lambda hub, regions: hub.clock.move(hours=1),  # type: ignore[attr-defined]
    "two days": lambda hub, regions: hub.clock.move(days=2),  # type: ignore[attr-defined]
}


def answers(hub: Hub) -> tuple[bytes, bytes]:
    with hub.engine.connect() as connection:
        view = kept_view(connection, "network", hub.clock(), "h.dm_prev", by={})
        return msgspec.json.encode(view), series.series_json(connection, "network", hub.clock(), "h.dm_prev")


@pytest.mark.parametrize("change", CHANGES)
def test_what_is_kept_is_what_would_be_worked_out_now(
    stored_hub: Hub, regions: list[TestRegion], clock: Clock, change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = answers(stored_hub)
    CHANGES[change](stored_hub, regions)
    after = answers(stored_hub)
    assert after[0] != before[0]
    with stored_hub.engine.connect() as connection:
        fresh = indicator_view(connection, "network", clock(), "h.dm_prev")
    assert after[0] == msgspec.json.encode(fresh)
    monkeypatch.setattr(Remembered, "get", lambda *_: None)
    assert answers(stored_hub) == after


@pytest.mark.parametrize("change", CHANGES)
def test_offers_and_profiles_that_are_kept_are_what_would_be_found_now(
    stored_hub: Hub, regions: list[TestRegion], change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def found() -> bytes:
        with stored_hub.engine.connect() as connection:
            asked = (connection, "network", stored_hub.clock())
            offered = [kept_offers(*asked), kept_offers(*asked, indicator="h.dm_prev")]
            assert offered == [offers(*asked), offers(*asked, indicator="h.dm_prev")]
            return msgspec.json.encode([profile(*asked, one.code) for one in regions])

    before = found()
    CHANGES[change](stored_hub, regions)
    after = found()
    assert (after == before) == (
        change in ("a correction that waits", "word that no reply is needed")
    )  # not in profiles
    monkeypatch.setattr(Remembered, "get", lambda *_: None)
    assert found() == after


def test_what_is_destroyed_later_than_it_was_ordered_shows_in_the_chains(
    stored_hub: Hub, regions: list[TestRegion]
) -> None:
    with writing(stored_hub.engine) as connection:
        before = chains(connection)
        gone = event.c.id == regions[0].chain[0].id
        connection.execute(update(event).where(gone).values(salt=b"", payload=b""))
        after = chains(connection)
    assert after.mark != before.mark
    assert after.names == before.names
    assert [code for code, one in after.of.items() if one != before.of[code]] == ["XR-ALFA"]


def test_a_reason_that_was_destroyed_is_told_no_more(stored_hub: Hub, regions: list[TestRegion]) -> None:
    taken(stored_hub, regions[0], IndicatorWithdrawn(regions[0].chain[0].id, "Counted for J. Jansen."))
    assert b"Jansen" in answers(stored_hub)[0]
    taken(stored_hub, regions[0], EventRedacted(regions[0].chain[1].id, "A name."))
    assert not any(b"Jansen" in one for one in answers(stored_hub))


def test_it_is_worked_out_once_while_nothing_changes_and_for_the_changed_region_only(
    stored_hub: Hub, regions: list[TestRegion], monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    work, view = series._series, kept_views.indicator_view

    def worked(*one: object) -> object:
        made.append(str(one[1]))
        return work(*one)  # type: ignore[arg-type]

    def viewed(*one: object) -> object:
        made.append("view")
        return view(*one)  # type: ignore[arg-type]

    monkeypatch.setattr(series, "_series", worked)
    monkeypatch.setattr(kept_views, "indicator_view", viewed)
    answers(stored_hub)
    assert sorted(made) == ["XR-ALFA", "XR-BETA", "XR-GAMMA", "view"]
    answers(stored_hub)
    assert len(made) == 4
    taken(stored_hub, regions[1], count(Exact(130, 1000)))
    answers(stored_hub)
    assert sorted(made[4:]) == ["XR-BETA", "view"]


def test_each_reader_and_moment_has_its_own(stored_hub: Hub, regions: list[TestRegion], clock: Clock) -> None:
    clock.move(hours=1)
    taken(stored_hub, regions[0], count(Exact(400, 1000)), "network")
    with stored_hub.engine.connect() as connection:
        for reader in ("network", "public", "partners"):
            for known_on in (None, "2026-11-22T12:30:00Z"):
                asked = (connection, reader, clock(), "h.dm_prev", "2025", "invented")
                for _ in range(2):
                    assert kept_view(*asked, known_on=known_on) == indicator_view(*asked, known_on=known_on)  # type: ignore[arg-type]


def test_what_was_missing_and_comes_later_than_its_place_is_told(
    stored_hub: Hub, regions: list[TestRegion], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A withdrawal that is one of the chain's gaps: the newest place of the chain says nothing of its arrival."""
    withdrawn = IndicatorWithdrawn(regions[0].chain[0].id, "Counted twice.")
    gap, newer = regions[0].release([withdrawn, ReplyWaived("h.dm_prev", "2024", "invented", KNOWN)], "public")
    assert receive([newer.body], stored_hub)[0].outcome == "accepted"
    before = answers(stored_hub)
    assert receive([gap.body], stored_hub)[0].outcome == "accepted"
    after = answers(stored_hub)
    assert all(b'"kind":"withdrawn"' in told for told in after)
    assert before != after
    monkeypatch.setattr(Remembered, "get", lambda *_: None)
    assert answers(stored_hub) == after
