"""A mapping is read strictly: one clear sentence per fault, and no source without legal ground."""

from pathlib import Path
from typing import Any

import pytest

from connectors.sources import SourceRefused
from connectors.sources.mapping import read_mapping
from tests.support.sources import TODAY, legal, register_file, source, written


def refusal(tmp_path: Path, document: dict[str, Any]) -> str:
    with pytest.raises(SourceRefused) as refused:
        read_mapping(written(tmp_path, document), TODAY)
    return str(refused.value)


def test_a_right_mapping_gives_its_fields_and_legal_ground(tmp_path: Path) -> None:
    mapping = read_mapping(written(tmp_path, source(register_file())), TODAY)
    assert mapping.legal.linkage == "bsn"
    assert mapping.legal.permitted_indicators == ("all",)
    assert mapping.files[0].fields["sex"].codes == {"V": "f", "M": "m"}
    assert mapping.files[0].fields["municipality"].constant == "GM0363"
    assert mapping.folder == tmp_path


def test_the_reject_share_is_five_in_a_hundred_unless_stated(tmp_path: Path) -> None:
    document = source(register_file())
    del document["max_reject_share"]
    assert read_mapping(written(tmp_path, document), TODAY).max_reject_share == 0.05


def test_a_source_without_legal_ground_is_refused(tmp_path: Path) -> None:
    document = source(register_file())
    del document["legal"]
    assert refusal(tmp_path, document) == (
        "source.yaml: key `legal`: is missing; no source is loaded without legal ground."
    )


@pytest.mark.parametrize("key", sorted(legal()))
def test_every_key_of_the_legal_ground_is_required(tmp_path: Path, key: str) -> None:
    ground = legal()
    del ground[key]
    assert refusal(tmp_path, source(register_file(), legal=ground)) == (
        f"source.yaml: key `legal.{key}`: is missing; add it."
    )


def test_a_source_past_its_delete_by_date_is_refused(tmp_path: Path) -> None:
    text = refusal(tmp_path, source(register_file(), legal=legal(delete_by="2026-11-22")))
    assert text.startswith("source.yaml: key `legal.delete_by`: the date 2026-11-22 has passed")


def test_an_unknown_key_is_named(tmp_path: Path) -> None:
    assert refusal(tmp_path, source(register_file(), seperator=";")) == (
        "source.yaml: key `seperator`: is not a key of a mapping; remove it or correct its spelling."
    )


def test_an_unknown_key_deep_in_a_file_is_named_with_its_path(tmp_path: Path) -> None:
    text = refusal(tmp_path, source(register_file(fields={"person_id": {"colum": "bsn"}})))
    assert text.startswith("source.yaml: key `files.1.fields.person_id.colum`: is not a key of a mapping")


def test_a_field_the_record_does_not_have_is_named(tmp_path: Path) -> None:
    document = register_file()
    document["fields"]["postcode"] = {"column": "pc"}
    assert "key `files.1.fields.postcode`: is no field of a person" in refusal(tmp_path, source(document))


def test_a_required_field_that_is_not_mapped_is_named(tmp_path: Path) -> None:
    document = register_file()
    del document["fields"]["birth_date"]
    assert "key `files.1.fields.birth_date`: is missing" in refusal(tmp_path, source(document))


def test_a_code_cannot_mean_something_that_does_not_exist(tmp_path: Path) -> None:
    document = register_file()
    document["fields"]["sex"] = {"column": "sex", "codes": {"V": "female"}}
    assert "key `files.1.fields.sex`: may only mean f, m, unknown." in refusal(tmp_path, source(document))


def test_a_field_has_a_column_or_a_constant_and_not_both(tmp_path: Path) -> None:
    document = register_file()
    document["fields"]["sex"] = {"column": "sex", "constant": "f"}
    assert "must have either `column` or `constant`" in refusal(tmp_path, source(document))


def test_an_unknown_encoding_is_refused(tmp_path: Path) -> None:
    assert "key `files.1.encoding`: is not a known encoding" in refusal(
        tmp_path, source(register_file(encoding="utf-9"))
    )


def test_a_mapping_that_is_not_yaml_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "source.yaml"
    path.write_text("id: register\nlegal: [\n", encoding="utf-8")
    with pytest.raises(SourceRefused, match=r"^source\.yaml: cannot be read as YAML at line 3; correct the file\.$"):
        read_mapping(path, TODAY)


def test_a_mapping_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceRefused, match=r"^none\.yaml: this mapping file does not exist"):
        read_mapping(tmp_path / "none.yaml", TODAY)


def test_an_omop_source_lists_no_files_and_a_split_has_its_part(tmp_path: Path) -> None:
    assert "key `files`: does not belong to a source of kind omop" in refusal(
        tmp_path, source(register_file(), kind="omop")
    )
    document = {**source(), "kind": "omop", "split": {"parts": 2, "part": 2}}
    del document["files"]
    assert "key `split.part`: must be below `parts`" in refusal(tmp_path, document)


def test_the_example_in_the_documentation_is_a_right_mapping(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "data-mapping.md").read_text(encoding="utf-8")
    example = page.split("```yaml\n")[1].split("```")[0]
    (tmp_path / "example.yaml").write_text(example, encoding="utf-8")
    mapping = read_mapping(tmp_path / "example.yaml", TODAY)
    assert [file.record for file in mapping.files] == ["condition", "measurement"]
