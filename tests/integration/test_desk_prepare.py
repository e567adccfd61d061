"""Figures at the desk, from an extract that comes in by the page to a frozen copy and a coarser one."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from lxml import html

from node.bootstrap import Node, create_node
from node.release.candidate import load
from schemas.payloads import IndicatorPublished
from schemas.upcast import read_payload
from tests.architecture.source_files import ROOT
from tests.support.desk_pages import Person, person, text_of
from tests.support.small_region import CODE

OWN = ROOT / "demo" / "data" / "own"
VALUES = {
    "region": CODE, "name": "Duinrand", "region_set": "invented", "division_year": 2024,
    "areas": ["XG-NOORDBEEK", "XG-ZUIDBEEK"], "hub_url": "http://localhost:1",
}  # fmt: skip


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    made = create_node(tmp_path / "node", VALUES)
    yield made
    made.engine.dispose()


@pytest.fixture
def scientist(node: Node) -> Person:
    one = person(node, "Jan", "scientist")
    one.post("/sources/in", source="eigen-extract")
    heads = {"X-Desk-Form": one.csrf}
    for name in ("inwoners.csv", "diagnoses.csv"):
        to, body = f"/sources/in/eigen-extract/files/{name}", (OWN / name).read_bytes()
        answer = one.client.post(to, data=body, content_type="application/octet-stream", headers=heads)
        assert answer.status_code == 200
    mapping = (OWN / "mapping.yaml").read_text(encoding="utf-8")
    assert one.post("/sources/in/eigen-extract/mapping", mapping=mapping).status_code == 303
    assert one.post("/sources/in/eigen-extract/load").status_code == 303
    for name in ("pop.persons", "h.dm_prev"):
        assert "kan" in one.get(f"/definitions/{name}").text_content()
        (shown,) = one.get(f"/definitions/{name}").xpath("//input[@name='hash']/@value")
        assert one.post(f"/definitions/{name}", hash=str(shown)).status_code == 303
    return one


def test_figures_are_prepared_found_mostly_hidden_and_prepared_more_coarsely(node: Node, scientist: Person) -> None:
    asked: dict[str, str | list[str]] = {"period": "2024", "indicator": "h.dm_prev"}
    refused = scientist.post("/bundles", **{**asked, "period": "volgend jaar"}, audience="public", reason="Telfout.")
    assert refused.status_code == 409
    assert "'volgend jaar' is geen periode" in text_of(refused)
    kept = html.fromstring(refused.get_data(as_text=True))
    assert kept.xpath("//input[@checked]/@value") == ["h.dm_prev", "public"]
    assert kept.xpath("string(//textarea[@name='reason'])") == "Telfout."
    answer = scientist.post("/bundles", **asked, audience="public")
    assert answer.status_code == 303, text_of(answer)
    at = urlsplit(answer.headers["Location"]).path
    page = scientist.get(at)
    assert "Meer dan de helft van de tabel is verborgen" in page.text_content()
    (again,) = page.xpath("//*[@id='findings']//a[contains(@href, '/bundles/new')]/@href")
    assert parse_qs(urlsplit(str(again)).query) == {"period": ["2024"], "indicator": ["h.dm_prev"]}
    form = scientist.get(str(again))
    assert form.xpath("//input[@name='indicator'][@checked]/@value") == ["h.dm_prev"]
    assert form.xpath("string(//input[@name='period']/@value)") == "2024"


def test_each_coarser_cut_is_tried_and_the_chosen_one_is_released(node: Node, scientist: Person) -> None:
    ways = scientist.post("/bundles/alternatives", period="2024", indicator="h.dm_prev")
    assert ways.status_code == 200, text_of(ways)
    assert "verliest het minst" in text_of(ways)
    (other,) = html.fromstring(ways.get_data(as_text=True)).xpath("//a[@hreflang='en']/@href")
    form = scientist.get(other)
    assert form.xpath("string(//html/@lang)") == "en"
    assert form.xpath("//input[@name='indicator'][@checked]/@value") == ["h.dm_prev"]
    assert scientist.post("/bundles/alternatives").status_code == 409
    answer = scientist.post("/bundles", period="2024", indicator="h.dm_prev", without="sex", audience="public")
    assert answer.status_code == 303, text_of(answer)
    bundle = urlsplit(answer.headers["Location"]).path.removeprefix("/bundles/")
    with node.engine.connect() as connection:
        (item,) = load(connection, bundle).items
    figures = read_payload(item.type, item.payload)
    assert isinstance(figures, IndicatorPublished)
    assert "sex" not in figures.dimensions
    twice = scientist.post("/bundles", period="2024", ages="0-64,65+\n0-39,40+", audience="public")
    assert twice.status_code == 409
