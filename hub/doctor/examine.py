"""Look for what is wrong in a hub's database: each finding with its facts, since when if known; it changes nothing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, Table, func, inspect, select

from connectors import findings
from connectors.findings import Finding
from hub.audit import BACKED_UP, utc_text
from hub.config import Hub
from hub.digests.subscribe import counts
from hub.doctor.words import ABOUT, SENTENCES
from hub.identity.token_ends import ending
from hub.identity.tokens import region_owner
from hub.intake.enrol import ENROLMENT
from hub.intake.ledger import Chain, chains
from hub.partners_topic import oldest_unwritten
from hub.serving.leaks import reopened, unproven
from hub.serving.opening import held_back
from hub.serving.prove import backlog
from hub.serving.subscriptions import BY_OPERATOR, BY_OWNER, PAUSED, subscriptions
from hub.tables import (
    assessment,
    audit_log,
    citation,
    daily_head,
    dead_letter,
    evaluation,
    event,
    indicator_payload,
    item,
    joint_audit,
    lesson,
    region,
    reply,
)
from hub.tables.digests import digest
from schemas.codes import FIGURE_EVENTS, ITEMS, LESSONS, REPLIES, EventType, Language

DARK_DAYS: Final = 45  # without an event, after which a region is dark
BACKUP_DAYS: Final = 7  # that a backup may be old
_PROOF_STALLS: Final = timedelta(minutes=15)  # without a proof, or a look at an old one, while something waits
_MAIL_STALLS: Final = timedelta(hours=2)  # that a digest which did not fail may be late
_LONG: Final = timedelta(days=1)  # that a gap may last before somebody should look
_AHEAD: Final = timedelta(minutes=5)  # that a kept time may lie before this machine's clock
_PROJECTED: Final[tuple[tuple[Table, tuple[EventType, ...]], ...]] = (
    (indicator_payload, FIGURE_EVENTS),
    (lesson, LESSONS),
    (evaluation, (EventType.EVALUATION_PUBLISHED, EventType.EVALUATION_REVISED)),
    (assessment, (EventType.ASSESSMENT_PUBLISHED, EventType.ASSESSMENT_REVISED)),
    (reply, (*REPLIES, EventType.REPLY_WAIVED)),
    (citation, (EventType.CITATION_PUBLISHED,)),
    (item, ITEMS),
)


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that is not as it should be: which sentence says it, about what, and the facts that stand in it."""

    said: str
    about: str  # a key of hub.doctor.words.ABOUT, or a region's code
    facts: Mapping[str, str | int] = field(default_factory=dict)
    needs_hand: bool = True
    since: str | None = None

    def told(self, lang: Language) -> Finding:
        """Return the finding in words of a language."""
        what, mend = (text.told(lang).format(**self.facts) for text in SENTENCES[self.said])
        about = ABOUT[self.about].told(lang) if self.about in ABOUT else self.about
        return Finding(about, what, mend, self.needs_hand, self.since)


def examine(
    hub: Hub, connection: Connection, dark_days: int = DARK_DAYS, backup_days: int = BACKUP_DAYS
) -> tuple[list[Found], list[Chain]]:
    """Return what is wrong, and the chains as they were looked at."""
    standing, now = chains(connection), hub.clock()
    found = [
        *_gaps(connection, standing, now),
        *_dark(connection, standing, now, dark_days),
        *_clock(connection, now),
        *_backup(connection, now, backup_days),
        *_unapproved(connection),
        *_letters(connection),
        *_tokens(connection, now),
        *_heads(connection, now),
        *_projections(connection),
        *told_together(connection),
        *unproven_yet(connection, now),
        *_not_opened(connection, now),
        *_subscriptions(connection),
        *_mails(connection, hub.settings.mail is not None, now),
        *_partners(connection, now),
    ]
    return found, standing


