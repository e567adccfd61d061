"""Linkage at the desk: how well sources are linked, a clerk's pairs one at a time, and what the answers say."""

import json
import logging
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from connectors.sources.mapping import read_mapping
from connectors.sources.synthetic_linkage import write_hard_linkage
from node.__main__ import main
from node.audit import AuditEntry
from node.bootstrap import Node, create_node
from node.records import clerical
from node.records.link_persons import compare, link_persons
from node.records.load import silent
from node.records.store import open_store, remove_source
from node.tables import audit_log
from node.web.desk.routes import ROUTES
from node.work import linking, sources
from tests.support.desk_pages import Person, person, text_of
from tests.support.judged_linkage import CANARIES, keep, report
from tests.support.small_region import CODE, NOW

VALUES = {
    "region": CODE, "name": "Duinrand", "region_set": "invented", "division_year": 2023, "areas": [],
    "hub_url": "http://localhost:1",
}  # fmt: skip
TODAY = NOW.date()


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    made = create_node(tmp_path / "node", VALUES)
    yield made
    made.engine.dispose()


@pytest.fixture
def scientist(node: Node) -> Person:
    return person(node, "Jan", "scientist")


_IN_BOTH = """SELECT count(*) FROM (SELECT person_id FROM source_person GROUP BY 1 HAVING count(*) = 2)"""


def rows_of(home: Path, query: str) -> int:
    records = open_store(home / "records.duckdb", read_only=True)
    try:
        return int(records.execute(query).fetchall()[0][0])
    finally:
        records.close()


def answered(one: Person, verdict: str, to: str = "judge", **changed: str) -> Any:
    """Send one of the forms of the pair that is shown, as its page holds it."""
    (form,) = one.get("/linkage/sample").xpath(f"//form[@action='/linkage/sample/{to}']")
    fields = {str(field.get("name")): str(field.get("value")) for field in form.xpath("./input[@name!='csrf']")}
    return one.post(f"/linkage/sample/{to}", **{**fields, "verdict": verdict, **changed})


def pair_shown(page: Any) -> list[list[str]]:
    rows = page.xpath("//section[@id='pair']//tbody/tr")
    return [[cell.text_content() for cell in row.xpath("./*")] for row in rows]


