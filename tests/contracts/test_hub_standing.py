"""The hub's signed word on a chain: what it holds, what is missing, and what came without its payload."""

from sqlalchemy import select, text

from hub.config import Hub
from hub.flow import receive
from hub.intake.ledger import chain, standing, standings
from hub.serving.chains import _asked
from hub.tables import event
from schemas.cloudevents import to_cloudevent
from schemas.payloads import EventRedacted
from schemas.standing import Standing, check_standing
from tests.support.events import TestRegion, diabetes
from tests.support.hub_stores import join


def said(hub: Hub, code: str) -> Standing:
    with hub.engine.connect() as connection:
        found = standing(connection, code, hub.clock(), hub.key)
    check_standing(found, hub.key.public)
    return found


def test_a_new_region_stands_before_its_first_event(stored_hub: Hub) -> None:
    region = join(stored_hub, TestRegion())
    found = said(stored_hub, region.code)
    assert (found.last_sequence, found.last_event, found.gaps, found.as_of) == (0, "", (), "2026-11-22T12:00:00Z")


def test_missing_runs_are_named_and_go_as_they_are_filled(stored_hub: Hub) -> None:
    region = join(stored_hub, TestRegion())
    made = region.release([diabetes(800 + year, str(2000 + year)) for year in range(10)])
    receive([made[place].body for place in (2, 5, 9)], stored_hub)
    found = said(stored_hub, region.code)
    assert (found.last_sequence, found.last_event, found.gaps) == (10, made[9].id, ((1, 2), (4, 5), (7, 9)))
    receive([one.body for one in made[3:9]], stored_hub)
    assert said(stored_hub, region.code).gaps == ((1, 2),)


def test_a_withheld_event_is_missing_until_it_comes_whole_or_its_region_had_it_destroyed(stored_hub: Hub) -> None:
    region = join(stored_hub, TestRegion())
    made = region.release([diabetes(800), diabetes(810, "2024"), diabetes(820, "2023"), diabetes(830, "2022")])
    bare = [to_cloudevent(one.envelope, None, None) for one in made[:3]]
    assert {answer.outcome for answer in receive([bare[1], bare[2], made[3].body], stored_hub)} == {"accepted"}
    assert said(stored_hub, region.code).gaps == ((1, 3),)  # one run: the first is missing, two came bare
    receive([made[0].body], stored_hub)
    assert said(stored_hub, region.code).gaps == ((2, 3),)
    receive([region.release([EventRedacted(made[1].id, "a name")], approvers=1)[0].body], stored_hub)
    assert said(stored_hub, region.code).gaps == ((3, 3),)
    with stored_hub.engine.connect() as connection:
        assert chain(connection, region.code).gaps == ((3, 3),)


def test_every_region_has_a_word_of_its_own(stored_hub: Hub) -> None:
    regions = [join(stored_hub, TestRegion(code)) for code in ("XR-DUINRAND", "XR-VEENKANT")]
    receive([regions[1].release([diabetes(800)])[0].body], stored_hub)
    with stored_hub.engine.connect() as connection:
        found = standings(connection, stored_hub.clock(), stored_hub.key)
    assert [(one.region, one.last_sequence) for one in found] == [("XR-DUINRAND", 0), ("XR-VEENKANT", 1)]


def test_what_came_without_its_payload_is_found_by_its_own_index(stored_hub: Hub) -> None:
    query = select(event.c.sequence).where(event.c.region == "XR-A", text("length(salt) = 0"))
    plan = str(query.compile(stored_hub.engine, compile_kwargs={"literal_binds": True}))
    with stored_hub.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET enable_seqscan = off"))
            lines = connection.execute(text(f"EXPLAIN {plan}")).scalars().all()
        else:
            lines = [row[3] for row in connection.execute(text(f"EXPLAIN QUERY PLAN {plan}"))]
    assert any("event_withheld" in line for line in lines), lines


def test_which_event_came_last_and_what_is_withheld_are_each_found_by_their_own_index(stored_hub: Hub) -> None:
    query = str(_asked().compile(stored_hub.engine, compile_kwargs={"literal_binds": True}))
    with stored_hub.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET enable_seqscan = off"))
            lines = connection.execute(text(f"EXPLAIN {query}")).scalars().all()
        else:
            lines = [row[3] for row in connection.execute(text(f"EXPLAIN QUERY PLAN {query}"))]
    assert all(any(name in line for line in lines) for name in ("event_arrival", "event_withheld")), lines
