"""A region's programme and the network's, for each reader apart, on both databases; every expected line by hand."""

from datetime import UTC, datetime
from typing import Any

from hub.serving.goals import goals_stand
from hub.serving.programme import Programme, programme, programmes
from schemas.codes import Audience
from schemas.values import Exact, Rounded, Suppressed
from tests.support.chains_at_hub import ChainsAtHub
from tests.support.events import TestRegion
from tests.support.held_by_hub import TAKEN_OVER, figures
from tests.support.items import an_item

TOTAL = ("total", "total", "total")
MET = {"name": "urgency", "state": "met", "note": "Ziekenhuis en gemeente zeggen hetzelfde."}
CHANGES = [
    {"change": "organise", "state": "agreed", "note": "Eén stichting."},
    {"change": "finance", "state": "not_begun", "note": "Nog geen gesprek."},
]
COMMUNITY = [{"level": "micro", "standing": "leads", "note": "Bewoners leiden."}]


def sent(held: ChainsAtHub, region: TestRegion, *payloads: Any, audience: Audience = "public") -> None:
    assert held.arrive(*region.release(list(payloads), audience)) == ["accepted"] * len(payloads)


def read(held: ChainsAtHub, reader: Audience = "public", code: str = "XR-A") -> Programme:
    with held.hub.engine.connect() as connection:
        return programme(connection, reader, held.now, code)


def test_phases_stand_in_order_of_their_days_each_with_its_own(chains_at_hub: ChainsAtHub) -> None:
    """The clock says November 2026: one phase ended, one runs since a year of which no day is known, one is to come."""
    region = chains_at_hub.enrolled("XR-A")
    sent(
        chains_at_hub,
        region,
        an_item("phase", "straks", phase="acceleration", began=None, changes=[], title="Straks"),
        an_item("phase", "nu", phase="execution", began="2026", changes=CHANGES, community=COMMUNITY, title="Nu"),
        an_item("phase", "toen", began="2024-03", ended="2025-12-31", title="Toen"),
        an_item("milestone", "a", phase="nu", due="2026-06-30", state="open", reached_on=None),
        an_item("milestone", "b", phase="nu", due="2027-06-30", state="open", reached_on=None),
        an_item("milestone", "c", phase="nu", due="2026-06-01", state="reached", reached_on="2026-06-20"),
        an_item("milestone", "d", phase="toen", due="2025-06-30", state="reached", reached_on="2025-06-30"),
        an_item("milestone", "e", phase="elders", due="2025-06-30", state="missed", reached_on=None),
    )
    found = read(chains_at_hub)
    titles = [[one.item.payload.title for one in part] for part in (found.earlier, found.present, found.coming)]
    assert titles == [["Toen"], ["Nu"], ["Straks"]]
    assert [(one.item.payload.item, one.standing) for one in found.present[0].milestones] == [
        ("c", "reached_late"), ("a", "late"), ("b", "due"),
    ]  # fmt: skip
    assert [one.standing for one in found.earlier[0].milestones] == ["reached"]
    assert [one.standing for one in found.other_milestones] == ["missed"]
    # of monitoring nobody says anything; of financing the phase of today goes before the one that ended
    assert [(one.change, one.state) for one in found.changes] == [
        ("organise", "agreed"), ("finance", "not_begun"), ("monitor", None),
    ]  # fmt: skip
    assert found.is_example


def test_an_organisation_in_two_helices_is_counted_in_both(chains_at_hub: ChainsAtHub) -> None:
    region = chains_at_hub.enrolled("XR-A")
    before = an_item("composition", "vroeger", as_of="2025-01-01")
    members = [
        {"organisation": "GGD", "helix": "government", "also": ["knowledge", "government"], "role": "trekker"},
        {"organisation": "Gemeente", "helix": "government", "also": [], "role": "lid"},
        {"organisation": "Inwoners", "helix": "citizens", "also": ["citizens"], "role": "lid"},
    ]
    sent(chains_at_hub, region, an_item("composition", as_of="2026-01-01", members=members), before)
    found = read(chains_at_hub).composition
    assert found is not None
    assert (found.members, found.hybrids) == (3, 1)
    assert found.first == {"government": 2, "practice": 0, "knowledge": 0, "citizens": 1}
    assert found.also == {"government": 0, "practice": 0, "knowledge": 1, "citizens": 0}


