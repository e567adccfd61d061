"""What a serving hub does by the clock, really started: the day's heads, and letters that waited for keys."""

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from connectors.database import writing
from hub import schedule
from hub.bootstrap import open_mailer
from hub.digests.subscribe import ask
from hub.flow import receive
from hub.intake.heads import last_heads
from hub.intake.letters import backlog
from hub.tables import held_figure, joint_audit
from schemas.codes import AUDIENCES
from tests.support.digests import WISH, with_mail
from tests.support.events import TestRegion, diabetes
from tests.support.hub import NOW, RunningHub
from tests.support.mail_server import mail_server
from tests.support.replies import comes_in, with_term


def soon(holds: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 20
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.05)
    return holds()


def test_a_hub_that_starts_keeps_the_days_heads_and_takes_what_waited(running_hub: RunningHub) -> None:
    hub, region = running_hub.hub, TestRegion()
    made = region.release([diabetes(800)])[0]
    assert receive([made.body], hub)[0].reason == "unknown_region"
    running_hub.enrol(region)

    def is_done() -> bool:
        with hub.engine.connect() as connection:
            is_proven = connection.scalar(select(func.count()).select_from(joint_audit)) == len(AUDIENCES)
            return len(last_heads(connection, 7)) == 1 and backlog(connection, NOW).open == 0 and is_proven

    assert not is_done()
    work = schedule.start(hub)
    try:
        assert soon(is_done)
    finally:
        work.shutdown(wait=True)
    listed = running_hub.client.get("/api/v1/receipts", headers=running_hub.as_region(region.code)).get_json()
    assert [one["event_id"] for one in listed] == [made.id]


def test_a_hub_that_starts_opens_what_regions_could_reply_to(running_hub: RunningHub) -> None:
    hub, region = running_hub.hub, running_hub.enrol(TestRegion())
    comes_in(with_term(hub, 1), region, diabetes(800))

    def is_open() -> bool:
        with hub.engine.connect() as connection:
            return connection.scalar(select(func.count(held_figure.c.opened_at))) == 1

    assert not is_open()
    work = schedule.start(replace(hub, clock=lambda: NOW + timedelta(days=1)))
    try:
        assert soon(is_open)
    finally:
        work.shutdown(wait=True)


def test_a_hub_that_starts_sends_the_mails_that_wait(running_hub: RunningHub, tmp_path: Path) -> None:
    with mail_server(tmp_path) as (box, server):
        hub = with_mail(running_hub.hub, server)
        with writing(hub.engine) as connection:
            ask(connection, hub.key, WISH, "anna@example.nl", None, hub.clock())
        work = schedule.start(hub, mailer=open_mailer(hub))
        try:
            assert soon(lambda: box.to == ["anna@example.nl"])
        finally:
            work.shutdown(wait=True)


def test_a_database_in_trouble_is_waited_for_and_the_log_says_no_more_than_that(
    running_hub: RunningHub, caplog: pytest.LogCaptureFixture
) -> None:
    hub = running_hub.hub
    with writing(hub.engine) as connection:
        connection.execute(text("ALTER TABLE daily_head RENAME TO gone"))
    with caplog.at_level(logging.WARNING, "hub.schedule"):
        work = schedule.start(hub)
        try:
            assert soon(lambda: "make_todays_heads waits" in caplog.text)
            assert {job.name for job in work.get_jobs()} == {
                "make_todays_heads",
                "open_what_waited",
                "index_what_came",
                "try_letters_again",
                "prove_what_came",
                "tell_subscribers",
                "forget_old_attempts",
                "send_mails",
            }
        finally:
            work.shutdown(wait=True)
    assert "INSERT" not in caplog.text
