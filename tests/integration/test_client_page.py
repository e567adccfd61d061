"""The Python client reads a real hub over HTTP, and the examples of its page and of the README run as they stand."""

import builtins
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest
import regiohelix_client as client
from flask import Flask, Response
from regiohelix_client import Exact, Hub, HubRefused, HubUnreachable, NotAvailable, Suppressed

from hub.bootstrap import application
from schemas.payloads import LessonPublished, Payload
from schemas.values import Exact as Counted
from schemas.values import NotAvailable as Unknown
from schemas.values import Suppressed as Hidden
from schemas.values import TypedValue
from tests.support.evaluations import an_evaluation
from tests.support.events import TestRegion
from tests.support.held_by_hub import a_lesson, figures
from tests.support.hub import RunningHub, running_hub
from tests.support.panels import an_assessment, with_means
from tests.support.served import served
from tests.support.totals import TOTAL, count, prove

__all__ = ["running_hub"]

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"```python\n(.*?)```", re.DOTALL)
ADDRESS = "https://hub.example.nl"
CELLS: dict[tuple[str, ...], TypedValue] = {("total",) * 3: Counted(600, 1000)}
ASSESSMENT = an_assessment(with_means((300, 300, 300, 200, 300), ("practice",) * 10))
VALUES: dict[str, TypedValue] = {
    "XR-ALFA": Counted(100, 1000),
    "XR-BETA": Counted(180, 1000),
    "XR-GAMMA": Hidden(3, 9, 100),
    "XR-OMEGA": Unknown(),
}


@pytest.fixture
def address(running_hub: RunningHub) -> Iterator[str]:
    for code, value in VALUES.items():
        region = running_hub.enrol(TestRegion(code))
        payloads: list[Payload] = [count(value)]
        payloads += [*lessons(25), ASSESSMENT] if code == "XR-ALFA" else []
        released = region.release(payloads, "public")
        if code == "XR-ALFA":
            years = ("2021", "2022")
            found = region.release([figures("h.srh_good", CELLS, year, "invented") for year in years], "public")
            ids = [(event.id, year) for event, year in zip(found, years, strict=True)]
            released += [*found, *region.release([an_evaluation(ids, indicator="h.srh_good")], "public")]
        answers = running_hub.push(code, [event.body for event in released])
        assert {answer.outcome for answer in answers} == {"accepted"}
    prove(running_hub.hub.engine, running_hub.hub.clock)
    with served(application(running_hub.hub)) as port:
        yield f"http://127.0.0.1:{port}"


def lessons(number: int) -> list[LessonPublished]:
    return [a_lesson(f"les-{place}", title=f"Les {place}") for place in range(number)]


def test_three_lines_give_a_typed_table(address: str) -> None:
    with Hub(address) as hub:
        table = hub.comparison("h.dm_prev", period="2025")
    assert [row.region for row in table] == sorted(VALUES)
    assert [row.value for row in table] == [Exact(100, 1000), Exact(180, 1000), Suppressed(3, 9, 100), NotAvailable()]
    assert (table.reference, table.rows[0].shown, table.rows[0].standing) == (Decimal("14.0"), Decimal("10.0"), "lower")
    rows = {row["region"]: row for row in table.to_rows()}
    assert (rows["XR-GAMMA"]["kind"], rows["XR-GAMMA"]["lo"], rows["XR-GAMMA"]["hi"]) == ("suppressed", 3, 9)
    assert {rows["XR-GAMMA"][name] for name in ("shown", "numerator")} == {None}
    assert {name for row in rows.values() for name in row} == set(rows["XR-ALFA"])


