"""What happened to the evidence of lessons since, as one reader may know it.

A lesson rests on evaluations of its own region and on the figures of these; a citation of it on figures and evaluations
of the citing region. Nothing is told of evidence that its reader does not see, nor of what takes its place and is not
for them (yet); that something was taken back is told to whoever could see it. A correction of a correction is one more.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final, NamedTuple

import msgspec
from sqlalchemy import Connection, Row, and_, func, select

from connectors.database import among, listed
from hub import tables
from hub.intake.rests import not_open, told_since
from hub.serving.citations import CHANGED, MISSING, KnownEvidence, standing
from hub.serving.evaluations import evaluation_said
from hub.serving.evidence import evidence_of
from hub.serving.figures import GONE, correction, readable
from hub.serving.lesson_states import EVALUATION_TYPES
from hub.serving.lessons import AcceptedLesson, EvidenceChange
from schemas.citation import EvidenceKind
from schemas.codes import Audience, may_read
from schemas.upcast import read_payload

_DOES_NOT_FIT: Final = "does_not_fit"


class Found(NamedTuple):
    """A change, and whether it came after the wording or the citation that rests on what it changed."""

    change: EvidenceChange
    is_later: bool


class _Piece(NamedTuple):
    """A piece of evidence of a lesson: whose, what it is, and what names it, where in that region's chain."""

    region: str
    event_id: str
    kind: EvidenceKind
    named_at: int  # in the chain of `region`
    indicator: str | None = None
    period: str | None = None
    evaluation: str | None = None
    citation: str | None = None


class _Known(NamedTuple):
    """An evaluation that the reader sees, or saw before it was destroyed."""

    region: str
    indicator: str | None
    figures: tuple[tuple[str, str], ...]  # events with their periods


class _Change(NamedTuple):
    row: Any  # of superseded
    at: str  # since when the reader knows


def with_evidence(
    connection: Connection, reader: Audience, lessons: Mapping[str, AcceptedLesson]
) -> dict[str, AcceptedLesson]:
    """Return lessons, given by event, with what happened to their evidence."""
    found = changes_of(connection, reader, lessons.values())
    return {
        event_id: msgspec.structs.replace(one, evidence_changed=tuple(each.change for each in found[event_id]))
        for event_id, one in lessons.items()
    }


def changes_of(connection: Connection, reader: Audience, lessons: Iterable[AcceptedLesson]) -> dict[str, list[Found]]:
    """Return what happened to the evidence of some lessons, by their events, each change once, the first first."""
    held = {one.event_id: one for one in lessons}
    if not held:
        return {}
    pieces = _pieces(connection, reader, held)
    changes = _changes(connection, reader, {piece.event_id for named in pieces.values() for piece in named})
    names = _names(connection, {region for region, _ in changes})
    found: dict[str, list[Found]] = {}
    for event_id, one in held.items():
        told: dict[str, Found] = {}
        for piece in pieces[event_id]:
            for change in _of_piece(changes, piece):
                told.setdefault(change.row.by_event, _found(reader, one, piece, change, names[piece.region]))
        found[event_id] = sorted(told.values(), key=lambda each: (each.change.at, each.change.changed.event_id))
    return found


def changed_anywhere(connection: Connection, region: str) -> bool:
    """Tell whether any evidence of a region's lessons changed, whoever may know of it: else none needs to be read."""
    evaluation, cited, lesson = tables.evaluation.c, tables.citation.c, tables.lesson.c
    own = select(evaluation.event_id, evaluation.figures).where(evaluation.region == region)
    rows = connection.execute(own).all()
    names, lists = [row.event_id for row in rows], [row.figures for row in rows]
    citing = select(cited.evidence).join(tables.lesson, lesson.event_id == cited.lesson)
    for row in connection.scalars(citing.where(lesson.region == region)):
        lists.append(row)
        names += row.split(",")
    took, event = tables.superseded.c, tables.event.c
    destroyed = select(took.by_event).join(tables.event, event.id == took.event_id)
    destroyed = destroyed.where(took.kind == "redacted", took.region == region, event.type.in_(EVALUATION_TYPES))
    if connection.scalar(destroyed.limit(1)) is not None:
        return True
    cited_figures = select(evaluation.figures).where(among(connection.dialect.name, evaluation.event_id, "events"))
    lists += connection.scalars(cited_figures, {"events": listed(connection.dialect.name, set(names))})
    wanted = {*names, *(one for row in lists for one in row.split(","))} - {""}
    changed = select(took.by_event).where(among(connection.dialect.name, took.event_id, "events"))
    changed = changed.where(took.kind.in_(CHANGED)).limit(1)
    given = {"events": listed(connection.dialect.name, wanted)}
    return connection.scalar(changed, given) is not None


