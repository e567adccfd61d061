"""Each export of a comparison is read by a tool that is not ours, the licence with it, and nothing hidden becomes 0."""

import io
import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import msgspec
import openpyxl
import pytest
from fhir.resources.R4B.bundle import Bundle
from rdflib import DCAT, DCTERMS, Graph

from schemas.values import Exact, Suppressed
from tests.support.events import TestRegion
from tests.support.held_by_hub import TAKEN_OVER
from tests.support.hub import RunningHub, running_hub
from tests.support.totals import count

__all__ = ["running_hub"]

KINDS = ("json", "csv", "xlsx", "parquet", "fhir", "dhis2")
LICENCE = TAKEN_OVER.licence


@pytest.fixture
def files(running_hub: RunningHub, tmp_path: Path) -> Mapping[str, Path]:
    """Offer one comparison in every format: a figure taken over, and one that is hidden."""
    payloads = {
        "XR-ALFA": msgspec.structs.replace(count(Exact(120, 1000)), origin=TAKEN_OVER),
        "XR-BETA": count(Suppressed(3, 9, 100)),
    }
    for code, payload in payloads.items():
        (event,) = running_hub.enrol(TestRegion(code)).release([payload], "public")
        assert running_hub.push(code, [event.body])[0].outcome == "accepted"
    found = {}
    for kind in KINDS:
        answer = running_hub.client.get(f"/api/v1/indicators/h.dm_prev/comparison?format={kind}")
        assert answer.status_code == 200
        found[kind] = tmp_path / f"export.{kind}"
        found[kind].write_bytes(answer.data)
    return found


READING = {
    "csv": "read_csv('{}')",
    "parquet": "read_parquet('{}')",
    "json": "(SELECT unnest(rows, max_depth := 2) FROM read_json('{}'))",
}


@pytest.mark.parametrize("kind", READING)
def test_duckdb_reads_it_and_counts_nothing_that_is_hidden(files: Mapping[str, Path], kind: str) -> None:
    table = READING[kind].format(files[kind])
    with duckdb.connect(":memory:") as connection:
        named = {row[0]: row[1:] for row in connection.sql(f"SELECT region, licence, shown FROM {table}").fetchall()}
        counted = f"SELECT sum(shown::DECIMAL(18, 6)), count(shown), count(*) FROM {table}"
        ((total, seen, rows),) = connection.sql(counted).fetchall()
    assert (named["XR-ALFA"][0], named["XR-BETA"]) == (LICENCE, (None, None))
    assert (total, seen, rows) == (Decimal(12), 1, 2)


def test_duckdb_takes_the_columns_of_a_csv_for_what_they_are(files: Mapping[str, Path]) -> None:
    table = READING["csv"].format(files["csv"])
    with duckdb.connect(":memory:") as connection:
        told = connection.sql(f"DESCRIBE SELECT numerator, shown, lo, taken_over FROM {table}").fetchall()
        hidden = connection.sql(f"SELECT kind, lo, hi FROM {table} WHERE numerator IS NULL").fetchall()
    assert [row[1] for row in told] == ["BIGINT", "DOUBLE", "BIGINT", "BOOLEAN"]
    assert hidden == [("suppressed", 3, 9)]


def test_parquet_carries_the_sources_and_the_columns_meanings(files: Mapping[str, Path]) -> None:
    with duckdb.connect(":memory:") as connection:
        told = dict(connection.sql(f"SELECT key, value FROM parquet_kv_metadata('{files['parquet']}')").fetchall())
    assert json.loads(told[b"sources"]) == [[TAKEN_OVER.owner, TAKEN_OVER.table, LICENCE, TAKEN_OVER.url]]
    assert json.loads(told[b"columns"])["licence"]["nl"] == "licentie van een overgenomen cijfer"


def test_a_workbook_has_a_sheet_of_notes_with_the_licence_in_both_languages(files: Mapping[str, Path]) -> None:
    book = openpyxl.load_workbook(io.BytesIO(files["xlsx"].read_bytes()), data_only=True)
    assert book.sheetnames == ["comparison", "columns"]
    notes = {row[0]: row[1:] for row in book["columns"].iter_rows(values_only=True)}
    dutch, english = notes["source"]
    assert LICENCE in dutch
    assert LICENCE in english
    assert (dutch.startswith("overgenomen"), english.startswith("taken over")) == (True, True)
    names = [cell.value for cell in book["comparison"][1]]
    assert set(names) <= set(notes)
    assert [book["comparison"].cell(line, names.index("licence") + 1).value for line in (2, 3)] == [LICENCE, None]


def test_a_measure_report_says_under_which_licence_its_figure_is(files: Mapping[str, Path]) -> None:
    bundle = Bundle.model_validate_json(files["fhir"].read_bytes())
    told: dict[str, Any] = {
        entry.resource.reporter.identifier.value: {one.url: one.valueString for one in entry.resource.extension}
        for entry in bundle.entry
    }
    assert told["XR-ALFA"]["urn:regiohelix:fhir:licence"] == LICENCE
    assert set(told["XR-BETA"]) == {"urn:regiohelix:fhir:value"}


def test_a_dhis2_value_carries_its_licence_as_a_comment(files: Mapping[str, Path]) -> None:
    values = json.loads(files["dhis2"].read_bytes())["dataValues"]
    assert {value["orgUnit"] for value in values} == {"XR-ALFA"}
    assert {value["comment"] for value in values} == {f"Licence: {LICENCE}"}


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")  # rdflib's own JSON-LD reader still uses it
def test_the_catalogue_gives_no_licence_where_not_all_figures_have_it(
    files: Mapping[str, Path], running_hub: RunningHub
) -> None:
    def licences() -> set[str]:
        graph = Graph().parse(data=running_hub.client.get("/catalog.jsonld").get_data(as_text=True), format="json-ld")
        assert len(list(graph.subjects(DCAT.downloadURL))) == 4
        return {str(one) for one in graph.objects(None, DCTERMS.license)}

    assert licences() == set()
    alike = msgspec.structs.replace(count(Exact(130, 1000)), origin=TAKEN_OVER)
    (event,) = running_hub.enrol(TestRegion("XR-GAMMA")).release([alike], "public")
    assert running_hub.push("XR-GAMMA", [event.body])[0].outcome == "accepted"
    assert licences() == set()  # the newest has one, another still has none


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")
def test_the_catalogue_gives_the_licence_that_all_figures_have(running_hub: RunningHub) -> None:
    for code in ("XR-ALFA", "XR-BETA"):
        alike = msgspec.structs.replace(count(Exact(130, 1000)), origin=TAKEN_OVER)
        (event,) = running_hub.enrol(TestRegion(code)).release([alike], "public")
        assert running_hub.push(code, [event.body])[0].outcome == "accepted"
    graph = Graph().parse(data=running_hub.client.get("/catalog.jsonld").get_data(as_text=True), format="json-ld")
    licences = {str(one).rsplit("/", 1)[-1] for one in graph.objects(None, DCTERMS.license)}
    assert licences == {"CC_BY_4_0"}