@pytest.fixture
def compared(address: str, running_hub: RunningHub) -> str:
    """Two more regions, good health of five, and a year before of one: peers, a gradient and progress have rows."""
    more = {"XR-DELTA": Counted(120, 1000), "XR-EPS": Counted(150, 1000)}
    regions = {code: running_hub.enrol(TestRegion(code)) for code in more}
    healthy = figures("h.srh_good", {TOTAL: Counted(700, 1000)}, region_set="invented")
    for place, (code, region) in enumerate(regions.items()):
        well = figures("h.srh_good", {TOTAL: Counted(500 + 100 * place, 1000)}, region_set="invented")
        before = figures("h.dm_prev", {TOTAL: Counted(250, 1000)}, "2024", "invented")
        made = region.release([count(more[code]), well, before], "public")
        running_hub.push(code, [one.body for one in made])
    third = running_hub.enrol(TestRegion("XR-ZETA"))
    running_hub.push("XR-ZETA", [one.body for one in third.release([count(Counted(80, 1000)), healthy], "public")])
    prove(running_hub.hub.engine, running_hub.hub.clock)
    return address


def test_peers_a_gradient_and_progress_are_typed_tables(compared: str) -> None:
    """Health 50, 60, 70 % at 1/6, 1/2, 5/6 with diabetes 12, 15, 8 %: slope 1.5 x (12 - 8) = 6."""
    with Hub(compared) as hub:
        peers = hub.peers("XR-DELTA", ["h.dm_prev"], 2)
        gradient = hub.inequality("h.dm_prev", "h.srh_good", weights="equal")
        progress = hub.progress("XR-DELTA", "h.dm_prev", goal=Decimal("13.0"))
    near = {row.region: row for row in peers}
    assert (near["XR-ALFA"].values, near["XR-GAMMA"].distance) == ((Exact(100, 1000),), None)
    assert isinstance(near["XR-GAMMA"].low, Decimal)
    assert (peers.count, peers.traits[0]["indicator"], peers.left_out[0]["region"]) == (2, "h.dm_prev", "XR-OMEGA")
    assert "values" not in peers.to_rows()[0]
    assert [(row.area, row.shown, row.rank_value) for row in gradient] == [
        ("XR-DELTA", Decimal("12.0"), Exact(500, 1000)),
        ("XR-EPS", Decimal("15.0"), Exact(600, 1000)),
        ("XR-ZETA", Decimal("8.0"), Exact(700, 1000)),
    ]
    assert (gradient.slope, gradient.bounds, gradient.to_rows()[0]["rank_kind"]) == (Decimal(6), "interval", "exact")
    assert [(row.period, row.change, row.since_first, row.to_goal) for row in progress] == [
        ("2024", None, None, "higher"),
        ("2025", Decimal("-13.0"), "better", "indistinguishable"),
    ]
    assert (progress.first, progress.goal) == ("2024", Decimal("13.0"))
    assert (progress.why_no_trend, progress.periods_left_out) == ("too_short", 0)
    assert progress.to_rows()[1]["numerator"] == 120
    assert (progress.test_assumes or {})["en"].startswith("The test takes each period to count other persons")


def test_trend_profile_and_every_page_of_lessons(address: str) -> None:
    with Hub(address) as hub:
        trend, profile, learnt, few = hub.trend("h.dm_prev"), hub.profile("XR-GAMMA"), hub.lessons(), hub.lessons(3)
        assert hub.indicators()[0]["indicator"] == "h.dm_prev"
    assert {(row.period, row.why_no_trend) for row in trend if row.region == "XR-ALFA"} == {("2025", "too_short")}
    assert (trend.test_assumes or {})["nl"].startswith("De toets neemt aan dat elke periode andere personen telt")
    assert [(row.indicator, row.value, row.bounds) for row in profile] == [
        ("h.dm_prev", Suppressed(3, 9, 100), "range")
    ]
    assert (len(learnt), learnt.total, len(few)) == (25, 25, 3)
    assert {row["title"] for row in learnt.to_rows()} == {f"Les {place}" for place in range(25)}


