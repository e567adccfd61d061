"""The desk's door and forms under requests that no browser of ours sends."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import html
from werkzeug.test import Client

from node.bootstrap import Node, create_node
from tests.support.desk_pages import pages, person
from tests.support.small_region import CODE

VALUES = {
    "region": CODE, "name": "Duinrand", "region_set": "invented", "division_year": 2025, "areas": [],
    "hub_url": "http://localhost:1",
}  # fmt: skip


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    made = create_node(tmp_path / "node", VALUES)
    yield made
    made.engine.dispose()


def test_a_host_or_origin_that_is_none_is_refused_in_words(node: Node) -> None:
    client = Client(pages(node))
    answer = client.get("/sign-in", environ_overrides={"HTTP_HOST": "["})
    assert (answer.status_code, "no name of a host" in answer.get_data(as_text=True)) == (400, True)
    assert client.post("/sign-in", headers={"Origin": "http://["}).status_code == 403


def test_a_mark_that_is_not_ascii_is_refused(node: Node) -> None:
    jan = person(node, "Jan", "scientist")
    assert jan.client.post("/sign-out", data={"csrf": "é"}).status_code == 403
    answer = jan.client.post(
        "/sources/in/register/files/a.csv", data=b"x", content_type="application/octet-stream",
        environ_overrides={"HTTP_X_DESK_FORM": "\xe9"},
    )  # fmt: skip
    assert answer.status_code == 403


@pytest.mark.parametrize("path", ["/\\evil.example/x", "//evil.example/x", "/\t/evil.example/x", "/x"])
def test_the_way_back_leads_to_no_other_host(node: Node, path: str) -> None:
    jan = person(node, "Jan", "scientist")
    answer = jan.client.get("/", environ_overrides={"PATH_INFO": path})
    (back,) = html.fromstring(answer.get_data(as_text=True)).xpath("//main//a[@class='btn']/@href")
    assert (answer.status_code, back) == (404, "/")
