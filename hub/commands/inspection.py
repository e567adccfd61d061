"""Commands that say how the hub is doing."""

from pathlib import Path

import click
from sqlalchemy import func, select

from hub.bootstrap import is_up_to_date
from hub.intake.ledger import chains
from hub.tables import dead_letter

from . import options


@click.command()
@options.home
@options.as_json
def doctor(home: Path, as_json: bool) -> None:
    """Check settings, key, database, chains and dead letters."""
    with options.opened(home) as hub:
        with hub.engine.connect() as connection:
            standing = chains(connection)
            letters = connection.scalar(select(func.count()).select_from(dead_letter)) or 0
        findings = {
            "key_id": hub.key.public.key_id,
            "migrations_current": is_up_to_date(hub),
            "regions": len(standing),
            "events": sum(one.events for one in standing),
            "gaps": {one.code: [list(gap) for gap in one.gaps] for one in standing if one.gaps},
            "dead_letters": letters,
        }
    options.say(findings, "\n".join(f"{name}: {value}" for name, value in findings.items()), as_json)