def test_lessons_are_found_by_words_and_facets(address: str) -> None:
    with Hub(address) as hub:
        found, few, none = hub.search("les", language=["nl", "en"]), hub.search(most=2), hub.search("zuurkool")
        with pytest.raises(HubRefused, match="facet"):
            hub.search(facet="x")
        one = hub.search("14")
    assert (len(found), found.total, len(few), few.total, len(none)) == (25, 25, 2, 25, 0)
    assert found.facets["language"] == ({"value": "nl", "count": 25}, {"value": "en", "count": 0})
    assert [row["title"] for row in one.to_rows()] == ["Les 14"]


def test_evaluations_come_with_their_estimate_and_what_became_of_their_figures(address: str) -> None:
    with Hub(address) as hub:
        found, none = hub.evaluations("XR-ALFA", level="population"), hub.evaluations(level="intervention")
    (one,) = found
    assert (one.outcome, one.evidence_changed, found.total, len(none)) == ("fits_effect", False, 1, 0)
    assert [figures["state"] for figures in one.evidence] == ["stands", "stands"]
    (row,) = found.to_rows()
    assert (row["value"], row["low"], row["high"]) == (Decimal("-0.80"), Decimal("-1.10"), Decimal("-0.50"))
    assert (row["indicator"], row["level"], row["clusters"]) == ("h.srh_good", "population", 12)


def test_assessments_come_with_their_bands_and_what_may_be_least_integrated(address: str) -> None:
    with Hub(address) as hub:
        found, none = hub.assessments("XR-ALFA"), hub.assessments(instrument="guiding-principles")
    (one,) = found
    assert (one.least_integrated, one.since, found.total, len(none)) == (("organisation",), None, 1, 0)
    assert one.readings[0]["lens"] == "ambition"
    (row,) = found.to_rows()
    assert (row["organisation_low"], row["organisation_high"], row["answered"]) == (Decimal("2"), Decimal("2.33"), 10)


def test_problems_come_with_what_may_help_and_why(address: str) -> None:
    with Hub(address) as hub:
        found = hub.match("XR-BETA")
        (one,) = hub.match("XR-BETA", found.rows[0].key)
        with pytest.raises(HubRefused, match="open"):
            hub.match("XR-BETA", "lens:ambition")
    assert [(row.key, row.kind, row.why[0].strength) for row in found] == [
        ("indicator:h.dm_prev", "indicator", "worse_than_reference")
    ]
    assert one == found.rows[0]
    assert {(lesson.region, lesson.reasons[0].strength) for lesson in one.lessons} == {("XR-ALFA", "named")}
    assert found.to_rows()[0]["lessons"] == [lesson.event_id for lesson in one.lessons]
    assert (found.region, found.left_out, one.nothing) == ("XR-BETA", (), None)


def test_what_is_refused_is_one_sentence(address: str) -> None:
    with Hub(address, tries=1) as hub:
        for ask in (
            lambda: hub.comparison("no.such"),
            lambda: hub.comparison("h.dm_prev", "last year"),
            lambda: hub.comparison("h.dm_prev", by={"sex": "x"}),
            lambda: hub.profile("XR-NIEMAND"),
        ):
            with pytest.raises(HubRefused) as refused:
                ask()
            assert refused.value.status in (400, 404, 422)
            assert str(refused.value)
            assert "\n" not in str(refused.value)
    with pytest.raises(HubRefused, match="token"):
        Hub(address, token="none", tries=1).profile("XR-ALFA")
    with pytest.raises(HubUnreachable, match="does not answer"):
        Hub("http://127.0.0.1:9", tries=1).indicators()


def test_no_token_travels_in_clear_and_none_is_shown() -> None:
    with pytest.raises(ValueError, match="clear text"):
        Hub("http://hub.example.nl", token="secret")
    with pytest.raises(ValueError, match="name or password") as told:
        Hub("https://reader:geheim@hub.example.nl")
    assert "geheim" not in str(told.value)
    with pytest.raises(ValueError, match="no web address"):
        Hub("hub.example.nl")
    assert "secret" not in repr(Hub("https://hub.example.nl", token="secret"))


