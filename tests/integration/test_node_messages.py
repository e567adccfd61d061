"""From a reader's browser to the region: written on the lesson's page, fetched by the node, shown, done."""

import json
import logging
from pathlib import Path

import pytest

from demo.journey import call
from hub.tables.messages import lesson_message
from node.bootstrap import open_node
from node.commands.messages import fetch_quietly
from tests.support.access import Browser, serving
from tests.support.lesson_at_hub import region_with_a_lesson

ASKED = "Hoe lang duurde het voordat dit werkte?"


def sent(browser: Browser, event_id: str, **fields: str) -> str:
    page = f"/lessons/{event_id}/message?lang=en"
    return browser.send(page, page, fields).text


def test_a_reader_writes_and_the_region_reads(tmp_path: Path) -> None:
    with serving(tmp_path) as served:
        home, event_id = region_with_a_lesson(served, tmp_path)
        served.add("anna", "region:XR-ANDERS", email="anna@region.example.nl")
        browser = served.browser()
        assert "why=signed_out" in browser.get(f"/lessons/{event_id}/message").url
        browser.sign_in("anna")
        assert f"/lessons/{event_id}/message" in browser.get(f"/lessons/{event_id}").text
        warned = sent(browser, event_id, text="Hij is van 3 mei 1941.", with_address="1")
        assert "Take it out: a date." in warned
        assert "Hij is van 3 mei 1941." in warned, "what was written is still there"
        assert "Your message is kept" in sent(browser, event_id, text=ASKED, with_address="1")
        assert call(home, "messages", "fetch") == "1 new message."
        with served.hub.engine.connect() as connection:
            assert [row.words for row in connection.execute(lesson_message.select())] == [b""]
        assert call(home, "messages", "fetch") == "0 new messages."
        (listed,) = json.loads(call(home, "messages", "list", "--json"))
        assert "programme manager: Een les [31mvan ons" in call(home, "messages", "list")
        shown = call(home, "messages", "show", listed["id"][:12])
        assert [part for part in (ASKED, "programme manager", "anna@region.example.nl") if part not in shown] == []
        assert "\x1b" not in shown
        assert "erased" in call(home, "messages", "done", listed["id"], "--author", "C. Visser")
        assert call(home, "messages", "list") == "No message waits."
        assert ASKED not in call(home, "messages", "show", listed["id"])
        assert "no message of this name" in call(home, "messages", "show", "nothing", expected=1)


def test_a_program_sends_by_the_api_with_a_session_only(tmp_path: Path) -> None:
    with serving(tmp_path) as served:
        _, event_id = region_with_a_lesson(served, tmp_path)
        served.add("anna", "region:XR-ANDERS")
        browser, path = served.browser(), f"{served.url}/api/v1/lessons/{event_id}/messages"
        given, json_only = {"text": ASKED}, {"Accept": "application/json"}
        assert browser.http.post(path, json=given, headers=json_only, timeout=30).status_code == 403
        browser.sign_in("anna")
        assert browser.http.post(path, json=given, headers=json_only, timeout=30).status_code == 403, "no form of ours"
        token = {"X-CSRF-Token": browser.who()["csrf"], **json_only}
        assert browser.http.post(path, json=given, headers=token, timeout=30).status_code == 202
        answers = {
            "short": browser.http.post(path, json={"text": "x"}, headers=token, timeout=30),
            "person": browser.http.post(path, json={"text": "Bel 06-12345678."}, headers=token, timeout=30),
            "unknown": browser.http.post(path.replace(event_id, "0" * 64), json=given, headers=token, timeout=30),
        }
        assert {name: answer.status_code for name, answer in answers.items()} == {
            "short": 422, "person": 422, "unknown": 404,
        }  # fmt: skip
        assert "12345678" not in answers["person"].text
        assert browser.http.get(f"{served.url}/api/v1/messages", headers=token, timeout=30).status_code == 401


def test_a_hub_that_is_away_costs_a_line_in_the_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with serving(tmp_path) as served:
        home, _ = region_with_a_lesson(served, tmp_path)
    node = open_node(home)
    with caplog.at_level(logging.WARNING):
        fetch_quietly(node)
    node.engine.dispose()
    assert "still to be fetched" in caplog.text
