"""A region's assessments as its page shows them, and the page of an instrument over the network."""

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

import msgspec
from flask import Blueprint, Response, request
from sqlalchemy import Connection

from hub.serving.assessment_text import band, summary
from hub.serving.assessments import AcceptedAssessment, LensReading, assessment_page
from hub.serving.feed import assessment_anchor
from hub.serving.readiness import network_readiness
from hub.web import words
from hub.web.assessment_drawing import Drawing, draw
from hub.web.pages import audience, guard, language, show, the_hub
from schemas.assessment import HELICES, Band, Banded, LensScore, NobodyAnswered, Score
from schemas.codes import Audience, Language, first_day
from schemas.questionnaires import questionnaires

blueprint = Blueprint("readiness", __name__, template_folder="templates")
blueprint.after_request(guard)
_SHOWN = 4  # of a region on its page


class ShownLens(msgspec.Struct, frozen=True):
    """One row of the table: the lens, its cells (panel first, then helices), and its change or nothing."""

    title: str
    cells: tuple[str, ...]
    change: str


class ShownVerdict(msgspec.Struct, frozen=True):
    """One verdict of experts, in the language it was written in."""

    lens: str
    badge: str
    language: Language
    reason: str


class ShownFinding(msgspec.Struct, frozen=True):
    """One finding of a focus group, in the language it was written in."""

    lens: str
    language: Language
    text: str


class ShownAssessment(msgspec.Struct, frozen=True):
    """One assessment in the reader's language; `heads` name the panel and the helices."""

    one: AcceptedAssessment
    anchor: str
    title: str
    summary: str
    drawings: tuple[Drawing, ...]
    heads: tuple[str, ...]
    rows: tuple[ShownLens, ...]
    findings: tuple[ShownFinding, ...]
    verdicts: tuple[ShownVerdict, ...]
    unsure: tuple[str, ...]


def assessments_part(connection: Connection, reader: Audience, code: str, lang: Language) -> dict[str, Any]:
    """Return what a template needs to show a region's newest assessments, for those who may read them."""
    page = assessment_page(connection, reader, size=_SHOWN, filters={"region": code})
    return {
        "assessments": [shown(one, lang) for one in sorted(page.assessments, key=_period, reverse=True)],
        "assessments_more": page.pages > 1,
    }


def _period(one: AcceptedAssessment) -> tuple[str, str]:
    """Return what puts rounds in the order in which they were held, however they came in."""
    return str(first_day(one.payload.period)), one.payload.closed_on


@blueprint.get("/readiness")
def readiness() -> Response:
    """Show an instrument over the network: lenses with in how many regions each may be lowest, regions by name."""
    lang = language()
    asked = request.args.get("instrument", "five-lenses")
    hub = the_hub()
    with hub.engine.connect() as connection:
        found = network_readiness(connection, audience(), asked)
    titles = {lens.lens: lens.title.told(lang) for lens in found.lenses}
    offered = [(one.id, one.title.told(lang)) for one in questionnaires().values()]
    return show("readiness.html", here="readiness", found=found, titles=titles, offered=offered, instrument=asked)


def shown(one: AcceptedAssessment, lang: Language) -> ShownAssessment:
    """Return one assessment as the page shows it."""
    said = one.payload
    titles = {lens.lens: lens.title.told(lang) for lens in said.lenses}
    heads = tuple(words.word(name, lang) for name in ("panel", *HELICES))
    readings = {reading.lens: reading for reading in one.readings}
    return ShownAssessment(
        one=one,
        anchor=assessment_anchor(one.event_id),
        title=f"{said.title.told(lang)}, {said.period}",
        summary=summary(one).told(lang),
        drawings=tuple(draw(said.lenses, heads, lang, is_narrow) for is_narrow in (False, True)),
        heads=heads,
        rows=tuple(_row(lens, readings[lens.lens], lang) for lens in said.lenses),
        findings=tuple(ShownFinding(titles[f.lens], f.language, f.text) for f in said.findings),
        verdicts=tuple(
            ShownVerdict(
                titles[v.lens],
                words.word("satisfactory" if v.satisfactory else "not_satisfactory", lang),
                v.language,
                v.reason,
            )
            for v in said.verdicts
        ),
        unsure=tuple(titles[lens.lens] for lens in said.lenses if lens.provenance == "unverified"),
    )


def _row(lens: LensScore, reading: LensReading, lang: Language) -> ShownLens:
    cells = tuple(_cell(score, lang) for score in (lens.panel, *(one.score for one in lens.by_helix)))
    change = ""
    if reading.change is not None:
        low, high = (
            words.with_unit(Decimal(end).scaleb(2).quantize(Decimal("0.1"), rounding), "%", lang)
            for end, rounding in ((reading.change.low, ROUND_FLOOR), (reading.change.high, ROUND_CEILING))
        )
        change = f"{low} {words.word('to', lang)} {high}"
    return ShownLens(lens.title.told(lang), cells, change)


def _cell(score: Score, lang: Language) -> str:
    if isinstance(score, NobodyAnswered):
        return words.word("nobody_answered", lang)
    if not isinstance(score, Banded):
        return words.word("hidden", lang)
    told = band(score.median).told(lang)
    if score.lower is not None and score.upper is not None:
        told += f" ({band(Band(score.lower.low, score.upper.high)).told(lang)})"
    return f"{told}; n {score.answers}"
