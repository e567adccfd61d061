"""The doctor of a hub: every finding says what is wrong, since when if known, and the command that mends it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import click
from sqlalchemy import Connection, Table, func, inspect, select
from sqlalchemy.exc import SQLAlchemyError

from connectors import findings
from connectors.database import DatabaseNewer, database_file
from connectors.findings import Finding
from connectors.trouble import of_file, takes_no_writes, trouble
from hub.audit import BACKED_UP, utc_text
from hub.bootstrap import DatabaseGone, DatabaseOutOfDate, DatabaseUnreachable, brokers_away
from hub.config import Hub, HubKeyExposed, HubKeyMissing, SettingsFileMissing, SettingWrong
from hub.intake.heads import HubKeyDiffers
from hub.intake.ledger import Chain, chains
from hub.serving.leaks import reopened, unproven
from hub.serving.opening import held_back
from hub.serving.prove import backlog
from hub.tables import (
    assessment,
    audit_log,
    citation,
    daily_head,
    dead_letter,
    evaluation,
    event,
    indicator_payload,
    joint_audit,
    lesson,
    region,
    reply,
)
from schemas.codes import FIGURE_EVENTS, LESSONS, REPLIES, EventType

from . import options

_PROOF_STALLS: Final = timedelta(minutes=15)  # without a proof, or a look at an old one, while something waits
_LONG: Final = timedelta(days=1)  # that a gap may last before somebody should look
_AHEAD: Final = timedelta(minutes=5)  # that a kept time may lie before this machine's clock
_PROJECTED: Final[tuple[tuple[Table, tuple[EventType, ...]], ...]] = (
    (indicator_payload, FIGURE_EVENTS),
    (lesson, LESSONS),
    (evaluation, (EventType.EVALUATION_PUBLISHED, EventType.EVALUATION_REVISED)),
    (assessment, (EventType.ASSESSMENT_PUBLISHED, EventType.ASSESSMENT_REVISED)),
    (reply, (*REPLIES, EventType.REPLY_WAIVED)),
    (citation, (EventType.CITATION_PUBLISHED,)),
)
_CANNOT_OPEN: Final = (
    DatabaseGone, DatabaseNewer, DatabaseOutOfDate, DatabaseUnreachable, HubKeyDiffers, HubKeyExposed, HubKeyMissing,
    SettingsFileMissing, SettingWrong,
)  # fmt: skip


@click.command()
@click.option("--dark-after", default=45, show_default=True, help="Days without an event after which a region is dark.")
@click.option("--backup-days", default=7, show_default=True, help="Days a backup may be old; 0: do not ask.")
@options.home
@options.as_json
def doctor(dark_after: int, backup_days: int, home: Path, as_json: bool) -> None:
    """Say what is wrong with this hub and what mends it; exit 1 when something needs a hand. It changes nothing."""
    found, facts = [*findings.disk(home), *findings.leftovers(home)], dict[str, object]()
    try:
        with options.opened(home) as hub:
            found += [*_disk(hub, home), *_broker(hub)]
            if (seen := takes_no_writes(hub.engine)) is not None:
                found.append(Finding("database", seen.what, seen.mend))
            _examine(hub, found, facts, dark_after, backup_days)
    except _CANNOT_OPEN as refusal:
        found.append(findings.refused("hub", str(refusal)))
    except SQLAlchemyError as error:
        seen = trouble(error)
        found.append(Finding("database", seen.what, seen.mend))
    except OSError as error:
        found.append(findings.refused("files", of_file(error)))
    findings.tell(found, facts, as_json)


def _examine(hub: Hub, found: list[Finding], facts: dict[str, object], dark_after: int, backup_days: int) -> None:
    with hub.engine.connect() as connection:
        standing = chains(connection)
        now = hub.clock()
        found += [*_gaps(connection, standing, now), *_dark(connection, standing, now, dark_after)]
        found += [
            *_clock(connection, now),
            *_backup(connection, now, backup_days),
            *_unapproved(connection),
            *_letters(connection),
            *_heads(connection, now),
            *_projections(connection),
            *_told_together(connection),
            *_unproven_yet(connection, now),
            *_not_opened(connection, now),
        ]
    facts["key"], facts["regions"] = hub.key.public.key_id, len(standing)
    facts["events"] = sum(one.events for one in standing)


def _clock(connection: Connection, now: datetime) -> Iterator[Finding]:
    """Find what was kept under a later time than it is now: a clock here is behind, or was ahead for a while."""
    newest = connection.scalar(select(func.max(event.c.accepted_at)))
    if newest is not None and newest > utc_text(now + _AHEAD):
        what = f"an event was accepted at {newest}, and this machine's clock says {utc_text(now)}"
        mend = "let every machine of this hub keep time (systemd-timesyncd or chrony); times that were signed stay"
        yield Finding("clock", what, mend, since=newest)
    last = connection.scalar(select(func.max(daily_head.c.day)))
    if last is not None and last > utc_text(now + timedelta(days=1))[:10]:
        what = f"the daily heads of {last} are signed already, by a clock that was ahead, and none are made until then"
        mend = "let the machine keep time, and tell the regions: until then nodes compare receipts, not daily heads"
        yield Finding("clock", what, mend)


def _backup(connection: Connection, now: datetime, days: int) -> list[Finding]:
    last = connection.scalar(select(func.max(audit_log.c.at)).where(audit_log.c.action == BACKED_UP))
    begun = connection.scalar(select(func.min(event.c.accepted_at)))
    return findings.backup_age(last, begun, now, days, "python -m hub backup FILE")


def _disk(hub: Hub, home: Path) -> Iterator[Finding]:
    file = database_file(hub.engine)
    yield from findings.seen_by_others([file] if file is not None else [])
    if file is not None and file.parent.resolve() != home.resolve():
        yield from findings.disk(file.parent)


def _broker(hub: Hub) -> Iterator[Finding]:
    settings = hub.settings
    if settings.kafka_bootstrap is None:
        return
    if settings.kafka_ca_file is not None and not Path(settings.kafka_ca_file).is_file():
        yield Finding("broker", f"{settings.kafka_ca_file} is missing", "set kafka_ca_file to the authority's file")
    if not settings.kafka_password:
        yield Finding("broker", "no password is set for it", "set REGIOHELIX_HUB_KAFKA_PASSWORD for `receive`", False)
    for address in brokers_away(settings):
        mend = "start the broker, or correct kafka_bootstrap; regions keep what they send until it is back"
        yield Finding("broker", f"{address} cannot be reached", mend)


def _gaps(connection: Connection, standing: list[Chain], now: datetime) -> Iterator[Finding]:
    for one in standing:
        for first, last in one.gaps:
            since = connection.scalar(
                select(func.min(event.c.accepted_at)).where(event.c.region == one.code, event.c.sequence > last)
            )
            is_long = since is not None and since < utc_text(now - _LONG)
            mend = "the node sends again at its next call; if it stays, the region runs `python -m node doctor`"
            what = f"event {first} is missing" if first == last else f"events {first} to {last} are missing"
            yield Finding(one.code, what, mend, is_long, since)


def _dark(connection: Connection, standing: list[Chain], now: datetime, days: int) -> Iterator[Finding]:
    limit = utc_text(now - timedelta(days=days))
    enrolled = {row.code: row.enrolled_at for row in connection.execute(select(region.c.code, region.c.enrolled_at))}
    for one in standing:
        since = one.last_accepted_at or enrolled.get(one.code)
        if since is not None and since < limit:
            mend = "call the region: `python -m node doctor` there says why; what it showed stays, with its date"
            yield Finding(one.code, f"nothing came for more than {days} days", mend, since=since)


def _unapproved(connection: Connection) -> Iterator[Finding]:
    rows = connection.execute(select(region.c.code, region.c.enrolled_at).where(region.c.awaiting.is_not(None)))
    for row in rows:
        mend = f"have its people read out `node fingerprint`, then `python -m hub approve {row.code} --fingerprint …`"
        yield Finding(row.code, "its keys wait for approval", mend, since=row.enrolled_at)


def _letters(connection: Connection) -> Iterator[Finding]:
    columns = (dead_letter.c.reason, func.count().label("number"), func.min(dead_letter.c.received_at).label("first"))
    rows = connection.execute(
        select(*columns).where(dead_letter.c.state == "open").group_by(dead_letter.c.reason).order_by(columns[0])
    )
    for row in rows:
        mend = "`python -m hub dead-letters list`, then `show`, `replay` or `discard` each"
        yield Finding("dead letters", f"{row.number} were refused as {row.reason}", mend, since=row.first)


def _heads(connection: Connection, now: datetime) -> Iterator[Finding]:
    """Find the days since the first event whose heads were never signed; today's are signed when it is over."""
    first = connection.scalar(select(func.min(event.c.accepted_at)))
    if first is None:
        return
    last = connection.scalar(select(func.max(daily_head.c.day)))
    yesterday = (now - timedelta(days=1)).date().isoformat()
    if first[:10] <= yesterday and (last is None or last < yesterday):
        mend = "keep `python -m hub serve` running, or run `python -m hub heads make` once a day"
        yield Finding("heads", "the daily heads are behind", mend, since=last or first[:10])


