"""An invented intervention that works, the published figures that show it, and evaluations made of them."""

from collections.abc import Sequence
from pathlib import Path

from connectors.database import writing
from node.audit import AuditEntry
from node.indicators.figures import PublishedTable
from node.knowledge import interventions
from node.release import candidate, review
from node.release.disclosure import DisclosurePolicy, Earlier
from node.release.protect import protect
from node.release.revise import revise
from schemas.catalogue import catalogue
from schemas.codes import Audience
from schemas.evaluation import (
    EvaluationCheck,
    EvaluationEstimate,
    EvaluationFigures,
    EvaluationLevel,
    EvaluationPublished,
    EvaluationVerdict,
)
from schemas.payloads import Cell
from schemas.text import Text
from schemas.values import Exact
from tests.support.small_region import CODE, NOW, ORIGIN, SmallRegion

AREAS = tuple(f"GM90{number:02d}" for number in range(12))
TREATED = AREAS[:6]
QUARTERS = tuple(f"{year}-Q{quarter}" for year in (2021, 2022, 2023) for quarter in (1, 2, 3, 4))
START = 6  # 2022-Q3
PERSON_DAYS = 40 * 91  # of every area and quarter
INTERVENTION = """
id: thuisarts
title: {nl: Huisarts aan huis, en: Doctor at home}
description: {nl: Een huisarts komt aan huis., en: A doctor comes to the home.}
population: residents
segment: everybody
start: 2022-07-01
areas: [GM9000, GM9001, GM9002, GM9003, GM9004, GM9005]
goal: {indicator: c.ed, value: "500", by: 2027-12-31}
outcomes: [c.ed_patients, pop.persons]
"""


def visits(area: int, quarter: int) -> int:
    """Return how many visits an area's residents make: its own level, the quarter's, some chance, and the effect."""
    chance = (area * 7 + quarter * 5 + area * quarter * 3) % 5
    fewer = 8 if area < len(TREATED) and quarter >= START else 0
    return 20 + area + (quarter * 3) % 4 + chance - fewer


def record_intervention(region: SmallRegion, folder: Path, text: str = INTERVENTION) -> None:
    """Record the invented intervention at a node."""
    file = folder / "intervention.yaml"
    file.write_text(text, encoding="utf-8")
    with writing(region.node.engine) as connection:
        found = interventions.read_intervention(file)
        interventions.keep(connection, found, AuditEntry("Analyst", "intervention.recorded", found.id, NOW))


def publish_figures(
    region: SmallRegion, quarters: Sequence[str] = QUARTERS, audience: Audience = "partners", more: int = 0
) -> None:
    """Publish visits by area through the whole release zone, the first area by `more` higher; again corrects."""
    tables = [
        PublishedTable(
            catalogue()["c.ed"], quarter, 2024, ("area",),
            tuple(
                Cell((code,), Exact(visits(area, QUARTERS.index(quarter)) + (0 if area else more), PERSON_DAYS))
                for area, code in enumerate(AREAS)
            ),
            ORIGIN,
        )
        for quarter in quarters
    ]  # fmt: skip
    figures = protect((), tables, Earlier(), DisclosurePolicy(), region_set="invented", division_year=2024)
    key = region.node.secret("subject")
    with writing(region.node.engine) as connection:
        revised = revise(connection, figures, audience=audience, subject_key=key, reason="A register came late.")
        bundle = candidate.freeze(
            connection, revised.items, audience=audience, subject_key=key,
            entry=AuditEntry("Author", "bundle.prepared", "tables", NOW), now=NOW,
        )  # fmt: skip
        for one in region.keys:
            review.approve(connection, bundle.id, CODE, one, NOW)
    region.publish(bundle.id)


def an_evaluation(
    figures: Sequence[tuple[str, str]],
    *,
    title: str = "Huisarts aan huis",
    verdict: EvaluationVerdict = "passed",
    estimate: tuple[str, str, str] = ("-0.80", "-1.10", "-0.50"),
    level: EvaluationLevel = "population",
    indicator: str = "c.ed",
) -> EvaluationPublished:
    """Return an evaluation that nobody made, resting on these events, each with its period."""
    value, low, high = estimate
    periods = tuple(period for _, period in figures)
    half = len(periods) // 2
    return EvaluationPublished(
        evaluation=f"thuisarts.{indicator}.did.{level}",
        intervention="thuisarts",
        title=Text(title, "Doctor at home"),
        start="2022-07-01",
        level=level,
        indicator=indicator,
        version=1,
        definition_hash=catalogue()[indicator].hash if indicator in catalogue() else "a" * 64,
        unit=Text("per 1.000 persoonsjaren", "per 1,000 person-years"),
        method="did",
        method_version=1,
        how=Text("verschil-in-verschillen", "difference-in-differences"),
        assumptions=(Text("Anders was alles gelijk gebleven.", "All would have stayed alike otherwise."),),
        areas=TREATED,
        compared=AREAS[6:],
        clusters=len(AREAS),
        before=periods[:half],
        after=periods[half:],
        left_out=(),
        estimates=(
            EvaluationEstimate(
                Text("verschil-in-verschillen", "difference-in-differences"), value, low, high, "0.0010"
            ),
        ),
        checks=(EvaluationCheck("placebo", verdict, Text("Een schijnstart doet niets.", "A placebo does nothing.")),),
        reading=Text("Na de start kwamen er minder bezoeken.", "After the start there were fewer visits."),
        figures=tuple(EvaluationFigures(event_id, period) for event_id, period in figures),
        made_by="analyst",
    )
