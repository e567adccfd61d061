"""What a redaction destroys, whichever comes first, on SQLite and on a real PostgreSQL alike."""

from collections.abc import Sequence
from itertools import permutations
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import select, text

from hub.intake.ledger import page
from hub.intake.rebuild import rebuild
from hub.intake.redact import scrub
from hub.tables import audit_log, dead_letter, event, indicator_payload, lesson, superseded
from schemas.catalogue import catalogue
from schemas.payloads import EventRedacted, IndicatorCorrected, LessonRevised, LessonWithdrawn
from schemas.values import Exact
from tests.support.chains_at_hub import ChainsAtHub
from tests.support.events import SignedEvent
from tests.support.events import lesson as lesson_of
from tests.support.held_by_hub import figures

CANARY = "een-naam-die-weg-moet"
TOTAL = ("total", "total", "total")


@pytest.fixture
def hub(chains_at_hub: ChainsAtHub) -> ChainsAtHub:
    return chains_at_hub


def content(held: ChainsAtHub) -> list[tuple[object, ...]]:
    return held.content(event, indicator_payload, lesson, superseded)


def payloads(hub: ChainsAtHub, events: Sequence[SignedEvent]) -> list[tuple[bytes, bytes]]:
    with hub.hub.engine.connect() as connection:
        rows = {row.id: (row.salt, row.payload) for row in connection.execute(select(event))}
    return [rows[one.id] for one in events]


def dm_prev(count: int) -> Any:
    return figures("h.dm_prev", {TOTAL: Exact(count, 1000)}, region_set="invented")


def test_a_redaction_destroys_the_payload_and_leaves_the_chain_whole(hub: ChainsAtHub) -> None:
    region = hub.enrolled()
    (first,) = region.release([lesson_of(CANARY)], "public")
    hub.arrive(first)
    (redaction,) = region.release([EventRedacted(first.id, "a name")], "public")
    assert hub.arrive(redaction) == ["accepted"]
    assert payloads(hub, [first]) == [(b"", b"")]
    with hub.hub.engine.connect() as connection:
        link, order = page(connection, region.code, "public", 0, 10)
        assert connection.execute(select(lesson)).all() == []
        (line,) = connection.scalars(select(audit_log.c.detail).where(audit_log.c.action == "payload destroyed"))
    assert (link.id, link.salt, link.payload, link.destroyed_by) == (first.id, None, None, redaction.id)
    assert (order.destroyed_by, order.payload) == (None, redaction.payload)
    assert first.id in line
    assert hub.arrive(first, redaction) == ["duplicate", "duplicate"]
    assert payloads(hub, [first]) == [(b"", b"")]


def test_every_order_of_arrival_and_a_rebuild_leave_the_same(hub: ChainsAtHub) -> None:
    stories = []
    for number, order in enumerate(permutations(range(4))):
        region = hub.enrolled(f"XR-{number}")
        wrong, named = region.release([dm_prev(10), lesson_of(CANARY)], "public")
        events = [wrong, named, *region.release([EventRedacted(wrong.id, "r"), EventRedacted(named.id, "r")], "public")]
        for place in order:
            hub.arrive(events[place])
        assert payloads(hub, events[:2]) == [(b"", b""), (b"", b"")], order
        with hub.hub.engine.connect() as connection:
            rows = connection.execute(select(indicator_payload).where(indicator_payload.c.region == region.code)).all()
            words = connection.execute(select(lesson).where(lesson.c.region == region.code)).all()
        stories.append(([(row.indicator, row.period, row.sequence) for row in rows], words))
    assert stories == [([("h.dm_prev", "2025", 1)], [])] * 24
    before = content(hub)
    rebuild(hub.hub.engine)
    assert content(hub) == before
    assert CANARY not in repr(before)


def test_one_batch_holds_both(hub: ChainsAtHub) -> None:
    region = hub.enrolled()
    (first,) = region.release([lesson_of(CANARY)], "public")
    (redaction,) = region.release([EventRedacted(first.id, "a name")], "public")
    assert hub.arrive(first, redaction) == ["accepted", "accepted"]
    assert payloads(hub, [first]) == [(b"", b"")]
    assert CANARY not in repr(content(hub))


def test_another_region_destroys_nothing_before_or_after(hub: ChainsAtHub) -> None:
    own, other = hub.enrolled(), hub.enrolled("XR-VEENKANT")
    (early, late) = own.release([lesson_of("Een"), lesson_of("Twee")], "public")
    orders = other.release([EventRedacted(early.id, "x"), EventRedacted(late.id, "x")], "public")
    assert hub.arrive(early, *orders, late) == ["accepted"] * 4
    rebuild(hub.hub.engine)
    assert payloads(hub, [early, late]) == [(early.salt, early.payload), (late.salt, late.payload)]


