"""The state of figures at any moment, whatever the order of arrival, on SQLite and on a real PostgreSQL alike."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import permutations
from typing import Any

import pytest

from hub.audit import utc_text
from hub.intake.rebuild import rebuild
from hub.serving.compared import IndicatorAbsent, indicator_view
from hub.serving.figures import AcceptedIndicator, latest, offers
from hub.serving.prove import prove
from schemas.codes import Audience
from schemas.payloads import EventRedacted, IndicatorCorrected, IndicatorPublished, IndicatorWithdrawn
from schemas.upcast import read_payload
from schemas.values import Exact
from tests.support.chains_at_hub import ChainsAtHub
from tests.support.events import SignedEvent, TestRegion
from tests.support.held_by_hub import figures

TOTAL = ("total", "total", "total")
Story = Callable[[TestRegion], list[SignedEvent]]


def dm_prev(count: int, period: str = "2025") -> IndicatorPublished:
    return figures("h.dm_prev", {TOTAL: Exact(count, 1000)}, period, region_set="invented")


def said(region: TestRegion, *payloads: Any, audience: Audience = "public") -> SignedEvent:
    return region.release(payloads, audience)[0]


def corrected(region: TestRegion) -> list[SignedEvent]:
    first = said(region, dm_prev(10))
    second = said(region, IndicatorCorrected(first.id, "counted twice", dm_prev(20)))
    return [first, second, said(region, IndicatorCorrected(second.id, "late records", dm_prev(35)))]


def withdrawn_and_back(region: TestRegion) -> list[SignedEvent]:
    first = said(region, dm_prev(10))
    gone = said(region, IndicatorWithdrawn(first.id, "wrong source"))
    return [first, gone, said(region, dm_prev(10)), said(region, dm_prev(20))]


def correction_withdrawn(region: TestRegion) -> list[SignedEvent]:
    first = said(region, dm_prev(10))
    second = said(region, IndicatorCorrected(first.id, "counted twice", dm_prev(20)))
    return [first, second, said(region, IndicatorWithdrawn(second.id, "wrong again"))]


def earlier_withdrawn(region: TestRegion) -> list[SignedEvent]:
    first = said(region, dm_prev(10))
    second = said(region, IndicatorCorrected(first.id, "counted twice", dm_prev(20)))
    return [first, second, said(region, IndicatorWithdrawn(first.id, "it was wrong"))]


def latest_redacted(region: TestRegion) -> list[SignedEvent]:
    first = said(region, dm_prev(10))
    second = said(region, IndicatorCorrected(first.id, "counted twice", dm_prev(20)))
    return [first, second, said(region, EventRedacted(second.id, "too small a cell"))]


def redacted_and_back(region: TestRegion) -> list[SignedEvent]:
    first = said(region, dm_prev(10))
    gone = said(region, EventRedacted(first.id, "too small a cell"))
    return [first, gone, said(region, dm_prev(20))]


def expected(events: Sequence[SignedEvent], order: Sequence[int], arrived: int) -> int | str | None:
    """Say by the rule alone what a reader sees once the first `arrived` of an order are there."""
    payloads = {place: payload_of(events[place]) for place in order}
    known = {place: payloads[place] for place in order[:arrived]}
    shown = [place for place, one in known.items() if isinstance(one, IndicatorPublished | IndicatorCorrected)]
    if not shown:
        return None
    last = max(shown)
    back = {one.withdraws for one in known.values() if isinstance(one, IndicatorWithdrawn)}
    destroyed = {one.redacts for one in payloads.values() if isinstance(one, EventRedacted)}
    if events[last].id in back | destroyed:
        return "withdrawn"
    found = payloads[last]
    value = (found.figures if isinstance(found, IndicatorCorrected) else found).cells[0].value
    return int(value.numerator)


def payload_of(event: SignedEvent) -> Any:
    return read_payload(event.envelope.type, event.payload)


def states(held: ChainsAtHub, known_on: str | None = None) -> dict[str, int | str]:
    with held.hub.engine.connect() as connection:
        found = latest(connection, "public", "h.dm_prev", "2025", "invented", known_on)
    return {
        one.region: one.payload.cells[0].value.numerator if isinstance(one, AcceptedIndicator) else "withdrawn"  # type: ignore[union-attr]
        for one in found
    }


@pytest.mark.parametrize(
    "story",
    [corrected, withdrawn_and_back, correction_withdrawn, earlier_withdrawn, latest_redacted, redacted_and_back],
)
def test_every_order_of_arrival_gives_the_state_that_the_rule_says_at_every_moment(
    chains_at_hub: ChainsAtHub, story: Story
) -> None:
    asked: list[tuple[str, str, int | str | None]] = []
    for number, order in enumerate(permutations(range(len(story(TestRegion()))))):
        region = chains_at_hub.enrolled(f"XR-{number}")
        events = story(region)
        for arrived, place in enumerate(order, 1):
            assert chains_at_hub.arrive(events[place]) == ["accepted"]
            moment = utc_text(chains_at_hub.now)
            asked.append((region.code, moment, expected(events, order, arrived)))
        assert states(chains_at_hub).get(region.code) == expected(events, order, len(order)), order
    for _ in range(2):
        assert [(code, moment, states(chains_at_hub, moment).get(code)) for code, moment, _ in asked] == asked
        rebuild(chains_at_hub.hub.engine)


def rows(held: ChainsAtHub, reader: Audience = "public", period: str = "2025", **asked: Any) -> dict[str, Any]:
    with held.hub.engine.connect() as connection:
        view = indicator_view(connection, reader, held.now, "h.dm_prev", period, "invented", **asked)
    return {row.region: row for row in view.rows} | {"reference": view.reference, "as_known_on": view.as_known_on}


def test_a_withdrawn_region_has_no_figure_no_verdict_and_no_part_in_the_reference(chains_at_hub: ChainsAtHub) -> None:
    alfa, beta, gamma = (chains_at_hub.enrolled(f"XR-{name}") for name in ("ALFA", "BETA", "GAMMA"))
    first, *_ = [said(region, dm_prev(count)) for region, count in ((alfa, 700), (beta, 10), (gamma, 30))]
    chains_at_hub.arrive(first, beta.chain[0], gamma.chain[0])
    prove(chains_at_hub.hub.engine, lambda: chains_at_hub.now)
    assert str(rows(chains_at_hub)["reference"]) == "24.7"
    chains_at_hub.arrive(said(alfa, IndicatorWithdrawn(first.id, "wrong source")))
    prove(chains_at_hub.hub.engine, lambda: chains_at_hub.now)
    found = rows(chains_at_hub)
    assert str(found["reference"]) == "2.0"
    row = found["XR-ALFA"]
    assert (row.value.__struct_config__.tag, row.shown, row.bounds, row.low) == ("withdrawn", None, None, None)
    assert (row.standing, row.why_not) == ("no_verdict", "withdrawn")
    (note,) = row.corrections
    assert (note.kind, note.reason, note.earlier_event_id) == ("withdrawn", "wrong source", first.id)
    assert row.corrected_at == note.at == utc_text(chains_at_hub.now)


def test_a_comparison_of_withdrawn_figures_alone_is_still_an_answer(chains_at_hub: ChainsAtHub) -> None:
    region = chains_at_hub.enrolled()
    first = said(region, dm_prev(10))
    chains_at_hub.arrive(first, said(region, EventRedacted(first.id, "a small cell")))
    row = rows(chains_at_hub)[region.code]
    assert (row.why_not, row.taken_over, row.corrections[0].kind) == ("withdrawn", False, "redacted")


def test_a_correction_says_when_why_and_in_whose_place(chains_at_hub: ChainsAtHub) -> None:
    region = chains_at_hub.enrolled()
    events = corrected(region)
    for one in events:
        chains_at_hub.arrive(one)
    row = rows(chains_at_hub)[region.code]
    assert [(note.kind, note.event_id, note.earlier_event_id, note.reason) for note in row.corrections] == [
        ("corrected", events[1].id, events[0].id, "counted twice"),
        ("corrected", events[2].id, events[1].id, "late records"),
    ]
    assert row.corrected_at == row.accepted_at == utc_text(chains_at_hub.now)
    then = rows(chains_at_hub, known_on="2026-11-01T13:30:00Z")
    assert (then[region.code].corrections, then["as_known_on"]) == ((), "2026-11-01T13:30:00Z")
    assert then[region.code].corrected_at is None


def test_no_region_corrects_withdraws_or_destroys_what_another_one_said(chains_at_hub: ChainsAtHub) -> None:
    own, other = chains_at_hub.enrolled("XR-OWN"), chains_at_hub.enrolled("XR-OTHER")
    first = said(own, dm_prev(10))
    meant = [
        said(other, IndicatorCorrected(first.id, "not yours", dm_prev(700))),
        said(other, IndicatorWithdrawn(first.id, "not yours")),
        said(other, EventRedacted(first.id, "not yours")),
    ]
    for one in (*meant, first):
        assert chains_at_hub.arrive(one) == ["accepted"]
    found = rows(chains_at_hub)
    assert (found["XR-OWN"].value, found["XR-OWN"].corrections) == (Exact(10, 1000), ())
    assert (found["XR-OTHER"].value, found["XR-OTHER"].corrections) == (Exact(700, 1000), ())


def test_a_correction_with_another_period_changes_nothing_but_its_own_place(chains_at_hub: ChainsAtHub) -> None:
    region = chains_at_hub.enrolled()
    first = said(region, dm_prev(10))
    chains_at_hub.arrive(first, said(region, IndicatorCorrected(first.id, "other year", dm_prev(50, "2024"))))
    for period, count in (("2025", 10), ("2024", 50)):
        row = rows(chains_at_hub, period=period)[region.code]
        assert (row.value, row.corrections) == (Exact(count, 1000), ())


def test_who_could_not_see_an_item_never_learns_that_it_was_corrected_or_withdrawn(chains_at_hub: ChainsAtHub) -> None:
    region = chains_at_hub.enrolled()
    public = said(region, dm_prev(10))
    inner = said(region, IndicatorCorrected(public.id, "for the network", dm_prev(20)), audience="network")
    gone = said(region, IndicatorWithdrawn(inner.id, "for the network"), audience="public")
    chains_at_hub.arrive(public, inner, gone)
    seen = rows(chains_at_hub)[region.code]
    assert (seen.value, seen.corrections, seen.event_id) == (Exact(10, 1000), (), public.id)
    assert [note.kind for note in rows(chains_at_hub, "network")[region.code].corrections] == ["corrected", "withdrawn"]


def test_a_withdrawal_told_to_the_network_holds_for_all_and_keeps_its_reason(chains_at_hub: ChainsAtHub) -> None:
    region = chains_at_hub.enrolled()
    first = said(region, dm_prev(10))
    chains_at_hub.arrive(first, said(region, IndicatorWithdrawn(first.id, "between us"), audience="network"))
    for reader, reason in (("public", None), ("network", "between us")):
        row = rows(chains_at_hub, reader)[region.code]
        assert (row.why_not, row.corrections[0].reason) == ("withdrawn", reason)


def test_before_anything_was_accepted_there_is_nothing_to_compare(chains_at_hub: ChainsAtHub) -> None:
    region = chains_at_hub.enrolled()
    chains_at_hub.arrive(said(region, dm_prev(10)))
    with chains_at_hub.hub.engine.connect() as connection:
        assert offers(connection, "public", datetime(2026, 10, 1, tzinfo=UTC), utc_text(datetime(2026, 10, 1))) == ()
    with pytest.raises(IndicatorAbsent):
        rows(chains_at_hub, known_on="2026-10-01T00:00:00Z")
