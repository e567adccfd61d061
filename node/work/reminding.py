"""Reminders by mail of actions that are overdue or due soon, to the addresses that the node's settings name.

A mail leaves the region by way of a mail server, so it holds no word of what the actions are: how many there are, and
their days. It comes when something became due or overdue, and else once a week while anything is.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from html import escape
from typing import Final

from sqlalchemy import Engine

from connectors.database import writing
from connectors.mail import AddressRefused, Mail, MailDelayed, Mailer, MailMalformed
from node.config import Settings
from node.knowledge.actions import actions
from node.work import runs
from node.work.runs import Ended
from schemas.learning import SOON_DAYS

log = logging.getLogger(__name__)
AGAIN_AFTER: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class DueDays:
    """The days of the actions that are overdue, and of those that are due soon; earliest first."""

    overdue: tuple[date, ...]
    due_soon: tuple[date, ...]

    def since(self, day: date) -> bool:
        """Tell whether one of them became overdue or due soon after a day."""
        overdue = any(due + timedelta(days=1) > day for due in self.overdue)
        return overdue or any(due - timedelta(days=SOON_DAYS) > day for due in self.due_soon)

    def counted(self) -> str:
        """Say how many there are."""
        return f"{len(self.overdue)} overdue, {len(self.due_soon)} due soon"


@dataclass
class Reminding:
    """Mails once a day what is to be mailed, tried hourly until the mail server took it on."""

    engine: Engine
    settings: Settings
    mailer: Mailer
    _done_on: date | None = None
    _told: set[str] = field(default_factory=set)

    def go(self, now: datetime) -> None:
        """Send what today asks for, unless that was done; what goes wrong is logged without an address."""
        today = now.date()
        if self._done_on == today:
            return
        if is_to_be_sent(self.engine, today):
            self.remind(now)
        self._done_on = today

    def remind(self, now: datetime) -> int:
        """Send today's mail to all addresses now and note that; return how many took it, 0 where nothing is due.

        Raises MailDelayed where the server takes no mail on now; who has it already is not sent it again.
        """
        found = due_days(self.engine, now.date())
        if not (found.overdue or found.due_soon):
            return 0
        refused = self._send_to_all(found, now.date())
        sent = len(self.settings.remind_to) - refused
        if refused:
            log.warning("%d of the addresses in remind_to are refused by the mail server; correct them", refused)
        with writing(self.engine) as connection:
            ended = Ended("failed" if refused else "done", sent, found.counted())
            runs.note(connection, runs.MAILING, now, now, ended)
        return sent

    def _send_to_all(self, found: DueDays, today: date) -> int:
        """Send to who has it not yet, and return how many addresses are refused; raises MailDelayed."""
        refused, delayed = 0, None
        try:
            for number, to in enumerate(self.settings.remind_to, 1):
                if to in self._told:
                    continue
                try:
                    self.mailer.send(reminder(found, self.settings, to, f"{today}.{number}"))
                    self._told.add(to)
                except (AddressRefused, MailMalformed):
                    refused += 1
                except MailDelayed as error:
                    delayed = error
                    if error.is_for_all:
                        break
        finally:
            self.mailer.close()
        if delayed is not None:
            raise delayed
        self._told.clear()
        return refused


def due_days(engine: Engine, today: date) -> DueDays:
    """Return the days of the actions that somebody is to look at."""
    with engine.connect() as connection:
        found = [(date.fromisoformat(one.due), state) for one, state in actions(connection, today)]
    overdue, soon = ([due for due, state in found if state == wanted] for wanted in ("overdue", "due_soon"))
    return DueDays(tuple(overdue), tuple(soon))


def is_to_be_sent(engine: Engine, today: date) -> bool:
    """Tell whether something is due that was not mailed yet, or not for a week."""
    found = due_days(engine, today)
    if not (found.overdue or found.due_soon):
        return False
    with engine.connect() as connection:
        last = runs.newest(connection, runs.MAILING)
    if last is None:
        return True
    day = last.started_at.date()
    return today - day >= AGAIN_AFTER or found.since(day) or last.detail != found.counted()


def reminder(found: DueDays, settings: Settings, to: str, reference: str) -> Mail:
    """Return the mail to one address, in Dutch and in English."""
    subject = f"Acties van {settings.name}: {len(found.overdue)} over tijd, {len(found.due_soon)} binnenkort"
    parts = [
        ("Dag,", "Deze acties van uw regio wachten op iemand:"),
        *_lines(found, "over tijd, had klaar moeten zijn op", "moet klaar zijn op"),
        ("Welke dat zijn ziet u op de node: python -m node action list.",),
        ("Hello,", "These actions of your region wait for somebody:"),
        *_lines(found, "overdue, was to be done by", "to be done by"),
        ("Which ones these are you see at the node: python -m node action list.",),
        ("U krijgt dit omdat de instelling remind_to van de node uw adres noemt.",
         "You get this because the node's setting remind_to names your address."),
    ]  # fmt: skip
    text = "\n\n".join("\n".join(lines) for lines in parts) + "\n"
    body = "".join(f"<p>{'<br>'.join(map(escape, lines))}</p>" for lines in parts)
    html = f'<!doctype html><html lang="nl"><head><meta charset="utf-8"><title>{escape(subject)}</title></head>'
    return Mail(to, subject, text, f"{html}<body>{body}</body></html>\n", f"actions.{settings.region}.{reference}")


def _lines(found: DueDays, overdue: str, soon: str) -> Sequence[tuple[str, ...]]:
    lines = (*(f"- {overdue} {one}" for one in found.overdue), *(f"- {soon} {one}" for one in found.due_soon))
    return (lines,)
