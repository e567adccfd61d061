"""A mapping is proposed from headings and forms of values; it shows no value and cannot be loaded as it is."""

from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pytest
import yaml
from pyarrow import parquet

from connectors.sources import SourceRefused
from connectors.sources.canonical import FIELDS
from connectors.sources.heading_words import field_of, likeness, record_hints
from connectors.sources.mapping import read_mapping
from connectors.sources.sample import samples
from connectors.sources.suggest import Suggestion, suggest
from connectors.sources.suggestion_text import mapping_text
from connectors.sources.synthetic import SYNTHETIC_REGIONS, write_region
from connectors.sources.value_forms import forms_of
from tests.support.sources import SOUND_NUMBERS, TODAY, legal


def suggestions(*paths: Path) -> list[Suggestion]:
    return [suggest(sample) for path in paths for sample in samples(path)]


def columns(one: Suggestion) -> dict[str, str]:
    return {proposal.field: proposal.column for proposal in one.fields}


def test_the_invented_region_is_recognised_file_by_file(tmp_path: Path) -> None:
    write_region(tmp_path, SYNTHETIC_REGIONS[2], 0.002)
    for source in ("gemeente", "huisarts", "ziekenhuis", "verzekeraar", "enquete"):
        mapping = read_mapping(tmp_path / f"{source}.yaml", TODAY)
        for file in mapping.files:
            (found,) = suggestions(tmp_path / file.file)
            assert (found.record, found.sample.separator) == (file.record, ";"), file.file
            assert found.date_format == "%d-%m-%Y"
            right = {name: how.column for name, how in file.fields.items() if how.column is not None}
            proposed = columns(found)
            wrong = {name for name, column in right.items() if proposed.get(name, column) != column}
            required = {name for name in right if FIELDS[file.record][name].required}
            assert not wrong - {"last_date"}, file.file
            assert required <= proposed.keys(), file.file


