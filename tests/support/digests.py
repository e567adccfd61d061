"""A hub that sends mail to a real SMTP server, regions that share lessons, and readers who ask for digests."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Protocol

import pytest
from sqlalchemy import select

from connectors.database import writing
from connectors.mail import MailServer
from connectors.partners.smtp import SmtpMailer
from hub.bootstrap import open_mailer
from hub.config import Hub
from hub.digests.send import Sent, send_due
from hub.digests.subscribe import Wish, ask, confirm
from hub.flow import receive
from hub.identity.seal import followed
from hub.tables.digests import digest, digest_told
from schemas.codes import Audience
from schemas.payloads import Payload
from tests.support.events import SignedEvent, TestRegion
from tests.support.hub_stores import Clock, join
from tests.support.mail_server import Letterbox, mail_server, text_of

SITE = "https://hub.example.nl"
ANNA = "Anna@example.nl"
WISH = Wish("nl", "weekly", "", {})
CONFIRM = re.compile(rf"{SITE}/digests/confirm/([0-9a-f]+)\?lang")
LEAVE = re.compile(rf"{SITE}/digests/leave/([0-9a-f]+)\?lang")


class Moving(Protocol):
    """A clock that a test moves."""

    @property
    def now(self) -> datetime:
        """Return the moment."""
        ...

    def move(self, **by: float) -> None:
        """Let time pass."""
        ...


class Mails:
    """A hub that sends mail, and what arrived."""

    def __init__(self, hub: Hub, box: Letterbox, clock: Moving) -> None:
        self.hub, self.box, self.clock = hub, box, clock

    def mailer(self) -> SmtpMailer:
        """Return a mailer of this hub's settings."""
        found = open_mailer(self.hub)
        assert isinstance(found, SmtpMailer)
        return found

    def round(self) -> Sent:
        """Let one round of the clock's work send what is due."""
        return send_due(self.hub, self.mailer())

    def ask(self, address: str = ANNA, wish: Wish = WISH, account: str | None = None) -> None:
        """Ask for a digest."""
        with writing(self.hub.engine) as connection:
            ask(connection, self.hub.key, wish, address, account, self.clock.now)

    def confirm(self, mail: EmailMessage | None = None) -> None:
        """Follow the link of the last mail, or of another."""
        found = CONFIRM.search(text_of(mail or self.box.mails[-1]))
        assert found
        with writing(self.hub.engine) as connection:
            confirm(connection, self.hub.key, found[1], self.clock.now)

    def subscribe(self, address: str = ANNA, wish: Wish = WISH, account: str | None = None) -> None:
        """Ask, get the mail, and confirm; the letterbox is empty afterwards."""
        self.ask(address, wish, account)
        self.round()
        self.confirm()
        self.box.mails.clear()
        self.box.to.clear()

    def next_mail(self, days: float = 7) -> EmailMessage | None:
        """Let some days pass and return the mail that came, None where none did."""
        before = len(self.box.mails)
        self.clock.move(days=days)
        self.round()
        assert len(self.box.mails) <= before + 1
        return self.box.mails[-1] if len(self.box.mails) > before else None

    def rows(self, table: Any = digest) -> list[Any]:
        """Return what is kept."""
        with self.hub.engine.connect() as connection:
            return list(connection.execute(select(table)).all())

    def told(self) -> set[str]:
        """Return the events that readers are known to have been sent."""
        return {row.event_id for row in self.rows(digest_told)}

    def leave_link(self, mail: EmailMessage) -> str:
        """Return the end of the link by which a mail is stopped; it is one of this hub."""
        found = LEAVE.search(text_of(mail))
        assert found
        assert followed(self.hub.key, "leave", found[1])
        assert mail["List-Unsubscribe"] == f"<{SITE}/digests/leave/{found[1]}>"
        return found[1]


class Mailed(Mails):
    """A hub that sends mail, what arrived, and one region."""

    def __init__(self, hub: Hub, box: Letterbox, clock: Clock) -> None:
        super().__init__(hub, box, clock)
        self.region = join(hub, TestRegion())

    def say(self, payload: Payload, audience: Audience = "public", region: TestRegion | None = None) -> SignedEvent:
        """Let a region release something; it has to be accepted."""
        (made,) = (region or self.region).release([payload], audience)
        (answer,) = receive([made.body], self.hub)
        assert answer.outcome == "accepted", answer
        return made


@contextmanager
def mailed(hub: Hub, clock: Clock, folder: Path) -> Iterator[Mailed]:
    """Let a hub send mail to a server of its own until the block ends."""
    with mail_server(folder) as (box, server):
        yield Mailed(with_mail(hub, server), box, clock)


def with_mail(hub: Hub, server: MailServer) -> Hub:
    """Return the hub with a mail server in its settings."""
    return replace(hub, settings=replace(hub.settings, mail=server, public_url=SITE))


@pytest.fixture
def post(stored_hub: Hub, clock: Clock, tmp_path: Path) -> Iterator[Mailed]:
    """Offer a hub that sends mail, on each database."""
    with mailed(stored_hub, clock, tmp_path) as made:
        yield made
