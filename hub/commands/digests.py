"""Commands on digests by e-mail: who gets one (never their address), sending what is due, forgetting an address."""

from pathlib import Path
from typing import Any

import click
from sqlalchemy import Row, select

from connectors.database import writing
from hub.bootstrap import open_mailer
from hub.digests.send import due_now, send_due
from hub.digests.subscribe import forget_address
from hub.tables.digests import digest
from schemas.refused import Refused

from . import options


class SendsNoMail(Refused, ValueError):
    """A hub whose settings name no mail server."""


class MailsNotTaken(click.ClickException):
    """Mails that wait to be tried again; exit 1."""


@click.group()
def digests() -> None:
    """See which digests readers asked for, send what is due, forget an address."""


@digests.command("list")
@options.home
@options.as_json
def list_digests(home: Path, as_json: bool) -> None:
    """List the digests, those next due first; of nobody is the address shown."""
    with options.opened(home) as hub, hub.engine.connect() as connection:
        rows = connection.execute(select(digest).order_by(digest.c.try_at, digest.c.id)).all()
    found = [_shown(row) for row in rows]
    lines = [
        f"{one['id']}  {one['state']}  {one['rhythm']}  {one['language']}  {one['reader']}  next {one['next'] or '-'}"
        for one in found
    ]
    options.say(found, "\n".join(lines) or "Nobody asked for a digest.", as_json)


@digests.command("send")
@click.option("--dry-run", is_flag=True, help="Say what is due and what it would tell; send and change nothing.")
@options.home
@options.as_json
def send_digests(dry_run: bool, home: Path, as_json: bool) -> None:
    """Send what is due now; `serve` does so by itself. Ends with 1 where a mail was not taken on."""
    with options.opened(home) as hub:
        if dry_run:
            due = due_now(hub)
            told = [one._asdict() for one in due]
            lines = [
                f"{one.digest}  asks to be confirmed"
                if one.is_confirmation
                else f"{one.digest}  {one.new} new, {one.revised} revised, {one.taken_back} taken back, "
                f"{one.evidence} with other evidence, {one.to_region} to their region"
                for one in due
            ]
            options.say(told, "\n".join(lines) or "Nothing is due.", as_json)
            return
        mailer = open_mailer(hub)
        if mailer is None:
            raise SendsNoMail("This hub sends no mail; set smtp_host, smtp_from and public_url in its settings.")
        total = {"sent": 0, "empty": 0, "failed": 0, "left": 0}
        while any(done := send_due(hub, mailer)):
            total = {name: count + getattr(done, name) for name, count in total.items()}
            if done.failed:
                break
    text = f"{total['sent']} mails sent, {total['empty']} had nothing to tell, {total['failed']} not taken on."
    options.say(total, text, as_json)
    if total["failed"]:
        raise MailsNotTaken("Some mails wait; they are tried again by themselves, and `doctor` says since when.")


@digests.command("forget")
@click.argument("address")
@options.home
def forget(address: str, home: Path) -> None:
    """Erase everything of ADDRESS, at the request of who it belongs to."""
    with options.opened(home) as hub, writing(hub.engine) as connection:
        was_there = forget_address(connection, hub.key, address, hub.clock())
    click.echo("Everything of this address is erased." if was_there else "There was nothing of this address.")


def _shown(row: Row[Any]) -> dict[str, Any]:
    state = "unconfirmed" if row.confirmed_at is None else "confirmed"
    state = "failing" if row.failing_since else state
    return {
        "id": row.id,
        "state": "paused" if row.paused_at else state,
        "rhythm": row.rhythm,
        "language": row.language,
        "reader": "visitor" if row.account is None else f"account {row.account}",
        "confirmed_at": row.confirmed_at,
        "next": None if row.paused_at else row.try_at,
        "failures": row.failures,
        "failing_since": row.failing_since,
    }
