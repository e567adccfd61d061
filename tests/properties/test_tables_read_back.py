"""Whatever regions say, the files hold it, read by others' readers; and no text from outside is ever worked out."""

import csv
import io
import json
from datetime import UTC, datetime
from typing import Any

import openpyxl
import pyarrow.parquet
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.comparison import StoredIndicator, compare
from hub.serving.columns import COLUMNS
from hub.serving.figures import AcceptedIndicator
from hub.serving.parquet import as_parquet
from hub.serving.table import as_csv
from hub.serving.view import IndicatorView, view_of
from hub.serving.workbook import as_xlsx
from schemas.catalogue import catalogue
from schemas.values import (
    Exact,
    NotApplicable,
    NotAvailable,
    NotCollected,
    Rounded,
    Suppressed,
    TypedValue,
    Withdrawn,
)
from tests.support.held_by_hub import TAKEN_OVER, figures
from tests.support.read_tables import from_csv, from_parquet, from_xlsx, value_of

TOTAL = ("total", "total", "total")
AT = "2026-11-20T12:00:00Z"
wholes = st.integers(0, 2**53 - 1)
ends = st.tuples(wholes, wholes).map(sorted)
decimals = st.from_regex(r"\A-?[0-9]{1,9}(\.[0-9]{1,6})?\Z")
steps = st.from_regex(r"\A[1-9][0-9]{0,3}(\.[0-9]{1,6})?\Z")
values = st.one_of(
    st.builds(Exact, wholes, st.none() | wholes),
    st.builds(lambda e, d: Suppressed(e[0], e[1], d), ends, st.none() | wholes),
    st.builds(Suppressed, wholes, st.none(), st.none() | wholes),
    st.builds(Rounded, decimals, steps),
    st.sampled_from([NotAvailable(), NotCollected(), NotApplicable(), Withdrawn()]),
)
_outside = st.characters(exclude_categories=["Cs", "Cc"])
names = st.one_of(
    st.sampled_from(["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("https://example.org")', "1e5", "0", "TRUE"]),
    st.text(_outside, min_size=1, max_size=20),
)  # fmt: skip


def view(told: list[tuple[str, TypedValue]]) -> IndicatorView:
    held = [
        AcceptedIndicator(
            "e" * 64, f"XR-{place}", name, "public", AT,
            figures("h.dm_prev", {TOTAL: value}, region_set="invented", origin=TAKEN_OVER),
        )
        for place, (name, value) in enumerate(told)
    ]  # fmt: skip
    stored = [
        StoredIndicator(one.region, one.region_name, one.payload, datetime(2026, 11, 20, tzinfo=UTC), 1) for one in held
    ]
    return view_of(compare(catalogue()["h.dm_prev"], stored), held, "public", AT)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(names, values), min_size=1, max_size=6))
def test_every_value_and_name_is_read_back(told: list[tuple[str, TypedValue]]) -> None:
    expected = {f"XR-{place}": pair for place, pair in enumerate(told)}
    made = view(told)
    for read in (from_csv(as_csv(made)), from_xlsx(as_xlsx(made)), from_parquet(as_parquet(made))):
        rows: dict[str, Any] = {row["region"]: row for row in read}
        assert set(rows) == set(expected)
        for code, (_, value) in expected.items():
            assert value_of(rows[code]) == value
    kept = {row["region"]: row["name"] for row in from_parquet(as_parquet(made))}
    assert kept == {code: name for code, (name, _) in expected.items()}


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1+2", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_name_is_worked_out_by_a_spreadsheet(name: str) -> None:
    made = view([(name, Exact(10, 100))])
    (row,) = from_csv(as_csv(made))
    assert row["name"].startswith("'")
    (row,) = from_xlsx(as_xlsx(made))
    assert row["name"].replace("_x000D_", "\r") == name


def test_every_column_says_what_it_means_inside_the_files() -> None:
    made = view([("Alfa", Exact(10, 100))])
    book = openpyxl.load_workbook(io.BytesIO(as_xlsx(made)))
    explained = {line[0] for line in book["columns"].iter_rows(values_only=True)}
    assert {column.name for column in COLUMNS} <= explained
    assert any("taken over, not protected here" in str(line[2]) for line in book["columns"].iter_rows(values_only=True))
    about = pyarrow.parquet.read_metadata(io.BytesIO(as_parquet(made))).metadata
    assert set(json.loads(about[b"columns"])) == {column.name for column in COLUMNS}
    assert json.loads(about[b"sources"])[0][0] == TAKEN_OVER.owner


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize(
    "name", ["Alfa;=1+1;b", "Alfa\t@SUM(A1)", "Alfa; -1+1", 'Alfa;"=1+1"', ';""+1', "Alfa\r\n=1+1", "=1;=1", "-1;+2"]
)
def test_a_spreadsheet_runs_nothing_at_whatever_sign_it_splits_a_csv(name: str, delimiter: str) -> None:
    """A Dutch Excel opens CSV at semicolons; commas are decimals there."""
    text = as_csv(view([(name, Exact(500, 10_000))])).decode()
    cells = [cell.strip() for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) for cell in row]
    assert any("1" in cell for cell in cells)
    assert not [cell for cell in cells if cell.startswith(("=", "+", "@", "-"))]


def test_a_name_with_a_semicolon_stays_as_it_is() -> None:
    name = "Alfa; Beta-Gamma; 1-2"
    assert from_csv(as_csv(view([(name, Exact(500, 10_000))])))[0]["name"] == name
