"""The way out, in three functions: measure, release, ship. It stops only for people (review) and networks (outbox)."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine

from connectors.database import writing
from node.audit import AuditEntry
from node.config import Settings
from node.evaluation.asked import AskedEvaluation, made
from node.indicators.compute import planned
from node.indicators.figures import ComputedIndicator, PublishedTable, WholeTable
from node.indicators.measured import compute_all
from node.indicators.period import check_over
from node.indicators.warehouse import Place
from node.release import (
    alarm,
    candidate,
    cuts,
    heads,
    keyring,
    memory,
    neighbours,
    outbox,
    publishable,
    redelivery,
    review,
    scan,
    turn,
)
from node.release.disclosure import DisclosurePolicy
from node.release.disclosure.rounding import Random
from node.release.ground import ground
from node.release.host import check_few, check_host
from node.release.own_evidence import check_evaluations, check_evidence
from node.release.panel import AskedAssessment, panel
from node.release.protect import protect_run
from node.release.redact import redact
from node.release.refusal import ReleaseRefused
from node.release.revise import revise
from node.release.ship import ship as send
from node.release.sign import sign
from node.release.size import require_size
from node.release.subject import Words
from node.release.words.deidentifier import Deidentifier
from schemas.attachment import AttachmentPublished
from schemas.citation import CitationPublished
from schemas.codes import Audience
from schemas.definition import IndicatorDefinition
from schemas.delivery import HeadsOf, Sender
from schemas.heads import Heads
from schemas.items import Item
from schemas.joint import NeighbourhoodOf
from schemas.payloads import LessonPublished
from schemas.receipt import Answer
from schemas.signature import PublicKey, SigningKey
from schemas.standing import Standing

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Shipped:
    """What one round of shipping did; `doubted` answers were not signed by the hub.

    `elsewhere`: nothing was done, since another process ships this outbox now.
    """

    sent: int
    accepted: int
    refused: int
    doubted: int = 0
    elsewhere: bool = False


def measure(
    place: Place,
    definitions: Sequence[IndicatorDefinition],
    period: str,
    areas: tuple[str, ...],
) -> tuple[ComputedIndicator, ...]:
    """Compute indicators over one period where the linked records are; the result cannot leave as it is."""
    return compute_all(place, definitions, (period,), areas)


def require_releasable(
    connection: Connection,
    definitions: Sequence[IndicatorDefinition],
    period: str,
    areas: tuple[str, ...],
    cut: cuts.Cut = cuts.AS_DEFINED,
) -> None:
    """Refuse a run that cannot become a release, before an hour is spent on counting it; raises a ReleaseRefused."""
    earlier = memory.earlier(connection)
    asked, _ = cuts.apply([planned(one, period, areas) for one in definitions], cut)
    require_size(cuts.follow(asked, earlier), earlier)


def release_advice(
    connection: Connection, definitions: Sequence[IndicatorDefinition], period: str, areas: tuple[str, ...]
) -> tuple[str, ...]:
    """Say why what is measured could not be released as it is; nothing where it could."""
    try:
        require_releasable(connection, definitions, period, areas)
    except ReleaseRefused as refused:
        return (f"As a release this would be refused. {refused}",)
    return ()


def release(
    connection: Connection,
    settings: Settings,
    computed: Sequence[ComputedIndicator],
    tables: Sequence[PublishedTable],
    lessons: Sequence[Words],
    evaluations: Sequence[AskedEvaluation] = (),
    assessments: Sequence[AskedAssessment] = (),
    *,
    audience: Audience,
    subject_key: bytes,
    entry: AuditEntry,
    reason: str = "",
    whole: WholeTable | None = None,
    notes: Sequence[str] = (),
    owners: Sequence[str] = (),
    random: Random | None = None,
    deidentifier: Deidentifier | None = None,
) -> candidate.FrozenBundle:
    """Protect figures against all that was released before, scan words, and freeze for review what does not stand yet.

    A correction that tells of fewer than ten persons waits, and the rest goes on; reviewers read where one waits. With
    `random`, what waits in bare counts goes out by controlled rounding where it can.
    `reason` says why what was released before changes; `whole` marks a table that holds all its owner publishes;
    `owners` are the organisations whose records were counted. `evaluations` are made here, of published figures alone,
    and `assessments` of closed rounds.
    `lessons` are lessons, replies, citations and items; `deidentifier` reads them beside the rules, where installed.
    """
    for one in computed:
        check_over(one.period, entry.at.date(), one.definition)
    protected = protect_run(
        computed,
        tables,
        memory.earlier(connection),
        DisclosurePolicy(),
        region_set=settings.region_set,
        division_year=settings.division_year,
        random=random,
    )
    scanned = tuple(scan.scan(lesson, deidentifier) for lesson in lessons)
    grounded = tuple(ground(connection, made(connection, one), audience, deidentifier) for one in evaluations)
    told = tuple(panel(connection, one, deidentifier) for one in assessments)
    for words in lessons:
        if isinstance(words, CitationPublished):
            check_evidence(connection, words, audience)
        elif isinstance(words, LessonPublished | Item):
            check_evaluations(connection, words, audience)
        if isinstance(words, AttachmentPublished):
            check_few(connection, words, check_host(connection, words, audience))
    waiting = (*protected.waiting, *protected.left_out)
    revised = revise(
        connection, [*protected.items, *scanned, *grounded, *told],
        audience=audience, subject_key=subject_key, reason=reason, whole=whole, waiting=waiting,
    )  # fmt: skip
    return candidate.freeze(
        connection, revised.items, audience=audience, subject_key=subject_key, entry=entry, now=entry.at,
        notes=(*notes, *revised.summary, *protected.besides, *waiting), owners=owners,
    )  # fmt: skip


def check_neighbours(
    engine: Engine, bundle_id: str, settings: Settings, ask: NeighbourhoodOf, entry: AuditEntry
) -> int:
    """Hold a bundle's computed figures against what other regions published; return how many there were.

    Nothing waits for the store while the hub is asked. Raises a ReleaseRefused of `node.release.neighbours`.
    """
    with engine.connect() as connection:
        bundle = candidate.load(connection, bundle_id)
    answers = neighbours.gathered(bundle, ask)
    with writing(engine) as connection:
        return neighbours.check(connection, bundle, settings.region, settings.region_set, answers, entry)


def publish(connection: Connection, bundle_id: str, region: str, key: SigningKey, entry: AuditEntry) -> int:
    """Sign an approved bundle onto the chain and put it into the outbox; returns the number of events.

    Computed figures must have been held against other regions' before (`check_neighbours`). What it redacts is
    destroyed here in the same transaction.
    """
    approved = review.approved(connection, bundle_id)
    publishable.check_publishable(connection, approved.bundle)
    neighbours.require_checked(connection, approved.bundle, entry.at)
    events = sign(connection, approved, region, key, entry)
    outbox.enqueue(connection, events)
    redact(connection, events, entry)
    return len(events)


def ship(engine: Engine, region: str, sender: Sender, hub_key: PublicKey, clock: Clock) -> Shipped:
    """Send what is pending, then mark it; take in the answers. Nothing is marked before the other side holds it.

    One process at a time ships. Raises an alarm that nobody closed, HubShowsAnotherChain, and what `sender` raises.
    """
    with turn.shipping(engine) as mine:
        if not mine:
            return Shipped(0, 0, 0, elsewhere=True)
        with engine.connect() as connection:
            alarm.check_calm(connection)
        answers = _Answers(engine, hub_key, clock)
        answers.collect(sender)  # receipts first: what is settled need not be sent again
        _heed(engine, sender.standing(), region, hub_key, clock())
        with writing(engine) as connection:
            outbox.wake(connection, clock())
        sent = 0
        for entries in _batches(engine, region):
            known = send(entries, sender)
            with writing(engine) as connection:
                outbox.mark_sent(connection, entries, clock())
            answers.take_in(known)
            answers.collect(sender)
            sent += len(entries)
        with writing(engine) as connection:
            keyring.heed_receipts(connection, clock())
        return Shipped(sent, answers.accepted, answers.refused, answers.doubted)


def _batches(engine: Engine, region: str) -> Iterator[tuple[outbox.OutboxEntry, ...]]:
    last = 0
    while True:
        with engine.connect() as connection:
            entries = outbox.pending(connection, region, outbox.BATCH_EVENTS, last)
        if not entries:
            return
        yield entries
        last = entries[-1].sequence


class _Answers:
    """Take in the hub's answers as they come, each lot in a transaction of its own, and count them."""

    def __init__(self, engine: Engine, hub_key: PublicKey, clock: Clock) -> None:
        self._engine, self._hub_key, self._clock = engine, hub_key, clock
        self.accepted = self.refused = self.doubted = 0

    def collect(self, sender: Sender) -> None:
        """Take in what came since the last call."""
        while late := sender.collect():
            self.take_in(late)

    def take_in(self, answers: Sequence[Answer]) -> None:
        """Keep these answers."""
        if not answers:
            return
        with writing(self._engine) as connection:
            marked = outbox.mark_answered(connection, answers, self._hub_key, self._clock())
        self.accepted += marked.accepted
        self.refused += marked.refused
        self.doubted += marked.doubted


def _heed(engine: Engine, standing: Standing | None, region: str, hub_key: PublicKey, now: datetime) -> None:
    if standing is None:
        return
    with writing(engine) as connection:
        contradiction = redelivery.heed(connection, standing, region, hub_key, now)
    if contradiction is not None:
        raise contradiction


def compare_heads(engine: Engine, region: str, heads_of: HeadsOf, hub_key: PublicKey, clock: Clock) -> int:
    """Compare the hub's live heads and, where they follow from other days than those kept, those; return how many.

    Raises HubHistoryChanged, TransportUnavailable or TransportRefused.
    """

    def heed(shown: Sequence[Heads], *, live: bool) -> int:
        contradiction = None
        with writing(engine) as connection:
            for one in shown:
                contradiction = heads.heed(connection, one, region, hub_key, clock(), live=live)
                if contradiction is not None:
                    break  # what was kept so far stays: it is the evidence
        if contradiction is not None:
            raise contradiction
        return len(shown)

    live = heads_of(None)
    if not heed(live, live=True):
        return 0
    today = clock().date()
    with engine.connect() as connection:
        first = heads.first_day(connection, live[0], today)
    return 1 if first is None else 1 + heed(heads.since(first, today, heads_of), live=False)
