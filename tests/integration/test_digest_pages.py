"""Asking for a digest in a browser without script, and stopping it: pages, forms of our own, mail programs."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import requests
from sqlalchemy import select

from connectors.database import writing
from hub.bootstrap import application
from hub.config import Hub
from hub.digests import subscribe
from hub.digests.send import send_due
from hub.flow import receive
from hub.identity.seal import link
from hub.tables.digests import digest
from tests.support.access import Browser, ServedHub, serving
from tests.support.digests import CONFIRM, LEAVE
from tests.support.events import TestRegion, lesson
from tests.support.hub_stores import join
from tests.support.mail_server import Letterbox, mail_server, text_of

ONE_CLICK = {"List-Unsubscribe": "One-Click"}
ASKED = {"rhythm": "daily", "tongue": "en", "q": " het  rooster ", "theme": "diabetes"}


@pytest.fixture
def reading(tmp_path: Path) -> Iterator[tuple[ServedHub, Letterbox]]:
    """Serve a hub that sends mail, with one lesson and one account."""
    with mail_server(tmp_path) as (box, server):
        given = {"SMTP_HOST": "localhost", "SMTP_PORT": str(server.port), "SMTP_SECURITY": "none"}
        with serving(tmp_path, **given, smtp_from=server.sender) as served:
            served.add("anna", "region:XR-DUIN", email="anna@region.example.nl")
            region = join(served.hub, TestRegion())
            (made,) = region.release([lesson()], "public")
            assert receive([made.body], served.hub)[0].outcome == "accepted"
            yield served, box


def mails(served: ServedHub, box: Letterbox) -> list[str]:
    """Let the mails that are due go out, and return what they say."""
    from hub.bootstrap import open_mailer

    mailer = open_mailer(served.hub)
    assert mailer is not None
    send_due(served.hub, mailer)
    return [text_of(mail).replace(served.url, "https://hub.example.nl") for mail in box.mails]


def kept(served: ServedHub) -> list[object]:
    with served.hub.engine.connect() as connection:
        return list(connection.execute(select(digest)).all())


def test_a_visitor_asks_confirms_and_stops_without_script(reading: tuple[ServedHub, Letterbox]) -> None:
    served, box = reading
    browser = served.browser()
    page = browser.get("/subscribe?lang=nl&theme=diabetes&q=rooster")
    assert "<script" not in page.text
    assert re.search(r'name="theme" value="diabetes" checked', page.text)
    assert 'value="rooster"' in page.text
    answer = browser.send("/subscribe", "/digests", {**ASKED, "email": "bram@example.nl"})
    assert answer.url.endswith("/subscribe?why=asked&lang=en")
    assert "Look in your mail" in answer.text
    (mail,) = mails(served, box)
    (row,) = kept(served)
    assert (row.question, row.facets, row.language) == ("het rooster", '{"theme": ["diabetes"]}', "en")  # type: ignore[attr-defined]
    found = CONFIRM.search(mail)
    assert found
    path = f"/digests/confirm/{found[1]}"
    page = browser.get(f"{path}?lang=en")
    assert "every day" in page.text
    assert kept(served)[0].confirmed_at is None, "looking changes nothing"  # type: ignore[attr-defined]
    done = browser.http.post(served.url + path, data={"lang": "en"}, timeout=30)
    assert "Confirmed" in done.text
    assert kept(served)[0].confirmed_at is not None  # type: ignore[attr-defined]
    left = LEAVE.search(mail)
    assert left
    path = f"/digests/leave/{left[1]}"
    assert "Do you want to stop?" in browser.get(f"{path}?lang=en").text
    assert len(kept(served)) == 1, "looking changes nothing"
    assert "erased" in browser.http.post(served.url + path, data={"lang": "en"}, timeout=30).text
    assert kept(served) == []
    assert browser.get(f"/digests/confirm/{found[1]}").status_code == 404


def test_a_mail_program_stops_it_with_one_request_and_no_redirect(reading: tuple[ServedHub, Letterbox]) -> None:
    served, box = reading
    served.browser().send("/subscribe", "/digests", {**ASKED, "email": "bram@example.nl"})
    mails(served, box)
    address = box.mails[0]["List-Unsubscribe"].strip("<>")
    answer = requests.post(address, data=ONE_CLICK, allow_redirects=False, timeout=30)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/plain; charset=utf-8")
    assert kept(served) == []
    assert requests.post(address[:-1] + "x", data=ONE_CLICK, allow_redirects=False, timeout=30).status_code == 404


def test_the_answer_does_not_tell_whether_an_address_is_known(reading: tuple[ServedHub, Letterbox]) -> None:
    served, box = reading
    answers = []
    for _ in range(2):
        for address in ("bram@example.nl", "anna@region.example.nl", "nobody@example.nl"):
            answer = served.browser().send("/subscribe", "/digests", {**ASKED, "email": address})
            answers.append((answer.status_code, answer.url, FORMS.sub("", answer.text)))
        mails(served, box)
    assert len(set(answers)) == 1
    assert sorted(box.to) == ["anna@region.example.nl", "bram@example.nl", "nobody@example.nl"]


FORMS = re.compile(r'value="[0-9a-f]{64}"')


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"email": "bram"}, "address"),
        ({"email": "bram@example.nl\r\nBcc: eve@example.nl"}, "address"),
        ({"rhythm": "hourly", "email": "bram@example.nl"}, "choice"),
        ({"lens": "none", "email": "bram@example.nl"}, "choice"),
        ({"q": "x" * 201, "email": "bram@example.nl"}, "choice"),
    ],
)
def test_a_wrong_form_is_answered_in_a_sentence(
    reading: tuple[ServedHub, Letterbox], fields: dict[str, str], why: str
) -> None:
    served, _ = reading
    answer = served.browser().send("/subscribe", "/digests", {**ASKED, **fields})
    assert f"why={why}" in answer.url
    assert "example.nl" not in answer.url
    assert 'role="alert"' in answer.text
    assert kept(served) == []


def test_who_is_signed_in_gives_no_address_and_sees_their_own(reading: tuple[ServedHub, Letterbox]) -> None:
    served, box = reading
    browser = served.browser()
    browser.sign_in("anna")
    assert 'type="email"' not in browser.get("/subscribe").text
    browser.send("/subscribe", "/digests", {**ASKED, "email": "eve@example.nl"})
    (mail,) = mails(served, box)
    assert box.to == ["anna@region.example.nl"]
    found = CONFIRM.search(mail)
    assert found
    browser.http.post(f"{served.url}/digests/confirm/{found[1]}", timeout=30)
    page = browser.get("/subscribe?lang=en").text
    assert "You get a digest now: every day, ‘het rooster’" in page
    assert "anna@" not in page


def test_a_form_of_another_site_asks_for_nothing(reading: tuple[ServedHub, Letterbox]) -> None:
    served, _ = reading
    data = {**ASKED, "email": "bram@example.nl"}
    assert requests.post(f"{served.url}/digests", data=data, timeout=30).status_code == 403
    assert kept(served) == []


def test_asking_is_slowed_down_by_address_and_for_the_whole_hub(
    reading: tuple[ServedHub, Letterbox], monkeypatch: pytest.MonkeyPatch
) -> None:
    served, _ = reading
    monkeypatch.setattr(subscribe, "MOST_AN_HOUR", 2)
    browser = served.browser()
    whys = [why(browser, f"{number}@example.nl") for number in range(3)]
    assert whys == ["asked", "asked", "wait"]
    monkeypatch.setattr(subscribe, "MOST_AN_HOUR", 1000)
    assert "wait" in [why(browser, f"{number}@example.nl") for number in range(20)]
    assert len(kept(served)) <= 20


def why(browser: Browser, address: str) -> str:
    found = re.search(r"why=(\w+)", browser.send("/subscribe", "/digests", {**ASKED, "email": address}).url)
    assert found
    return found[1]


def test_links_of_another_hub_or_none_lead_to_a_sentence(reading: tuple[ServedHub, Letterbox]) -> None:
    served, _ = reading
    browser = served.browser()
    for shown in ("x", "0" * 64, link(served.hub.key, "leave", "0" * 32)):
        page = browser.get(f"/digests/confirm/{shown}")
        assert (page.status_code, "werkt niet meer" in page.text) == (404, True)
        done = browser.http.post(f"{served.url}/digests/confirm/{shown}", timeout=30)
        assert "why=link" in done.url


def test_a_hub_without_a_mail_server_says_so(reading: tuple[ServedHub, Letterbox]) -> None:
    served, _ = reading
    silent = Hub(served.hub.engine, served.hub.key, replace(served.hub.settings, mail=None), served.hub.clock)
    client = application(silent).test_client()
    page = client.get("/subscribe?lang=en").get_data(as_text=True)
    assert "This hub sends no mail" in page
    assert "<form" not in page


def test_metrics_count_digests_without_naming_anybody(reading: tuple[ServedHub, Letterbox]) -> None:
    served, _ = reading
    with writing(served.hub.engine) as connection:
        wish = subscribe.Wish("nl", "daily", "", {})
        subscribe.ask(connection, served.hub.key, wish, "bram@example.nl", None, served.clock())
    text = requests.get(f"{served.url}/metrics", timeout=30).text
    assert 'regiohelix_hub_digests{state="unconfirmed"} 1.0' in text
    assert "bram" not in text
