"""An instrument says how a supplier's files are read; a mapping that uses it adds legal ground and names of files."""

import hashlib
from pathlib import Path
from typing import Any

import pytest
import yaml

from connectors.sources import SourceRefused
from connectors.sources.instrument import instrument_of, read_instrument
from connectors.sources.mapping import read_document, read_mapping
from tests.support.sources import TODAY, legal, register_file, source, visits_file, written


def instrument(folder: Path, **changed: Any) -> Path:
    mapping = written(folder, source(register_file(), visits_file(), visits_file(file="more.csv")))
    made = instrument_of(read_document(mapping), mapping.name, "his", 2, "Supplier")
    path = folder / "his-2.instrument.yaml"
    path.write_text(yaml.safe_dump({**made, **changed}), encoding="utf-8")
    return path


def using(folder: Path, **changed: Any) -> Path:
    document = {
        "id": "practice", "instrument": {"id": "his", "version": 2}, "legal": legal(),
        "files": {"person": "p.csv", "encounter-2": "v.csv"}, **changed,
    }  # fmt: skip
    return written(folder, document, "practice.yaml")


def refusal(path: Path) -> str:
    with pytest.raises(SourceRefused) as refused:
        read_mapping(path, TODAY)
    return str(refused.value)


def test_an_instrument_holds_neither_legal_ground_nor_names_of_files(tmp_path: Path) -> None:
    text = instrument(tmp_path).read_text(encoding="utf-8")
    for word in ("legal", "controller", "Gemeente", ".csv", "register"):
        assert word not in text
    _, document = read_instrument(tmp_path / "his-2.instrument.yaml")
    assert list(document["roles"]) == ["encounter", "encounter-2", "person"]


def test_a_mapping_with_an_instrument_reads_as_the_mapping_it_was_taken_from(tmp_path: Path) -> None:
    path = instrument(tmp_path)
    whole = read_mapping(tmp_path / "source.yaml", TODAY)
    short = read_mapping(using(tmp_path), TODAY)
    fields = {file.file: file.fields for file in short.files}
    assert fields == {"p.csv": whole.files[0].fields, "v.csv": whole.files[2].fields}
    assert short.kind == "csv"
    assert short.instrument == f"his version 2 (sha256 {hashlib.sha256(path.read_bytes()).hexdigest()[:12]})"


def test_another_text_of_the_instrument_gives_the_mapping_another_hash(tmp_path: Path) -> None:
    instrument(tmp_path)
    before = read_mapping(using(tmp_path), TODAY).sha256
    instrument(tmp_path, supplier="Another")
    assert read_mapping(using(tmp_path), TODAY).sha256 != before


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        (
            {"instrument": {"id": "his", "version": 3}},
            "his-3.instrument.yaml: this instrument is not beside the mapping;",
        ),
        ({"instrument": {"id": "his"}}, "practice.yaml: key `instrument.version`: is missing; add it."),
        ({"instrument": {"id": "../his", "version": 2}}, "practice.yaml: key `instrument.id`: must be lower case"),
        ({"instrument": "his"}, "practice.yaml: key `instrument`: must have id and version."),
        (
            {"files": {"lab": "l.csv"}},
            "practice.yaml: key `files.lab`: is no role of his-2.instrument.yaml; use encounter",
        ),
        ({"files": {"person": 3}}, "practice.yaml: key `files.person`: must be a file's name, or `file` and `sheet`."),
        ({"files": ["p.csv"]}, "practice.yaml: key `files`: must say for every role"),
        ({"kind": "xlsx"}, "practice.yaml: key `kind`: is another than that of his-2.instrument.yaml; remove it."),
        ({"legal": {}}, "practice.yaml: key `legal.controller`: is missing; add it."),
    ],
)
def test_a_wrong_use_is_refused_by_file_and_key(tmp_path: Path, changed: dict[str, Any], sentence: str) -> None:
    instrument(tmp_path)
    assert refusal(using(tmp_path, **changed)).startswith(sentence)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"version": 1}, "his-2.instrument.yaml: says it is another instrument or version than its name;"),
        ({"version": 0}, "his-2.instrument.yaml: key `version`: must be 1 or more."),
        ({"legal": {}}, "his-2.instrument.yaml: key `legal`: is not a key of an instrument;"),
        ({"kind": "omop"}, "his-2.instrument.yaml: key `kind`: must be one of: csv, parquet, xlsx."),
        ({"roles": {"person": register_file()}}, "his-2.instrument.yaml: key `roles.person`: names a file or sheet;"),
        ({"roles": {}}, "his-2.instrument.yaml: key `roles`: is empty; list the roles."),
    ],
)
def test_a_wrong_instrument_is_refused_by_file_and_key(tmp_path: Path, changed: dict[str, Any], sentence: str) -> None:
    instrument(tmp_path, **changed)
    assert refusal(using(tmp_path)).startswith(sentence)
