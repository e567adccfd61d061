"""Text that a region signs and that is code elsewhere.

In pages, feeds, tables, headers, logs and terminals it stays text.
"""

import csv
import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from lxml import etree, html
from sqlalchemy import update

from connectors.logs import JsonLines, PlainLines
from hub.__main__ import main
from hub.bootstrap import application, make_hub
from hub.tables import region as region_table
from schemas.codes import TOTAL, Language
from schemas.evaluation import EvaluationPublished
from schemas.payloads import IndicatorCorrected, LessonWithdrawn, ReplyPublished, ReplyRevised
from schemas.text import Text
from schemas.values import Exact
from tests.support.evaluations import an_evaluation
from tests.support.events import TestRegion, lesson
from tests.support.held_by_hub import figures
from tests.support.hub import RunningHub

NASTY = {
    "html": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "attribute": "\" onmouseover=alert(1) x='",
    "svg": "</text><svg onload=alert(1)><a href='javascript:alert(1)'>x</a>",
    "link": "javascript:alert(1)",
    "template": "{{ config }}{% raw %}{{ 7*191000573 }}${7*191000573}#{7*191000573}",
    "cdata": "]]><b>x</b><![CDATA[",
    "entity": "&lol;<!DOCTYPE x [<!ENTITY lol SYSTEM 'file:///etc/passwd'>]>",
    "terminal": "\x1b]0;owned\x07\x1b[2J\x9b31m\x7f",
    "lines": "a\r\nSet-Cookie: owned=1\r\n\r\n<b>\u2028\u0085",
    "right to left": "\u202egnp.exe\u2066",
    "formula": "=HYPERLINK(\"http://evil.example\";\"x\")",
    "other formula": "@SUM(1+1)*cmd|' /C calc'!A0",
    "sql": "'; DROP TABLE event; --",
}  # fmt: skip
LANGUAGES: tuple[Language, ...] = ("nl", "en")
PATHS = ("/", "/lessons", "/regions/XR-A", "/compare", "/compare/h.dm_prev", "/openapi.json", "/api/v1/lessons",
         "/api/v1/recalls", "/api/v1/ledger/XR-A", "/api/v1/regions", "/feeds/lessons.json", "/feeds/evaluations.json",
         "/api/v1/evaluations", "/api/v1/indicators/h.dm_prev/comparison", "/api/v1/regions/XR-A/profile")  # fmt: skip


@pytest.fixture(params=NASTY, scope="module")
def nasty(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[RunningHub, str, list[str]]]:
    """Offer a hub whose region, lessons and reasons are all made of one text, and the lessons' ids."""
    text = NASTY[request.param]
    hub = make_hub(tmp_path_factory.mktemp("nasty") / "hub", {})
    inside = RunningHub(hub)
    sender = inside.enrol(TestRegion("XR-A"))
    with hub.engine.begin() as connection:
        connection.execute(update(region_table).where(region_table.c.code == "XR-A").values(name=text))
    plain = lesson()
    words = {name: text for name, value in msgspec.structs.asdict(plain).items() if isinstance(value, str)}
    all_nasty = msgspec.structs.replace(plain, **(words | {"lesson": text[:100], "language": "nl", "themes": (text,)}))
    numbers = figures("h.dm_prev", {(TOTAL,) * 3: Exact(60, 1000)}, region_set="invented")
    made = sender.release([all_nasty, msgspec.structs.replace(all_nasty, lesson="gone"), numbers], "public")
    later = sender.release([LessonWithdrawn(made[1].id, text), IndicatorCorrected(made[2].id, text, numbers)], "public")
    said = [*replies(text), *evaluations(text, made[2].id, later[1].id)]
    later += sender.release(said, "public")
    later += sender.release([ReplyRevised(later[-len(said)].id, text, replies(text)[0])], "public")
    answers = inside.push("XR-A", [one.body for one in (*made, *later)])
    assert [answer.outcome for answer in answers] == ["accepted"] * (6 + len(said))
    inside.client = application(hub).test_client()  # what was shown before is not kept
    yield inside, text, [made[0].id, made[1].id]
    hub.engine.dispose()


def replies(text: str) -> list[ReplyPublished]:
    """Return replies to a comparison that there is, and to one that nobody can make, in both languages."""
    return [
        ReplyPublished(text[:100], indicator, "2025", "invented", "2026-11-22T12:00:00Z", language, text, text[:100])
        for indicator in ("h.dm_prev", text[:100])
        for language in LANGUAGES
    ]


