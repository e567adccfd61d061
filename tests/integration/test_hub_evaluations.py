"""Evaluations at the hub: found, filtered, seen by whom they are for, and honest about figures that changed since."""

from typing import Any

import msgspec
import pytest

from schemas.evaluation import EvaluationPublished, EvaluationRevised, EvaluationWithdrawn
from schemas.payloads import Cell, EventRedacted, IndicatorCorrected, IndicatorPublished, IndicatorWithdrawn
from schemas.values import Exact
from tests.support.evaluations import AREAS, QUARTERS, an_evaluation
from tests.support.events import TestRegion, lesson
from tests.support.held_by_hub import figures
from tests.support.hub import RunningHub
from tests.support.told import Told

LIST = "/api/v1/evaluations"


@pytest.fixture
def told(running_hub: RunningHub) -> Told:
    return Told(running_hub, LIST)


def quarter(period: str, more: int = 0) -> IndicatorPublished:
    cells = {(area,): Exact(20 + more, 3640) for area in AREAS}
    made = figures("c.ed", {}, period, "invented")
    return IndicatorPublished(
        **{name: getattr(made, name) for name in made.__struct_fields__ if name not in ("cells", "dimensions")},
        dimensions=("area",),
        cells=tuple(Cell(nodes, value) for nodes, value in cells.items()),
    )


def resting(told: Told, audience: Any = "public", count: int = 4) -> EvaluationPublished:
    """Publish figures and return an evaluation that rests on them."""
    events = [(told.say(quarter(period), audience).id, period) for period in QUARTERS[:count]]
    return an_evaluation(events)


def test_an_evaluation_is_listed_with_all_that_it_says_and_rests_on(told: Told) -> None:
    made = told.say(evaluation := resting(told))
    page = told.get()
    assert (page["total"], page["page"], page["pages"]) == (1, 1, 1)
    (found,) = page["evaluations"]
    assert found == told.one(made)
    assert (found["event_id"], found["region"], found["outcome"]) == (made.id, "XR-DUINRAND", "fits_effect")
    assert found["payload"]["estimates"][0] == {
        "name": {"nl": "verschil-in-verschillen", "en": "difference-in-differences"}, "value": "-0.80", "low": "-1.10",
        "high": "-0.50", "p": "0.0010",
    }  # fmt: skip
    assert [one["period"] for one in found["evidence"]] == list(evaluation.before + evaluation.after)
    assert {one["state"] for one in found["evidence"]} == {"stands"}
    assert found["evidence_changed"] is False


def test_it_says_when_its_figures_were_corrected_or_withdrawn_later(told: Told) -> None:
    made = told.say(evaluation := resting(told))
    first, second, third, _ = (one.event_id for one in evaluation.figures)
    correction = told.say(IndicatorCorrected(first, "A register came late.", quarter(QUARTERS[0], 5)))
    told.say(IndicatorWithdrawn(second, "The register was wrong."))
    told.say(EventRedacted(third, "It should not have left."))
    found = told.one(made)
    assert [one["state"] for one in found["evidence"]] == ["corrected", "withdrawn", "redacted", "stands"]
    assert found["evidence_changed"] is True
    assert found["evidence"][0]["changed"] == {
        "kind": "corrected", "at": "2026-11-22T12:00:00Z", "event_id": correction.id, "earlier_event_id": first,
        "reason": "A register came late.",
    }  # fmt: skip


def test_evidence_that_is_not_here_or_says_something_else_is_not_said_to_stand(told: Told) -> None:
    other = told.say(figures("h.dm_prev", {("total",) * 3: Exact(120, 1000)}, "2021-Q1", "invented"))
    made = told.say(an_evaluation([(other.id, "2021-Q1"), ("e" * 64, "2021-Q2")]))
    found = told.one(made, inside=True)
    assert [one["state"] for one in found["evidence"]] == ["does_not_fit", "not_held"]
    assert found["evidence_changed"] is True
    told.one(made, 404)  # the figures that are to come could be held for replies


def test_what_is_no_figure_of_the_region_does_not_fit_and_is_not_waited_for(told: Told) -> None:
    words = told.say(lesson())
    other = told.hub.enrol(TestRegion("XR-VEENKANT"))
    (theirs,) = other.release([quarter("2021-Q1")], "public")
    assert told.hub.push(other.code, [theirs.body])[0].outcome == "accepted"
    made = told.say(an_evaluation([(theirs.id, "2021-Q1"), (words.id, "2021-Q2")]))
    assert [one["state"] for one in told.one(made)["evidence"]] == ["does_not_fit", "does_not_fit"]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"region": "XR-DUINRAND"}, 2), ({"region": "XR-ELDERS"}, 0), ({"indicator": "c.ed"}, 1),
        ({"indicator": "c.zvw"}, 1), ({"level": "intervention"}, 1), ({"method": "did"}, 2), ({"method": "its"}, 0),
        ({"outcome": "not_shown"}, 1), ({"outcome": "fits_effect", "level": "population"}, 1),
        ({"intervention": "thuisarts"}, 2), ({"intervention": "anders"}, 0),
    ],
)  # fmt: skip
def test_filters_leave_what_fits(told: Told, query: dict[str, str], count: int) -> None:
    evaluation = resting(told, count=2)
    told.say(evaluation)
    events = [(one.event_id, one.period) for one in evaluation.figures]
    told.say(an_evaluation(events, indicator="c.zvw", level="intervention", estimate=("0.10", "-0.20", "0.40")))
    assert told.get(**query)["total"] == count