def test_actions_are_overdue_and_questions_open_as_their_region_says(chains_at_hub: ChainsAtHub) -> None:
    region = chains_at_hub.enrolled("XR-A")
    sent(
        chains_at_hub,
        region,
        an_item("action", "laat", due="2026-10-31"),
        an_item("action", "straks", due="2026-12-01"),
        an_item("action", "klaar", due="2026-10-01", state="done", done_on="2026-10-02"),
        an_item("question", "een"),
        an_item("question", "twee", state="answered"),
    )
    found = read(chains_at_hub)
    assert [(one.item.payload.item, one.is_overdue) for one in found.actions] == [
        ("klaar", False), ("laat", True), ("straks", False),
    ]  # fmt: skip
    assert [one.payload.item for one in found.questions] == ["een"]


def test_a_reader_is_told_of_what_is_for_that_reader_and_no_more(chains_at_hub: ChainsAtHub) -> None:
    region, other = chains_at_hub.enrolled("XR-A"), chains_at_hub.enrolled("XR-B")
    sent(chains_at_hub, region, an_item("phase", "nu"), an_item("action", "open"), audience="network")
    sent(chains_at_hub, region, an_item("action", "partners"), audience="partners")
    sent(chains_at_hub, other, an_item("selection"))
    assert (len(read(chains_at_hub, "network").present), len(read(chains_at_hub, "network").actions)) == (1, 2)
    for_partners = read(chains_at_hub, "partners")
    assert (for_partners.present, [one.item.payload.item for one in for_partners.actions]) == ((), ["partners"])
    assert read(chains_at_hub).is_empty
    assert read(chains_at_hub).newest is None
    with chains_at_hub.hub.engine.connect() as connection:
        everyone = programmes(connection, "public", chains_at_hub.now)
    assert [(one.region, len(one.selections)) for one in everyone] == [("XR-A", 0), ("XR-B", 1)]


def test_a_goal_is_held_against_a_figure_with_an_interval_only(chains_at_hub: ChainsAtHub) -> None:
    """60 of 1,000 is 6.0 %, by Wilson 4.7 to 7.6 (95%)."""
    values: dict[str, Any] = {
        "XR-A": Exact(60, 1000), "XR-B": Suppressed(10, 20, 1000), "XR-C": Rounded("6.0", "0.1"),
    }  # fmt: skip
    for code, value in values.items():
        region = chains_at_hub.enrolled(code)
        origin = {"origin": TAKEN_OVER} if isinstance(value, Rounded) else {}
        sent(chains_at_hub, region, figures("h.dm_prev", {TOTAL: value}, "2025", "invented", **origin))
        sent(
            chains_at_hub,
            region,
            *(an_item("goal", f"hoogstens-{one[0]}", value=one, at="at_most") for one in ("4", "6.5", "8")),
            *(an_item("goal", f"minstens-{one[0]}", value=one, at="at_least") for one in ("4", "6.5", "8")),
        )
    assert {one.item.payload.item: one.standing for one in stands(chains_at_hub)} == {
        "hoogstens-4": "not_reached", "hoogstens-6": "cannot_be_told", "hoogstens-8": "reached",
        "minstens-4": "reached", "minstens-6": "cannot_be_told", "minstens-8": "not_reached",
    }  # fmt: skip
    assert {one.is_early for one in stands(chains_at_hub)} == {True}  # of 2025, and the goals are for 2028
    for code, why in (("XR-B", "hidden"), ("XR-C", "no_interval")):
        assert {(one.standing, one.why_not) for one in stands(chains_at_hub, code=code)} == {(None, why)}


def stands(held: ChainsAtHub, reader: Audience = "public", code: str = "XR-A") -> Any:
    with held.hub.engine.connect() as connection:
        goals = programme(connection, reader, held.now, code).goals
        return goals_stand(connection, reader, held.now, code, goals)


def test_a_goal_tells_a_reader_nothing_of_a_figure_that_is_for_others(chains_at_hub: ChainsAtHub) -> None:
    region = chains_at_hub.enrolled("XR-A")
    sent(chains_at_hub, region, figures("h.dm_prev", {TOTAL: Exact(60, 1000)}, "2025", "invented"), audience="network")
    sent(chains_at_hub, region, an_item("goal", "bevolking"), an_item("goal", "groep", level="intervention"))
    told = [(one.why_not, one.shown) for one in stands(chains_at_hub, "partners")]
    assert told == [("other_people", None), ("no_figure", None)]
    (_, one) = stands(chains_at_hub, "network")
    assert (one.standing, str(one.shown)) == ("cannot_be_told", "6.0")


def test_the_clock_decides_and_not_the_moment_of_writing(chains_at_hub: ChainsAtHub) -> None:
    region = chains_at_hub.enrolled("XR-A")
    sent(chains_at_hub, region, an_item("phase", "nu", began="2026-12-01"))
    assert (read(chains_at_hub).present, len(read(chains_at_hub).coming)) == ((), 1)
    chains_at_hub.now = datetime(2026, 12, 1, tzinfo=UTC)
    assert len(read(chains_at_hub).present) == 1
