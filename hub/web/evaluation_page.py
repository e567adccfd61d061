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


class ShownEvaluation(msgspec.Struct, frozen=True):
    """One evaluation in the reader's language; `changed` and `missing` say which figures are not as they were."""

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


def evaluations_part(connection: Connection, reader: Audience, code: str, lang: Language) -> dict[str, Any]:
    """Return what a template needs to show a region's newest evaluations, for those who may read them."""
    page = evaluation_page(connection, reader, filters={"region": code})
    return {
        "evaluations": [shown(one, lang) for one in page.evaluations],
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


def _told(found: EvaluationEstimate, unit: str, lang: Language) -> str:
    """Return an estimate in words: its name, its value in its unit, and its limits."""
    value, low, high = (words.number(Decimal(text), lang) for text in (found.value, found.low, found.high))
    interval, to = words.word("interval", lang), words.word("to", lang)
    return f"{found.name.told(lang)}: {value} {unit} ({interval} {low} {to} {high})"


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