def evaluations(text: str, first: str, second: str) -> list[EvaluationPublished]:
    """Return evaluations all of whose words are one text, of an indicator that there is and of another."""
    both = Text(text, text)
    plain = an_evaluation([(first, "2025"), (second, "2026")], indicator="h.dm_prev")
    nasty = msgspec.structs.replace(
        plain, evaluation=text[:100], intervention=text[:100], made_by=text[:100], title=both, unit=both, how=both,
        reading=both, assumptions=(both,), estimates=(msgspec.structs.replace(plain.estimates[0], name=both),),
        checks=(msgspec.structs.replace(plain.checks[0], words=both),),
    )  # fmt: skip
    return [nasty, msgspec.structs.replace(nasty, evaluation="other", indicator=text[:100])]


def test_a_page_holds_no_element_attribute_or_expression_of_it(nasty: tuple[RunningHub, str, list[str]]) -> None:
    inside, _, lessons = nasty
    for path in (*PATHS, *(f"/lessons/{one}" for one in lessons)):
        for lang in ("nl", "en"):
            answer = inside.client.get(f"{path}?lang={lang}" if path[1:4] in ("", "les", "reg", "com") else path)
            assert answer.status_code in (200, 404, 410), path
            assert "owned" not in str(answer.headers.getlist("Set-Cookie"))
            if answer.mimetype == "text/html":
                page = html.fromstring(answer.data)
                assert page.xpath("//script[not(@src)] | //@*[starts-with(name(), 'on')] | //img[@src='x']") == []
                links = [str(link).strip().lower() for link in page.xpath("//@href | //@src | //@action")]
                assert [link for link in links if link.startswith(("javascript:", "data:text", "file:"))] == []
                assert "1337004011" not in answer.text  # what it would come to; as long as no id holds it by chance
            elif answer.mimetype.endswith("json"):
                json.loads(answer.data)


@pytest.mark.parametrize("name", ["lessons", "evaluations"])
def test_the_feed_stays_xml_without_an_entity_and_holds_the_text_as_text(
    nasty: tuple[RunningHub, str, list[str]], name: str
) -> None:
    inside, text, _ = nasty
    data = inside.client.get(f"/feeds/{name}.atom").data
    feed = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))
    assert b"<!DOCTYPE" not in data
    assert {etree.QName(one).localname for one in feed.iter()} <= {
        "feed", "id", "title", "updated", "link", "entry", "author", "name", "content", "rights", "published",
        "category", "generator", "deleted-entry", "comment",
    }  # fmt: skip
    plain = "".join(one for one in text if one >= " " or one in "\t\r\n")
    title = feed.findtext("{*}entry/{*}title")
    assert title is not None
    if name == "lessons":
        assert title.replace("\ufffd", "") == plain
    else:
        assert plain in title.replace("\ufffd", "")


def test_no_cell_of_the_table_is_a_formula(nasty: tuple[RunningHub, str, list[str]]) -> None:
    answer = nasty[0].client.get("/api/v1/indicators/h.dm_prev/comparison?format=csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="h.dm_prev-2025.csv"'
    (row,) = csv.DictReader(io.StringIO(answer.text, newline=""))
    assert row["region"] == "XR-A"
    assert row["reply_nl"]
    assert [cell for cell in row.values() if cell.startswith(("=", "+", "@", "\t", "\r"))] == []


def test_a_log_line_stays_one_line_and_moves_no_cursor(nasty: tuple[RunningHub, str, list[str]]) -> None:
    text = nasty[1]
    record = logging.makeLogRecord({"name": "hub", "msg": text, "levelname": "INFO", "facts": {"said": text}})
    for form in (JsonLines(), PlainLines()):
        assert form.format(record).isprintable()
    assert json.loads(JsonLines().format(record))["said"] == text


@pytest.mark.parametrize("command", [("dead-letters", "list"), ("dead-letters", "show", "1"), ("keys", "list", "XR-A")])
def test_a_terminal_shows_what_strangers_sent_without_obeying_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: tuple[str, ...]
) -> None:
    hub = make_hub(tmp_path / "hub", {})
    inside = RunningHub(hub)
    sender = inside.enrol(TestRegion("XR-A"))
    made = msgspec.json.decode(sender.release([lesson()])[0].body)
    bent = [made | {name: NASTY["terminal"]} for name in ("type", "id", "subject", "audience", "keyid")]
    inside.push("XR-A", [msgspec.json.encode(one) for one in bent])
    hub.engine.dispose()
    assert main([*command, "--home", str(tmp_path / "hub")]) == 0
    said = capsys.readouterr().out
    assert said
    assert all(line.isprintable() for line in said.splitlines())
