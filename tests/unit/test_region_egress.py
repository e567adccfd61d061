"""What left a region, line by line and in plain words: verified where asked, and every kind of tampering named."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lxml import html
from sqlalchemy import update

from hub import tables
from hub.bootstrap import application, make_hub
from hub.serving.egress import PAGE, egress
from hub.web.words import WORDS
from schemas.codes import EventType
from schemas.values import Exact, Suppressed
from tests.support.chains_at_hub import ChainsAtHub
from tests.support.held_by_hub import a_lesson, figures

TOTAL = ("total", "total", "total")
CODE = "XR-DUINRAND"


@pytest.fixture
def chained(tmp_path: Path) -> ChainsAtHub:
    """One region with a figure, a hidden figure and a lesson for the network, all signed and approved."""
    held = ChainsAtHub(make_hub(tmp_path / "hub", {}))
    region = held.enrolled(CODE)
    public = [figures("h.dm_prev", {TOTAL: Exact(15_000, 300_000)}, region_set="invented"),
              figures("q.hba1c", {TOTAL: Suppressed(1, 9, 4000)}, region_set="invented")]  # fmt: skip
    made = [*region.release(public, "public"), *region.release([a_lesson()], "network")]
    assert set(held.arrive(*made)) == {"accepted"}
    return held


def _page(held: ChainsAtHub, address: str) -> html.HtmlElement:
    answer = application(held.hub).test_client().get(address)
    assert answer.status_code == 200
    return html.fromstring(answer.get_data(as_text=True))


def _faults(held: ChainsAtHub) -> dict[int, str | None]:
    with held.hub.engine.connect() as connection:
        return {one.sequence: one.fault for one in egress(connection, "network", CODE, 1, is_verified=True).links}


def test_a_region_s_events_are_told_the_newest_first_and_hold(chained: ChainsAtHub) -> None:
    page = _page(chained, f"/regions/{CODE}/ledger?lang=en")
    rows = [[" ".join(cell.text_content().split()) for cell in row] for row in page.xpath("//table/tbody/tr")]
    assert [row[0] for row in rows] == sorted((row[0] for row in rows), key=int, reverse=True)
    assert [row[1] for row in rows][:3] == ["lesson", "figure", "figure"]
    assert all(row[4] != "–" for row in rows[:3])
    assert not page.xpath("//p[@role='status']")
    checked = _page(chained, f"/regions/{CODE}/ledger?lang=en&verify=1")
    assert checked.xpath("string(//p[@role='status'])").startswith("It holds: 3 of 3 lines.")
    assert set(_faults(chained).values()) == {None}


def _envelope(change: Callable[[bytes], bytes]) -> Callable[[Any], dict[str, Any]]:
    return lambda row: {"envelope": change(row.envelope)}


@pytest.mark.parametrize(
    ("fault", "change"),
    [
        ("unreadable", _envelope(lambda body: body[:-1])),
        ("altered", _envelope(lambda body: body.replace(b'"audience":"public"', b'"audience":"partners"'))),
        ("payload", lambda row: {"payload": row.payload.replace(b"15000", b"15001")}),
    ],
)
def test_what_was_tampered_with_is_named_where_it_stands(
    chained: ChainsAtHub, fault: str, change: Callable[[Any], dict[str, Any]]
) -> None:
    event = tables.event
    with chained.hub.engine.begin() as connection:
        row = connection.execute(event.select().where(event.c.sequence == 1)).one()
        connection.execute(update(event).where(event.c.id == row.id).values(**change(row)))
    assert _faults(chained)[1] == fault
    page = _page(chained, f"/regions/{CODE}/ledger?lang=en&verify=1")
    assert page.xpath("string(//p[@role='status'])").startswith("It does not hold: 1 of 3 lines.")
    assert page.xpath("string(//tbody/tr[last()]//strong)") == WORDS[f"fault_{fault}"][1]


def test_a_key_that_the_region_does_not_have_and_a_missing_reviewer_are_seen(chained: ChainsAtHub) -> None:
    key = tables.key
    with chained.hub.engine.begin() as connection:
        connection.execute(update(key).where(key.c.use == "reviewer").values(until_sequence=2))
    assert {place: _faults(chained)[place] for place in (1, 2)} == {1: None, 2: "approvals"}
    with chained.hub.engine.begin() as connection:
        connection.execute(update(key).where(key.c.use == "service").values(until_sequence=1))
    assert _faults(chained)[1] == "signature"


def test_a_long_chain_is_told_in_pages_that_join(chained: ChainsAtHub) -> None:
    region = chained.regions[CODE]
    many = [figures("h.dm_prev", {TOTAL: Exact(15_000 + 500 * place, 300_000)}, str(1950 + place), "invented")
            for place in range(PAGE)]  # fmt: skip
    assert set(chained.arrive(*region.release(many, "public"))) == {"accepted"}
    with chained.hub.engine.connect() as connection:
        first, second = (egress(connection, "public", CODE, number, is_verified=True) for number in (1, 2))
    assert (len(first.links), len(second.links), first.pages) == (PAGE, 3, 2)
    assert first.links[-1].sequence == second.links[0].sequence + 1
    assert first.faults == second.faults == 0


def test_residents_read_what_left_why_and_who_approved_it(chained: ChainsAtHub) -> None:
    page = _page(chained, f"/regions/{CODE}/residents?lang=en")
    assert "can be seen now: 2." in page.xpath("string(//section[@id='what'])")
    assert "the number is hidden for 1:" in page.xpath("string(//section[@id='what'])")
    assert page.xpath("//section[@id='who']//li")
    assert len(page.xpath("//section[@id='reason' or @id='object']")) == 2


def test_every_kind_of_event_has_words() -> None:
    kinds = {"_".join(one.value.split(".")[2:4]) for one in EventType}
    assert {f"left_{kind}" for kind in kinds} <= WORDS.keys()


def test_a_region_that_is_not_there_gets_a_page_that_says_so(chained: ChainsAtHub) -> None:
    client = application(chained.hub).test_client()
    assert [client.get(f"/regions/XR-NO/{name}").status_code for name in ("ledger", "residents")] == [404, 404]
