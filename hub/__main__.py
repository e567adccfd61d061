"""The hub's commands: `python -m hub VERB`. Exit 0 on success, 2 on a wrong call, 1 on a refusal, said in one line."""

import sys
from collections.abc import Sequence
from typing import Final

import click
from sqlalchemy.exc import SQLAlchemyError

from connectors.commands import CommandsOnDemand
from connectors.trouble import of_file, trouble
from schemas.refused import Refused

COMMANDS: Final = {
    "init": "hub.commands.joining:init",
    "invite": "hub.commands.joining:invite",
    "approve": "hub.commands.joining:approve",
    "partner": "hub.commands.joining:partners",
    "serve": "hub.commands.serving:serve",
    "receive": "hub.commands.serving:receive",
    "receiving": "hub.commands.serving:receiving",
    "rebuild": "hub.commands.keeping:rebuild",
    "upgrade": "hub.commands.keeping:upgrade",
    "backup": "hub.commands.backups:backup",
    "restore": "hub.commands.backups:restore",
    "doctor": "hub.commands.doctor:doctor",
    "dead-letters": "hub.commands.dead_letters:dead_letters",
    "keys": "hub.commands.keys:keys",
    "heads": "hub.commands.heads:heads",
    "user": "hub.commands.access:users",
    "token": "hub.commands.access:program_tokens",  # nosec B105 - where the command is
    "recalls": "hub.commands.recalls:recalls",
    "subscriptions": "hub.commands.subscriptions:subscriptions",
    "ledger": "hub.commands.ledger:ledger",
    "definitions": "hub.commands.definitions:definitions",
    "digests": "hub.commands.digests:digests",
    "tell-partners": "hub.commands.partners_topic:tell_partners",
}


@click.group(commands=CommandsOnDemand(COMMANDS))
def cli() -> None:
    """Run the national side of Regiohelix."""


def main(argv: Sequence[str]) -> int:
    """Run one command and return its exit code: 0 done, 1 refused, 2 called wrongly."""
    try:
        cli.main(args=list(argv), prog_name="python -m hub", standalone_mode=False)
    except click.ClickException as wrong:
        wrong.show()
        return wrong.exit_code
    except click.Abort:
        return 1
    except (Refused, FileExistsError) as refusal:
        click.echo(str(refusal), err=True)
        return 1
    except SQLAlchemyError as error:  # its text could hold what was to be stored
        click.echo(f"The hub's database: {trouble(error).sentence}", err=True)
        return 1
    except OSError as error:
        click.echo(of_file(error), err=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
