"""Prove what readers may be shown, before they ask: what figures tell together, and the totals that follow.

Each indicator and period is claimed by one process at a time and audited for every audience; what is found is kept in
one transaction with the totals. A process that dies leaves nothing half kept; the next run takes its place up again.
"""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Engine, Row, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from connectors.database import writing
from hub import tables
from hub.audit import utc_text
from hub.disclosure import (
    SHOWN,
    Budget,
    BudgetSpent,
    NotProven,
    adds_nothing,
    exact_figures,
    judge,
    together,
)  # fmt: skip
from hub.serving.claims import Claim, claim
from hub.serving.figures import readable
from hub.serving.freeze import FigureDestroyed, Frozen, frozen, keep
from hub.serving.leaks import PROVEN
from hub.serving.published import scope, seen, sets
from hub.serving.totals import cut_of, cut_text
from schemas.canonical import canonical_bytes, sha256_hex
from schemas.codes import AUDIENCES, Audience
from schemas.joint import Cut, Publication, Total

MOST_AT_ONCE: Final = 200  # proofs of one run; the next goes on
_SWEPT: Final = 17  # places without a change that one run looks at

Place = tuple[str, str]  # indicator and period
Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Waiting:
    """An indicator and period whose totals are not proven as they stand, and when its newest event was accepted."""

    indicator: str
    period: str
    since: str


@dataclass(frozen=True, slots=True)
class _Proof:
    """What was proven of a place for one audience: by scope, the verdict, the cuts that tell, and findings by event."""

    scope: str
    verdict: str
    cuts: frozenset[Cut]
    told: dict[tuple[str, str], int] = field(repr=False)  # event and region: how many figures
    published: tuple[Publication, ...] = field(repr=False)
    totals: tuple[Frozen, ...] = field(repr=False, default=())


def prove(engine: Engine, clock: Clock, most: int = MOST_AT_ONCE) -> int:
    """Prove what changed, newest first, then look at what was proven longest ago; return how many proofs were made."""
    with engine.connect() as connection:
        waiting = [(one.indicator, one.period) for one in backlog(connection)]
        done_at = func.min(tables.joint_audit.c.audited_at)
        here = tables.joint_audit.c.indicator, tables.joint_audit.c.period
        oldest = connection.execute(select(*here).group_by(*here).order_by(done_at, *here)).all()
    rest = [place for place in map(tuple, oldest) if place not in set(waiting)][:_SWEPT]
    done = 0
    for indicator, period in (*waiting, *rest):
        if done >= most:
            break
        done += _prove(engine, (indicator, period), clock)
    return done


def backlog(connection: Connection) -> list[Waiting]:
    """Return the places that changed since they were proven, or never were, the newest first."""
    there, named = _there(connection), _sets_hash(connection)
    done = tables.joint_audit.c
    columns = (done.indicator, done.period, done.audience, done.looked, done.sets)
    proven = Counter(
        (row.indicator, row.period)
        for row in connection.execute(select(*columns))
        if (row.looked, row.sets) == (there.get((row.indicator, row.period), (0, ""))[0], named)
    )
    found = [Waiting(*place, newest) for place, (_, newest) in there.items() if proven[place] < len(AUDIENCES)]
    return sorted(found, key=lambda one: (one.since, one.indicator, one.period), reverse=True)


def marked(connection: Connection) -> tuple[int, ...]:
    """Return what changes whenever something comes that can change a proof; cheap enough to ask every other second."""
    counted = (tables.indicator_payload, tables.superseded, tables.region)
    numbers = [connection.scalar(select(func.count()).select_from(one)) or 0 for one in counted]
    return (*numbers, connection.scalar(select(func.count(tables.held_figure.c.opened_at))) or 0)


def _there(connection: Connection, place: Place | None = None) -> dict[Place, tuple[int, str]]:
    """Return per place how many events there are, with what took their places, and when the newest was accepted.

    Held figures count once more when they are opened, since other readers have other totals then.

    Counted, since clocks of several processes differ and events come in any order.
    """
    found, took = tables.indicator_payload, tables.superseded
    names = found.c.indicator, found.c.period
    came = select(*names, func.count().label("rows"), func.max(found.c.accepted_at).label("at"))
    noted = select(*names, func.count().label("rows"), func.max(took.c.accepted_at).label("at"))
    noted = noted.join_from(took, found, found.c.event_id == took.c.event_id)
    held = tables.held_figure
    opened = select(*names, func.count().label("rows"), func.max(held.c.opened_at).label("at"))
    opened = opened.join_from(held, found, found.c.event_id == held.c.event_id).where(held.c.opened_at.is_not(None))
    there: dict[Place, tuple[int, str]] = {}
    for query in (came, noted, opened):
        here = query if place is None else query.where(names[0] == place[0], names[1] == place[1])
        for row in connection.execute(here.group_by(*names)):
            rows, at = there.get((row.indicator, row.period), (0, ""))
            there[row.indicator, row.period] = rows + row.rows, max(at, row.at)
    return there


def _sets_hash(connection: Connection) -> str:
    return sha256_hex(canonical_bytes([[name, list(codes)] for name, codes in sets(connection).items()]))


