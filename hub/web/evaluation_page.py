"""A region's evaluations as its page shows them: what came out in words, the estimate drawn, doubts, and evidence."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

import msgspec
from sqlalchemy import Connection

from hub.serving.evaluations import AcceptedEvaluation, evaluation_page
from hub.serving.feed import anchor
from hub.web import words
from hub.web.drawing import Effect, draw_effect
from schemas.catalogue import catalogue
from schemas.codes import Audience, Language
from schemas.evaluation import EvaluationEstimate

_CHANGED: Final = ("corrected", "withdrawn", "redacted", "does_not_fit")


class ShownCheck(msgspec.Struct, frozen=True):
    """One check: its verdict and its words."""

    verdict: str
    text: str


class ElsewhereRow(msgspec.Struct, frozen=True):
    """Another region's evaluation of the same outcome, in short."""

    region: str
    name: str
    anchor: str
    title: str
    estimate: str
    outcome: str
    is_doubted: bool


class ShownEvaluation(msgspec.Struct, frozen=True):
    """One evaluation in the reader's language; `changed` and `missing` say which figures are not as they were.

    `elsewhere` are other regions' newest evaluations of the same outcome, definition, level and method, by name.
    """

    one: AcceptedEvaluation
    anchor: str
    title: str
    indicator: str
    reading: str
    badge: str
    level: str
    estimates: tuple[str, ...]
    drawings: tuple[Effect, ...]
    how: str
    checks: tuple[ShownCheck, ...]
    assumptions: tuple[str, ...]
    changed: tuple[str, ...]
    missing: tuple[str, ...]
    elsewhere: tuple[ElsewhereRow, ...] = ()


def evaluations_part(connection: Connection, reader: Audience, code: str, lang: Language) -> dict[str, Any]:
    """Return what a template needs to show a region's newest evaluations, for those who may read them."""
    page = evaluation_page(connection, reader, filters={"region": code})
    kinds = {_kind(one): one for one in page.evaluations}
    beside = {kind: _elsewhere(connection, reader, one, lang) for kind, one in kinds.items()}
    return {
        "evaluations": [
            msgspec.structs.replace(shown(one, lang), elsewhere=beside[_kind(one)]) for one in page.evaluations
        ],
        "evaluations_more": page.pages > 1,
    }


def shown(one: AcceptedEvaluation, lang: Language) -> ShownEvaluation:
    """Return one evaluation as the page shows it."""
    said = one.payload
    definition = catalogue().get(said.indicator)
    return ShownEvaluation(
        one=one,
        anchor=anchor(one.event_id),
        title=said.title.told(lang),
        indicator=said.indicator if definition is None else definition.title.told(lang),
        reading=said.reading.told(lang),
        badge=words.word(one.outcome, lang),
        level=words.word(f"level_{said.level}", lang),
        estimates=tuple(_told(found, said.unit.told(lang), lang) for found in said.estimates),
        drawings=_drawn(said.estimates[0], one.outcome == "fits_effect"),
        how=said.how.told(lang),
        checks=tuple(ShownCheck(words.word(found.verdict, lang), found.words.told(lang)) for found in said.checks),
        assumptions=tuple(found.told(lang) for found in said.assumptions),
        changed=tuple(_changes(one, lang)),
        missing=tuple(found.period for found in one.evidence if found.state == "not_held"),
    )


def _kind(one: AcceptedEvaluation) -> tuple[str, str, str, str]:
    """Return what two evaluations have to share for their estimates to be of the same thing."""
    said = one.payload
    return said.indicator, said.definition_hash, said.level, said.method


def _elsewhere(
    connection: Connection, reader: Audience, one: AcceptedEvaluation, lang: Language
) -> tuple[ElsewhereRow, ...]:
    """Return other regions' evaluations of the same kind, by name: no order by size, and no figure over them."""
    said = one.payload
    alike = {"indicator": said.indicator, "level": said.level, "method": said.method}
    found = evaluation_page(connection, reader, filters=alike).evaluations
    others = [other for other in found if other.region != one.region and _kind(other) == _kind(one)]
    return tuple(
        ElsewhereRow(
            other.region,
            other.region_name,
            anchor(other.event_id),
            other.payload.title.told(lang),
            _size(other.payload.estimates[0], other.payload.unit.told(lang), lang),
            words.word(other.outcome, lang),
            other.evidence_changed,
        )
        for other in sorted(others, key=lambda other: (other.region_name, other.region, other.event_id))
    )


def _size(found: EvaluationEstimate, unit: str, lang: Language) -> str:
    value, low, high = (words.number(Decimal(text), lang) for text in (found.value, found.low, found.high))
    return f"{value} {unit} ({words.word('interval', lang)} {low} {words.word('to', lang)} {high})"


def _told(found: EvaluationEstimate, unit: str, lang: Language) -> str:
    """Return an estimate in words: its name, its value in its unit, and its limits."""
    return f"{found.name.told(lang)}: {_size(found, unit, lang)}"


def _drawn(found: EvaluationEstimate, is_clear: bool) -> tuple[Effect, ...]:
    value, low, high = (Decimal(text) for text in (found.value, found.low, found.high))
    return tuple(draw_effect(value, low, high, is_clear, is_narrow) for is_narrow in (False, True))


def _changes(one: AcceptedEvaluation, lang: Language) -> Sequence[str]:
    """Return per figure that is not what it was: its period, what happened, when and why."""
    found = []
    for evidence in one.evidence:
        if evidence.state not in _CHANGED:
            continue
        told = f"{evidence.period}: {words.word(evidence.state, lang)}"
        if evidence.changed is not None:
            told += f", {words.day(evidence.changed.at, lang)}"
            told += f". {words.word('reason', lang)}: {evidence.changed.reason}" if evidence.changed.reason else ""
        found.append(told)
    return found