def answering(*answers: tuple[int, bytes]) -> tuple[Flask, list[int]]:
    app, asked = Flask("a-hub"), [0]

    def answer(**_: str) -> Response:
        status, body = answers[min(asked[0], len(answers) - 1)]
        asked[0] += 1
        return Response(body, status, {"Retry-After": "0", "Content-Type": "application/json"})

    app.add_url_rule("/<path:path>", view_func=answer)
    return app, asked


def test_a_hub_that_is_away_for_a_moment_is_asked_again_but_not_for_ever() -> None:
    app, asked = answering((503, b"{}"), (200, b"[]"))
    with served(app) as port:
        assert Hub(f"http://127.0.0.1:{port}").indicators() == []
    assert asked == [2]
    app, asked = answering((503, b'{"detail": "The database is away."}'))
    with served(app) as port, pytest.raises(HubRefused, match=r"^The database is away\.$"):
        Hub(f"http://127.0.0.1:{port}", tries=2).indicators()
    assert asked == [2]


@pytest.mark.parametrize(
    "body", [b"<html>", b"{}", b'{"rows": [{"region": "XR-A"}]}', b'{"rows": 3}', b'{"rows": [7]}']
)
def test_an_answer_that_is_no_hubs_is_said_to_be_so(body: bytes) -> None:
    app, _ = answering((200, body))
    with served(app) as port, pytest.raises(client.AnswerNotUnderstood, match=r"check (its|whether)"):
        Hub(f"http://127.0.0.1:{port}").comparison("h.dm_prev")


@pytest.mark.parametrize("pages", ["two", None, True])
def test_pages_that_are_no_number_are_said_to_be_no_hubs(pages: object) -> None:
    body = msgspec.json.encode({"lessons": [{"lesson": "a"}], "pages": pages, "total": 1})
    app, _ = answering((200, body))
    with served(app) as port, pytest.raises(client.AnswerNotUnderstood, match="no number as its pages"):
        Hub(f"http://127.0.0.1:{port}").lessons()


def test_empty_pages_end_the_list_of_lessons() -> None:
    body = msgspec.json.encode({"lessons": [], "pages": 1_000_000, "total": 5})
    app, asked = answering((200, body))
    with served(app) as port:
        assert list(Hub(f"http://127.0.0.1:{port}").lessons(most=5)) == []
    assert asked == [1]


def test_it_knows_every_kind_of_value_that_the_schemas_have() -> None:
    kinds = {one.__struct_config__.tag for one in TypedValue.__args__}
    assert kinds == {one.kind for one in client.Value.__args__}
    for value in (*VALUES.values(), Hidden(0, None)):
        read = client.read_value(msgspec.to_builtins(value))
        told = msgspec.to_builtins(value)
        assert {name: getattr(read, name) for name in told if name != "reason"} == {
            name: part for name, part in told.items() if name != "reason"
        }
    with pytest.raises(client.AnswerNotUnderstood, match="update the client"):
        client.read_value({"kind": "new"})


def test_pandas_is_asked_for_only_where_it_is_wanted(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found, real = Hub(address).comparison("h.dm_prev"), builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name == "pandas":
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(client.PandasMissing, match="to_rows"):
        found.to_pandas()


def test_the_examples_run_as_they_stand(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    page = (ROOT / "docs" / "client.md").read_text(encoding="utf-8")
    names: dict[str, Any] = {}
    for example in BLOCK.findall(page):
        exec(example.replace(ADDRESS, address), names)  # noqa: S102  # our own page
    said = capsys.readouterr().out
    assert "Xr-Gamma hidden, between 3 and 9" in said
    assert "Xr-Omega not_available" in said
    assert said.splitlines()[-1].startswith("The catalogue has no such indicator")
    assert (names["hidden"], len(names["learnt"]), len(names["latest"])) == (["XR-GAMMA"], 25, 2)
    (example,) = [one for one in BLOCK.findall((ROOT / "README.md").read_text(encoding="utf-8")) if "Hub(" in one]
    exec(example.replace(ADDRESS, address), names)  # noqa: S102
    assert [row["region"] for row in names["rows"]] == sorted(VALUES)