def _pieces(connection: Connection, reader: Audience, lessons: Mapping[str, AcceptedLesson]) -> dict[str, list[_Piece]]:
    """Return on what lessons rest, by their events; evaluations with the figures that these rest on."""
    named: dict[str, list[_Piece]] = {event_id: [] for event_id in lessons}
    for event_id, row in _rows(connection, lessons).items():
        about = lessons[event_id].payload.about
        for one in () if about is None else dict.fromkeys(about.evidence):
            named[event_id].append(_Piece(row.region, one, "evaluation", row.sequence))
    for event_id, piece in _cited(connection, reader, lessons):
        named[event_id].append(piece)
    every = {piece.event_id for of_it in named.values() for piece in of_it if piece.kind == "evaluation"}
    known = _evaluations(connection, reader, every)
    return {event_id: [*_with_figures(of_it, known)] for event_id, of_it in named.items()}


def _with_figures(pieces: Sequence[_Piece], known: Mapping[str, _Known]) -> Iterator[_Piece]:
    for piece in pieces:
        if piece.kind == "figures":
            yield piece
            continue
        evaluation = known.get(piece.event_id)
        if evaluation is None or evaluation.region != piece.region:
            continue
        yield piece._replace(indicator=evaluation.indicator)
        for event_id, period in evaluation.figures:
            yield piece._replace(
                event_id=event_id, kind="figures", indicator=evaluation.indicator, period=period,
                evaluation=piece.event_id,
            )  # fmt: skip


def _rows(connection: Connection, event_ids: Collection[str]) -> dict[str, Any]:
    lesson = tables.lesson.c
    named = among(connection.dialect.name, lesson.event_id, "events")
    wanted = select(lesson.event_id, lesson.region, lesson.sequence).where(named)
    rows = connection.execute(wanted, {"events": listed(connection.dialect.name, event_ids)})
    return {row.event_id: row for row in rows}


def _cited(connection: Connection, reader: Audience, event_ids: Collection[str]) -> Iterator[tuple[str, _Piece]]:
    """Give on what citations of lessons rest, that are there and fit, each with the event of the lesson."""
    this, version, cited = tables.lesson.alias(), tables.lesson.alias(), tables.citation.c
    same = (version.c.region == this.c.region, version.c.lesson == this.c.lesson)
    is_cited = select(cited.event_id).where(cited.lesson == version.c.event_id).exists()
    wanted = select(this.c.event_id, version.c.region, version.c.lesson, version.c.event_id.label("version"))
    wanted = wanted.join(version, and_(*same)).where(version.c.audience.in_(readable(reader)), is_cited)
    named = among(connection.dialect.name, this.c.event_id, "events")
    given = {"events": listed(connection.dialect.name, event_ids)}
    versions: dict[str, dict[str, str]] = defaultdict(dict)
    lessons: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in connection.execute(wanted.where(named), given):
        versions[row.region][row.version] = row.lesson
        lessons[row.region, row.lesson].add(row.event_id)
    for region, of in versions.items():
        found = standing(connection, reader, region, sorted(of), partial(_named, of))
        evidence = KnownEvidence(connection, reader, found)
        for citation, said in found:
            for piece in (evidence.of(citation.region, one) for one in said.evidence):
                if piece.event_id is None or piece.state in MISSING:
                    continue
                cited_piece = _Piece(
                    citation.region, piece.event_id, piece.kind, citation.sequence,
                    indicator=piece.indicator, period=piece.period, citation=citation.event_id,
                )  # fmt: skip
                for event_id in lessons[region, of[citation.lesson]]:
                    yield event_id, cited_piece


def _named(versions: Mapping[str, str], row: Row[Any]) -> str:
    name: str = versions[row.lesson]
    return name


