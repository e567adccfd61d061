"""The sheet for a steering committee: what stands on it, for whom, in how many pages; read back from the files."""

import io
import re
import zlib
from typing import Any

import docx
import msgspec
import pytest

from connectors.database import writing
from hub.bootstrap import application
from hub.identity.tokens import issue_token
from hub.serving.prove import prove
from hub.serving.sheet import Section, Sheet
from hub.serving.sheet_files import SheetTooLong, as_docx, as_pdf, writable
from schemas.assessment import Helix
from schemas.codes import Audience
from schemas.payloads import LessonPublished, LessonWithdrawn
from schemas.values import Exact
from tests.support.events import TestRegion
from tests.support.held_by_hub import a_lesson, figures
from tests.support.hub import NOW, RunningHub
from tests.support.items import about, an_item
from tests.support.panels import an_assessment, with_means

REGIONS: dict[str, TestRegion] = {}  # of the test that runs
PANEL: tuple[Helix, ...] = ("government",) * 10 + ("practice",) * 10 + ("citizens",) * 5
TOTAL = ("total", "total", "total")


def pages_of(pdf: bytes) -> int:
    return len(re.findall(rb"/Type /Page\b", pdf))


def text_of(pdf: bytes) -> str:
    """Return what a PDF writes, its lines joined: strings between parentheses of its streams."""
    streams = [zlib.decompress(found) for found in re.findall(rb"stream\n(.*?)\nendstream", pdf, re.DOTALL)]
    shown = re.findall(rb"\(((?:\\.|[^\\()])*)\) Tj", b"\n".join(streams))
    return " ".join(re.sub(rb"\\(.)", rb"\1", one).decode("windows-1252") for one in shown)


def words_of(body: bytes) -> str:
    return "\n".join(one.text for one in docx.Document(io.BytesIO(body)).paragraphs)


@pytest.fixture
def told(running_hub: RunningHub) -> RunningHub:
    """A region with a programme for all and for the network, and another one with a lesson."""
    alfa, beta = (running_hub.enrol(TestRegion(code)) for code in ("GG0001", "GG0002"))
    REGIONS.update({"GG0001": alfa, "GG0002": beta})
    release(running_hub, alfa, an_item("phase", "nu", began="2026-10-01", title="Nu beginnen"))
    release(running_hub, alfa, an_item("milestone", "a", due="2026-10-31", state="open", title="Te laat"))
    release(running_hub, alfa, an_item("milestone", "b", due="2027-01-01", state="open", title="Straks"))
    release(running_hub, alfa, an_item("milestone", "c", due="2028-01-01", state="open", title="Veel later"))
    release(running_hub, alfa, an_item("action", "a", due="2026-10-01", title="Had al gemoeten"))
    release(running_hub, alfa, an_item("action", "b", due="2026-12-01", title="Alleen binnen"), audience="network")
    release(running_hub, alfa, figures("h.dm_prev", {TOTAL: Exact(60, 1000)}, "2025", "invented"))
    release(running_hub, beta, figures("h.dm_prev", {TOTAL: Exact(120, 1000)}, "2025", "invented"))
    return running_hub


def release(hub: RunningHub, region: TestRegion, payload: Any, audience: Audience = "public") -> None:
    made = region.release([payload], audience)
    assert [one.outcome for one in hub.push(region.code, [one.body for one in made], protocol=2)] == ["accepted"]


def lesson_about(title: str, **said: Any) -> LessonPublished:
    return msgspec.structs.replace(a_lesson(title, title), about=about(**said))


def asked(hub: RunningHub, query: str = "", token: str | None = None, status: int = 200) -> Any:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    answer = application(hub.hub).test_client().get(f"/api/v1/regions/GG0001/sheet?{query}", headers=headers)
    assert answer.status_code == status, answer.get_json()
    return answer


def test_the_pdf_and_the_docx_say_the_same_in_both_languages(told: RunningHub) -> None:
    for lang, title, late in (
        ("nl", "Blad voor de stuurgroep van", "Te laat: Te laat (gepland 31 okt 2026)"),
        ("en", "Sheet for the steering committee of", "Late: Te laat (planned 31 Oct 2026)"),
    ):
        pdf, book = asked(told, f"lang={lang}").data, asked(told, f"lang={lang}&format=docx").data
        assert pages_of(pdf) == 1
        assert f"/Lang ({lang})".encode() in pdf
        assert title in text_of(pdf)
        assert "Nu beginnen" in text_of(pdf)
        assert late in words_of(book)
        assert late in text_of(pdf)
        paragraphs = [re.sub(r"\s+", " ", line) for line in words_of(book).splitlines()]
        shown = re.sub(r"\s+", " ", text_of(pdf))
        assert [line for line in paragraphs if line not in shown] == []
        assert docx.Document(io.BytesIO(book)).core_properties.language == lang
    said = words_of(asked(told, "format=docx").data)
    assert "Veel later" not in said
    assert "Komt: Straks (1 jan 2027)" in said
    assert "Over de dag: Had al gemoeten" in said


