"""Destroy what a region ordered destroyed: salt, payload, words and kept letters go; envelope, id and receipt stay.

Order of arrival means nothing: an event that comes after its redaction is stored without its payload. What stays of
figures and of replies is their place (an indicator of the public catalogue, a period), so that readers see `withdrawn`
there and not a gap; what stays of a correction or withdrawal is what it took the place of, so that nothing comes back.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Engine, Row, Select, Table, column, delete, inspect, select, table, text, update

from connectors.database import Asked, among, listed
from hub.audit import record
from hub.tables import (
    PROJECTIONS,
    assessment,
    citation,
    dead_letter,
    evaluation,
    event,
    indicator_payload,
    item,
    item_names,
    lesson,
    reply,
    shown_total,
    shown_total_part,
    superseded,
)  # fmt: skip
from hub.tables.search import words_table
from schemas.catalogue import catalogue
from schemas.codes import AUDIENCES, KEY_EVENTS, EventType, region_urn

REDACTED: Final = "redacted"
# the chain cannot do without what keys and redactions say
BEYOND_REDACTION: Final = tuple(sorted(one.value for one in KEY_EVENTS | {EventType.EVENT_REDACTED}))
_WORDS: Final = (lesson, evaluation, assessment, item)  # of these nothing is left, not even a name
_NAMED: Final = {reply: "reply", citation: "citation"}  # of these the place is left, without the region's own name
# deleted words stay in FTS5's own pages until it writes them anew
_INDEX_ANEW: Final = tuple("INSERT INTO {0} ({0}) VALUES ('rebuild')".format(words_table(one)) for one in AUDIENCES)  # noqa: S608  # nosec B608
_VACUUMED: Final = (
    *(event, dead_letter, lesson, evaluation, assessment, item, reply, citation, superseded, shown_total),
)

Rows = dict[str, Any]


class _Claimed(msgspec.Struct):
    """The region that a kept letter's bytes claim to come from."""

    source: str


def destroyed(connection: Connection, regions: Mapping[str, str]) -> set[str]:
    """Return which events, given as id to region, an accepted redaction of that same region names, held here or not."""
    return set(destroyers(connection, regions))


def destroyers(connection: Connection, regions: Mapping[str, str]) -> dict[str, str]:
    """Return the events, of those given as id to region, that were destroyed, each with its first redaction's id."""
    if not regions:
        return {}
    return named(connection.execute(*asked(connection.dialect.name, regions)), regions)


def asked(dialect: str, event_ids: Iterable[str]) -> Asked:
    """Return what to ask about events that may have been destroyed; `named` takes the answer."""
    return _redactions_of(dialect), {"events": listed(dialect, event_ids)}


def named(rows: Iterable[Sequence[Any]], regions: Mapping[str, str]) -> dict[str, str]:
    """Return those of the events, given as id to region, that a redaction of their own region names, with its id."""
    return {event_id: by_event for event_id, code, by_event in rows if regions[event_id] == code}


@cache  # making the statement takes longer than answering it, and every batch asks
def _redactions_of(dialect: str) -> Select[str, str, str]:
    return (
        select(superseded.c.event_id, superseded.c.region, superseded.c.by_event)
        .where(superseded.c.kind == REDACTED, among(dialect, superseded.c.event_id, "events"))
        .order_by(superseded.c.sequence.desc())
    )


def withhold(connection: Connection, rows: Iterable[Rows], projected: dict[Table, list[Rows]]) -> list[Rows]:
    """Empty, before a batch is written, what a redaction held already or in the batch itself destroys.

    `rows` are rows of `event`, `projected` those of the projections; both are changed in place. Returns the batch's
    own redactions, for `apply` once the batch is written.
    """
    arriving = {row["id"]: row for row in rows if row["type"] not in BEYOND_REDACTION}
    redactions = [row for row in projected.get(superseded, ()) if row["kind"] == REDACTED]
    gone = destroyed(connection, {event_id: row["region"] for event_id, row in arriving.items()})
    gone |= {one["event_id"] for one in redactions if _is_of(one, arriving.get(one["event_id"]))}
    for event_id in gone:
        arriving[event_id].update(salt=b"", payload=b"")
    if gone:
        for kind in PROJECTIONS:
            if kind in projected:
                projected[kind] = _remains(kind, projected[kind], gone)
    return redactions


def apply(connection: Connection, redactions: Iterable[Mapping[str, Any] | Row[Any]]) -> int:
    """Destroy what these rows of `superseded` (kind redacted) name and the hub holds; return how many payloads went.

    Harmless to do again. Only a region's own events are touched, and no key event and no redaction.
    """
    done = 0
    for one in redactions:
        found = one._mapping if isinstance(one, Row) else one
        done += _destroy(connection, found["event_id"], found["region"], found["by_event"], found["accepted_at"])
    return done