def _evaluations(connection: Connection, reader: Audience, event_ids: Collection[str]) -> dict[str, _Known]:
    """Return evaluations that a reader sees, and those that were destroyed, with the figures that fit what they say."""
    if not event_ids:
        return {}
    dialect, event = connection.dialect.name, tables.event.c
    given = {"events": listed(dialect, event_ids)}
    here = (among(dialect, event.id, "events"), event.type.in_(EVALUATION_TYPES), event.audience.in_(readable(reader)))
    columns = (event.id, event.region, event.type, event.payload)
    rows = connection.execute(select(*columns).where(*here), given).all()
    there = among(dialect, tables.evaluation.c.event_id, "events")
    seen = told_since(connection, reader, connection.execute(select(tables.evaluation).where(there), given))
    said = {
        row.id: (row.region, evaluation_said(read_payload(row.type, row.payload)))
        for row in rows
        if row.payload and row.id in seen
    }
    found = {row.id: _Known(row.region, None, ()) for row in rows if not row.payload}
    for event_id, pieces in evidence_of(connection, reader, said).items():
        region, evaluation = said[event_id]
        figures = tuple((one.event_id, one.period) for one in pieces if one.state != _DOES_NOT_FIT)
        found[event_id] = _Known(region, evaluation.indicator, figures)
    return found


def _changes(
    connection: Connection, reader: Audience, event_ids: Collection[str]
) -> dict[tuple[str, str], list[_Change]]:
    """Return what a reader may know of what happened to events, and to what took their place, by region and event."""
    took, dialect = tables.superseded, connection.dialect.name
    found: dict[tuple[str, str], list[_Change]] = defaultdict(list)
    looked: set[str] = set()
    ahead = set(event_ids)
    while ahead:
        looked |= ahead
        wanted = select(took).where(among(dialect, took.c.event_id, "events"), took.c.kind.in_(CHANGED))
        rows = connection.execute(wanted.order_by(took.c.sequence), {"events": listed(dialect, ahead)}).all()
        since = _known_since(connection, reader, {row.by_event for row in rows if row.kind not in GONE})
        ahead = set()
        for row in rows:
            if row.kind in GONE:
                found[row.region, row.event_id].append(_Change(row, row.accepted_at))
            elif row.by_event in since and may_read(reader, row.audience):
                at = max(row.accepted_at, since[row.by_event])
                found[row.region, row.event_id].append(_Change(row, at))
                ahead.add(row.by_event)
        ahead -= looked
    return found


def _known_since(connection: Connection, reader: Audience, event_ids: Collection[str]) -> dict[str, str]:
    """Return since when a reader sees what some events say, without those that wait; empty where at once."""
    if reader == "network" or not event_ids:
        return dict.fromkeys(event_ids, "")
    held, table = tables.held_figure.c, tables.evaluation
    hidden = not_open(connection, reader, event_ids)
    since = dict.fromkeys(set(event_ids) - hidden, "")
    opened = select(held.event_id, func.coalesce(held.opened_at, "")).where(held.event_id.in_(since))
    since |= {row[0]: row[1] for row in connection.execute(opened)}
    rows = connection.execute(select(table).where(table.c.event_id.in_(since))).all()
    return since | {event_id: told.at for event_id, told in told_since(connection, reader, rows).items()}


def _of_piece(changes: Mapping[tuple[str, str], Sequence[_Change]], piece: _Piece) -> Iterator[_Change]:
    ahead = [piece.event_id]
    for event_id in ahead:
        for change in changes.get((piece.region, event_id), ()):
            yield change
            if change.row.kind not in GONE and change.row.by_event not in ahead:
                ahead.append(change.row.by_event)


def _found(reader: Audience, lesson: AcceptedLesson, piece: _Piece, change: _Change, name: str) -> Found:
    # what happened before the present wording was there went with it, whether it was told by then or not
    is_later = change.row.sequence > piece.named_at and (piece.citation is None or change.at >= lesson.accepted_at)
    told = EvidenceChange(
        kind=piece.kind,
        event_id=piece.event_id,
        region=piece.region,
        region_name=name,
        indicator=piece.indicator,
        period=piece.period,
        evaluation=piece.evaluation,
        citation=piece.citation,
        at=change.at,
        changed=correction(change.row, reader),
    )
    return Found(told, is_later)


def _names(connection: Connection, regions: Collection[str]) -> dict[str, str]:
    region = tables.region.c
    rows = connection.execute(select(region.code, region.name).where(region.code.in_(sorted(regions))))
    return {row.code: row.name for row in rows}