def _told_together(connection: Connection) -> Iterator[Finding]:
    """Name where regions' figures together tell what one of them hid; `serve` looks every few minutes."""
    for one in reopened(connection):
        what = f"{one.indicator} {one.period}: {one.figures} figures it hid follow from what others published"
        mend = (
            f"have {one.region} withdraw event {one.event_id[:12]}, or who published last; readers for whom it holds: "
            f"{one.audience}"
        )
        yield Finding(one.region, what, mend, since=one.found_at)
    for place in unproven(connection):
        what = f"{place.indicator} {place.period}: it is not proven what figures tell together ({place.audience})"
        what += ", since that takes more work than one place is given" if place.why == "beyond_budget" else ""
        mend = "totals are withheld there; have the regions coarsen what they publish"
        yield Finding("figures", what, mend, since=place.audited_at)


def _unproven_yet(connection: Connection, now: datetime) -> Iterator[Finding]:
    """Count what waits to be proven; somebody is needed where nothing was proven for a while."""
    waiting = backlog(connection)
    if not waiting:
        return
    last = connection.scalar(select(func.max(joint_audit.c.audited_at)))
    newest = waiting[0].since
    is_stalled = max(last or "", newest) < utc_text(now - _PROOF_STALLS)
    many = "1 indicator and period waits" if len(waiting) == 1 else f"{len(waiting)} indicators and periods wait"
    what = f"{many} to be proven; readers see no total there until then"
    yield Finding("totals", what, "keep `python -m hub serve` running, which proves them", is_stalled, newest)


def _not_opened(connection: Connection, now: datetime) -> Iterator[Finding]:
    """Find figures that others than the network should see by now, since the term for replies is over."""
    number, due = held_back(connection, utc_text(now - _PROOF_STALLS))
    if due is not None:
        what = f"{number} releases wait, though the term for replies is over"
        yield Finding("replies", what, "keep `python -m hub serve` running, which opens them", since=due)


def _projections(connection: Connection) -> Iterator[Finding]:
    """Compare by numbers only, which is cheap; `rebuild --check` compares every row."""
    for table, types in _PROJECTED:
        of_event = select(table.c.event_id).where(table.c.event_id == event.c.id).exists()
        missing = connection.scalar(
            select(func.count())
            .select_from(event)
            .where(event.c.type.in_([one.value for one in types]), event.c.payload != b"", ~of_event)
        )
        if missing:
            yield Finding("projections", f"{missing} events are not in {table.name}", "`python -m hub rebuild`")
    if inspect(connection).has_table("rebuilt"):
        mend = "if none runs now, `python -m hub rebuild` goes on with it"
        yield Finding("projections", "a rebuild was begun and has not ended", mend, needs_hand=False)
