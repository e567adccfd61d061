"""What a redaction destroys, whichever comes first, on SQLite and on a real PostgreSQL alike."""

from collections.abc import Iterator, Sequence
from itertools import permutations
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import select

from connectors.database import writing
from hub.bootstrap import make_hub
from hub.config import Hub
from hub.flow import receive
from hub.intake.enrol import Enrolment, ReviewerKey, enrol, invite
from hub.intake.ledger import page
from hub.intake.project import rebuild
from hub.intake.redact import scrub
from hub.tables import audit_log, dead_letter, event, indicator_payload, lesson, superseded
from schemas.catalogue import catalogue
from schemas.payloads import EventRedacted, IndicatorCorrected, LessonRevised, LessonWithdrawn
from schemas.values import Exact
from tests.support.events import SignedEvent, TestRegion
from tests.support.events import lesson as lesson_of
from tests.support.held_by_hub import NOW, figures

CANARY = "een-naam-die-weg-moet"
TOTAL = ("total", "total", "total")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.real_postgres)])
def hub(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Hub]:
    environ = {}
    if request.param == "postgresql":
        environ["REGIOHELIX_HUB_DATABASE"] = request.getfixturevalue("postgres_url")
    made = make_hub(tmp_path / "hub", environ)
    yield Hub(made.engine, made.key, made.settings, lambda: NOW)
    made.engine.dispose()


def enrolled(hub: Hub, code: str = "XR-DUINRAND") -> TestRegion:
    region = TestRegion(code)
    with writing(hub.engine) as connection:
        request: dict[str, Any] = region.enrolment(invite(connection, code, code, "invented", NOW))
        keys = [ReviewerKey(**key) for key in request.pop("reviewer_keys")]
        enrol(connection, Enrolment(reviewer_keys=keys, **request), NOW)
    return region


def sent(hub: Hub, *events: SignedEvent) -> list[str]:
    return [answer.outcome for answer in receive([one.body for one in events], hub)]


def content(hub: Hub) -> list[tuple[Any, ...]]:
    """Return what the hub holds but for order and time of arrival."""
    held = []
    with hub.engine.connect() as connection:
        for table in (event, indicator_payload, lesson, superseded):
            columns = [column for column in table.c if column.name != "position"]
            held += [(table.name, *row) for row in connection.execute(select(*columns))]
    return sorted(held, key=repr)


def payloads(hub: Hub, events: Sequence[SignedEvent]) -> list[tuple[bytes, bytes]]:
    with hub.engine.connect() as connection:
        rows = {row.id: (row.salt, row.payload) for row in connection.execute(select(event))}
    return [rows[one.id] for one in events]


def dm_prev(count: int) -> Any:
    return figures("h.dm_prev", {TOTAL: Exact(count, 1000)}, region_set="invented")


def test_a_redaction_destroys_the_payload_and_leaves_the_chain_whole(hub: Hub) -> None:
    region = enrolled(hub)
    (first,) = region.release([lesson_of(CANARY)], "public")
    sent(hub, first)
    (redaction,) = region.release([EventRedacted(first.id, "a name")], "public")
    assert sent(hub, redaction) == ["accepted"]
    assert payloads(hub, [first]) == [(b"", b"")]
    with hub.engine.connect() as connection:
        link, order = page(connection, region.code, "public", 0, 10)
        assert connection.execute(select(lesson)).all() == []
        (line,) = connection.scalars(select(audit_log.c.detail).where(audit_log.c.action == "payload destroyed"))
    assert (link.id, link.salt, link.payload, link.destroyed_by) == (first.id, None, None, redaction.id)
    assert (order.destroyed_by, order.payload) == (None, redaction.payload)
    assert first.id in line
    assert sent(hub, first, redaction) == ["duplicate", "duplicate"]
    assert payloads(hub, [first]) == [(b"", b"")]


def test_every_order_of_arrival_and_a_rebuild_leave_the_same(hub: Hub) -> None:
    stories = []
    for number, order in enumerate(permutations(range(4))):
        region = enrolled(hub, f"XR-{number}")
        wrong, named = region.release([dm_prev(10), lesson_of(CANARY)], "public")
        events = [wrong, named, *region.release([EventRedacted(wrong.id, "r"), EventRedacted(named.id, "r")], "public")]
        for place in order:
            sent(hub, events[place])
        assert payloads(hub, events[:2]) == [(b"", b""), (b"", b"")], order
        with hub.engine.connect() as connection:
            rows = connection.execute(select(indicator_payload).where(indicator_payload.c.region == region.code)).all()
            words = connection.execute(select(lesson).where(lesson.c.region == region.code)).all()
        stories.append(([(row.indicator, row.period, row.sequence) for row in rows], words))
    assert stories == [([("h.dm_prev", "2025", 1)], [])] * 24
    before = content(hub)
    with writing(hub.engine) as connection:
        rebuild(connection)
    assert content(hub) == before
    assert CANARY not in repr(before)