def apply_all(connection: Connection) -> int:
    """Destroy what any redaction that the hub holds names; return how many payloads went, kept letters not counted.

    Mends what two workers can leave: one kept a refused event's bytes while the other took its redaction.
    """
    return apply(connection, connection.execute(select(superseded).where(superseded.c.kind == REDACTED)).all())


def letter_body(connection: Connection, event_id: str, body: bytes) -> bytes:
    """Return the bytes to keep of a refused event: none where its own region had its payload destroyed."""
    claimed = _claimed(body)
    rows = connection.scalars(
        select(superseded.c.region).where(superseded.c.kind == REDACTED, superseded.c.event_id == event_id)
    )
    return b"" if any(claimed in (None, region_urn(code)) for code in rows) else body


def scrub(engine: Engine) -> None:
    """Clear what a database keeps of deleted bytes: SQLite's unused space and write-ahead log, PostgreSQL's dead rows.

    SQLite writes the whole file anew and needs as much free disk. Backups and PostgreSQL's archived log are beyond the
    hub; see docs/backbone.md.
    """
    if engine.dialect.name == "sqlite":
        raw = engine.raw_connection()
        try:
            for order in (*_INDEX_ANEW, "VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
                raw.cursor().execute(order).fetchall()
        finally:
            raw.close()
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for one in (*(table.name for table in _VACUUMED), "search_words"):
            connection.execute(text(f"VACUUM {one}"))


def _destroy(connection: Connection, event_id: str, region: str, by_event: str, at: str) -> int:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete = ON")  # zeros over what the next lines delete
    own = (event.c.id == event_id, event.c.region == region, event.c.type.not_in(BEYOND_REDACTION))
    is_here = connection.scalar(select(event.c.id).where(*own)) is not None
    if is_here:
        connection.execute(update(superseded).where(superseded.c.by_event == event_id).values(reason=""))
        for words in _WORDS:
            connection.execute(delete(words).where(words.c.event_id == event_id))
        for placed in (indicator_payload, reply):
            unknown = placed.c.indicator.not_in(sorted(catalogue()))
            connection.execute(delete(placed).where(placed.c.event_id == event_id, unknown))
        for kind, name in _NAMED.items():
            connection.execute(update(kind).where(kind.c.event_id == event_id).values({name: ""}))
        _clear_rebuild(connection, event_id)
    _empty_letters(connection, event_id, region)
    changed = connection.execute(update(event).where(*own, event.c.payload != b"").values(salt=b"", payload=b""))
    if is_here:  # after the event, whose row is locked while a total of it is being kept
        made_of_it = select(shown_total_part.c.total).where(shown_total_part.c.event_id == event_id)
        emptied = update(shown_total).where(shown_total.c.id.in_(made_of_it)).values(numerator=None, denominator=None)
        connection.execute(emptied)  # the total minus the others would bring it back
    if changed.rowcount:
        record(connection, datetime.fromisoformat(at), region, "payload destroyed", event=event_id, by=by_event)
    return changed.rowcount


def _clear_rebuild(connection: Connection, event_id: str) -> None:
    """Take the words out of the tables that a rebuild under way, or one that was killed, has grown beside the live."""
    beside = inspect(connection)
    for live in PROJECTIONS:
        (of_event,) = live.primary_key
        grown = table(f"rebuilt_{live.name}", column(of_event.name))
        if beside.has_table(grown.name):
            connection.execute(delete(grown).where(grown.c[of_event.name] == event_id))


def _empty_letters(connection: Connection, event_id: str, region: str) -> None:
    letters = connection.execute(
        select(dead_letter.c.id, dead_letter.c.body).where(
            dead_letter.c.event_id == event_id, dead_letter.c.body != b""
        )
    ).all()
    for letter in letters:
        if _claimed(letter.body) in (None, region_urn(region)):
            connection.execute(update(dead_letter).where(dead_letter.c.id == letter.id).values(body=b""))


def _remains(kind: Table, rows: Iterable[Rows], gone: Collection[str]) -> list[Rows]:
    """Return a projection's rows without the words and the unknown names of destroyed events."""
    if kind is superseded:
        return [row | {"reason": ""} if row["by_event"] in gone else row for row in rows]
    if kind in _WORDS:
        return [row for row in rows if row["event_id"] not in gone]
    if kind not in (citation, item_names):
        rows = [one for one in rows if one["event_id"] not in gone or _is_known(one)]
    if (name := _NAMED.get(kind)) is not None:
        return [row | {name: ""} if row["event_id"] in gone else row for row in rows]
    return list(rows)


def _is_known(row: Rows) -> bool:
    return row["indicator"] in catalogue()


def _is_of(redaction: Rows, row: Rows | None) -> bool:
    return row is not None and row["region"] == redaction["region"]


def _claimed(body: bytes) -> str | None:
    try:
        return msgspec.json.decode(body, type=_Claimed).source
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
