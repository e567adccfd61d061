"""A mapping chosen at the desk: from the headings to a loaded source without a line of YAML, and nothing of it lost."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from lxml import html

from node.bootstrap import Node, create_node
from node.work.mapping_choice import choice
from node.work.sources import sources
from tests.support.desk_pages import Person, person, text_of
from tests.support.small_region import CODE
from tests.support.sources import SOUND_NUMBERS, legal, register_file, source

VALUES = {
    "region": CODE, "name": "Duinrand", "region_set": "invented", "division_year": 2025, "areas": [],
    "hub_url": "http://localhost:1",
}  # fmt: skip
BORN = ("03-11-1951", "27-02-1987", "19-08-2003")
SEXES, SINCE = ("V", "M", "V"), ("01-01-2019", "01-05-2020", "01-01-2021")
ROWS = "".join(f"{one};{born};{sex};{since};x\n" for one, born, sex, since in zip(SOUND_NUMBERS, BORN, SEXES, SINCE,
                                                                               strict=True))  # fmt: skip
PERSONS = f"bsn;geboortedatum;geslacht;ingeschreven;opmerking\n{ROWS}".encode()
CANARIES = (*SOUND_NUMBERS, *BORN, *SINCE)
GROUND = {
    "controller": "Gemeente Duinrand", "purpose": "Regiobeeld", "legal_basis": "Artikel 9", "agreement": "2026-014",
    "permitted": "all", "linkage": "bsn", "delete_by": "2030-01-01",
}  # fmt: skip
PATH = "/sources/in/register"


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    made = create_node(tmp_path / "node", VALUES)
    yield made
    made.engine.dispose()


@pytest.fixture
def scientist(node: Node) -> Person:
    found = person(node, "Jan", "scientist")
    found.post("/sources/in", source="register")
    return found


def send(one: Person, body: bytes = PERSONS, name: str = "personen.csv") -> None:
    heads = {"X-Desk-Form": one.csrf}
    sent = one.client.post(f"{PATH}/files/{name}", data=body, content_type="application/octet-stream", headers=heads)
    assert sent.status_code == 200, text_of(sent)


def offered(page: Any) -> dict[str, str]:
    """Return what the form sends as it stands."""
    (form,) = page.xpath(f"//form[@action='{PATH}/choose']")
    found = {one.get("name"): one.get("value") or "" for one in form.xpath(".//input[@name]")}
    for one in form.xpath(".//select"):
        found[one.get("name")] = one.xpath("string(option[@selected]/@value)")
    return found


def names(page: Any) -> dict[str, str]:
    """Return the field of each column in the form of the first file."""
    labels = page.xpath("//label[starts-with(@for, 'f-column-0-')]")
    return {one.text_content(): one.get("for").removeprefix("f-") for one in labels}


def kept(node: Node) -> dict[str, Any]:
    text = (node.settings.home / "sources" / "register" / "mapping.yaml").read_text(encoding="utf-8")
    found: dict[str, Any] = yaml.safe_load(text)
    return found


def test_an_extract_is_loaded_without_a_line_of_yaml(node: Node, scientist: Person) -> None:
    send(scientist)
    page = scientist.get(PATH)
    columns = names(page)
    assert list(columns) == ["bsn", "geboortedatum", "geslacht", "ingeschreven", "opmerking"]
    fields = offered(page)
    assert {name: fields[columns[name]] for name in columns} == {
        "bsn": "person_id", "geboortedatum": "birth_date", "geslacht": "sex", "ingeschreven": "", "opmerking": "",
    }  # fmt: skip
    assert (fields["record-0"], fields["dates-0"]) == ("person", "%d-%m-%Y")
    assert [one for one in CANARIES if one in html.tostring(page, encoding="unicode")] == []
    assert scientist.post(f"{PATH}/choose", **{**fields, **GROUND, "since-0": "ingeschreven"}).status_code == 303
    made = kept(node)
    assert made["legal"] == {**legal(controller="Gemeente Duinrand", purpose="Regiobeeld"),
                             "legal_basis": "Artikel 9", "agreement": "2026-014"}  # fmt: skip
    assert [one["record"] for one in made["files"]] == ["person", "coverage"]
    assert made["files"][0]["fields"]["sex"] == {"column": "geslacht", "codes": {"M": "m", "V": "f"}}
    assert made["files"][1]["fields"]["start_date"] == {"column": "ingeschreven"}
    looked = scientist.post(f"{PATH}/check")
    assert looked.status_code == 200, text_of(looked)
    assert scientist.post(f"{PATH}/load").headers["Location"] == "/sources/register?said=loaded"
    (one,) = sources(node.settings.home)
    assert (one.rows, one.rejected) == (6, 0)
    later = offered(scientist.get(PATH))  # the files are gone; their headings are in the mapping
    assert scientist.post(f"{PATH}/choose", **{**later, "purpose": "Iets anders"}).status_code == 303
    assert kept(node) == {**made, "legal": {**made["legal"], "purpose": "Iets anders"}}


def test_a_column_is_chosen_otherwise_and_what_the_mapping_says_besides_stays(node: Node, scientist: Person) -> None:
    send(scientist)
    said = source(register_file(file="personen.csv", separator=";", fields={
        "person_id": {"column": "bsn", "pad": 9}, "birth_date": {"column": "ingeschreven"},
        "sex": {"column": "geslacht", "codes": {"V": "f", "M": "m"}}, "municipality": {"constant": "GM0363"},
    }), precedence=7)  # fmt: skip
    assert scientist.post(f"{PATH}/mapping", mapping=yaml.safe_dump(said)).status_code == 303
    page = scientist.get(PATH)
    columns, fields = names(page), offered(page)
    assert fields["same-0-municipality"] == "GM0363"
    fields |= {columns["ingeschreven"]: "", columns["geboortedatum"]: "birth_date", "decimal-0": ","}
    assert scientist.post(f"{PATH}/choose", **fields).status_code == 303
    expected = said["files"][0] | {"decimal": ","}
    expected["fields"] = expected["fields"] | {"birth_date": {"column": "geboortedatum"}}
    assert kept(node) == {**said, "files": [expected]}
    send(scientist, name="later.csv")
    assert "De mapping leest niet: later.csv;" in scientist.get(PATH).text_content()


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"controller": ""}, "'Verwerkingsverantwoordelijke' is leeg"), ({"linkage": ""}, "'Koppeling' is leeg"),
        ({"linkage": "probabilistic"}, "Kies een koppeling"), ({"delete_by": "ooit"}, "'Verwijderen op' is geen dag"),
        ({"column-0-1": ""}, "geen kolom gekozen voor 'geboortedatum'"),
        ({"column-0-4": "sex"}, "is 'geslacht' bij twee kolommen gekozen"),
        ({"column-0-4": "amount"}, "'bedrag in euro's' gekozen, en dat hoort niet bij personen"),
        ({"column-0-4": "zomaar"}, "hoort niet bij personen"), ({"record-0": "x"}, "Kies wat een rij van"),
        ({"record-0": "coverage"}, "hoort niet bij inschrijving"), ({"since-0": "bsn"}, "die verder niet gekozen is"),
        ({"since-0": "zomaar"}, "die verder niet gekozen is"), ({"mark": "a"}, "zijn intussen veranderd"),
    ],
)  # fmt: skip
def test_what_does_not_make_a_mapping_is_said_in_the_form_which_stays_filled_in(
    node: Node, scientist: Person, changed: dict[str, str], told: str
) -> None:
    send(scientist)
    answer = scientist.post(f"{PATH}/choose", **{**offered(scientist.get(PATH)), **GROUND, **changed})
    assert answer.status_code == 409
    assert told in text_of(answer)
    again = offered(html.fromstring(answer.get_data(as_text=True)))
    assert again["purpose"] == "Regiobeeld"
    assert [one for one in CANARIES if one in answer.get_data(as_text=True)] == []
    assert not (node.settings.home / "sources" / "register" / "mapping.yaml").exists()


def test_another_kind_of_row_asks_for_its_own_fields(node: Node, scientist: Person) -> None:
    send(scientist, b"bsn;kosten\n999996708;12,50\n", "kosten.csv")
    page = scientist.get(PATH)
    columns, fields = names(page), offered(page)
    fields |= {**GROUND, "record-0": "cost", columns["bsn"]: "person_id", columns["kosten"]: "amount"}
    refused = scientist.post(f"{PATH}/choose", **fields)
    assert "geen kolom gekozen voor 'soort kosten'" in text_of(refused)
    again = offered(html.fromstring(refused.get_data(as_text=True)))
    assert (again["record-0"], again["same-0-category"]) == ("cost", "")
    refused = scientist.post(f"{PATH}/choose", **{**again, "same-0-category": "gp"})
    assert "geen kolom gekozen voor 'begindatum of datum'" in text_of(refused)
    assert "12,50" not in refused.get_data(as_text=True)


@pytest.mark.parametrize(
    "changed",
    [
        {"legal": legal(linkage="probabilistic", linkage_fields=["surname"])},
        {"files": [register_file(fields={"person_id": {"column": "bsn"}, "birth_date": {"column": "bsn"}})]},
        {"files": [register_file(linkage={"surname": {"column": "naam"}})]}, {"files": "alles"}, {"legal": "ja"},
    ],
)  # fmt: skip
def test_a_mapping_that_says_more_than_the_form_is_changed_as_yaml_alone(
    node: Node, scientist: Person, changed: dict[str, object]
) -> None:
    send(scientist)
    fields = offered(scientist.get(PATH))
    text = yaml.safe_dump({**source(register_file()), **changed})
    assert scientist.post(f"{PATH}/mapping", mapping=text).status_code == 303
    assert choice(node.settings.home, "register") is None
    page = scientist.get(PATH)
    assert "zegt meer dan een formulier kan" in page.text_content()
    assert not page.xpath(f"//form[@action='{PATH}/choose']")
    assert scientist.post(f"{PATH}/choose", **{**fields, **GROUND}).status_code == 409
    assert kept(node) == yaml.safe_load(text)


def test_only_a_scientist_chooses_and_a_file_without_headings_is_not_quoted(node: Node, scientist: Person) -> None:
    send(scientist)
    reviewer = person(node, "Anna", "reviewer", "Huisartsen")
    assert reviewer.post(f"{PATH}/choose", **GROUND).status_code == 403
    send(scientist, ROWS.encode())
    page = scientist.get(PATH)
    assert not page.xpath(f"//form[@action='{PATH}/choose']")
    assert [one for one in CANARIES if one in html.tostring(page, encoding="unicode")] == []
