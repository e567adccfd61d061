"""Replies stand beside the comparison they are about, as their region last worded them, in every form."""

import csv
import io
from typing import Any

import pytest
from sqlalchemy import select

from connectors.database import writing
from hub import tables
from hub.bootstrap import application
from hub.config import Hub
from hub.identity.tokens import issue_token
from hub.intake.rebuild import rebuild
from hub.serving.compared import ComparisonHeld
from hub.serving.profile import profile
from hub.serving.recalls import recall_page
from schemas.payloads import EventRedacted, ReplyRevised, ReplyWithdrawn
from tests.support.events import TestRegion
from tests.support.hub_stores import Clock
from tests.support.replies import DAYS, a_reply, a_waiver, by_the_clock, comes_in, hub, regions, seen

__all__ = ["hub", "regions"]


def test_a_reply_is_revised_and_taken_back(hub: Hub, regions: list[TestRegion], clock: Clock) -> None:
    clock.move(days=DAYS)
    by_the_clock(hub)
    first = comes_in(hub, regions[0], a_reply(hub))
    english = comes_in(hub, regions[0], a_reply(hub, "We count those elsewhere too.", language="en"))
    second = comes_in(hub, regions[0], ReplyRevised(first, "Clearer.", a_reply(hub, "Wij tellen iedereen.")))
    (one, other) = sorted(seen(hub).replies, key=lambda reply: reply.language)
    assert (one.event_id, one.text) == (english, "We count those elsewhere too.")
    assert (other.event_id, other.text) == (second, "Wij tellen iedereen.")
    assert other.correction is not None
    assert (other.correction.kind, other.correction.reason) == ("revised", "Clearer.")
    comes_in(hub, regions[0], ReplyWithdrawn(second, "No longer so."))
    (back,) = (reply for reply in seen(hub).replies if reply.language == "nl")
    assert (back.text, back.correction and back.correction.reason) == (None, "No longer so.")
    assert [reply.language for reply in profile_of(hub).replies] == ["en"]
    with pytest.raises(ComparisonHeld):
        seen(hub, known_on="2026-12-06T11:59:59Z")


def profile_of(hub: Hub) -> Any:
    with hub.engine.connect() as connection:
        return profile(connection, "public", hub.clock(), "XR-ALFA")


def test_a_destroyed_reply_says_nothing_more_and_brings_no_earlier_one_back(
    hub: Hub, regions: list[TestRegion], clock: Clock
) -> None:
    clock.move(days=DAYS)
    by_the_clock(hub)
    first = comes_in(hub, regions[0], a_reply(hub))
    second = comes_in(hub, regions[0], ReplyRevised(first, "Clearer.", a_reply(hub, "Jan zei het.")))
    comes_in(hub, regions[0], EventRedacted(second, "A name."))
    for _ in range(2):
        (left,) = seen(hub).replies
        assert (left.text, left.correction and left.correction.kind) == (None, "redacted")
        assert rebuild(hub.engine).is_same
    with hub.engine.connect() as connection:
        assert set(connection.scalars(select(tables.reply.c.reply))) == {"diabetes-2025", ""}


def test_the_overview_lists_for_the_network_what_can_still_be_replied_to(
    hub: Hub, regions: list[TestRegion], clock: Clock
) -> None:
    with writing(hub.engine) as connection:
        _, token = issue_token(connection, clock(), "look", "a region", ["read:network"])
    client, mine = application(hub).test_client(), {"Authorization": f"Bearer {token}"}
    for lang, heading in (("nl", "Nieuwe cijfers waarop regio’s nog kunnen reageren"), ("en", "New figures to which")):
        page = client.get(f"/?lang={lang}", headers=mine).text
        assert heading in page
        assert "/compare/h.dm_prev?period=2025&amp;set=invented" in page
        assert heading not in client.get(f"/?lang={lang}").text
    clock.move(days=DAYS)
    by_the_clock(hub)
    assert 'id="awaited"' not in client.get("/", headers=mine).text


def test_a_reply_taken_back_before_others_saw_it_is_no_recall_to_them(hub: Hub, regions: list[TestRegion]) -> None:
    made = comes_in(hub, regions[0], a_reply(hub))
    comes_in(hub, regions[0], ReplyWithdrawn(made, "No longer so."))
    for reader, told in (("network", [made]), ("public", [])):
        with hub.engine.connect() as connection:
            page = recall_page(connection, reader, "somebody", hub.clock())  # type: ignore[arg-type]
        assert [one.event_id for one in page.recalls] == told


def test_nobody_takes_back_another_regions_reply(hub: Hub, regions: list[TestRegion], clock: Clock) -> None:
    clock.move(days=DAYS)
    by_the_clock(hub)
    made = comes_in(hub, regions[0], a_reply(hub))
    comes_in(hub, regions[1], ReplyWithdrawn(made, "We do not agree."))
    comes_in(hub, regions[1], ReplyRevised(made, "We know better.", a_reply(hub, "Zo is het.", name="anders")))
    assert [reply.text for reply in seen(hub).replies if reply.region == "XR-ALFA"] == [a_reply(hub).text]


def test_replies_stand_beside_the_comparison_in_files_and_on_pages(
    hub: Hub, regions: list[TestRegion], clock: Clock
) -> None:
    comes_in(hub, regions[0], a_reply(hub, "=1+1 <b>iedereen</b>"))
    comes_in(hub, regions[1], a_waiver(hub), "network")
    by_the_clock(hub)
    client = application(hub).test_client()
    table = client.get("/api/v1/indicators/h.dm_prev/comparison?format=csv").text
    rows = {row["region"]: row for row in csv.DictReader(io.StringIO(table))}
    assert (rows["XR-ALFA"]["reply_nl"], rows["XR-BETA"]["reply_nl"]) == ("'=1+1 <b>iedereen</b>", "")
    for lang, heading in (("nl", "Wat regio’s erbij zeggen"), ("en", "What regions say to this")):
        page = client.get(f"/compare/h.dm_prev?lang={lang}").text
        assert heading in page
        assert "=1+1 &lt;b&gt;iedereen&lt;/b&gt;" in page
    assert "=1+1 &lt;b&gt;iedereen" in client.get("/regions/XR-ALFA").text
    answer = client.get("/api/v1/indicators/h.dm_prev/comparison").get_json()
    assert [one["author_role"] for one in answer["replies"]] == ["data manager"]
