"""Regions without a figure of the period, and comparisons that hold none: said with a reason, and to whom it may be."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from schemas.values import Exact, NotAvailable, NotCollected, Suppressed, TypedValue
from tests.support.held_by_hub import HeldByHub, figures

TOTAL = ("total", "total", "total")
ADDRESS = "/api/v1/indicators/h.dm_prev/comparison"


@pytest.fixture
def held(tmp_path: Path) -> HeldByHub:
    held = HeldByHub.opened(tmp_path)
    for name in ("Alfa", "Beta", "Gamma", "Delta", "Zeta"):
        held.region(f"XR-{name.upper()}", name, "invented", token=f"token-{name}")
    return held


def accept(held: HeldByHub, name: str, period: str, value: TypedValue, at: str, **other: Any) -> None:
    payload = figures("h.dm_prev", {TOTAL: value}, period, "invented")
    held.accept(f"XR-{name.upper()}", payload, accepted_at=at, **other)


def asked(held: HeldByHub, query: str = "", token: str | None = None) -> dict[str, Any]:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    found: dict[str, Any] = json.loads(held.app.test_client().get(f"{ADDRESS}?{query}", headers=headers).get_data())
    return found


@pytest.fixture
def gone_dark(held: HeldByHub) -> HeldByHub:
    accept(held, "Alfa", "2025", Exact(500, 10_000), "2026-11-20T12:00:00Z")
    accept(held, "Beta", "2023", Exact(300, 10_000), "2024-11-22T12:00:00Z")
    accept(held, "Beta", "2024", NotAvailable(), "2025-11-22T12:00:00Z")
    accept(held, "Beta", "2024-Q4", Exact(1, 10_000), "2025-12-22T12:00:00Z")
    accept(held, "Gamma", "2024", Suppressed(1, 9, 10_000), "2025-11-22T12:00:00Z")
    accept(held, "Delta", "2024", Exact(400, 10_000), "2025-11-22T12:00:00Z", audience="network")
    return held


def test_the_last_good_value_is_told_with_its_age_and_judged_by_nothing(gone_dark: HeldByHub) -> None:
    found = asked(gone_dark)
    assert [row["name"] for row in found["rows"]] == ["Alfa"]
    told = [(one["name"], one["period"], one["shown"], one["age_days"]) for one in found["dark"]]
    assert told == [("Beta", "2023", "3.0", 730), ("Gamma", "2024", None, 365)]
    assert found["dark"][1]["value"] == {
        "kind": "suppressed",
        "lo": 1,
        "hi": 9,
        "denominator": 10_000,
        "reason": "protected",
    }
    assert found["rows"][0]["why_not"] == "no_reference"


def test_it_is_told_to_whom_it_was_released_and_as_it_was_known(gone_dark: HeldByHub) -> None:
    assert [one["name"] for one in asked(gone_dark, token="token-Alfa")["dark"]] == ["Beta", "Delta", "Gamma"]
    then = asked(gone_dark, "period=2024&as_known_on=2025-11-30")
    assert [row["name"] for row in then["rows"]] == ["Beta", "Gamma"]
    assert then["dark"] == []
    accept(gone_dark, "Beta", "2025", NotCollected(), "2026-11-21T12:00:00Z")
    assert [one["name"] for one in asked(gone_dark)["dark"]] == ["Gamma"]


def test_files_have_a_row_for_it_without_a_figure_of_the_period(gone_dark: HeldByHub) -> None:
    text = gone_dark.app.test_client().get(f"{ADDRESS}?format=csv").get_data(as_text=True)
    rows = {row["name"]: row for row in csv.DictReader(io.StringIO(text))}
    beta = rows["Beta"]
    assert (beta["kind"], beta["shown"], beta["why_not"]) == ("not_available", "", "no_figure_yet")
    assert (beta["last_period"], beta["last_shown"], beta["last_accepted_at"]) == (
        "2023",
        "3.0",
        "2024-11-22T12:00:00Z",
    )
    for form in ("xlsx", "parquet"):
        assert gone_dark.app.test_client().get(f"{ADDRESS}?format={form}").status_code == 200


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_the_page_lists_it_apart(gone_dark: HeldByHub, lang: str) -> None:
    page = html.fromstring(gone_dark.app.test_client().get(f"/compare/h.dm_prev?lang={lang}").get_data(as_text=True))
    (section,) = page.xpath("//section[@id='dark']")
    said = " ".join(section.text_content().split())
    assert (
        "Beta: 3,0 % (2023), 22 nov 2024, 730 dagen oud" if lang == "nl" else "Beta: 3.0% (2023), 22 Nov 2024"
    ) in said
    assert ("Gamma: verborgen (2024)" if lang == "nl" else "Gamma: hidden (2024)") in said


def test_an_empty_comparison_says_why(held: HeldByHub) -> None:
    accept(held, "Alfa", "2025", NotAvailable(), "2026-11-20T12:00:00Z")
    accept(held, "Beta", "2025", NotCollected(), "2026-11-20T12:00:00Z")
    accept(held, "Gamma", "2025", NotCollected(), "2026-11-20T12:00:00Z")
    found = asked(held)
    assert found["empty_because"] == {
        "nl": "Leeg, want: 2× verzamelde het niet; 1× heeft geen cijfer, oorzaak onbekend.",
        "en": "Empty, because: 2× did not collect it; 1× has no figure, cause unknown.",
    }
    page = held.app.test_client().get("/compare/h.dm_prev?lang=en").get_data(as_text=True)
    assert "No region has a visible figure here. Empty, because: 2× did not collect it" in page
    accept(held, "Alfa", "2025", Suppressed(1, 9, 1000), "2026-11-20T13:00:00Z")
    assert asked(held)["empty_because"] is None


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("period=1999", "choose one of 2025"),
        ("set=other", "regions of these did: invented"),
        ("as_known_on=2026-11-01", "had released h.dm_prev by 2026-11-01"),
        ("period=2025&as_known_on=2026-11-01", "had released h.dm_prev by 2026-11-01"),
    ],
)
def test_what_is_absent_says_what_is_there(held: HeldByHub, query: str, why: str) -> None:
    accept(held, "Alfa", "2025", Exact(500, 10_000), "2026-11-20T12:00:00Z")
    answer = held.app.test_client().get(f"{ADDRESS}?{query}")
    assert answer.status_code == 404
    assert why in json.loads(answer.get_data())["detail"]


def test_only_so_many_periods_without_a_figure_are_passed_over(held: HeldByHub) -> None:
    accept(held, "Alfa", "2025-12", Exact(500, 10_000), "2026-01-20T12:00:00Z")
    for name, last in (("Beta", 11), ("Gamma", 12)):  # so many months without a figure after the last good one
        year, month = divmod(2025 * 12 + 10 - last, 12)
        accept(held, name, f"{year}-{month + 1:02}", Exact(300, 10_000), "2026-01-20T12:00:00Z")
        for step in range(last):
            year, month = divmod(2025 * 12 + 10 - step, 12)
            accept(held, name, f"{year}-{month + 1:02}", NotAvailable(), "2026-01-20T12:00:00Z")
    assert [one["name"] for one in asked(held, "period=2025-12")["dark"]] == ["Beta", "Gamma"]
    accept(held, "Zeta", "2024-10", Exact(300, 10_000), "2026-01-20T12:00:00Z")
    for step in range(13):
        year, month = divmod(2025 * 12 + 10 - step, 12)
        accept(held, "Zeta", f"{year}-{month + 1:02}", NotAvailable(), "2026-01-20T12:00:00Z")
    assert [one["name"] for one in asked(held, "period=2025-12")["dark"]] == ["Beta", "Gamma"]
