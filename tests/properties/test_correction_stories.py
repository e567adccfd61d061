"""Any story a region can tell of one figure, arriving in any order: the hub says at every moment what the rule says."""

from collections.abc import Iterator, Sequence
from itertools import count
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.audit import utc_text
from hub.bootstrap import make_hub
from hub.intake.rebuild import rebuild
from hub.serving.figures import AcceptedIndicator, latest
from schemas.payloads import EventRedacted, IndicatorCorrected, IndicatorPublished, IndicatorWithdrawn, Payload
from schemas.upcast import read_payload
from schemas.values import Exact
from tests.support.chains_at_hub import ChainsAtHub
from tests.support.events import SignedEvent, TestRegion
from tests.support.held_by_hub import figures

STEPS = st.lists(
    st.tuples(st.sampled_from(["publish", "correct", "withdraw", "redact"]), st.integers(0, 6)), min_size=1, max_size=7
)
_codes = count(1)


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChainsAtHub]:
    made = make_hub(tmp_path_factory.mktemp("stories") / "hub", {})
    yield ChainsAtHub(made)
    made.engine.dispose()


def figure(place: int) -> IndicatorPublished:
    return figures("h.dm_prev", {("total",) * 3: Exact(100 + place, 1000)}, region_set="invented")


def told(region: TestRegion, steps: Sequence[tuple[str, int]]) -> list[SignedEvent]:
    """Sign a story; each step after the first may name any event before it, of whatever kind."""
    for place, (kind, named) in enumerate(steps):
        payload: Payload = figure(place)
        if place and kind != "publish":
            earlier = region.chain[named % place].id
            payload = {
                "correct": IndicatorCorrected(earlier, "r", figure(place)),
                "withdraw": IndicatorWithdrawn(earlier, "r"),
                "redact": EventRedacted(earlier, "r"),
            }[kind]
        region.release([payload], "public")
    return region.chain


def rule(payloads: dict[int, Any], arrived: set[int], events: Sequence[SignedEvent]) -> int | str | None:
    """Say what a reader sees: of what has arrived the last figures, unless taken back by then or ever destroyed."""
    shown = [at for at in arrived if isinstance(payloads[at], IndicatorPublished | IndicatorCorrected)]
    if not shown:
        return None
    last = max(shown)
    taken_back = {payloads[at].withdraws for at in arrived if isinstance(payloads[at], IndicatorWithdrawn)}
    destroyed = {one.redacts for one in payloads.values() if isinstance(one, EventRedacted)}
    return "withdrawn" if events[last].id in taken_back | destroyed else 100 + last


def state(held: ChainsAtHub, code: str, moment: str | None) -> int | str | None:
    with held.hub.engine.connect() as connection:
        found = latest(connection, "public", "h.dm_prev", "2025", "invented", moment)
    for one in found:
        if one.region == code:
            return one.payload.cells[0].value.numerator if isinstance(one, AcceptedIndicator) else "withdrawn"  # type: ignore[union-attr]
    return None


@settings(max_examples=60, deadline=None)
@given(steps=STEPS, data=st.data())
def test_the_state_at_every_moment_is_what_the_rule_says(
    held: ChainsAtHub, steps: list[tuple[str, int]], data: st.DataObject
) -> None:
    region = held.enrolled(f"XR-{next(_codes)}")
    events = told(region, steps)
    payloads = {place: read_payload(one.envelope.type, one.payload) for place, one in enumerate(events)}
    order = data.draw(st.permutations(range(len(events))))
    expected: dict[str | None, int | str | None] = {}
    arrived: set[int] = set()
    for place in order:
        assert held.arrive(events[place]) == ["accepted"]
        arrived.add(place)
        expected[utc_text(held.now)] = rule(payloads, arrived, events)
    expected[None] = rule(payloads, arrived, events)
    assert {moment: state(held, region.code, moment) for moment in expected} == expected
    if data.draw(st.integers(0, 9)) == 0:
        rebuild(held.hub.engine)
        assert {moment: state(held, region.code, moment) for moment in expected} == expected