def _clock(connection: Connection, now: datetime) -> Iterator[Found]:
    """Find what was kept under a later time than it is now: a clock here is behind, or was ahead for a while."""
    newest = connection.scalar(select(func.max(event.c.accepted_at)))
    if newest is not None and newest > utc_text(now + _AHEAD):
        yield Found("clock_behind", "clock", {"newest": newest, "now": utc_text(now)}, since=newest)
    last = connection.scalar(select(func.max(daily_head.c.day)))
    if last is not None and last > utc_text(now + timedelta(days=1))[:10]:
        yield Found("heads_ahead", "clock", {"day": last})


def _backup(connection: Connection, now: datetime, days: int) -> Iterator[Found]:
    last = connection.scalar(select(func.max(audit_log.c.at)).where(audit_log.c.action == BACKED_UP))
    begun = connection.scalar(select(func.min(event.c.accepted_at)))
    for one in findings.backup_age(last, begun, now, days, "python -m hub backup FILE"):
        yield Found("backup_old" if last else "backup_none", "backup", {"days": days}, since=one.since)


def _gaps(connection: Connection, standing: list[Chain], now: datetime) -> Iterator[Found]:
    for one in standing:
        for first, last in one.gaps:
            since = connection.scalar(
                select(func.min(event.c.accepted_at)).where(event.c.region == one.code, event.c.sequence > last)
            )
            is_long = since is not None and since < utc_text(now - _LONG)
            said = "gap_one" if first == last else "gap_many"
            yield Found(said, one.code, {"first": first, "last": last}, is_long, since)


def _dark(connection: Connection, standing: list[Chain], now: datetime, days: int) -> Iterator[Found]:
    limit = utc_text(now - timedelta(days=days))
    enrolled = {row.code: row.enrolled_at for row in connection.execute(select(region.c.code, region.c.enrolled_at))}
    for one in standing:
        since = one.last_accepted_at or enrolled.get(one.code)
        if since is not None and since < limit:
            yield Found("dark", one.code, {"days": days}, since=since)


def _unapproved(connection: Connection) -> Iterator[Found]:
    rows = connection.execute(select(region.c.code, region.c.enrolled_at).where(region.c.awaiting.is_not(None)))
    for row in rows:
        yield Found("unapproved", row.code, {"code": row.code}, since=row.enrolled_at)


def _letters(connection: Connection) -> Iterator[Found]:
    columns = (dead_letter.c.reason, func.count().label("number"), func.min(dead_letter.c.received_at).label("first"))
    rows = connection.execute(
        select(*columns).where(dead_letter.c.state == "open").group_by(dead_letter.c.reason).order_by(columns[0])
    )
    for row in rows:
        yield Found("letters", "dead letters", {"number": row.number, "reason": row.reason}, since=row.first)


def _tokens(connection: Connection, now: datetime) -> Iterator[Found]:
    """Name whose token ends soon, ended lately or never ends; a region's node renews its own two months before."""
    for one in ending(connection, now):
        code = one.owner.removeprefix(region_owner(""))
        of_region = code if code != one.owner and one.name == ENROLMENT else ""
        facts = {"id": one.id, "name": one.name, "owner": one.owner, "until": (one.expires_at or "")[:10]}
        if one.expires_at is None:
            yield Found("token_endless", "tokens", facts)
        elif of_region:
            said = "token_over_region" if one.is_over else "token_ends_region"
            yield Found(said, of_region, {**facts, "code": of_region}, since=one.expires_at if one.is_over else None)
        else:
            said = "token_over" if one.is_over else "token_ends"
            yield Found(said, "tokens", facts, since=one.expires_at if one.is_over else None)


def _heads(connection: Connection, now: datetime) -> Iterator[Found]:
    """Find the days since the first event whose heads were never signed; today's are signed when it is over."""
    first = connection.scalar(select(func.min(event.c.accepted_at)))
    if first is None:
        return
    last = connection.scalar(select(func.max(daily_head.c.day)))
    yesterday = (now - timedelta(days=1)).date().isoformat()
    if first[:10] <= yesterday and (last is None or last < yesterday):
        yield Found("heads_behind", "heads", since=last or first[:10])