def test_what_cannot_be_asked_is_refused(told: Told) -> None:
    assert "level" in str(told.get(status=422, level="region"))
    told.get(status=422, colour="red")
    assert "has no page 2" in told.get(status=404, page="2")["detail"]
    assert "no evaluation with this id" in told.get(f"{LIST}/{'0' * 64}", 404)["detail"]


def test_readers_see_what_is_for_them_and_nothing_of_the_rest(told: Told) -> None:
    evaluation = resting(told, "network")
    inside = told.say(evaluation, "network")
    assert told.get()["total"] == 0
    told.one(inside, 404)
    assert told.get(inside=True)["total"] == 1
    wrong = told.say(an_evaluation([(evaluation.figures[0].event_id, "2021-Q1"), ("9" * 64, "2021-Q2")]), "public")
    told.one(wrong, 404)  # it rests on figures that the public may not read
    assert told.get()["total"] == 0
    assert told.hub.client.get("/feeds/evaluations.json").get_json()["items"] == []
    assert told.one(wrong, inside=True)["event_id"] == wrong.id


def test_an_evaluation_that_names_another_regions_figures_is_for_who_may_read_them(told: Told) -> None:
    other = told.hub.enrol(TestRegion("XR-VEENKANT"))
    (theirs,) = other.release([quarter("2021-Q1")], "network")
    assert told.hub.push(other.code, [theirs.body])[0].outcome == "accepted"
    made = told.say(an_evaluation([(theirs.id, "2021-Q1"), ("9" * 64, "2021-Q2")]))
    told.one(made, 404)
    assert [one["state"] for one in told.one(made, inside=True)["evidence"]] == ["does_not_fit", "not_held"]
    assert told.get()["total"] == told.get(region="XR-DUINRAND")["total"] == 0


def test_a_revision_takes_the_place_and_keeps_the_entry(told: Told) -> None:
    evaluation = resting(told)
    first = told.say(evaluation)
    second = told.say(EvaluationRevised(first.id, "With two more quarters.", an_evaluation(
        [(one.event_id, one.period) for one in evaluation.figures], estimate=("-0.60", "-1.30", "0.10"))))  # fmt: skip
    (found,) = told.get()["evaluations"]
    assert (found["event_id"], found["entry"], found["outcome"]) == (second.id, first.id, "not_shown")
    assert found["corrections"][0]["reason"] == "With two more quarters."
    assert told.one(first)["replaced_by"] == second.id
    events = [(one.event_id, one.period) for one in evaluation.figures]
    other = told.say(an_evaluation(events, level="intervention"))
    assert {one["event_id"] for one in told.get()["evaluations"]} == {second.id, other.id}  # levels are kept apart


@pytest.mark.parametrize("how", ["withdrawn", "destroyed"])
def test_one_that_was_taken_back_is_gone_and_says_so(told: Told, how: str) -> None:
    made = told.say(resting(told))
    if how == "withdrawn":
        gone = told.say(EvaluationWithdrawn(made.id, "The outcome was measured otherwise."), approvers=1)
    else:
        gone = told.say(EventRedacted(made.id, "A name was in it."), approvers=1)
    assert told.get()["total"] == 0
    assert f"was {how} by Xr-Duinrand" in told.one(made, 410)["detail"]
    (item,) = told.hub.client.get("/feeds/evaluations.json").get_json()["items"]
    assert item["_regiohelix"]["event_id"] == gone.id
    assert "Huisarts" not in str(item)
    recalls = told.get("/api/v1/recalls", inside=True)["recalls"]
    assert [one["event_id"] for one in recalls] == [made.id]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"start": "2022-02-30"}, "start is no day"),
        ({"estimates": ()}, "lacks periods before or after, areas, estimates or figures"),
        ({"areas": ("GM9000", "GM9000")}, "stands twice"),
        ({"areas": ("GM9000", "nowhere")}, "area of the evaluation has another form"),
        ({"before": ("2021-Q9",)}, "period of the evaluation has another form"),
        ({"left_out": ("2021-Q1",)}, "stands twice"),
        ({"definition_hash": "x"}, "definition_hash is not 64"),
        ({"clusters": 0}, "is not between 1 and"),
        ({"evaluation": ""}, "is empty or too long"),
        ({"title": {"nl": "x" * 301, "en": "x"}}, "title is empty or over 300"),
        ({"reading": {"nl": "x", "en": " "}}, "reading is empty"),
        ({"reading": {"nl": "x" * 4001, "en": "x"}}, "over 4,000 characters"),
        ({"assumptions": [{"nl": "x", "en": "x"}] * 31}, "over 30 estimates, checks or assumptions"),
        ({"how": {"nl": "x", "en": "x" * 2001}}, "one of over 2,000 characters"),
        ({"figures": [{"event_id": "1" * 64, "period": "2021-Q1"}]}, "none of after it"),
    ],
)  # fmt: skip
def test_an_evaluation_that_the_tables_or_pages_cannot_hold_is_refused(
    told: Told, change: dict[str, Any], says: str
) -> None:
    whole = msgspec.to_builtins(an_evaluation([("1" * 64, "2021-Q1"), ("2" * 64, "2021-Q2")]))
    bent = msgspec.convert(whole | change, EvaluationPublished)
    (made,) = told.region.release([bent], "public")
    (answer,) = told.hub.push(told.region.code, [made.body])
    assert (answer.outcome, answer.reason) == ("refused", "schema_mismatch")
    assert says in (answer.detail or "")


def test_one_reviewer_is_not_enough_for_numbers(told: Told) -> None:
    (made,) = told.region.release([an_evaluation([("1" * 64, "2021"), ("2" * 64, "2022")])], "public", 1)
    (answer,) = told.hub.push(told.region.code, [made.body])
    assert answer.outcome == "refused"
