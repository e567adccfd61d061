"""Commands on what the hub refused: kept bytes with reason and remedy, tried again or given up for a stated reason."""

from pathlib import Path

import click

from connectors.database import writing
from hub.flow import replay_for
from hub.intake import letters

from . import options


class LettersRefusedAgain(click.ClickException):
    """Letters that the hub still does not accept; exit 1."""


@click.group("dead-letters")
def dead_letters() -> None:
    """See which events were refused and why, try them again, or give them up."""


@dead_letters.command("list")
@click.option("--state", type=click.Choice(letters.STATES), help="Only letters in this state.")
@click.option("--region", help="Only letters of this region.")
@options.home
@options.as_json
def list_letters(state: letters.State | None, region: str | None, home: Path, as_json: bool) -> None:
    """List the refused events, newest first."""
    with options.opened(home) as hub, writing(hub.engine) as connection:
        letters.settle(connection, hub.clock())
        rows = letters.listed(connection, state, region)
    text = "\n".join(
        f"{row['id']}  {row['received_at']}  {row['region'] or '-'}  {row['reason']}  {row['state']}  {row['times']}x"
        for row in rows
    )
    options.say(rows, text or "There are no such dead letters.", as_json)


@dead_letters.command("show")
@click.argument("number", type=int)
@options.home
@options.as_json
def show_letter(number: int, home: Path, as_json: bool) -> None:
    """Show one refused event: its reason, the remedy, and how many bytes are kept; never its payload."""
    with options.opened(home) as hub, hub.engine.connect() as connection:
        found = letters.shown(connection, number)
    options.say(found, "\n".join(f"{name}: {value}" for name, value in found.items()), as_json)


@dead_letters.command("replay")
@click.argument("number", type=int, required=False)
@click.option("--all", "every", is_flag=True, help="All open letters.")
@click.option("--region", help="The open letters of this region.")
@click.option("--reason", help="The open letters refused for this reason.")
@options.home
@options.as_json
def replay_letters(
    number: int | None, every: bool, region: str | None, reason: str | None, home: Path, as_json: bool
) -> None:
    """Verify open letters again, NUMBER or a choice of them; what holds now is stored as if it had just come.

    Ends with 1 where a letter is refused again.
    """
    if sum((number is not None, every, region is not None or reason is not None)) != 1:
        raise click.UsageError("Name one dead letter, or --all, or a --region or --reason.")
    with options.opened(home) as hub:
        with hub.engine.connect() as connection:
            if number is not None:
                numbers = [letters.replayable(connection, number)]
            else:
                numbers = letters.open_numbers(connection, region, reason)
        answers = replay_for(hub, numbers)
    told = [{"id": one, "outcome": answer.outcome, "reason": answer.reason} for one, answer in answers.items()]
    lines = [f"{one}: {answer.outcome}  {answer.detail or ''}".rstrip() for one, answer in answers.items()]
    options.say(told, "\n".join(lines) or "There are no such open dead letters.", as_json)
    still = sum(answer.outcome == "refused" for answer in answers.values())
    if still:
        raise LettersRefusedAgain(f"Of {len(answers)} letters {still} were refused again; their reasons are above.")


@dead_letters.command("discard")
@click.argument("number", type=int)
@click.option("--reason", required=True, help="Why nobody needs this event; it goes into the audit log.")
@options.home
@options.as_json
def discard_letter(number: int, reason: str, home: Path, as_json: bool) -> None:
    """Give up one open letter: its bytes are emptied, the rest stays, and the audit log keeps the reason."""
    if not reason.strip():
        raise click.UsageError("Say in --reason why nobody needs this event.")
    with options.opened(home) as hub, writing(hub.engine) as connection:
        letters.discard(connection, number, reason.strip(), hub.clock())
    options.say({"id": number, "state": "discarded"}, f"Dead letter {number} is discarded.", as_json)