def test_a_reader_gets_a_sheet_of_what_that_reader_may_see(told: RunningHub) -> None:
    with writing(told.hub.engine) as connection:
        tokens = {who: issue_token(connection, NOW, who, who, [f"read:{who}"])[1] for who in ("partners", "network")}
    sheets = {who: words_of(asked(told, "format=docx", token).data) for who, token in tokens.items()}
    sheets["public"] = words_of(asked(told, "format=docx").data)
    assert {who: "Alleen binnen" in said for who, said in sheets.items()} == {
        "partners": False, "network": True, "public": False,
    }  # fmt: skip
    assert "alleen het netwerk mag zien" in sheets["network"]
    assert "Alles op dit blad is openbaar" in sheets["public"]


def test_only_a_verdict_that_holds_is_told_and_the_rest_is_counted(told: RunningHub) -> None:
    """Beside 9.0 % together, 6.0 % (4.7 to 7.6) is lower for certain."""
    for place in ("GG0003", "GG0004"):
        more = told.enrol(TestRegion(place))
        release(told, more, figures("h.dm_prev", {TOTAL: Exact(90, 1000)}, "2025", "invented"))
    before = words_of(asked(told, "format=docx").data)
    assert "1 andere nieuwe of herziene cijfers" in before  # nothing together is proven yet
    prove(told.hub.engine, told.hub.clock)
    said = words_of(asked(told, "format=docx").data)
    assert "2025: 6,0 % (95%-interval 4,7 tot 7,6), lager dan de regio’s samen" in said
    assert "Geen nieuw of herzien cijfer" in words_of(asked(told, "format=docx&since=2026-11-23").data)


def test_a_lesson_fits_by_an_open_prerequisite_or_the_least_integrated_lens_or_none_does(told: RunningHub) -> None:
    """The phase's urgency is met in part: lessons about shared ambition fit; the newest is taken."""
    alfa, beta = REGIONS["GG0001"], REGIONS["GG0002"]
    assert "Geen les past" in words_of(asked(told, "format=docx").data)
    release(told, alfa, lesson_about("Eigen les", lenses=["ambition"]))
    release(told, beta, lesson_about("Over geld", changes=["finance"]))
    assert "Geen les past" in words_of(asked(told, "format=docx").data)
    release(told, beta, lesson_about("Over ambitie", lenses=["ambition"]))
    said = words_of(asked(told, "format=docx").data)
    assert "Over ambitie" in said
    assert "voorwaarde die bij u nog open is (urgentie)" in said
    release(told, alfa, an_assessment(with_means((349, 304, 320, 200, 304), PANEL)))
    # taken back, since both would be as new: the hub's clock stands still
    release(told, beta, LessonWithdrawn(beta.chain[-1].id, "No longer so."))
    release(told, beta, lesson_about("Over organisatie", lenses=["organisation"]))
    assert "Over organisatie" in words_of(asked(told, "format=docx").data)


def test_a_wrong_choice_is_refused_in_a_sentence(told: RunningHub) -> None:
    assert "calendar" in asked(told, "since=2026-02-30", status=422).get_json()["detail"]
    asked(told, "format=odt", status=422)
    answer = told.client.get("/api/v1/regions/GG0009/sheet")
    assert answer.status_code == 404


@pytest.mark.parametrize("letter", ["m", "Ж", "\x01"])
def test_however_much_there_is_to_say_there_are_two_pages(letter: str) -> None:
    line = letter * 8000
    parts = [Section("Kop", (line,) * 60, kept) for kept in (False, False, True)]
    parts = [Section(one.heading, one.lines[:4] if one.kept else one.lines, one.kept) for one in parts]
    made = Sheet(letter * 250, "GG", "nl", "2026-11-22T12:00:00Z", (line, line), (*parts, *parts))
    pdf = as_pdf(made)
    assert 1 <= pages_of(pdf) <= 2
    assert letter == "\x01" or re.search(r"… en 5\d meer, op de pagina van de regio", text_of(pdf))
    as_docx(made)


def test_what_cannot_fit_is_refused_and_not_cut_in_silence() -> None:
    many = tuple(Section(f"Kop {place}", ("een",), kept=True) for place in range(200))
    with pytest.raises(SheetTooLong):
        as_pdf(Sheet("Titel", "GG", "nl", "2026-11-22T12:00:00Z", (), many))


def test_letters_that_the_type_lacks_lose_their_accent() -> None:
    assert writable("Šimić – ’s-Gravenhage € ő 中") == "Šimic – ’s-Gravenhage € o ?"