def _prove(engine: Engine, place: Place, clock: Clock) -> int:
    with engine.connect() as connection:
        before = _kept(connection, place)
        looked, named = _there(connection, place).get(place, (0, ""))[0], _sets_hash(connection)
        is_as_it_was = len(before) == len(AUDIENCES) and all(
            (row.scope, row.looked, row.sets) == (scope(connection, reader, *place), looked, named)
            for reader, row in before.items()
        )
    if is_as_it_was:
        with writing(engine) as connection:
            connection.execute(update(tables.joint_audit).where(*_at(place)).values(audited_at=utc_text(clock())))
        return 0
    held = claim(engine, *place, clock)
    if held is None:
        return 0
    kept = False
    try:
        now = clock()
        proofs: dict[Audience, _Proof] = {}
        with engine.connect() as connection:
            before = _kept(connection, place)
            looked, named = _there(connection, place).get(place, (0, ""))[0], _sets_hash(connection)
        for reader in AUDIENCES:
            proofs[reader] = _proven(engine, reader, place, before.get(reader), proofs, now, held)
        kept = _keep(engine, place, proofs, (looked, named), now, held)
    finally:
        if not kept:
            held.drop()
    if not kept:
        return 0
    return sum(reader not in before or before[reader].scope != proof.scope for reader, proof in proofs.items())


def _kept(connection: Connection, place: Place) -> dict[Audience, Row[Any]]:
    return {row.audience: row for row in connection.execute(select(tables.joint_audit).where(*_at(place)))}


def _at(place: Place) -> tuple[Any, ...]:
    done = tables.joint_audit.c
    return done.indicator == place[0], done.period == place[1]


def _proven(
    engine: Engine,
    reader: Audience,
    place: Place,
    before: Row[Any] | None,
    others: dict[Audience, _Proof],
    now: datetime,
    held: Claim,
) -> _Proof:
    """Audit all that an audience sees of a place, unless a smaller one sees the same, and work out its totals."""
    with engine.connect() as connection:
        here, known_sets = scope(connection, reader, *place), sets(connection)
        same = next((one for one in others.values() if one.scope == here), None)
        published = seen(connection, reader, *place) if same is None else same.published
    budget = Budget(meanwhile=held.renew)
    audited = same or _audited(here, published, known_sets, budget)
    exact, cuts = exact_figures(published), set(audited.cuts)
    if audited.verdict != PROVEN or not any(pair is not None and pair[1] is not None for pair in exact.values()):
        return replace(audited, totals=())  # a total is made of exact figures over denominators

    def may(total: Total) -> bool:
        held.renew()
        if adds_nothing(total, exact):
            return total.cut not in cuts
        earlier = _earlier(connection, reader, place, {one.event_id for one in published})
        if judge(total, published, earlier, known_sets, budget) == SHOWN:
            return True
        cuts.add(total.cut)
        return False

    since = None if before is None else before.audited_at
    with engine.connect() as connection:
        totals = tuple(frozen(connection, reader, place, since, now, may))
    return replace(audited, cuts=frozenset(cuts), totals=totals)


def _audited(here: str, published: tuple[Publication, ...], known_sets: Any, budget: Budget) -> _Proof:
    if len({one.region for one in published}) < 2:
        return _Proof(here, PROVEN, frozenset(), {}, published)
    try:
        found = together(published, known_sets, (), budget)
    except BudgetSpent:
        return _Proof(here, "beyond_budget", frozenset(), {}, published)
    except NotProven:
        return _Proof(here, "not_proven", frozenset(), {}, published)
    told = Counter((one.hidden.event_id, one.hidden.region) for one in found)
    return _Proof(here, PROVEN, frozenset(one.hidden.key.cut for one in found), dict(told), published)


def _earlier(connection: Connection, reader: Audience, place: Place, visible: set[str]) -> list[Total]:
    """Return the totals kept for this reader that are made of something the reader does not see now.

    Of the others every part is known, so that they tell nothing beside their parts.
    """
    total, part = tables.shown_total, tables.shown_total_part
    rows = connection.execute(
        select(total.c.id, total.c.cut, total.c.numerator, total.c.denominator, part.c.region, part.c.event_id)
        .join(part, part.c.total == total.c.id)
        .where(
            total.c.indicator == place[0],
            total.c.period == place[1],
            total.c.audience.in_(readable(reader)),
            total.c.numerator.is_not(None),
        )
        .order_by(total.c.id, part.c.region)
    )
    parts: dict[int, list[tuple[str, str]]] = {}
    figures: dict[int, Any] = {}
    for row in rows:
        figures[row.id] = row
        parts.setdefault(row.id, []).append((row.region, row.event_id))
    return [
        Total(cut_of(row.cut), row.numerator, row.denominator, tuple(parts[number]))
        for number, row in figures.items()
        if any(event_id not in visible for _, event_id in parts[number])
    ]


def _keep(
    engine: Engine, place: Place, proofs: dict[Audience, _Proof], seen_as: tuple[int, str], now: datetime, held: Claim
) -> bool:
    """Keep what was proven, all or nothing; False where the claim was lost or a figure was destroyed meanwhile."""
    looked, named = seen_as
    names = {"indicator": place[0], "period": place[1]}
    told = tables.reopened
    try:
        with writing(engine) as connection:
            if not held.spend(connection):
                return False
            keep(connection, [one for proof in proofs.values() for one in proof.totals])
            connection.execute(delete(tables.joint_audit).where(*_at(place)))
            connection.execute(delete(told).where(told.c.indicator == place[0], told.c.period == place[1]))
            for reader, proof in proofs.items():
                row = {"scope": proof.scope, "verdict": proof.verdict, "figures": sum(proof.told.values())}
                row |= {"told_cuts": json.dumps(sorted(map(cut_text, proof.cuts))), "looked": looked, "sets": named}
                row |= {"audience": reader, "audited_at": utc_text(now)}
                connection.execute(insert(tables.joint_audit).values(**names, **row))
                for (event_id, region), figures in proof.told.items():
                    found = {"event_id": event_id, "region": region, "figures": figures, "found_at": utc_text(now)}
                    connection.execute(insert(told).values(**names, audience=reader, **found))
    except (IntegrityError, FigureDestroyed):
        return False
    return True