def test_a_proposal_names_no_value_and_is_refused_until_it_is_completed(tmp_path: Path) -> None:
    numbers = "".join(
        f"{number};0{place}-02-1950;V;Dorpsstraat {place}\n" for place, number in enumerate(SOUND_NUMBERS, 1)
    )
    (tmp_path / "inwoners.csv").write_text("bsn;geboortedatum;geslacht;adres\n" + numbers, encoding="utf-8")
    text = mapping_text(suggestions(tmp_path / "inwoners.csv"), "gemeente")
    for value in (*SOUND_NUMBERS, "1950", "Dorpsstraat"):
        assert value not in text
    assert "# not used, and then never read: adres" in text
    (tmp_path / "map.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(SourceRefused, match=r"^map\.yaml: key `legal\.controller`: is empty; fill it in\.$"):
        read_mapping(tmp_path / "map.yaml", TODAY)
    completed: dict[str, Any] = {**yaml.safe_load(text), "legal": legal()}
    (tmp_path / "map.yaml").write_text(yaml.safe_dump(completed), encoding="utf-8")
    (file,) = read_mapping(tmp_path / "map.yaml", TODAY).files
    assert file.fields["sex"].codes == {"V": "f"}
    assert file.fields["person_id"].pad == 9
    assert file.columns == ("bsn", "geboortedatum", "geslacht", "adres")


def test_what_indicators_need_beyond_required_fields_is_said(tmp_path: Path) -> None:
    rows = "".join(f"{number};ggz;01-02-2024;12,50\n" for number in SOUND_NUMBERS)
    (tmp_path / "kosten.csv").write_text("bsn;zorgsoort;datum;bedrag\n" + rows, encoding="utf-8")
    text = mapping_text(suggestions(tmp_path / "kosten.csv"), "kosten")
    assert "# FILL IN organisation: {column: ...}   # who was paid" in text
    assert "record: coverage" not in text
    people = "".join(f"{number};01-02-1950;V\n" for number in SOUND_NUMBERS)
    (tmp_path / "inwoners.csv").write_text("bsn;geboortedatum;geslacht\n" + people, encoding="utf-8")
    text = mapping_text(suggestions(tmp_path / "inwoners.csv"), "gemeente")
    assert "# Indicators also need `record: coverage`" in text
    assert [file["record"] for file in yaml.safe_load(text)["files"]] == ["person"]


def test_encoding_decimal_sign_and_codes_are_found(tmp_path: Path) -> None:
    rows = "".join(
        f"{number};T90;0{place}-01-2024;{place},5;caf\xe9\n" for place, number in enumerate(SOUND_NUMBERS, 1)
    )
    (tmp_path / "metingen.csv").write_bytes(("bsn;icpc;meetdatum;waarde;opmerking\n" + rows).encode("latin-1"))
    (found,) = suggestions(tmp_path / "metingen.csv")
    assert (found.sample.encoding, found.decimal, found.code_system) == ("windows-1252", ",", "icpc")
    assert (found.record, found.missing) == ("measurement", ())


def test_what_no_column_holds_is_asked_for(tmp_path: Path) -> None:
    rows = "".join(f"{number},2024-01-0{place},2024-01-0{place}\n" for place, number in enumerate(SOUND_NUMBERS, 1))
    (tmp_path / "opnames.csv").write_text("bsn,opnamedatum,ontslagdatum\n" + rows)
    (found,) = suggestions(tmp_path / "opnames.csv")
    assert (found.record, found.missing) == ("encounter", ("encounter_type",))
    assert "# FILL IN, required: encounter_type: {constant: gp}" in mapping_text([found], "ziekenhuis")


def test_sheets_and_their_headings_are_found(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Opnames"
    for row in (["Zorg 2024"], [], ["Patient", None, "Opname", None], ["bsn", "naam", "van", "tot"]):
        sheet.append(row)
    for place, number in enumerate(SOUND_NUMBERS, 1):
        sheet.append([int(number), "X", f"0{place}-01-2024", f"0{place}-01-2024"])
    sheet.merge_cells("A3:B3")
    sheet.merge_cells("C3:D3")
    book.create_sheet("Oud").sheet_state = "hidden"
    book.save(tmp_path / "zorg.xlsx")
    (found,) = suggestions(tmp_path / "zorg.xlsx")
    assert found.sample.headings == ("Patient / bsn", "Patient / naam", "Opname / van", "Opname / tot")
    assert (found.sample.sheet, found.sample.heading_rows.row, found.sample.heading_rows.rows) == ("Opnames", 3, 2)
    assert columns(found)["person_id"] == "Patient / bsn"
    assert "headings: {row: 3, rows: 2}" in mapping_text([found], "ziekenhuis")


def test_a_parquet_file_is_looked_at_too(tmp_path: Path) -> None:
    parquet.write_table(
        pa.table({"bsn": list(SOUND_NUMBERS), "atc": ["A10BA02"] * 3, "datum": ["2024-01-01"] * 3}),
        tmp_path / "medicatie.parquet",
    )
    (found,) = suggestions(tmp_path / "medicatie.parquet")
    assert (found.record, found.code_system, found.missing) == ("treatment", "atc", ())


@pytest.mark.parametrize(
    "first",
    ["999996708;01-02-1950;V", "Jansen;1950-02-01;V", "1;2,5;V", "Jansen;V;gp", "an@example.org;V;gp", "1012 AB;V;gp"],
)
def test_a_file_that_begins_with_data_is_refused_and_not_quoted(tmp_path: Path, first: str) -> None:
    (tmp_path / "x.csv").write_text(f"{first}\n{first}\n")
    with pytest.raises(SourceRefused, match=r"^x\.csv: begins with data instead of headings;") as refused:
        samples(tmp_path / "x.csv")
    assert first.split(";")[0] not in str(refused.value).replace("x.csv", "") or first.startswith("1;")


def test_a_first_row_that_comes_nowhere_again_is_not_quoted_either(tmp_path: Path) -> None:
    """Every row is of somebody else, and nothing in the first looks like a number."""
    (tmp_path / "x.csv").write_text("Jansen;Goes;hulpvraag\nDe Vries;Veere;huisvesting\n", encoding="utf-8")
    with pytest.raises(SourceRefused, match=r"^x\.csv: has no heading that is known here, and may begin") as refused:
        suggestions(tmp_path / "x.csv")
    assert not any(word in str(refused.value) for word in ("Jansen", "Goes", "hulpvraag"))


def test_a_sheet_that_begins_with_data_is_not_quoted(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (["Jansen", "V", "gp"], ["De Vries", "V", "ed"]):
        book.worksheets[0].append(row)
    book.save(tmp_path / "x.xlsx")
    with pytest.raises(SourceRefused, match="begins with data instead of headings") as refused:
        suggestions(tmp_path / "x.xlsx")
    assert "Jansen" not in str(refused.value)


@pytest.mark.parametrize(
    ("texts", "form", "share"),
    [
        (["31-12-2024", "29-02-2023"], "date", 0.5),
        (["999996708", "111222333", "12345672", "123456789"], "bsn", 0.75),
        (["M", "v", "O", ""], "sex", 1.0),
        (["1,5", "2"], "comma", 0.5),
        (["T90.02", "A01", "O11"], "icpc", 2 / 3),
        (["A10BA02", "Q99"], "atc", 0.5),
    ],
)
def test_forms_are_shares_of_what_is_filled(texts: list[str], form: str, share: float) -> None:
    assert forms_of(texts).shares[form] == pytest.approx(share)


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("Geboorte-datum", "birth_date"), ("BSN", "person_id"), ("patient_id", "person_id"), ("Geslacht", "sex"),
        ("condition_start_date", "start_date"), ("Bedrag", "amount"), ("kleur", None),
    ],
)  # fmt: skip
def test_headings_are_known_in_dutch_and_english(heading: str, field: str | None) -> None:
    assert field_of(heading) == field


def test_a_word_within_a_heading_counts_for_less() -> None:
    assert [likeness(heading, "birth_date") for heading in ("geboortedatum", "geboortedatum_pat", "kleur")] == [
        1.0,
        0.6,
        0.0,
    ]
    assert record_hints(["huisarts_diagnoses"])["condition"] == 1
