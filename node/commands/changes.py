"""What reviewers see of a correction: old and new side by side; of a public table the counts and the largest change."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import click
import msgspec
from sqlalchemy import Connection

from node.release.assessment_words import assessment_parts
from node.release.candidate import FrozenBundle
from node.release.evaluation_words import parts
from node.release.preview import Part
from node.release.revise import places
from node.release.standing import of_event
from node.release.subject import Words
from schemas.assessment import AssessmentPublished, AssessmentRevised, AssessmentWithdrawn
from schemas.citation import CitationWithdrawn
from schemas.evaluation import EvaluationPublished, EvaluationRevised, EvaluationWithdrawn
from schemas.items import Item, ItemRevised, ItemWithdrawn
from schemas.payloads import (
    IndicatorCorrected,
    IndicatorPublished,
    IndicatorWithdrawn,
    LessonPublished,
    LessonRevised,
    LessonWithdrawn,
    ReplyPublished,
    ReplyRevised,
    ReplyWithdrawn,
    TakenOver,
)
from schemas.upcast import read_payload
from schemas.values import Exact, Rounded, Suppressed, TypedValue

_MOST_ROWS: Final = 40  # cells of one correction on the screen; `--out` writes all
_MOST_TABLES: Final = 20
_ABSENT: Final = "no figure"
_SAME: Final = "no figure changed, only its readers, definition, source or municipal division"


@dataclass(frozen=True, slots=True)
class Changes:
    """How one set of figures differs from the one it replaces; `largest` is the change of a number in words."""

    changed: int
    added: int
    gone: int
    largest: str
    size: Decimal

    def __str__(self) -> str:
        """Return the counts as the end of a sentence."""
        if not (self.changed or self.added or self.gone):
            return _SAME
        cells = "cell" if self.changed == 1 else "cells"
        return f"{self.changed} {cells} changed, {self.added} added, {self.gone} gone" + (
            f"; the largest change is {self.largest}" if self.largest else ""
        )


def compared(before: IndicatorPublished, after: IndicatorPublished) -> Changes:
    """Compare two sets of figures cell by cell; a cell that was taken back counts as absent."""
    old, new = places(before), places(after)
    both = [(nodes, old[nodes], new[nodes]) for nodes in old if nodes in new and old[nodes] != new[nodes]]
    largest, size = "", Decimal(0)
    for nodes, one, other in both:
        then, now = _number(one), _number(other)
        if then is not None and now is not None and abs(now - then) > size:
            size = abs(now - then)
            largest = f"{before.period} {' '.join(nodes)} from {in_words(one)} to {in_words(other)}"
    return Changes(len(both), len(new.keys() - old.keys()), len(old.keys() - new.keys()), largest, size)


def in_words(value: TypedValue | None) -> str:
    """Return a typed value as reviewers read it."""
    match value:
        case Exact(numerator, denominator):
            return str(numerator) if denominator is None else f"{numerator} of {denominator}"
        case Rounded(figure):
            return figure
        case Suppressed(lo, hi):
            return f"hidden, {lo} to {'more' if hi is None else hi}"
        case None:
            return _ABSENT
    return str(value.__struct_config__.tag).replace("_", " ")


def say_changes(connection: Connection, bundle: FrozenBundle) -> None:
    """Show what a bundle's corrections and withdrawals change, with the author's reason."""
    tables: list[tuple[str, Changes]] = []
    reasons: list[str] = []
    for item in bundle.items:
        payload = read_payload(item.type, item.payload) if item.payload else None
        match payload:
            case IndicatorCorrected(corrects, reason, figures):
                before = of_event(connection, corrects)
                reasons.append(reason)
                if before is None or not isinstance(before.content, IndicatorPublished):
                    click.echo(f"  {item.title}: corrects event {corrects[:16]}, whose payload was destroyed.")
                elif isinstance(figures.origin, TakenOver):
                    tables.append((item.title, compared(before.content, figures)))
                else:
                    _say(item.title, _figures_beside(before.content, figures))
            case LessonRevised(revises, reason, lesson):
                before = of_event(connection, revises)
                reasons.append(reason)
                if before is not None and isinstance(before.content, LessonPublished):
                    _say(item.title, _words_beside(before.content, lesson))
            case EvaluationRevised(revises, reason, evaluation):
                before = of_event(connection, revises)
                reasons.append(reason)
                if before is not None and isinstance(before.content, EvaluationPublished):
                    _say(item.title, list(_changed_parts(parts(before.content), parts(evaluation))))
            case AssessmentRevised(revises, reason, assessment):
                before = of_event(connection, revises)
                reasons.append(reason)
                if before is not None and isinstance(before.content, AssessmentPublished):
                    told = (assessment_parts(before.content), assessment_parts(assessment))
                    _say(item.title, list(_changed_parts(*told)))
            case ItemRevised(revises=revises, reason=reason, item=said):
                before = of_event(connection, revises)
                reasons.append(reason)
                if before is not None and isinstance(before.content, Item):
                    _say(item.title, list(_changed_fields(before.content, said)))
            case ReplyRevised(revises, reason, reply):
                before = of_event(connection, revises)
                reasons.append(reason)
                if before is not None and isinstance(before.content, ReplyPublished):
                    _say(item.title, list(_changed_fields(before.content, reply)))
            case (
                IndicatorWithdrawn(reason=reason)
                | LessonWithdrawn(reason=reason)
                | EvaluationWithdrawn(reason=reason)
                | AssessmentWithdrawn(reason=reason)
                | ReplyWithdrawn(reason=reason)
                | CitationWithdrawn(reason=reason)
                | ItemWithdrawn(reason=reason)
            ):
                reasons.append(reason)
    _say_tables(tables)
    for reason in dict.fromkeys(reasons):
        click.echo(f"  Reason given: {reason}")


def say_tables(connection: Connection, bundle: FrozenBundle) -> None:
    """Show of corrected public tables the counts and the largest change, one line each and one for all."""
    tables: list[tuple[str, Changes]] = []
    for item in bundle.items:
        payload = read_payload(item.type, item.payload) if item.payload else None
        if isinstance(payload, IndicatorCorrected) and isinstance(payload.figures.origin, TakenOver):
            before = of_event(connection, payload.corrects)
            if before is not None and isinstance(before.content, IndicatorPublished):
                tables.append((item.title, compared(before.content, payload.figures)))
    _say_tables(tables)


def _say(title: str, rows: list[str]) -> None:
    click.echo(f"  {title}, old beside new:" if rows else f"  {title}: {_SAME}.")
    for row in rows[:_MOST_ROWS]:
        click.echo(f"    {row}")
    if len(rows) > _MOST_ROWS:
        click.echo(f"    and {len(rows) - _MOST_ROWS} more cells.")


def _say_tables(tables: list[tuple[str, Changes]]) -> None:
    for title, changes in tables[:_MOST_TABLES]:
        click.echo(f"  {title}: {changes}.")
    if len(tables) > 1:
        widest = max((changes for _, changes in tables), key=lambda changes: changes.size)
        total = Changes(
            sum(c.changed for _, c in tables), sum(c.added for _, c in tables), sum(c.gone for _, c in tables),
            widest.largest, widest.size,
        )  # fmt: skip
        click.echo(f"  {len(tables)} corrections of public tables together: {total}.")


def _figures_beside(before: IndicatorPublished, after: IndicatorPublished) -> list[str]:
    old, new = places(before), places(after)
    rows = [
        (" ".join(nodes), in_words(old.get(nodes)), in_words(new.get(nodes)))
        for nodes in dict.fromkeys((*old, *new))
        if old.get(nodes) != new.get(nodes)
    ]
    widths = [max((len(row[place]) for row in rows), default=0) for place in (0, 1)]
    return [f"{nodes:<{widths[0]}}  {one:>{widths[1]}}  {other}" for nodes, one, other in rows]


def _words_beside(before: LessonPublished, after: LessonPublished) -> list[str]:
    return list(_changed_fields(before, after))


def _changed_fields(before: Words, after: Words) -> Iterator[str]:
    for field in msgspec.structs.fields(type(before)):
        old, new = getattr(before, field.name), getattr(after, field.name)
        if old != new and not isinstance(new, bytes):  # a file is told by its size and SHA-256
            yield f"{field.name} was: {old}"
            yield f"{field.name} is:  {new}"


def _changed_parts(before: Iterable[Part], after: Iterable[Part]) -> Iterator[str]:
    old, new = ({key: said.en for key, _, said in one} for one in (before, after))
    for key in dict.fromkeys((*old, *new)):
        if old.get(key) != new.get(key):
            yield f"{key} was: {old.get(key, '–')}"
            yield f"{key} is:  {new.get(key, '–')}"


def _number(value: TypedValue) -> Decimal | None:
    match value:
        case Exact(numerator, None | 0):
            return Decimal(numerator)
        case Exact(numerator, denominator):
            return Decimal(numerator) / Decimal(denominator or 1)
        case Rounded(figure):
            return Decimal(figure)
    return None
