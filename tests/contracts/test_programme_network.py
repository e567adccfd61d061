"""Progress over the network on both databases: two accounts side by side, and files that say what the page says."""

import csv
import io
from typing import Any

import msgspec
import pytest
from flask.testing import FlaskClient
from lxml import html
from openpyxl import load_workbook

from connectors.database import writing
from hub.bootstrap import application
from hub.identity.tokens import issue_token
from schemas.codes import Audience
from schemas.payloads import IndicatorWithdrawn
from schemas.quality import LinkageQuality, Quality
from schemas.values import Exact
from tests.support.chains_at_hub import ChainsAtHub
from tests.support.events import TestRegion
from tests.support.held_by_hub import figures
from tests.support.items import an_item

TOTAL = ("total", "total", "total")
LINKED = Quality(LinkageQuality(("pseudonym", "probabilistic"), 990, 950, "clerk"), None)


def sent(held: ChainsAtHub, region: TestRegion, *payloads: Any, audience: Audience = "public") -> None:
    assert held.arrive(*region.release(list(payloads), audience)) == ["accepted"] * len(payloads)


def made(year: str, quality: Quality | None = None) -> Any:
    return msgspec.structs.replace(figures("h.dm_prev", {TOTAL: Exact(60, 1000)}, year, "invented"), quality=quality)


class Reader:
    """Somebody who asks the hub, with a token or without."""

    def __init__(self, held: ChainsAtHub, audience: Audience) -> None:
        self.client: FlaskClient = application(held.hub).test_client()
        self.headers: dict[str, str] = {}
        if audience != "public":
            with writing(held.hub.engine) as connection:
                token = issue_token(connection, held.now, audience, audience, [f"read:{audience}"])[1]
            self.headers = {"Authorization": f"Bearer {token}"}

    def get(self, address: str) -> bytes:
        answer = self.client.get(address, headers=self.headers)
        assert answer.status_code == 200, (address, answer.data)
        return answer.data

    def rows(self) -> dict[str, Any]:
        found = msgspec.json.decode(self.get("/api/v1/programme"))
        return {row["region"]: row for row in found["rows"]}


@pytest.fixture
def told(chains_at_hub: ChainsAtHub) -> ChainsAtHub:
    """GG0001 says all to everyone, GG0002 part of it to the network alone, XR-C nothing."""
    alfa, beta = chains_at_hub.enrolled("GG0001"), chains_at_hub.enrolled("GG0002")
    chains_at_hub.enrolled("XR-C")
    sent(chains_at_hub, alfa, an_item("phase", "nu", began="2026"), an_item("question"))
    sent(
        chains_at_hub, alfa, an_item("action", "laat", due="2026-01-01"), an_item("action", "straks", due="2027-01-01")
    )
    sent(chains_at_hub, alfa, made("2024"))
    sent(chains_at_hub, beta, made("2023"))
    sent(chains_at_hub, beta, an_item("action", "partners", title="Kanarie-twee"), audience="partners")
    sent(chains_at_hub, beta, made("2025", LINKED), audience="network")
    sent(
        chains_at_hub,
        beta,
        an_item("phase", "binnen", began="2026", title="Kanarie-een"),
        an_item("action", "binnen", due="2026-01-01", title="Kanarie-drie"),
        audience="network",
    )
    return chains_at_hub