def test_one_batch_holds_both(hub: Hub) -> None:
    region = enrolled(hub)
    (first,) = region.release([lesson_of(CANARY)], "public")
    (redaction,) = region.release([EventRedacted(first.id, "a name")], "public")
    assert sent(hub, first, redaction) == ["accepted", "accepted"]
    assert payloads(hub, [first]) == [(b"", b"")]
    assert CANARY not in repr(content(hub))


def test_another_region_destroys_nothing_before_or_after(hub: Hub) -> None:
    own, other = enrolled(hub), enrolled(hub, "XR-VEENKANT")
    (early, late) = own.release([lesson_of("Een"), lesson_of("Twee")], "public")
    orders = other.release([EventRedacted(early.id, "x"), EventRedacted(late.id, "x")], "public")
    assert sent(hub, early, *orders, late) == ["accepted"] * 4
    with writing(hub.engine) as connection:
        rebuild(connection)
    assert payloads(hub, [early, late]) == [(early.salt, early.payload), (late.salt, late.payload)]


def test_a_redaction_cannot_be_redacted(hub: Hub) -> None:
    region = enrolled(hub)
    (first,) = region.release([lesson_of(CANARY)], "public")
    (redaction,) = region.release([EventRedacted(first.id, "a name")], "public")
    (again,) = region.release([EventRedacted(redaction.id, "undo")], "public")
    for order in ((again, redaction, first), (first, redaction, again)):
        sent(hub, *order)
        assert payloads(hub, [first, redaction]) == [(b"", b""), (redaction.salt, redaction.payload)]


def test_what_a_destroyed_correction_or_withdrawal_took_the_place_of_does_not_come_back(hub: Hub) -> None:
    region = enrolled(hub)
    figure, words = region.release([dm_prev(10), lesson_of("Een")], "public")
    later = region.release(
        [
            IndicatorCorrected(figure.id, CANARY, dm_prev(12)),
            LessonRevised(words.id, CANARY, lesson_of(CANARY)),
            LessonWithdrawn(words.id, CANARY),
        ],
        "public",
    )
    sent(hub, figure, words, *later)
    sent(hub, *region.release([EventRedacted(one.id, "a name") for one in later], "public"))
    for _ in range(2):
        with writing(hub.engine) as connection:
            rows = connection.execute(select(superseded).where(superseded.c.kind != "redacted")).all()
            rebuild(connection)
        assert sorted((row.by_event, row.event_id, row.kind, row.reason) for row in rows) == sorted(
            [
                (later[0].id, figure.id, "corrected", ""),
                (later[1].id, words.id, "revised", ""),
                (later[2].id, words.id, "withdrawn", ""),
            ]
        )
    assert CANARY not in repr(content(hub))


def test_the_place_of_figures_stays_only_where_the_catalogue_has_the_indicator(hub: Hub) -> None:
    assert CANARY not in catalogue()
    region = enrolled(hub)
    known, named = region.release(
        [dm_prev(10), msgspec.structs.replace(dm_prev(10), indicator=CANARY)],
        "public",
    )
    sent(hub, known, named, *region.release([EventRedacted(one.id, "r") for one in (known, named)], "public"))
    with hub.engine.connect() as connection:
        assert list(connection.scalars(select(indicator_payload.c.event_id))) == [known.id]


@pytest.mark.parametrize("first", ["letter", "redaction"])
def test_a_kept_letter_loses_its_bytes_to_its_own_region_only(hub: Hub, first: str) -> None:
    own, other = enrolled(hub), enrolled(hub, "XR-VEENKANT")
    (refused,) = own.release([lesson_of(CANARY)], "public", approvers=0)
    (foreign,) = other.release([EventRedacted(refused.id, "x")], "public")
    own.chain.clear()
    (redaction,) = own.release([EventRedacted(refused.id, "a name")], "public")
    steps = [[refused], [foreign], [redaction]] if first == "letter" else [[foreign], [redaction], [refused]]
    bodies = []
    for step in steps:
        sent(hub, *step)
        with hub.engine.connect() as connection:
            bodies.append(list(connection.scalars(select(dead_letter.c.body))))
    expected = [[refused.body], [refused.body], [b""]] if first == "letter" else [[], [], [b""]]
    assert bodies == expected


def test_no_file_of_the_database_holds_the_words_after_a_scrub(hub: Hub, tmp_path: Path) -> None:
    region = enrolled(hub)
    (first,) = region.release([lesson_of(CANARY)], "public")
    (refused,) = region.release([lesson_of(CANARY)], "public", approvers=0)
    region.chain.pop()
    sent(hub, first, refused)
    sent(hub, *region.release([EventRedacted(one.id, "a name") for one in (first, refused)], "public"))
    scrub(hub.engine)
    if hub.engine.dialect.name == "sqlite":
        files = [one for one in (tmp_path / "hub").rglob("*") if one.is_file()]
        assert any(b"SQLite format 3" in one.read_bytes()[:16] for one in files)
        assert not [one.name for one in files if CANARY.encode() in one.read_bytes()]
    with hub.engine.connect() as connection:
        for table in (event, dead_letter, lesson):
            assert CANARY not in repr(connection.execute(select(table)).all())
            assert CANARY.encode() not in b"".join(
                bytes(value) for row in connection.execute(select(table)) for value in row if isinstance(value, bytes)
            )
