"""The chains as the hub holds them: pages of envelopes, heads, gaps. Envelopes are for anyone, payloads are not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, exists, func, select, text

from hub.audit import utc_text
from hub.intake.cited import hidden_citations
from hub.intake.redact import REDACTED, destroyers
from hub.intake.rests import not_open
from hub.tables import WITHHELD, event, region, superseded
from schemas.codes import PROTOCOL, Audience, may_read
from schemas.definition import Text
from schemas.signature import SigningKey
from schemas.standing import Standing, signed_standing

MOST_GAPS: Final = 1000  # told at once: what is sent again makes room for the next


class RegionNotListed(LookupError):
    """A region code that is not at this hub; `allowed` are those that are enrolled."""

    def __init__(self, allowed: Sequence[str]) -> None:
        """Take the codes."""
        self.text = Text(
            "Deze hub kent deze regio niet; kies een regio uit het overzicht.",
            "There is no such region at this hub; see the list of regions for the codes.",
        )
        super().__init__(self.text.en)
        self.allowed = tuple(allowed)


def not_listed(connection: Connection) -> RegionNotListed:
    """Return the refusal of a code, with the codes of the enrolled regions."""
    enrolled = select(region.c.code).where(region.c.enrolled_at.is_not(None)).order_by(region.c.code)
    return RegionNotListed(connection.scalars(enrolled).all())


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One link of a chain; salt and payload are None for a reader outside the event's audience, and where destroyed.

    So they are for readers outside the network while regions may still reply to a comparison of them.

    `destroyed_by` is the event that had them destroyed, for readers in the audience.
    """

    id: str
    sequence: int
    envelope: bytes
    accepted_at: str
    salt: bytes | None
    payload: bytes | None
    destroyed_by: str | None = None


@dataclass(frozen=True, slots=True)
class Chain:
    """One region's chain: `gaps` are the oldest thousand runs (first, last) of places not whole at the hub.

    A place is whole when its link came with its payload, or its region had the payload destroyed.
    """

    code: str
    name: str
    region_set: str
    events: int
    last_sequence: int | None
    last_event: str | None
    last_accepted_at: str | None
    gaps: tuple[tuple[int, int], ...]


def page(connection: Connection, code: str, reader: Audience, after: int, limit: int) -> list[LedgerEntry]:
    """Return up to `limit` links above sequence `after`, in order."""
    rows = connection.execute(
        select(event).where(event.c.region == code, event.c.sequence > after).order_by(event.c.sequence).limit(limit)
    ).all()
    gone = destroyers(connection, {row.id: code for row in rows if not row.payload})
    ids = [row.id for row in rows]
    held = not_open(connection, reader, ids) | hidden_citations(connection, reader, ids)
    return [_entry(row, may_read(reader, row.audience) and row.id not in held, gone.get(row.id)) for row in rows]


def _entry(row: Row[Any], is_readable: bool, destroyed_by: str | None) -> LedgerEntry:
    link = (row.id, row.sequence, row.envelope, row.accepted_at)
    if not is_readable:
        return LedgerEntry(*link, None, None)
    return LedgerEntry(*link, row.salt or None, row.payload or None, destroyed_by)


def chains(connection: Connection) -> list[Chain]:
    """Return the chain of every enrolled region, by code."""
    codes = connection.scalars(select(region.c.code).where(region.c.enrolled_at.is_not(None)).order_by(region.c.code))
    return [chain(connection, code) for code in codes.all()]


def chain(connection: Connection, code: str) -> Chain:
    """Return one region's chain; raises RegionNotListed."""
    found = connection.execute(
        select(region).where(region.c.code == code, region.c.enrolled_at.is_not(None))
    ).one_or_none()
    if found is None:
        raise not_listed(connection)
    last = connection.execute(
        select(event.c.sequence, event.c.id, event.c.accepted_at)
        .where(event.c.region == code)
        .order_by(event.c.sequence.desc())
        .limit(1)
    ).one_or_none()
    count = connection.scalar(select(func.count()).select_from(event).where(event.c.region == code)) or 0
    return Chain(
        code,
        found.name,
        found.region_set,
        count,
        last.sequence if last else None,
        last.id if last else None,
        last.accepted_at if last else None,
        _gaps(connection, code, last.sequence != count) if last else (),
    )


def standing(connection: Connection, code: str, now: datetime, key: SigningKey) -> Standing:
    """Return the hub's signed word on one chain: its last link, and the oldest thousand runs missing below it.

    A link that came without its payload, and was not destroyed on its region's own order, counts as missing. Raises
    RegionNotListed.
    """
    return _signed(chain(connection, code), now, key)


def standings(connection: Connection, now: datetime, key: SigningKey) -> list[Standing]:
    """Return the hub's signed word on every chain, by region."""
    return [_signed(one, now, key) for one in chains(connection)]


def _signed(one: Chain, now: datetime, key: SigningKey) -> Standing:
    said = Standing(
        region=one.code,
        last_sequence=one.last_sequence or 0,
        last_event=one.last_event or "",
        gaps=one.gaps,
        as_of=utc_text(now),
        key_id=key.public.key_id,
        protocol=PROTOCOL,
    )
    return signed_standing(said, key)


def _gaps(connection: Connection, code: str, has_missing: bool) -> tuple[tuple[int, int], ...]:
    runs = [*(_missing(connection, code) if has_missing else ()), *_withheld(connection, code)]
    joined: list[tuple[int, int]] = []
    for first, last in sorted(runs):
        if joined and first <= joined[-1][1] + 1:
            joined[-1] = joined[-1][0], last
        else:
            joined.append((first, last))
    return tuple(joined[:MOST_GAPS])


def _missing(connection: Connection, code: str) -> list[tuple[int, int]]:
    before = func.coalesce(func.lag(event.c.sequence).over(order_by=event.c.sequence), 0).label("before")
    steps = select(event.c.sequence, before).where(event.c.region == code).subquery()
    jumps = select(steps).where(steps.c.sequence > steps.c.before + 1).order_by(steps.c.sequence).limit(MOST_GAPS)
    return [(row.before + 1, row.sequence - 1) for row in connection.execute(jumps)]


def _withheld(connection: Connection, code: str) -> list[tuple[int, int]]:
    ordered = exists().where(
        superseded.c.event_id == event.c.id, superseded.c.kind == REDACTED, superseded.c.region == event.c.region
    )
    query = select(event.c.sequence).where(event.c.region == code, text(WITHHELD), ~ordered)
    numbers = connection.scalars(query.order_by(event.c.sequence).limit(MOST_GAPS))
    return [(number, number) for number in numbers]
