"""The same people give the same store, whether they come from a database, an OMOP schema, or FHIR in any form."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from connectors.sources import SourceRefused
from node.records.load import LoadReport, load
from node.records.store import open_store, records_path
from tests.support.people_in_databases import PEOPLE, STORED, VARIABLE, WRONG, Rows, as_omop, as_sql
from tests.support.people_in_fhir import as_fhir_json, as_fhir_lines, as_fhir_xml
from tests.support.sources import KEY, SOUND_NUMBERS, TODAY, legal

Kind = Callable[[Path, str, dict[str, Rows]], dict[str, Any]]
KINDS: dict[str, Kind] = {
    "sql": as_sql,
    "omop": as_omop,
    "fhir-ndjson": as_fhir_lines,
    "fhir-json": as_fhir_json,
    "fhir-xml": as_fhir_xml,
}


class Source:
    """One kind of source with people in it, that can be loaded and looked at."""

    def __init__(self, folder: Path, make: Kind, url: str) -> None:
        (folder / "delivery").mkdir()
        self._folder = folder
        self._document = {"id": "people", "legal": legal(), "max_reject_share": 0.3, **make(folder, url, PEOPLE)}

    def load(self, **changed: Any) -> LoadReport:
        path = self._folder / "people.yaml"
        path.write_text(json.dumps({**self._document, **changed}), encoding="utf-8")
        return load(self._folder / "home", path, KEY, None, TODAY)

    def stored(self) -> dict[str, list[tuple[Any, ...]]]:
        connection = open_store(records_path(self._folder / "home"), read_only=True)
        try:
            return {name: connection.execute(f"SELECT * FROM {name} ORDER BY ALL").fetchall() for name in STORED}
        finally:
            connection.close()


@pytest.fixture(params=sorted(KINDS))
def source(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Source:
    url = f"sqlite:///{tmp_path}/people.db"
    monkeypatch.setenv(VARIABLE, url)
    return Source(tmp_path, KINDS[request.param], url)


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[tuple[Any, ...]]]:
    """What the kind whose words are the canonical ones gives: checked by hand below, and the others against it."""
    folder = tmp_path_factory.mktemp("expected")
    url = f"sqlite:///{folder}/people.db"
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv(VARIABLE, url)
        one = Source(folder, as_sql, url)
        one.load()
    return one.stored()


def test_what_is_expected_is_what_was_told(expected: dict[str, list[tuple[Any, ...]]]) -> None:
    assert {name: len(rows) for name, rows in expected.items()} == STORED
    assert sorted(row[1].isoformat() for row in expected["person"]) == ["1950-02-01", "1960-01-01", "2001-12-31"]
    assert {row[3] for row in expected["person"]} == {"GM0363"}
    assert [row[1:4] for row in expected["cost"]] == [("drug", expected["treatment"][0][3], 1_205)]
    assert str(expected["measurement"][0][4]) == "48.1000"


def test_every_kind_gives_the_same_store(source: Source, expected: dict[str, list[tuple[Any, ...]]]) -> None:
    report = source.load()
    assert source.stored() == expected
    assert [one.rows for one in report.rejects] == [1]
    assert "11-test" in report.rejects[0].reason
    for count in report.files:
        assert count.read == count.loaded + count.rejected + count.duplicates + count.objected + count.outside


def test_the_same_again_and_a_refusal_change_nothing(
    source: Source, expected: dict[str, list[tuple[Any, ...]]]
) -> None:
    first = source.load()
    assert source.load().files == first.files
    assert source.stored() == expected
    with pytest.raises(SourceRefused, match="above the allowed share") as refused:
        source.load(max_reject_share=0.0)
    assert not any(number in str(refused.value) for number in (*SOUND_NUMBERS, WRONG))
    assert source.stored() == expected


@pytest.mark.real_postgres
@pytest.mark.parametrize("kind", ["sql", "omop"])
def test_a_real_postgres_gives_the_same_store(
    kind: str,
    tmp_path: Path,
    postgres_url: str,
    monkeypatch: pytest.MonkeyPatch,
    expected: dict[str, list[tuple[Any, ...]]],
) -> None:
    monkeypatch.setenv(VARIABLE, postgres_url)
    one = Source(tmp_path, KINDS[kind], postgres_url)
    one.load()
    assert one.stored() == expected
