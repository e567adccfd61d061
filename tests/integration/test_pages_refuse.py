"""What a page refuses it says in the reader's language, and a program is told it in English."""

from pathlib import Path

import pytest
from lxml import html

from schemas.values import Exact
from tests.support.held_by_hub import HeldByHub, figures

TOTAL = ("total", "total", "total")
# address, status, the sentence in Dutch and in English
REFUSED = {
    "/compare/no.such": (404, "De catalogus heeft deze indicator niet", "The catalogue has no such indicator"),
    "/compare/q.flu": (404, "Nog geen regio deelde deze indicator", "No region of this set released q.flu yet"),
    "/compare/h.dm_prev?period=1999": (404, "Geen regio had cijfers van deze periode", "No region released h.dm_prev"),
    "/compare/h.dm_prev?set=other": (404, "Geen regio van deze indeling deelde", "regions of these did: invented"),
    "/compare/h.dm_prev?by=sex:x": (400, "heeft geen cijfers voor deze groep", "has no figures for this node of sex"),
    "/compare/h.dm_prev?by=x": (400, "niet geschreven als dimensie:waarde", "not written as dimension:node"),
    "/compare/h.dm_prev?beside=XR-NIEMAND": (400, "heeft hier geen cijfers", "has no figures here"),
    "/compare/h.dm_prev?peers=XR-NIEMAND": (400, "geen regio van deze indeling", "is no region of this set"),
    "/compare/h.dm_prev?as_known_on=gisteren": (400, "Het moment is niet geschreven als", "The moment is not written"),
    "/compare/h.dm_prev?as_known_on=2099-01-01": (400, "Dat moment is er nog niet", "The moment has not been yet"),
    "/compare/h.dm_prev?standardise=mars": (
        400,
        "met deze naam is er niet. Kies uit none",
        "no standard population of",
    ),
    "/compare/h.dm_prev?standardise=nl2019": (400, "Er zijn geen cijfers naar leeftijd", "There are no figures by age"),
    "/lessons?page=9": (404, "heeft geen pagina 9", "has no page 9"),
    "/lessons/none": (404, "Deze les is er niet", "There is no lesson with this id"),
    "/regions/XR-NIEMAND": (404, "Deze hub kent deze regio niet", "There is no such region at this hub"),
    "/nowhere": (404, "Dit adres leidt nergens heen", "This address leads nowhere"),
}


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> HeldByHub:
    folder: Path = tmp_path_factory.mktemp("hub")
    held = HeldByHub.opened(folder)
    for name in ("Alfa", "Beta"):
        held.region(f"XR-{name.upper()}", name, "invented")
        held.accept(f"XR-{name.upper()}", figures("h.dm_prev", {TOTAL: Exact(100, 1000)}, region_set="invented"))
    return held


@pytest.mark.parametrize("address", REFUSED)
def test_a_page_refuses_in_the_language_of_its_reader(held: HeldByHub, address: str) -> None:
    status, dutch, english = REFUSED[address]
    for lang, said, other in (("nl", dutch, english), ("en", english, dutch)):
        joint = "&" if "?" in address else "?"
        answer = held.app.test_client().get(f"{address}{joint}lang={lang}", headers={"Accept": "text/html"})
        assert (answer.status_code, answer.headers["Content-Language"]) == (status, lang)
        text = html.fromstring(answer.get_data(as_text=True)).text_content()
        assert said in text
        assert other not in text


def test_a_program_is_told_in_english_and_as_a_problem(held: HeldByHub) -> None:
    client = held.app.test_client()
    for address, accept in (("/nowhere", "*/*"), ("/api/v1/nowhere", "text/html")):
        answer = client.get(address, headers={"Accept": accept})
        assert (answer.status_code, answer.content_type) == (404, "application/problem+json")
    refused = client.get("/api/v1/indicators/no.such/comparison", headers={"Accept-Language": "nl"}).get_json()
    assert refused["detail"].startswith("The catalogue has no such indicator")
