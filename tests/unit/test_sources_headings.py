"""A source that changed its columns is refused, and told what is new, gone and probably renamed."""

from pathlib import Path
from typing import Any

import pytest

from connectors.sources import SourceRefused
from connectors.sources.headings import check_headings
from connectors.sources.mapping import FieldMapping, FileMapping, read_mapping
from tests.support.sources import TODAY, register_file, source, written

FIELDS = {"person_id": FieldMapping(column="bsn"), "start_date": FieldMapping(column="begindatum")}


def told(header: list[str], columns: tuple[str, ...] = ()) -> str:
    file = FileMapping("x.csv", "coverage", FIELDS, columns=columns)
    with pytest.raises(SourceRefused) as refused:
        check_headings("x.csv, row 1", header, file)
    return str(refused.value)


def test_headings_as_the_mapping_knows_them_pass_in_any_order() -> None:
    check_headings("x.csv", ["begindatum", "other", "bsn"], FileMapping("x.csv", "coverage", FIELDS))
    listed = FileMapping("x.csv", "coverage", FIELDS, columns=("bsn", "naam", "begindatum"))
    check_headings("x.csv", ["begindatum", "naam", "bsn"], listed)


@pytest.mark.parametrize(
    ("header", "sentence"),
    [
        (["bsn", "naam", "ingangsdatum"], "`begindatum` is probably called `ingangsdatum` now"),
        (["bsn", "naam", "begin_datum"], "`begindatum` is probably called `begin_datum` now"),
        (["bsn", "begindatum"], "`naam` is gone"),
        (["bsn", "naam", "begindatum", "postcode"], "`postcode` is new"),
        (["bsn", "begindatum", "postcode"], "`naam` is gone, `postcode` is new"),
        (["bsn", "naam", "begindatum", "19500201"], "there is a new column without a name that can be shown"),
    ],
)
def test_what_changed_is_named_with_the_remedy(header: list[str], sentence: str) -> None:
    assert told(header, ("bsn", "naam", "begindatum")) == (
        f"x.csv, row 1: the columns are not those of the mapping: {sentence}; ask the supplier what changed, then "
        "correct `columns` and `fields` in the mapping."
    )


def test_values_that_stand_in_the_place_of_headings_are_not_repeated() -> None:
    for columns in ((), ("bsn", "naam", "begindatum")):
        text = told(["999996708", "Jansen", "01-02-1950"], columns)
        assert "Jansen" not in text
        assert "1950" not in text
        assert text.startswith("x.csv, row 1: column `")


def test_a_missing_column_names_what_may_be_its_new_name() -> None:
    assert "column `begindatum` is missing (`ingangsdatum` may be its new name)" in told(["bsn", "ingangsdatum"])
    assert "column `begindatum` is missing;" in told(["bsn", "kleur"])


def test_a_mapping_that_lists_columns_must_list_those_it_reads(tmp_path: Path) -> None:
    def mapping(columns: list[str]) -> Any:
        return read_mapping(written(tmp_path, source(register_file(columns=columns))), TODAY)

    assert mapping(["bsn", "born", "sex", "naam"]).files[0].columns == ("bsn", "born", "sex", "naam")
    with pytest.raises(
        SourceRefused, match=r"key `files\.1\.fields\.sex`: names a column that `columns` does not list; correct"
    ):
        mapping(["bsn", "born"])


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"sheet": "Blad1"}, "key `files.1.sheet`: does not belong to kind csv; remove it."),
        ({"headings": {"row": 2}}, "key `files.1.headings`: does not belong to kind csv; remove it."),
        ({"columns": []}, "key `files.1.columns`: is empty; list all headings, or remove it."),
    ],
)
def test_keys_of_another_kind_are_refused(tmp_path: Path, change: dict[str, Any], sentence: str) -> None:
    with pytest.raises(SourceRefused) as refused:
        read_mapping(written(tmp_path, source(register_file(**change))), TODAY)
    assert str(refused.value) == f"source.yaml: {sentence}"


@pytest.mark.parametrize(
    ("how", "sentence"),
    [
        ({"column": "sex", "pad": 0}, "pad`: must be from 1 to 20 digits."),
        ({"constant": "f", "pad": 3}, "`pad` and `prefix` complete a column's texts; write a constant in full."),
    ],
)
def test_what_completes_codes_is_checked(tmp_path: Path, how: dict[str, Any], sentence: str) -> None:
    document = register_file()
    document["fields"]["sex"] = how
    with pytest.raises(SourceRefused) as refused:
        read_mapping(written(tmp_path, source(document)), TODAY)
    assert sentence in str(refused.value)


def test_a_file_left_without_fields_is_told_it_can_go(tmp_path: Path) -> None:
    path = written(tmp_path, source({**register_file(), "fields": None}))
    with pytest.raises(SourceRefused, match=r"key `files\.1\.fields`: is empty; fill it in, or remove this file"):
        read_mapping(path, TODAY)