def told_together(connection: Connection) -> Iterator[Found]:
    """Name where regions' figures together tell what one of them hid; `serve` looks every few minutes."""
    for one in reopened(connection):
        facts: dict[str, str | int] = {"indicator": one.indicator, "period": one.period, "audience": one.audience}
        facts |= {"figures": one.figures, "region": one.region, "event": one.event_id[:12]}
        yield Found("told_together", one.region, facts, since=one.found_at)
    for open_ in unproven(connection):
        place = {"indicator": open_.indicator, "period": open_.period, "audience": open_.audience}
        said = "beyond_budget" if open_.why == "beyond_budget" else "unproven"
        yield Found(said, "figures", place, since=open_.audited_at)


def unproven_yet(connection: Connection, now: datetime) -> Iterator[Found]:
    """Count what waits to be proven; somebody is needed where nothing was proven for a while."""
    waiting = backlog(connection)
    if not waiting:
        return
    last = connection.scalar(select(func.max(joint_audit.c.audited_at)))
    newest = waiting[0].since
    is_stalled = max(last or "", newest) < utc_text(now - _PROOF_STALLS)
    said = "proof_waits" if len(waiting) == 1 else "proofs_wait"
    yield Found(said, "totals", {"number": len(waiting)}, is_stalled, newest)


def _not_opened(connection: Connection, now: datetime) -> Iterator[Found]:
    """Find figures that others than the network should see by now, since the term for replies is over."""
    number, due = held_back(connection, utc_text(now - _PROOF_STALLS))
    if due is not None:
        yield Found("not_opened", "replies", {"number": number}, since=due)


def _subscriptions(connection: Connection) -> Iterator[Found]:
    """Name the subscriptions that the hub paused itself; their owners see it too, but may not look."""
    for one in subscriptions(connection):
        if one.state == PAUSED and one.why not in (BY_OWNER, BY_OPERATOR):
            facts = {"owner": one.owner, "why": one.why or "", "id": one.id}
            yield Found("paused", "subscriptions", facts, one.why == "secret", one.paused_at)


def _mails(connection: Connection, sends_mail: bool, now: datetime) -> Iterator[Found]:
    """Find digests that do not reach who asked for them; an address that refuses mails is nobody's work here."""
    there, first = counts(connection), connection.scalar(select(func.min(digest.c.failing_since)))
    if there["confirmed"] and not sends_mail:
        yield Found("mail_unset", "mail", {"number": there["confirmed"]})
    if there["failing"]:
        is_long = first is not None and first < utc_text(now - _LONG)
        yield Found("mail_failing", "mail", {"number": there["failing"]}, is_long, first)
    waits = select(func.min(digest.c.try_at)).where(digest.c.paused_at.is_(None), digest.c.confirmed_at.is_not(None))
    due = connection.scalar(waits)
    if sends_mail and due is not None and due < utc_text(now - _MAIL_STALLS):
        yield Found("mail_late", "mail", since=due)
    if there["paused"]:
        yield Found("mail_refused", "mail", {"number": there["paused"]}, needs_hand=False)


def _partners(connection: Connection, now: datetime) -> Iterator[Found]:
    """Find lessons that partners who stream should have by now, at a hub that has written to their topic."""
    since = oldest_unwritten(connection)
    if since is not None and since < utc_text(now - _PROOF_STALLS):
        yield Found("partners_wait", "partners", since=since)


def _projections(connection: Connection) -> Iterator[Found]:
    """Compare by numbers only, which is cheap; `rebuild --check` compares every row."""
    for table, types in _PROJECTED:
        of_event = select(table.c.event_id).where(table.c.event_id == event.c.id).exists()
        missing = connection.scalar(
            select(func.count())
            .select_from(event)
            .where(event.c.type.in_([one.value for one in types]), event.c.payload != b"", ~of_event)
        )
        if missing:
            yield Found("not_projected", "projections", {"number": missing, "table": table.name})
    if inspect(connection).has_table("rebuilt"):
        yield Found("rebuild_begun", "projections", needs_hand=False)
