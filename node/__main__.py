"""A region's commands: `python -m node VERB`. Exit 0 on success, 2 on a wrong call, 1 on a refusal in one line."""

import sys
from collections.abc import Sequence
from typing import Final

import click
from sqlalchemy.exc import SQLAlchemyError

from connectors.commands import CommandsOnDemand
from connectors.trouble import of_file, of_records, trouble
from schemas.refused import Refused

COMMANDS: Final = {
    "init": "node.commands.joining:init",
    "widen": "node.commands.joining:widen",
    "fingerprint": "node.commands.joining:show_fingerprint",
    "enrol": "node.commands.joining:enrol_region",
    "source": "node.commands.sources:source",
    "definitions": "node.commands.definitions:definitions",
    "measure": "node.commands.releasing:measure",
    "release": "node.commands.releasing:release_group",
    "withdraw": "node.commands.recalling:withdraw_event",
    "redact": "node.commands.recalling:redact_event",
    "scrub": "node.commands.recalling:scrub_store",
    "review": "node.commands.reviewing:review_group",
    "lesson": "node.commands.reviewing:lesson_group",
    "reply": "node.commands.replying:reply_group",
    "cite": "node.commands.citing:cite_group",
    "item": "node.commands.writing:item_group",
    "attach": "node.commands.attaching:attach",
    "messages": "node.commands.messages:messages_group",
    "action": "node.commands.acting:action_group",
    "reflection": "node.commands.reflecting:reflection_group",
    "heard": "node.commands.hearing:heard",
    "assess": "node.commands.assessing:assess_group",
    "serve": "node.commands.serving:serve",
    "desk": "node.commands.desk_pages:desk_group",
    "ship": "node.commands.joining:ship",
    "run": "node.commands.joining:run",
    "resume": "node.commands.joining:resume",
    "plan": "node.commands.planning:plan_group",
    "steps": "node.commands.guiding:show_steps",
    "intervention": "node.commands.guiding:intervention_group",
    "evaluate": "node.commands.evaluating:evaluate_intervention",
    "payment": "node.commands.scenarios:payment",
    "ledger": "node.commands.ledger:ledger",
    "doctor": "node.commands.doctor:doctor",
    "key": "node.commands.keys:key_group",
    "backup": "node.commands.backups:backup",
    "restore": "node.commands.backups:restore",
    "catch-up": "node.commands.catching_up:catch_up",
    "metrics": "node.commands.metrics:metrics",
    "linkage": "node.commands.linking:linkage_group",
}


@click.group(commands=CommandsOnDemand(COMMANDS))
def cli() -> None:
    """Run a region's side of Regiohelix: records stay here, only approved figures and words leave."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    try:
        cli.main(arguments, prog_name="python -m node", standalone_mode=False)
    except Refused as error:
        click.echo(f"Refused: {error}", err=True)
        return 1
    except SQLAlchemyError as error:  # its text could hold what was to be stored
        click.echo(f"Refused: the node's store: {trouble(error).sentence}", err=True)
        return 1
    except OSError as error:
        click.echo(f"Refused: {of_file(error)}", err=True)
        return 1
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.Abort:
        return 1
    except Exception as error:
        if not _is_of_records(error):
            raise
        click.echo(f"Refused: {of_records(error)}", err=True)
        return 1
    return 0


def _is_of_records(error: Exception) -> bool:
    duckdb = sys.modules.get("duckdb")  # there once a command works on records: the others do not wait for it
    return duckdb is not None and isinstance(error, duckdb.Error)


if __name__ == "__main__":
    sys.exit(main())
