"""Commands that turn what was learnt into actions: write one, say that it was done or dropped, see what is due."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click
import msgspec

from node.bootstrap import Node, now, open_mailer
from node.knowledge import actions
from node.release.standing import standing
from node.release.subject import name_of, opaque
from node.work.reminding import Reminding
from schemas.codes import Audience, Language
from schemas.learning import ACTION_STATES, STATE_WORDS
from schemas.programme_items import ActionPublished
from schemas.refused import Refused

from . import options, taking_back
from .freezing import keep_and_freeze, seen

_name = click.argument("name")
_day = click.DateTime(["%Y-%m-%d"])
_seen_already = click.option(
    "--audience", type=click.Choice(["network", "partners", "public"]),
    help="Who may read it, where no reader sees the action yet; else it stays as it is.",
)  # fmt: skip


@click.group("action")
def action_group() -> None:
    """What is to be done, by which role and by when: the translation of a reflection or of a lesson."""


class SendsNoMail(Refused, RuntimeError):
    """A node whose settings name no mail server."""


def reminding(node: Node) -> Reminding | None:
    """Return what mails of actions that are due; None where the settings name nobody to mail."""
    mailer = open_mailer(node)
    return None if mailer is None else Reminding(node.engine, node.settings, mailer)


@action_group.command("remind")
@options.home
def remind(home: Path) -> None:
    """Mail now what is overdue or due soon, to the addresses of remind_to; `run` does so by itself."""
    with options.opened(home) as node:
        found = reminding(node)
        if found is None:
            raise SendsNoMail("This node sends no mail; set remind_to, smtp_host and smtp_from in node.toml.")
        sent = found.remind(now())
    click.echo(f"{sent} mails were taken on." if sent else "No mail was taken on: nothing is due, or all are refused.")


@action_group.command("add")
@_name
@click.option("--title", required=True, help="What is to be done, in one sentence.")
@click.option("--owner-role", required=True, help="Whose it is: a role, not a name.")
@click.option("--due", required=True, type=_day, help="By which day, such as 2026-12-31.")
@click.option("--language", type=click.Choice(["nl", "en"]), default="nl", show_default=True, help="Of the title.")
@click.option("--reflection", help="The region's own name of the reflection that it translates.")
@click.option("--lesson", help="The event of the lesson that it translates; its page and feeds name it.")
@click.option("--lesson-region", help="The code of the region whose lesson that is.")
@options.author
@options.lesson_audience
@options.reason
@options.lang
@options.home
def add(
    name: str,
    title: str,
    owner_role: str,
    due: datetime,
    language: Language,
    reflection: str | None,
    lesson: str | None,
    lesson_region: str | None,
    author: str,
    audience: Audience,
    reason: str,
    lang: Language,
    home: Path,
) -> None:
    """Keep action NAME and freeze it for one reviewer; one of the same name takes the place of what readers see."""
    if (lesson is None) != (lesson_region is None):
        raise click.UsageError("--lesson and --lesson-region belong together: give both or neither.")
    said = {
        "item": name, "language": language, "title": title, "owner_role": owner_role, "due": due.date().isoformat(),
        "state": "open", "reflection": reflection, "lesson": lesson, "lesson_region": lesson_region,
    }  # fmt: skip
    keep_and_freeze(home, (actions.added(said),), author, audience, reason, lang)


@action_group.command("done")
@_name
@click.option("--result", required=True, help="What it gave; readers see it, so it names nobody.")
@click.option("--on", type=_day, help="When it was done; today where left out.")
@options.author
@_seen_already
@options.lang
@options.home
def done(
    name: str, result: str, on: datetime | None, author: str, audience: Audience | None, lang: Language, home: Path
) -> None:
    """Say that action NAME was done, and what it gave. Frozen for one reviewer."""
    day = now().date() if on is None else on.date()
    found = actions.done(_going_on(home, name), day, result)
    keep_and_freeze(home, (found,), author, audience, "The action was done.", lang)


@action_group.command("drop")
@_name
@options.reason_required
@options.author
@_seen_already
@options.lang
@options.home
def drop(name: str, reason: str, author: str, audience: Audience | None, lang: Language, home: Path) -> None:
    """Say that action NAME will not be done, and why. Frozen for one reviewer; it stays on the list as dropped."""
    found = actions.dropped(_going_on(home, name), reason)
    keep_and_freeze(home, (found,), author, audience, reason, lang)


def _going_on(home: Path, name: str) -> ActionPublished:
    with options.opened(home) as node, node.engine.connect() as connection:
        found = actions.find_action(connection, name)
        there = seen(connection, node, found)
    actions.check_goes_on(there and there.content)
    return found


@action_group.command("list")
@click.option(
    "--state", "states", type=click.Choice(ACTION_STATES), multiple=True, help="Only in this state; may be repeated."
)
@click.option("--owner-role", default="", help="Only of roles with these words.")
@options.lang
@options.home
@options.json
def list_actions(states: Sequence[str], owner_role: str, lang: Language, home: Path, as_json: bool) -> None:
    """Name every action with its state today, and whether readers see it as it reads here."""
    today = now().date()
    with options.opened(home) as node, node.engine.connect() as connection:
        key = node.secret("subject")
        kept = [
            (one, state)
            for one, state in actions.actions(connection, today)
            if (not states or state in states) and owner_role.casefold() in one.owner_role.casefold()
        ]
        stands = standing(connection, [opaque(key, name_of(one)) for one, _ in kept])
        rows = [(one, state, stands.get(opaque(key, name_of(one)))) for one, state in kept]
    if as_json:
        listed = [
            msgspec.to_builtins(one)
            | {"state": state, "released": taking_back.state(one, there), "event": there and there.event_id}
            for one, state, there in rows
        ]
        click.echo(msgspec.json.encode({"as_of": today.isoformat(), "actions": listed}).decode())
        return
    for one, state, there in rows:
        told = f"{one.item:<24}  {STATE_WORDS[state].told(lang):<13}  {one.due}  {one.owner_role}"
        click.echo(f"{told}  {one.title}  ({taking_back.state(one, there)})")
    if not rows:
        click.echo("No action like this; add one with `action add NAME`, see docs/learning.md.")