def test_a_redaction_cannot_be_redacted(hub: ChainsAtHub) -> None:
    region = hub.enrolled()
    (first,) = region.release([lesson_of(CANARY)], "public")
    (redaction,) = region.release([EventRedacted(first.id, "a name")], "public")
    (again,) = region.release([EventRedacted(redaction.id, "undo")], "public")
    for order in ((again, redaction, first), (first, redaction, again)):
        hub.arrive(*order)
        assert payloads(hub, [first, redaction]) == [(b"", b""), (redaction.salt, redaction.payload)]


def test_what_a_destroyed_correction_or_withdrawal_took_the_place_of_does_not_come_back(hub: ChainsAtHub) -> None:
    region = hub.enrolled()
    figure, words = region.release([dm_prev(10), lesson_of("Een")], "public")
    later = region.release(
        [
            IndicatorCorrected(figure.id, CANARY, dm_prev(12)),
            LessonRevised(words.id, CANARY, lesson_of(CANARY)),
            LessonWithdrawn(words.id, CANARY),
        ],
        "public",
    )
    hub.arrive(figure, words, *later)
    hub.arrive(*region.release([EventRedacted(one.id, "a name") for one in later], "public"))
    for _ in range(2):
        with hub.hub.engine.connect() as connection:
            rows = connection.execute(select(superseded).where(superseded.c.kind != "redacted")).all()
        rebuild(hub.hub.engine)
        assert sorted((row.by_event, row.event_id, row.kind, row.reason) for row in rows) == sorted(
            [
                (later[0].id, figure.id, "corrected", ""),
                (later[1].id, words.id, "revised", ""),
                (later[2].id, words.id, "withdrawn", ""),
            ]
        )
    assert CANARY not in repr(content(hub))


def test_the_place_of_figures_stays_only_where_the_catalogue_has_the_indicator(hub: ChainsAtHub) -> None:
    assert CANARY not in catalogue()
    region = hub.enrolled()
    known, named = region.release(
        [dm_prev(10), msgspec.structs.replace(dm_prev(10), indicator=CANARY)],
        "public",
    )
    hub.arrive(known, named, *region.release([EventRedacted(one.id, "r") for one in (known, named)], "public"))
    with hub.hub.engine.connect() as connection:
        assert list(connection.scalars(select(indicator_payload.c.event_id))) == [known.id]


@pytest.mark.parametrize("first", ["letter", "redaction"])
def test_a_kept_letter_loses_its_bytes_to_its_own_region_only(hub: ChainsAtHub, first: str) -> None:
    own, other = hub.enrolled(), hub.enrolled("XR-VEENKANT")
    (refused,) = own.release([lesson_of(CANARY)], "public", approvers=0)
    (foreign,) = other.release([EventRedacted(refused.id, "x")], "public")
    own.chain.clear()
    (redaction,) = own.release([EventRedacted(refused.id, "a name")], "public")
    steps = [[refused], [foreign], [redaction]] if first == "letter" else [[foreign], [redaction], [refused]]
    bodies = []
    for step in steps:
        hub.arrive(*step)
        with hub.hub.engine.connect() as connection:
            bodies.append(list(connection.scalars(select(dead_letter.c.body))))
    expected = [[refused.body], [refused.body], [b""]] if first == "letter" else [[], [], [b""]]
    assert bodies == expected


def test_a_rebuild_that_was_killed_keeps_no_word_either(hub: ChainsAtHub) -> None:
    region = hub.enrolled()
    (first,) = region.release([lesson_of(CANARY)], "public")
    hub.arrive(first)

    def killed(done: int, events: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rebuild(hub.hub.engine, killed)
    grown = text("SELECT title FROM rebuilt_lesson")
    with hub.hub.engine.connect() as connection:
        assert connection.scalars(grown).all() == [CANARY]
    hub.arrive(*region.release([EventRedacted(first.id, "a name")], "public"))
    with hub.hub.engine.connect() as connection:
        assert connection.scalars(grown).all() == []
    before = content(hub)
    assert rebuild(hub.hub.engine).is_same
    assert content(hub) == before


def test_no_file_of_the_database_holds_the_words_after_a_scrub(hub: ChainsAtHub, tmp_path: Path) -> None:
    region = hub.enrolled()
    (first,) = region.release([lesson_of(CANARY)], "public")
    (refused,) = region.release([lesson_of(CANARY)], "public", approvers=0)
    region.chain.pop()
    hub.arrive(first, refused)
    hub.arrive(*region.release([EventRedacted(one.id, "a name") for one in (first, refused)], "public"))
    scrub(hub.hub.engine)
    if hub.hub.engine.dialect.name == "sqlite":
        files = [one for one in (tmp_path / "hub").rglob("*") if one.is_file()]
        assert any(b"SQLite format 3" in one.read_bytes()[:16] for one in files)
        assert not [one.name for one in files if CANARY.encode() in one.read_bytes()]
    with hub.hub.engine.connect() as connection:
        for table in (event, dead_letter, lesson):
            assert CANARY not in repr(connection.execute(select(table)).all())
            assert CANARY.encode() not in b"".join(
                bytes(value) for row in connection.execute(select(table)) for value in row if isinstance(value, bytes)
            )