def test_two_accounts_are_told_what_is_for_each(told: ChainsAtHub) -> None:
    partner, member, anyone = (Reader(told, who) for who in ("partners", "network", "public"))  # type: ignore[arg-type]
    for_partner, for_member = partner.rows(), member.rows()
    assert list(for_partner) == ["GG0001", "GG0002", "XR-C"]
    assert for_partner["GG0001"] == for_member["GG0001"] == anyone.rows()["GG0001"]
    alfa, beta = for_member["GG0001"], for_member["GG0002"]
    assert (alfa["phases"], alfa["actions_open"], alfa["actions_overdue"], alfa["help_asked"]) == (
        ["preparation"], 2, 1, 1,
    )  # fmt: skip
    assert (alfa["data"]["freshest"], alfa["data"]["linkage_known"]) == ("2024", "not_measured")
    assert (beta["phases"], beta["actions_open"], beta["actions_overdue"]) == (["preparation"], 2, 2)
    assert (beta["data"]["freshest"], beta["data"]["linkage"]) == ("2025", ["pseudonym", "probabilistic"])
    outside = for_partner["GG0002"]
    assert (outside["phases"], outside["actions_open"], outside["actions_overdue"]) == ([], 1, 1)
    assert outside["data"]["freshest"] == "2023"
    assert outside["last_sign"] < beta["last_sign"]
    assert (for_member["XR-C"]["is_example"], for_member["XR-C"]["last_sign"]) == (True, None)
    for address in ("/progress", "/progress?lang=en", "/regions/GG0002", "/api/v1/programme/GG0002",
                    "/api/v1/programme?format=csv"):  # fmt: skip
        body = partner.get(address).decode()
        assert "Kanarie-een" not in body
        assert "Kanarie-drie" not in body
        assert "Kanarie-twee" not in anyone.get(address).decode()


def test_a_region_takes_back_its_own_figures_and_nobody_elses(chains_at_hub: ChainsAtHub) -> None:
    alfa, beta = chains_at_hub.enrolled("GG0001"), chains_at_hub.enrolled("GG0002")
    (first,) = alfa.release([made("2024")], "public")
    (other,) = alfa.release([made("2025")], "public")
    chains_at_hub.arrive(first, other)
    sent(chains_at_hub, beta, IndicatorWithdrawn(other.id, "not yours"))
    assert Reader(chains_at_hub, "public").rows()["GG0001"]["data"]["freshest"] == "2025"
    sent(chains_at_hub, alfa, IndicatorWithdrawn(other.id, "counted twice"))
    assert Reader(chains_at_hub, "public").rows()["GG0001"]["data"]["freshest"] == "2024"


def test_page_csv_and_workbook_say_the_same(told: ChainsAtHub) -> None:
    reader = Reader(told, "network")
    page = html.fromstring(reader.get("/progress?lang=en").decode())
    table = page.xpath("//table")[0]
    shown = [[" ".join(cell.text_content().split()) for cell in row] for row in table.xpath("tbody/tr")]
    assert [row[:5] for row in shown] == [
        ["Gg0001", "preparation", "not said", "designed", "not said"],
        ["Gg0002", "preparation", "not said", "designed", "not said"],
    ]
    assert shown[0][6:8] == ["2 open, 1 overdue", "1"]
    assert "linkage: by pseudonym, probabilistic" in shown[1][5]
    assert "Xr-C" in page.xpath("//details")[0].text_content()
    assert "example, invented" in page.xpath("//details")[0].text_content()
    rows = list(csv.DictReader(io.StringIO(reader.get("/api/v1/programme?format=csv").decode())))
    assert [(row["region"], row["phase"], row["finance"], row["organise"]) for row in rows] == [
        ("GG0001", "preparation", "designed", ""), ("GG0002", "preparation", "designed", ""), ("XR-C", "", "", ""),
    ]  # fmt: skip
    sheet = load_workbook(io.BytesIO(reader.get("/api/v1/programme?format=xlsx")))["programme"]
    names, *lines = sheet.iter_rows(values_only=True)
    written = [dict(zip(names, line, strict=True)) for line in lines]
    for one, other in zip(written, rows, strict=True):
        assert {name: "" if cell is None else str(cell).lower() for name, cell in one.items()} == {
            name: cell.lower() for name, cell in other.items()
        }


def test_a_region_that_is_not_there_is_said_not_to_be(told: ChainsAtHub) -> None:
    client = application(told.hub).test_client()
    answer = client.get("/api/v1/programme/GG0009")
    assert answer.status_code == 404
    assert "GG0001" in answer.get_json()["allowed"]
    found = client.get("/api/v1/programme/XR-C").get_json()
    assert found["programme"]["is_example"]
    assert "verzonnen" in client.get("/regions/XR-C").text
    assert "Dit is een verzonnen voorbeeld" not in client.get("/regions/GG0001").text
