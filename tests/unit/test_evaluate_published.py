"""Which published figures take part in an evaluation, and that its readers may read them all."""

from dataclasses import replace
from datetime import date

import msgspec
import numpy as np
import pytest

from node.evaluation.evaluate import evaluate
from node.evaluation.figures_over_time import FiguresOverTime, periods_between
from node.evaluation.published import NothingPublished, published_over_time
from node.release.standing import StandingItem
from schemas.codes import Audience
from schemas.definition import IndicatorDefinition
from schemas.payloads import Cell, Computed, IndicatorPublished
from schemas.quality import Coverage, Quality
from schemas.values import Exact, Suppressed
from tests.unit.test_evaluate import AREAS, INTERVENTION, QUARTERS, SHARE


def _standing(period: str, audience: Audience = "public", definition: IndicatorDefinition = SHARE) -> StandingItem:
    """Return shares of 1,000 in ten areas by sex, of which one area is hidden in the first quarter."""
    place = QUARTERS.index(period)
    cells = [Cell(("total", "total"), Exact(9999, 20_000))]
    for number, area in enumerate(AREAS):
        visitors = (
            100 + 3 * number + (number * 7 + place * 5 + number * place * 3) % 7 - 20 * (number < 6 and place > 6)
        )
        is_hidden = (number, place) == (9, 0)
        whole = Suppressed(0, 9, 1000) if is_hidden else Exact(visitors, 1000)
        cells += [Cell((area, "total"), whole), Cell((area, "f"), Exact(1, 500))]
    content = IndicatorPublished(
        definition.id, definition.version, definition.hash, period, "invented", 2024, definition.kind, ("area", "sex"),
        tuple(cells), Computed(("gp",), "plain", "0" * 64),
    )  # fmt: skip
    return StandingItem(f"event {period}", place, period, audience, f"{definition.id} {period}", content)


def test_published_figures_are_used_where_they_are_shown_and_their_readers_may_be_told() -> None:
    items = [_standing(one, "partners" if one == "2022-Q1" else "public") for one in QUARTERS]
    found = published_over_time(items, SHARE, QUARTERS)
    assert found.figures.areas == AREAS
    assert found.readers == "partners"
    assert found.figures.values[1, 0] == pytest.approx(10.3)
    assert np.argwhere(np.isnan(found.figures.values)).tolist() == [[9, 0]]
    assert np.isnan(found.figures.together(AREAS)[0])
    told = evaluate(INTERVENTION, found.figures, "did", readers=found.readers)
    assert told.readers == "partners"
    assert told.checks[-1].verdict == "passed"
    assert told.checks[-1].words.en == "1 of 110 figures is not published exactly and takes no part."
    assert told.estimates[0].low < -2 < told.estimates[0].high


def test_many_hidden_figures_are_a_doubt() -> None:
    found = published_over_time(
        [_standing(one) for one in QUARTERS if one not in ("2021-Q2", "2023-Q2")], SHARE, QUARTERS
    )
    told = evaluate(INTERVENTION, found.figures, "did", readers=found.readers)
    assert told.checks[-1].verdict == "failed"
    assert "Do not read this as an effect of the intervention: 21 of 110 figures" in told.reading.en


def test_a_figure_that_is_hidden_takes_its_whole_period_out_of_a_series() -> None:
    """Areas are taken together: where one is hidden no sum can be made, so that the others take no part either."""
    numerator = np.array([[50 + (place * 7 + area * 3) % 11 for place in range(48)] for area in range(10)], float)
    numerator[9, 1:48:4] = np.nan  # 12 of 480 figures, which are a fortieth; 12 of 48 quarters, which are a fourth
    denominator = np.where(np.isnan(numerator), np.nan, 1000.0)
    quarters = periods_between("2016-Q1", "2027-Q4")
    figures = FiguresOverTime(SHARE, AREAS, quarters, numerator, denominator)
    everywhere = msgspec.structs.replace(INTERVENTION, areas=(), start=date(2022, 1, 1))
    told = evaluate(everywhere, figures, "its", season="none", readers="public")
    assert told.checks[-1].verdict == "failed"
    assert told.checks[-1].words.en == (
        "120 of 480 figures take no part: in their period at least one area is not published exactly."
    )


def test_figures_of_another_definition_or_period_are_passed_over() -> None:
    other = msgspec.structs.replace(SHARE, per=1000)
    with pytest.raises(
        NothingPublished, match=r"^No figures of c\.ed_patients by area, as it is defined now, stand for"
    ):
        published_over_time([_standing(one, definition=other) for one in QUARTERS], SHARE, QUARTERS)
    with pytest.raises(NothingPublished, match="or leave out --published"):
        published_over_time([_standing("2021-Q1")], SHARE, QUARTERS[1:])


def test_a_municipality_that_grew_is_not_the_same_before_and_figures_that_cover_few_take_no_part() -> None:
    """Purmerend (GM0439) took in Beemster (GM0370) in 2022: neither has a figure before; AREAS[0] is Purmerend here."""
    items = []
    for number, period in enumerate(QUARTERS):
        one = _standing(period)
        content = one.content
        assert isinstance(content, IndicatorPublished)
        cells = tuple(
            Cell(("GM0439", cell.nodes[1]), cell.value) if cell.nodes[0] == AREAS[0] else cell for cell in content.cells
        )
        year = 2021 if number < 4 else 2023
        quality = Quality(None, Coverage("practices", 40, is_partial=True)) if number == 5 else None
        content = msgspec.structs.replace(content, cells=cells, division_year=year, quality=quality)
        items.append(replace(one, content=content))
    found = published_over_time(items, SHARE, QUARTERS)
    row = found.figures.values[found.figures.areas.index("GM0439")]
    assert np.isnan(row).tolist() == [number < 4 or number == 5 for number in range(len(QUARTERS))]
    other = found.figures.values[found.figures.areas.index(AREAS[1])]
    assert np.isnan(other).tolist() == [number == 5 for number in range(len(QUARTERS))]
    assert QUARTERS[5] not in found.events
