"""A source of an older municipal division is brought to the node's, and what cannot be is rejected with the reason."""

from pathlib import Path

import pytest
import yaml

from node.__main__ import main
from node.records.load import load
from node.records.store import open_store, records_path
from tests.support.sources import KEY, SOUND_NUMBERS, TODAY, legal, register_file


def _source(folder: Path, areas: tuple[str, ...], municipality: dict[str, object]) -> Path:
    rows = [f"{number};01-02-1950;V;{area}" for number, area in zip(SOUND_NUMBERS, areas, strict=True)]
    (folder / "persons.csv").write_text("\n".join(["bsn;born;sex;where", *rows]) + "\n", encoding="utf-8")
    file = register_file()
    file["fields"]["municipality"] = municipality
    mapping = {"id": "register", "kind": "csv", "legal": legal(), "max_reject_share": 0.5, "files": [file]}
    path = folder / "register.yaml"
    path.write_text(yaml.safe_dump(mapping), encoding="utf-8")
    return path


def _lives(home: Path) -> list[str]:
    with open_store(records_path(home), read_only=True) as store:
        rows = store.execute("SELECT municipality FROM person ORDER BY municipality").fetchall()
    return [place for (place,) in rows]


@pytest.mark.parametrize(
    ("areas", "municipality"),
    [
        (("GM0457", "GM0363", "GM0788"), {"column": "where"}),
        (("11", "12", "13"), {"column": "where", "codes": {"11": "GM0457", "12": "GM0363", "13": "GM0788"}}),
    ],
)
def test_weesp_is_amsterdam_and_haaren_is_rejected_in_the_division_of_2023(
    tmp_path: Path, areas: tuple[str, ...], municipality: dict[str, object]
) -> None:
    mapping = _source(tmp_path, areas, municipality)
    report = load(tmp_path / "node", mapping, KEY, today=TODAY, division_year=2023)
    assert _lives(tmp_path / "node") == ["GM0363", "GM0363"]
    (reject,) = report.rejects
    assert (reject.column, reject.rows) == ("where", 1)
    assert reject.reason == "is a municipality that was divided over several; give the code in the division of 2023"


def test_in_the_division_of_the_extract_nothing_changes(tmp_path: Path) -> None:
    mapping = _source(tmp_path, ("GM0457", "GM0363", "GM0788"), {"column": "where"})
    for year in (2020, None):
        load(tmp_path / "node", mapping, KEY, today=TODAY, division_year=year)
        assert _lives(tmp_path / "node") == ["GM0363", "GM0457", "GM0788"]


@pytest.mark.parametrize(("area", "words"), [("GM0457", "went into GM0363;"), ("GM0788", "GM0757 and GM0824 and")])
def test_a_node_is_not_made_with_a_municipality_that_its_division_does_not_have(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], area: str, words: str
) -> None:
    init = ["init", "--region", "XR-A", "--name", "A", "--region-set", "s", "--hub-url", "http://localhost:1"]
    assert main([*init, "--division-year", "2023", "--area", area, "--home", str(tmp_path / "node")]) == 1
    assert words in capsys.readouterr().err
    assert not (tmp_path / "node").exists()
    assert main([*init, "--division-year", "2020", "--area", area, "--home", str(tmp_path / "node")]) == 0
