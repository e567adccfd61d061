"""Sources at the desk: brought in, looked at, loaded and removed, and no value of a person on any page."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from lxml import html

from node.bootstrap import Node, create_node
from node.records.store import open_store, records_path
from node.work.sources import sources
from tests.support.desk_pages import Person, person, text_of
from tests.support.small_region import CODE
from tests.support.sources import SOUND_NUMBERS, register_file, source

VALUES = {
    "region": CODE, "name": "Duinrand", "region_set": "invented", "division_year": 2025, "areas": [],
    "hub_url": "http://localhost:1",
}  # fmt: skip
BORN = ("03-11-1951", "27-02-1987", "19-08-2003")
BROKEN = "kanarie-19-19"
HEAD = "bsn;born;sex\n"
ROWS = "".join(f"{number};{born};V\n" for number, born in zip(SOUND_NUMBERS, BORN, strict=True))
CANARIES = (*SOUND_NUMBERS, *BORN, BROKEN)
MAPPING = yaml.safe_dump(source(register_file()))


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    made = create_node(tmp_path / "node", VALUES)
    yield made
    made.engine.dispose()


@pytest.fixture
def scientist(node: Node) -> Person:
    return person(node, "Jan", "scientist")


def sent(one: Person, name: str, body: bytes, csrf: str | None = None) -> int:
    heads = {"X-Desk-Form": one.csrf if csrf is None else csrf}
    to = f"/sources/in/register/files/{name}"
    return one.client.post(to, data=body, content_type="application/octet-stream", headers=heads).status_code


def seen(one: Person, path: str) -> str:
    text = one.client.get(path).get_data(as_text=True)
    assert [canary for canary in CANARIES if canary in text] == []
    return text


def test_an_extract_is_brought_in_looked_at_loaded_and_removed(
    node: Node, scientist: Person, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    assert scientist.post("/sources/in", source="register").headers["Location"] == "/sources/in/register"
    assert sent(scientist, "persons.csv", (HEAD + ROWS + f"{SOUND_NUMBERS[0]};{BROKEN};V\n").encode()) == 200
    folder = node.settings.home / "sources" / "register"
    assert oct(folder.stat().st_mode)[-3:] == "700"
    assert "FILL IN" in seen(scientist, "/sources/in/register")
    assert scientist.post("/sources/in/register/mapping", mapping=MAPPING).status_code == 303
    looked = scientist.post("/sources/in/register/check")
    (other,) = html.fromstring(looked.get_data(as_text=True)).xpath("//a[@hreflang='en']/@href")
    assert scientist.client.get(other).status_code == 200, "the other language is a page that can be read"
    scientist.get("/?lang=nl")
    assert "4 rijen gelezen = 3 geladen + 1 afgekeurd" in text_of(looked)
    assert [canary for canary in CANARIES if canary in looked.get_data(as_text=True)] == []
    assert sources(node.settings.home) == ()
    loaded = scientist.post("/sources/in/register/load")
    assert loaded.headers["Location"] == "/sources/register?said=loaded"
    page = seen(scientist, "/sources/register")
    assert "persons.csv, rij 5" in page
    assert "A-1" in page
    assert not (folder / "persons.csv").exists()
    assert (folder / "mapping.yaml").exists()
    assert "register" in seen(scientist, "/sources")
    assert [canary for canary in CANARIES if canary in caplog.text] == []
    assert scientist.post("/sources/register/remove", confirmed="iets anders").status_code == 409
    assert scientist.post("/sources/register/remove", confirmed="register").status_code == 303
    assert sources(node.settings.home) == ()
    assert scientist.post("/sources/in/register/forget").status_code == 303
    assert not folder.exists()


@pytest.mark.parametrize(
    "name", ["..%2Fnode.toml", "mapping.yaml", "persons.exe", ".hidden.csv", "a%2Fb.csv", "x" * 150 + ".csv"]
)
def test_no_other_file_can_be_written_by_a_page(node: Node, scientist: Person, name: str) -> None:
    before = (node.settings.home / "node.toml").read_bytes()
    assert sent(scientist, name, b"bsn\n") in (404, 409)
    assert (node.settings.home / "node.toml").read_bytes() == before
    assert [one for one in (node.settings.home / "sources").rglob("*") if one.is_file()] == []


def test_looking_at_a_source_that_nobody_began_makes_no_folder(node: Node, scientist: Person) -> None:
    assert scientist.client.get("/sources/in/elsewhere").status_code == 409
    assert not (node.settings.home / "sources").exists()


def test_a_file_without_the_forms_mark_or_broken_off_is_not_kept(node: Node, scientist: Person) -> None:
    assert sent(scientist, "persons.csv", b"bsn\n", csrf="0" * 64) == 403
    assert sent(scientist, "persons.csv", b"") == 409
    folder = node.settings.home / "sources" / "register"
    assert not folder.exists() or list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"folder": "/etc"}, "folder kan buiten"), ({"instrument": "../x.yaml"}, "instrument kan buiten"),
        ({"kind": "sql"}, "kind is geen van"), ({"id": "other"}, "id is niet"),
        ({"files": [register_file(file="../../node.sqlite")]}, "zonder pad"),
        ({"objections": {"file": "/etc/passwd", "column": "x"}}, "zonder pad"),
    ],
)  # fmt: skip
def test_a_mapping_that_leads_out_of_its_folder_is_refused(
    node: Node, scientist: Person, changed: dict[str, object], told: str
) -> None:
    scientist.post("/sources/in", source="register")
    text = yaml.safe_dump({**source(register_file()), **changed})
    answer = scientist.post("/sources/in/register/mapping", mapping=text)
    assert answer.status_code == 409
    assert told in text_of(answer)
    page = html.fromstring(answer.get_data(as_text=True))
    assert page.xpath("string(//textarea[@name='mapping'])").strip() == text.strip(), "it is mended where it was typed"
    assert not (node.settings.home / "sources" / "register" / "mapping.yaml").exists()


def test_a_column_that_is_not_there_is_told_beside_the_mapping_that_names_it(scientist: Person) -> None:
    scientist.post("/sources/in", source="register")
    sent(scientist, "persons.csv", (HEAD + ROWS).encode())
    scientist.post("/sources/in/register/mapping", mapping=MAPPING.replace("column: sex", "column: sekse"))
    for act in ("check", "load"):
        answer = scientist.post(f"/sources/in/register/{act}")
        assert answer.status_code == 409
        assert "persons.csv, rij 1: kolom sekse ontbreekt" in text_of(answer)
        page = html.fromstring(answer.get_data(as_text=True))
        assert "column: sekse" in page.xpath("string(//textarea[@name='mapping'])")
        assert page.xpath("//form[@action='/sources/in/register/check']"), "it can be looked at again"


def test_only_a_scientist_reaches_sources_and_approves_a_definition(node: Node, scientist: Person) -> None:
    reviewer = person(node, "Anna", "reviewer", "Huisartsen")
    assert reviewer.client.get("/sources").status_code == 403
    assert sent(reviewer, "persons.csv", b"bsn\n") == 403
    page = scientist.get("/definitions/h.dm_prev")
    (shown,) = page.xpath("//form[@action='/definitions/h.dm_prev']/input[@name='hash']/@value")
    assert reviewer.post("/definitions/h.dm_prev", hash=shown).status_code == 403
    assert scientist.post("/definitions/h.dm_prev", hash="0" * 64).status_code == 409
    assert scientist.post("/definitions/h.dm_prev", hash=str(shown)).status_code == 303
    assert "Jan, 2026-11-22" in reviewer.get("/definitions/h.dm_prev").text_content()
    assert "h.dm_prev" in scientist.get("/bundles/new").text_content()


def test_while_a_source_is_loaded_the_desk_goes_on_and_says_so(node: Node, scientist: Person) -> None:
    scientist.post("/sources/in", source="register")
    sent(scientist, "persons.csv", (HEAD + ROWS).encode())
    scientist.post("/sources/in/register/mapping", mapping=MAPPING)
    scientist.post("/sources/in/register/load")
    loading = open_store(records_path(node.settings.home), read_only=False)
    try:
        assert "Er wordt nu geladen of geteld" in seen(scientist, "/")
        assert scientist.client.get("/sources").status_code == 409
        assert scientist.client.get("/bundles").status_code == 200
    finally:
        loading.close()
    assert "Er wordt nu geladen" not in seen(scientist, "/")
