"""Panels of invented respondents, and rounds held with them."""

import csv
from collections.abc import Sequence
from pathlib import Path

from node.__main__ import main
from node.release.panel import lens_scores
from schemas.assessment import PANEL_RULE, AssessmentPublished, ExpertVerdict, FocusGroupFinding, Helix
from schemas.questionnaires import Item, Lens, Questionnaire, questionnaires
from schemas.text import Text

FIVE_LENSES = questionnaires()["five-lenses"]
INIT = (
    "init", "--region", "XR-DUINRAND", "--name", "Duinrand", "--region-set", "invented", "--division-year", "2025",
    "--hub-url", "http://localhost:1",
)  # fmt: skip
Row = tuple[Helix, Sequence[int | None]]


def one_lens(items: int) -> Questionnaire:
    """Return a questionnaire with one lens of so many items."""
    text = Text("Ja", "Yes")
    lens = Lens("lens", text, "found", tuple(Item(f"item-{number}", text, "found") for number in range(items)))
    return Questionnaire("small", 1, text, "invented", (text, text, text, text), (lens,))


def with_means(means: Sequence[int], helices: Sequence[Helix]) -> list[Row]:
    """Return answers to the Five Lenses whose mean per lens is that many hundredths: one row per helix named.

    Points are dealt out so that answers differ by one at most; a quarter of hundred must divide the rows.
    """
    rows: list[list[int | None]] = [[] for _ in helices]
    for lens, mean in zip(FIVE_LENSES.lenses, means, strict=True):
        cells = len(helices) * len(lens.items)
        total, left = divmod(mean * cells, 100)
        assert not left, "these rows cannot have that mean"
        low, more = divmod(total, cells)
        points = [low + (place < more) for place in range(cells)]
        for place, row in enumerate(rows):
            row.extend(points[place :: len(rows)])
    return list(zip(helices, rows, strict=True))


def write_csv(file: Path, rows: Sequence[Row], asked: Questionnaire = FIVE_LENSES) -> Path:
    """Write answers as the file that `assess import` reads."""
    with file.open("w", newline="", encoding="utf-8") as opened:
        writer = csv.writer(opened)
        writer.writerow(["helix", *(item.id for item in asked.items)])
        for helix, points in rows:
            writer.writerow([helix, *("" if point is None else point for point in points)])
    return file


def hold_round(home: Path, name: str, period: str, rows: Sequence[Row]) -> None:
    """Open a round of the Five Lenses at a node, take answers in and close it, by the commands."""
    panel = [f"--panel={helix}={sum(of == helix for of, _ in rows)}" for helix in dict.fromkeys(of for of, _ in rows)]
    place = ("--author", "Coordinator", "--home", str(home))
    opened = ("assess", "open", name, "--instrument", "five-lenses", "--period", period, *panel, *place)
    assert main(opened) == 0
    assert main(["assess", "import", name, str(write_csv(home / f"{name}.csv", rows)), *place]) == 0
    assert main(["assess", "close", name, *place]) == 0


def an_assessment(
    rows: Sequence[Row],
    name: str = "voorjaar",
    period: str = "2025",
    *,
    verdicts: Sequence[ExpertVerdict] = (),
    asked: Questionnaire = FIVE_LENSES,
    closed_on: str = "2026-11-01",
) -> AssessmentPublished:
    """Return the assessment that a node would release of these answers."""
    return AssessmentPublished(
        assessment=name,
        instrument=asked.id,
        instrument_version=asked.version,
        instrument_hash=asked.hash,
        title=asked.title,
        period=period,
        closed_on=closed_on,
        invited=len(rows),
        answered=len(rows),
        rule=PANEL_RULE,
        lenses=lens_scores(asked, rows),
        findings=(FocusGroupFinding("organisation", "nl", "Het mandaat is onduidelijk."),),
        verdicts=tuple(verdicts),
        made_by="programme office",
    )
