"""A public table at the desk: brought in by a form, shown as it was read, refused row by row, frozen for two."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lxml import html
from sqlalchemy import select

from node.bootstrap import Node, create_node
from node.tables import audit_log
from tests.support.desk_pages import Person, person, text_of
from tests.support.public_table import MEMBERS, TABLE, mapping
from tests.support.small_region import CODE

VALUES = {
    "region": CODE, "name": "Duinrand", "region_set": "invented", "division_year": 2025, "areas": [],
    "hub_url": "http://localhost:1",
}  # fmt: skip
FILES = {"table": ("monitor.csv", TABLE), "members": ("leden.csv", MEMBERS), "mapping_file": ("m.yaml", mapping())}


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    made = create_node(tmp_path / "node", VALUES)
    yield made
    made.engine.dispose()


@pytest.fixture
def scientist(node: Node) -> Person:
    return person(node, "Jan", "scientist")


def kept(node: Node) -> set[str]:
    folder = node.settings.home / "tables"
    return {str(one.relative_to(folder)) for one in folder.rglob("*") if one.is_file()}


def mark(page: Any) -> str:
    (found,) = page.xpath("//input[@name='mark']/@value")
    return str(found)


def test_a_table_is_brought_in_shown_and_frozen_for_two_reviewers(node: Node, scientist: Person) -> None:
    answer = scientist.send("/tables", FILES, name="monitor")
    assert answer.headers["Location"] == "/tables/monitor?said=kept"
    assert kept(node) == {"monitor/table/monitor.csv", "monitor/leden.csv", "monitor/mapping.yaml"}
    assert oct((node.settings.home / "tables/monitor/leden.csv").stat().st_mode)[-3:] == "600"
    page = scientist.get("/tables/monitor")
    told = " ".join(page.text_content().split())
    for said in (
        "Gezondheidsmonitor 2024", "5 rijen, 1 zonder gebied, 3 van deze regio", "Uw regio, 2024", "18,4\u00a0%",
        "1 rij van monitor.csv hoort bij geen gebied en is weggelaten.",
    ):  # fmt: skip
        assert said.replace("\u00a0", " ") in told.replace("\u00a0", " "), said
    cells = [[" ".join(cell.text_content().split()) for cell in row] for row in page.xpath("//tbody/tr")]
    assert ["GM1916", "1", "1"] in cells
    assert [f"{CODE}", "2", "0"] in cells, "once, though it is listed as lying in itself"
    assert scientist.post("/tables/monitor/freeze", mark=mark(page)).status_code == 409
    frozen = scientist.post("/tables/monitor/freeze", mark=mark(page), audience="public")
    assert frozen.status_code == 303, text_of(frozen)
    shown = scientist.get(frozen.headers["Location"]).text_content()
    assert "0 van 2 akkoorden" in shown
    assert "19,9" in shown
    assert "monitor" in scientist.get("/tables").text_content()
    again = scientist.post("/tables/monitor/forget")
    assert again.headers["Location"] == "/tables?said=removed"
    assert kept(node) == set()
    with node.engine.connect() as connection:
        done = connection.execute(select(audit_log.c.action, audit_log.c.actor).order_by(audit_log.c.id)).all()
    assert [one for one in done if one[0].startswith("table.")] == [("table.brought", "Jan"), ("table.removed", "Jan")]


def test_columns_by_the_names_that_the_catalogue_was_made_from_have_their_indicator_in_the_proposal(
    scientist: Person,
) -> None:
    files = {"table": ("m.csv", b"RegioS;RooktTabak_75;Anders\nGM0518;1.0;2\n"), "members": FILES["members"]}
    scientist.send("/tables", files, name="monitor")
    page = scientist.get("/tables/monitor")
    proposed = page.xpath("string(//textarea[@name='mapping'])")
    assert '  "RooktTabak_75": jv24.rookt_tabak_75\n  # "Anders": FILL IN' in proposed
    assert "jv24.rookt_tabak_75" in page.xpath("//details//code/text()")


def test_rows_that_do_not_fit_are_each_told_by_number_in_the_readers_language(scientist: Person) -> None:
    broken = TABLE.replace(b"17.0", b"17,0").replace(b"GM1916;19.9", b"GM1916;190.9")
    scientist.send("/tables", FILES | {"table": ("monitor.csv", broken)}, name="monitor")
    page = scientist.get("/tables/monitor")
    assert not page.xpath("//*[@id='release']")
    told = " ".join(page.xpath("//*[@id='read']")[0].text_content().split())
    assert "2 rijen passen niet bij de mapping" in told
    for row in (3, 4):
        assert f"monitor.csv, rij {row}, kolom Roken: hier hoort een percentage van 0 tot en met 100" in told
    told = " ".join(scientist.get("/tables/monitor?lang=en").xpath("//*[@id='read']")[0].text_content().split())
    assert "2 rows do not fit the mapping" in told
    assert "monitor.csv, row 3, column Roken: expected a percentage" in told
    assert "17,0" not in told


def test_without_a_mapping_one_is_proposed_from_the_headings_and_kept_when_it_is_complete(scientist: Person) -> None:
    files = {name: FILES[name] for name in ("table", "members")}
    assert scientist.send("/tables", files, name="monitor").status_code == 303
    page = scientist.get("/tables/monitor")
    proposed = page.xpath("string(//textarea[@name='mapping'])")
    assert 'separator: ";"' in proposed
    assert 'area_column: "RegioS"' in proposed
    assert '# "Roken": FILL IN' in proposed
    assert '  file: "leden.csv"' in proposed
    assert "Een voorstel uit de koppen" in page.text_content()
    scientist.send("/tables/monitor", {}, mapping=proposed)
    assert "sleutel division_year: moet een geheel getal zijn" in scientist.get("/tables/monitor").text_content()
    assert scientist.send("/tables/monitor", {}, mapping=mapping().decode()).status_code == 303
    assert "18,4" in scientist.get("/tables/monitor").text_content()


@pytest.mark.parametrize(
    ("files", "name", "told"),
    [
        ({}, "Monitor 2024", "is geen naam van een tabel"),
        ({"table": ("../node.toml", b"x")}, "monitor", "eindigt niet op .csv"),
        ({"table": ("monitor.exe", b"MZ")}, "monitor", "eindigt niet op .csv"),
        ({"mapping_file": ("m.yaml", mapping(membership={"file": "../../node.toml"}))}, "monitor", "zonder pad"),
        ({"mapping_file": ("m.yaml", b"a: [")}, "monitor", "is geen YAML"),
        ({"mapping_file": ("m.yaml", b"\xff\xfe")}, "monitor", "geen tekst in UTF-8"),
    ],
)
def test_what_cannot_come_in_is_said_and_nothing_of_it_is_kept(
    node: Node, scientist: Person, files: dict[str, tuple[str, bytes]], name: str, told: str
) -> None:
    before = (node.settings.home / "node.toml").read_bytes()
    answer = scientist.send("/tables", FILES | files, name=name)
    assert answer.status_code == 409
    assert told in text_of(answer)
    assert f'value="{name}"' in answer.get_data(as_text=True), "what was filled in stays"
    assert not (node.settings.home / "tables").exists()
    assert (node.settings.home / "node.toml").read_bytes() == before


def test_a_mapping_that_is_refused_stays_in_the_form(scientist: Person) -> None:
    scientist.send("/tables", FILES, name="monitor")
    answer = scientist.send("/tables/monitor", {}, mapping="owner: [half")
    assert answer.status_code == 409
    assert "owner: [half" in text_of(answer)
    assert "is geen YAML" in text_of(answer)
    assert "18,4" in text_of(answer), "what is kept is still shown"


def test_a_table_is_not_written_over_by_another_of_its_name(node: Node, scientist: Person) -> None:
    scientist.send("/tables", FILES, name="monitor")
    again = scientist.send("/tables", FILES | {"table": ("other.csv", b"x")}, name="monitor")
    assert (again.status_code, "Er is hier al een tabel 'monitor'" in text_of(again)) == (409, True)
    assert "monitor/table/monitor.csv" in kept(node)


def test_a_table_that_lost_all_of_a_region_can_still_be_frozen_where_it_is_complete(scientist: Person) -> None:
    elsewhere = {"table": ("m.csv", b"RegioS;Roken;Bewegen\nGM0363;15.5;64.0\n")}
    files = FILES | elsewhere | {"mapping_file": ("m.yaml", mapping(complete=True))}
    scientist.send("/tables", files, name="monitor")
    page = scientist.get("/tables/monitor")
    assert "De tabel heeft niets voor deze regio." in page.text_content()
    assert page.xpath("//*[@id='release']")


def test_a_form_that_comes_back_changes_its_language_on_the_page_itself(scientist: Person) -> None:
    scientist.send("/tables", FILES, name="monitor")
    answer = scientist.post("/tables/monitor/freeze", mark=mark(scientist.get("/tables/monitor")))
    (to,) = html.fromstring(answer.get_data(as_text=True)).xpath("//a[@hreflang='en']/@href")
    assert to == "/tables/monitor?lang=en"
    assert scientist.client.get(to).status_code == 200


def test_what_changed_since_it_was_looked_at_is_not_frozen(scientist: Person) -> None:
    scientist.send("/tables", FILES, name="monitor")
    seen = mark(scientist.get("/tables/monitor"))
    scientist.send("/tables/monitor", {"table": ("other.csv", TABLE.replace(b"18.4", b"81.4"))})
    answer = scientist.post("/tables/monitor/freeze", mark=seen, audience="public")
    assert answer.status_code == 409
    assert "De tabel is intussen veranderd" in text_of(answer)
    assert "81,4" in text_of(answer)


def test_files_come_in_only_where_a_page_takes_them_from_who_may_send_them(node: Node, scientist: Person) -> None:
    reviewer = person(node, "Anna", "reviewer", "Huisartsen")
    assert reviewer.send("/tables", FILES, name="monitor").status_code == 403
    scientist.csrf = "0" * 64
    assert scientist.send("/tables", FILES, name="monitor").status_code == 403
    assert scientist.send("/lessons", {"table": ("a.csv", b"x")}, lesson="a").status_code == 413
    assert not (node.settings.home / "tables").exists()


def test_a_form_that_is_too_large_or_broken_off_is_refused_in_a_sentence(node: Node, scientist: Person) -> None:
    large = scientist.client.post(
        "/tables", data=b"x" * (9 * 1024 * 1024), content_type="multipart/form-data; boundary=b"
    )  # fmt: skip
    assert large.status_code == 413
    assert "groter dan 8 MB" in text_of(large)
    broken = b'--b\r\nContent-Disposition: form-data; name="csrf"\r\n\r\nx'
    for body in (broken, b"x", b"--b--\r\n" * 3, b"--b\r\nnonsense\r\n\r\nx\r\n--b--\r\n"):
        answer = scientist.client.post("/tables", data=body, content_type="multipart/form-data; boundary=b")
        assert answer.status_code == 413, body
        assert "niet heel" in text_of(answer)
    assert scientist.client.post("/tables", data=b"x", content_type="multipart/form-data").status_code == 413
    assert not (node.settings.home / "tables").exists()
