"""A ledger file that is replayed leaves the same rows on either database, or none."""

import msgspec
import pytest
from sqlalchemy import select

from hub.config import Hub
from hub.intake.replay_ledger import LedgerNotTaken, RegionHeldAlready, ReplayedLedger, replay_ledger
from hub.tables import event, held_figure, key, lesson, region, superseded
from schemas.canonical import canonical_bytes
from schemas.ledger_file import LedgerEntry, LedgerHeader, read_line, write_ledger
from schemas.receipt import issued
from schemas.signature import SigningKey
from tests.support.hub_stores import Clock
from tests.support.ledgers import ledger
from tests.support.replies import with_term

OLD = SigningKey.generate()
LINES = ledger("XR-DUINRAND", OLD)


def parts(lines: list[bytes]) -> tuple[LedgerHeader, list[LedgerEntry]]:
    header, *others = [read_line(one) for one in lines]
    assert isinstance(header, LedgerHeader)
    return header, [one for one in others if isinstance(one, LedgerEntry)]


def replayed(hub: Hub, lines: list[bytes]) -> ReplayedLedger:
    return replay_ledger(hub, lines, OLD.public, [parts(lines)[0].fingerprint])


def test_rows_are_what_the_file_says(stored_hub: Hub) -> None:
    header, entries = parts(LINES)
    done = replayed(stored_hub, LINES)
    assert (done.events, done.without_receipt, done.destroyed, done.unplaced) == (len(entries), 0, 1, ())
    with stored_hub.engine.connect() as connection:
        rows = connection.execute(select(event).order_by(event.c.sequence)).all()
        words = connection.scalars(select(lesson.c.sequence).order_by(lesson.c.sequence)).all()
        gone = connection.execute(select(superseded.c.kind, superseded.c.event_id)).all()
        keys = connection.execute(select(key.c.hex, key.c.from_sequence, key.c.until_sequence)).all()
    for row, one in zip(rows, entries, strict=True):
        assert (row.id, row.envelope, row.receipt) == (
            one.id,
            canonical_bytes(one.envelope),
            canonical_bytes(one.receipt),
        )
        assert (row.salt, row.payload) == (one.payload_bytes() or (b"", b""))
        assert one.receipt is not None
        assert row.accepted_at == one.receipt.accepted_at
    assert words == [3, 4]  # the third was destroyed
    assert [tuple(one) for one in gone] == [("redacted", entries[6].id)]
    assert sorted(map(tuple, keys), key=repr) == sorted(
        ((one.hex, one.from_sequence, one.until_sequence) for one in header.keys), key=repr
    )


@pytest.mark.parametrize(("days", "is_open"), [(1, False), (20, True)])
def test_figures_whose_term_was_over_were_open_since_then(
    stored_hub: Hub, clock: Clock, days: int, is_open: bool
) -> None:
    clock.move(days=days)
    replayed(with_term(stored_hub), LINES)
    with stored_hub.engine.connect() as connection:
        rows = connection.execute(select(held_figure)).all()
    assert len(rows) == 4
    assert {row.due_at[:10] for row in rows} == {"2026-12-06"}
    assert [row.opened_at for row in rows] == [row.due_at if is_open else None for row in rows]


def test_events_without_a_receipt_are_left_out(stored_hub: Hub) -> None:
    header, entries = parts(LINES)
    entries[-1] = msgspec.structs.replace(entries[-1], receipt=None)
    done = replayed(stored_hub, list(write_ledger(header, entries)))
    assert (done.events, done.without_receipt) == (len(entries) - 1, 1)


def test_a_receipt_with_a_time_in_another_form_leaves_nothing(stored_hub: Hub) -> None:
    header, entries = parts(LINES)
    for time in ("2026-11-22T12:00:00.5Z", "then"):
        receipt = entries[-1].receipt
        assert receipt is not None
        strange = issued(msgspec.structs.replace(receipt, accepted_at=time, signature=""), OLD)
        entries[-1] = msgspec.structs.replace(entries[-1], receipt=strange)
        with pytest.raises(LedgerNotTaken, match=f"The receipt of event {len(entries)}"):
            replayed(stored_hub, list(write_ledger(header, entries)))
    assert nothing_of_it(stored_hub)


def test_a_region_is_taken_in_once(stored_hub: Hub) -> None:
    replayed(stored_hub, LINES)
    with pytest.raises(RegionHeldAlready):
        replayed(stored_hub, LINES)
    assert replayed(stored_hub, ledger("XR-HEUVEL", OLD)).events == len(LINES) - 2


def test_figures_for_another_set_of_regions_are_not_taken(stored_hub: Hub) -> None:
    header, entries = parts(LINES)
    other = msgspec.structs.replace(header, region_set="another")
    with pytest.raises(LedgerNotTaken, match="Event 1 of XR-DUINRAND"):
        replayed(stored_hub, list(write_ledger(other, entries)))
    assert nothing_of_it(stored_hub)


def nothing_of_it(hub: Hub) -> bool:
    with hub.engine.connect() as connection:
        return not any(connection.execute(select(table)).all() for table in (event, key, region))
