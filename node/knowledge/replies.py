"""Replies to comparisons as drafts: written as YAML, kept in the node, released through the same door as lessons."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NamedTuple

import msgspec
from sqlalchemy import Connection, delete, insert, select

from node.audit import AuditEntry, record, timestamp
from node.tables import reply as reply_table
from schemas.catalogue import catalogue
from schemas.codes import PERIOD, Language
from schemas.payloads import ReplyPublished, ReplyWaived
from schemas.refused import Refused

from .written import WrittenUnreadable, read_written

_ID: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,48}")
_LONGEST_TEXT: Final = 4_000  # characters, as the hub takes
_LONGEST_ROLE: Final = 100
_PAGE: Final = "docs/replies.md"
_MOMENT: Final = "%Y-%m-%dT%H:%M:%SZ"  # as the hub writes when it accepted something


class ReplyUnreadable(Refused, ValueError):
    """A reply file that is not YAML, lacks a field or has one too many, or says what no hub takes."""


class ReplyUnknown(Refused, LookupError):
    """A reply that this node does not know."""


class WrittenReply(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A reply as people write it; without `as_known_on` they looked at the comparison when they handed it in."""

    reply: str
    indicator: str
    period: str
    language: Language
    text: str
    author_role: str
    as_known_on: str | None = None


class Draft(NamedTuple):
    """A reply that is kept here, with its name at this node."""

    name: str
    reply: ReplyPublished


def read_reply(file: Path, region_set: str, now: datetime) -> ReplyPublished:
    """Read one reply from YAML; raises ReplyUnreadable naming the file, the field and the remedy."""
    try:
        found = read_written(file, WrittenReply, _PAGE)
    except WrittenUnreadable as error:
        raise ReplyUnreadable(str(error)) from error
    return made_of(found, str(file), region_set, now)


def made_of(found: WrittenReply, where: str, region_set: str, now: datetime) -> ReplyPublished:
    """Return what leaves of a written reply; raises ReplyUnreadable, which calls it `where`."""
    wrong = _wrong(found, now)
    if wrong is not None:
        raise ReplyUnreadable(f"{where}: {wrong}; see {_PAGE} for the fields.")
    return ReplyPublished(
        reply=found.reply,
        indicator=found.indicator,
        period=found.period,
        region_set=region_set,
        as_known_on=found.as_known_on or hub_text(now),
        language=found.language,
        text=found.text.strip(),
        author_role=found.author_role,
    )


def waiver(indicator: str, period: str, region_set: str, now: datetime) -> ReplyWaived:
    """Return the region's word that it needs no time for a reply; raises ReplyUnreadable for an unknown indicator."""
    check_known(indicator)
    return ReplyWaived(indicator, period, region_set, hub_text(now))


def check_known(indicator: str) -> None:
    """Raise ReplyUnreadable where there is no such indicator."""
    if indicator not in catalogue():
        raise ReplyUnreadable(f"There is no indicator {indicator}; `python -m node definitions list` names them.")


def hub_text(moment: datetime) -> str:
    """Return a moment as the hub writes when it accepted something: UTC, whole seconds."""
    return moment.astimezone(UTC).strftime(_MOMENT)


def name_of(reply: ReplyPublished) -> str:
    """Return what a reply in one language is called at this node."""
    return f"{reply.reply}.{reply.language}"


def keep(connection: Connection, reply: ReplyPublished, entry: AuditEntry) -> None:
    """Store a draft, replacing an earlier one of the same name."""
    connection.execute(delete(reply_table).where(reply_table.c.id == name_of(reply)))
    row = {"id": name_of(reply), "payload": msgspec.json.encode(reply).decode()}
    connection.execute(insert(reply_table).values(**row, author=entry.actor, written_at=timestamp(entry.at)))
    record(connection, entry)


def find(connection: Connection, name: str) -> ReplyPublished:
    """Return a draft; raises ReplyUnknown."""
    text = connection.execute(select(reply_table.c.payload).where(reply_table.c.id == name)).scalar_one_or_none()
    if text is None:
        raise ReplyUnknown(f"There is no reply '{name}' here; `python -m node reply list` names them.")
    return msgspec.json.decode(text, type=ReplyPublished)


def drafts(connection: Connection) -> Sequence[Draft]:
    """Return every draft in order of its name."""
    rows = connection.execute(select(reply_table.c.id, reply_table.c.payload).order_by(reply_table.c.id))
    return [Draft(row.id, msgspec.json.decode(row.payload, type=ReplyPublished)) for row in rows]


def _wrong(found: WrittenReply, now: datetime) -> str | None:
    """Return what of a reply no hub takes, None where nothing."""
    if not _ID.fullmatch(found.reply):
        return "field `reply` is the reply's own name: at most 49 small letters, digits and hyphens"
    if found.indicator not in catalogue():
        return "field `indicator` names none that this node knows (`python -m node definitions list`)"
    if not PERIOD.fullmatch(found.period):
        return "field `period` is a year, quarter, month, week or day, as the comparison has it"
    if not found.text.strip() or len(found.text) > _LONGEST_TEXT:
        return f"field `text` is empty or longer than {_LONGEST_TEXT} characters"
    if not found.author_role.strip() or len(found.author_role) > _LONGEST_ROLE:
        return f"field `author_role` is empty or longer than {_LONGEST_ROLE} characters"
    return None if found.as_known_on is None else _wrong_moment(found.as_known_on, now)


def _wrong_moment(text: str, now: datetime) -> str | None:
    try:
        moment = datetime.strptime(text, _MOMENT).replace(tzinfo=UTC)
    except ValueError:
        return "field `as_known_on` is not written as 2026-11-22T21:00:00Z, as the comparison says it"
    return "field `as_known_on` has not been yet" if moment > now else None