def test_two_sources_are_compared_judged_at_the_desk_and_told(
    tmp_path: Path, node: Node, scientist: Person, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write_hard_linkage(tmp_path, 300)
    files = [tmp_path / f"{name}.yaml" for name in ("register", "praktijk")]
    home, keys = node.settings.home, node.pseudonym_keys()
    found, _ = link_persons(home, files, keys, silent, TODAY, 2023)
    page = scientist.get("/linkage").text_content()
    (shared,) = linking.linkage(home).shared  # type: ignore[union-attr]
    (between,) = found.between
    assert sum(between.pairs.values()) == sum(found.pairs.values()) > 200
    # of the persons that were compared some rows are rejected when they are loaded
    assert found.persons_by_sources["2"] - 10 < shared.both <= found.persons_by_sources["2"]
    assert shared.both == rows_of(home, _IN_BOTH)
    for told in (
        f"{shared.both}", f"van {shared.of_one}", f"{found.sources['register']}, vergeleken op", "voornaam, achternaam",
        "0,99", "bijgewerkt",
        f"naam, geboortedatum en postcode: {between.pairs['name, birth date and postcode']}",
    ):  # fmt: skip
        assert told in page

    # as `linkage sample` draws it, at the pages' hour
    sample = clerical.draw(compare([read_mapping(file, TODAY) for file in files], keys, silent), 4, 2)
    keep(node, TODAY)  # its account is of other sources; the comparison's own is put back
    key = node.secret(clerical.SAMPLE_KEY)
    clerical.write_sample(home, sample, key, TODAY + timedelta(days=3))
    link_persons(home, files, keys, silent, TODAY, 2023)
    for place, pair in enumerate(sample.pairs[:4]):
        page = scientist.get("/linkage/sample?lang=nl")
        assert f"Paar {place + 1} van 6" in page.text_content()
        assert [row[1:3] for row in pair_shown(page)] == [list(row[1:3]) for row in pair.rows()]
        assert answered(scientist, "same").headers["Location"] == "/linkage/sample#pair"
    assert answered(scientist, "", "back").status_code == 303
    # the command goes on where the desk stopped
    monkeypatch.setattr("node.commands.linking.now", lambda: NOW)
    given = iter("bsddq")
    monkeypatch.setattr("click.prompt", lambda *_, **__: next(given))
    capsys.readouterr()
    assert main(["linkage", "review", "--home", str(home)]) == 0
    assert re.findall(r"Pair (\d) of 6", capsys.readouterr().out) == ["4", "3", "4", "5", "6"]
    assert answered(scientist, "unsure").status_code == 303
    assert "Alles beoordeeld" in scientist.get("/linkage/sample").text_content()
    told = linking.linkage(home).judgement.lines("nl")  # type: ignore[union-attr]
    page = scientist.get("/linkage").text_content()
    for number in re.findall(r"\d+,\d%", " ".join(told)):
        assert number in page

    # another load of the same persons, with something else about one of them
    text = files[0].with_suffix(".csv").read_text("utf-8")
    other = re.sub(r";V;", ";M;", text, count=1)
    assert other != text
    files[0].with_suffix(".csv").write_text(other, "utf-8")
    sources.load(node.settings, node.engine, files[0], node.pseudonym_keys, AuditEntry("Jan", "source.loaded", "", NOW))
    assert "Bron register is na de koppeling anders geladen" in scientist.get("/linkage").text_content()
    remove_source(home, "praktijk")
    page = scientist.get("/linkage").text_content()
    assert "Bron praktijk is na de koppeling verwijderd" in page
    assert "bijgewerkt" not in page


def test_a_pair_is_on_its_page_alone_and_who_saw_it_is_written_down(
    node: Node, scientist: Person, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    made = keep(node, TODAY)
    answer = scientist.client.get("/linkage/sample")
    text = answer.get_data(as_text=True)
    assert answer.headers["Cache-Control"] == "no-store"
    assert [one in text for one in CANARIES] == [True, False, True, False]  # the first pair, nothing of the second
    for stratum in ("apart", "linked", "gekoppeld"):  # what was made of it is not told to who judges it
        assert stratum not in text
    assert answered(scientist, "different").status_code == 303
    assert scientist.post("/linkage/sample/back", sample=made.sample, pair="1").status_code == 303
    with node.engine.connect() as connection:
        rows = connection.execute(select(audit_log).where(audit_log.c.action.startswith("linkage."))).all()
    assert {(row.actor, row.subject) for row in rows} == {("Jan", made.sample)}
    assert [(row.action, row.detail) for row in rows] == [
        ("linkage.shown", "pair 1"), ("linkage.shown", "pair 1"), ("linkage.judged", "pair 1: different"),
        ("linkage.taken_back", "pair 1"),
    ]  # fmt: skip
    others = [scientist.client.get(path).get_data(as_text=True) for path in ("/", "/sources", "/linkage", "/plans")]
    seen = caplog.text + "".join(others) + "".join(map(str, rows))
    assert [one for one in CANARIES if one in seen] == []


@pytest.mark.parametrize("role", ["author", "reviewer", "officer"])
def test_nobody_but_a_scientist_reaches_linkage(node: Node, role: Any) -> None:
    keep(node, TODAY)
    other = person(node, "Anna", role, "Huisartsen")
    asked = [(method, path) for method, path, *_ in ROUTES if path.startswith("/linkage")]
    assert len(asked) == 4
    for method, path in asked:
        answer = other.client.get(path) if method == "GET" else other.post(path, sample="x", pair="1", verdict="same")
        assert answer.status_code == 403
        assert [one for one in CANARIES if one in answer.get_data(as_text=True)] == []
    assert "/linkage" not in other.client.get("/").get_data(as_text=True)


def test_a_form_of_another_pair_sample_or_site_keeps_nothing(node: Node, scientist: Person) -> None:
    made = keep(node, TODAY)
    fields = {"sample": made.sample, "pair": "1", "verdict": "same"}
    stranger = scientist.client.post("/linkage/sample/judge", data=fields)
    assert stranger.status_code == 403
    for changed in ({"pair": "2"}, {"pair": "9"}, {"sample": "0" * 16}):
        answer = answered(scientist, "same", **changed)
        assert answer.status_code == 409
        assert "niets bewaard" in text_of(answer)
    for changed in ({"pair": "²"}, {"pair": "-1"}, {"answer": "maybe"}, {"answer": ""}):
        changed = {"answer": "same", **changed}
        assert answered(scientist, changed.pop("answer"), **changed).status_code in (400, 409)
    assert linking.reviewing(node.settings, node.secret, TODAY).judged == frozenset()
    assert answered(scientist, "same").status_code == 303
    assert answered(scientist, "", "back", pair="2").status_code == 409
    assert scientist.post("/linkage/sample/judge", **fields).status_code == 409  # sent twice
    assert linking.reviewing(node.settings, node.secret, TODAY).judged == frozenset({1})


def test_without_a_sample_or_after_its_date_the_page_says_so_in_the_readers_language(
    node: Node, scientist: Person
) -> None:
    assert "Er is nog geen bron geladen" in scientist.get("/linkage").text_content()
    assert "There is no sample to judge" in scientist.get("/linkage/sample?lang=en").text_content()
    keep(node, TODAY, days=0)
    page = scientist.get("/linkage/sample?lang=nl")
    assert "De datum van de steekproef is gekomen" in page.text_content()
    assert "python -m node linkage sample" in page.text_content()
    made = keep(node, TODAY)
    clerical.sample_path(node.settings.home).write_bytes(b'{"sample":"x","expires_on":"2099-01-01"}\nnothing')
    answer = scientist.post("/linkage/sample/judge", sample=made.sample, pair="1", verdict="same")
    assert answer.status_code == 409
    assert "opent haar niet" in text_of(answer)
    keep(node, TODAY)
    reading = open_store(node.settings.home / "records.duckdb", read_only=False)
    try:
        for path in ("/linkage", "/linkage/sample"):
            answer = scientist.client.get(path)
            assert "Er wordt nu geladen of geteld" in text_of(answer)
            assert [one for one in CANARIES if one in answer.get_data(as_text=True)] == []
    finally:
        reading.close()


def test_an_account_from_before_pairs_were_counted_by_source_is_shown_all_the_same(
    node: Node, scientist: Person
) -> None:
    keep(node, TODAY)
    old = {name: getattr(report(TODAY), name) for name in report(TODAY).__struct_fields__}
    connection = open_store(node.settings.home / "records.duckdb", read_only=False)
    try:
        text = json.dumps({name: old[name] for name in old if name not in ("fields", "between", "finished_at")})
        connection.execute("UPDATE linkage_run SET report = ?", [text])
    finally:
        connection.close()
    page = scientist.get("/linkage?lang=en").text_content()
    assert "all sources" in page
    assert "name, birth date and postcode" in page
