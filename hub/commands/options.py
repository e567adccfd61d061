"""What the commands share: the hub's folder, the choice of JSON, the way of answering."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from hub.bootstrap import open_hub
from hub.config import HOME_VARIABLE, Hub

home = click.option(
    "--home", type=click.Path(path_type=Path), envvar=HOME_VARIABLE, required=True, help="The hub's folder."
)
as_json = click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")


@contextmanager
def opened(home: Path, migrate: bool = False, make_tables: bool = False) -> Iterator[Hub]:
    """Open the hub in a folder and close it afterwards; the database is migrated only where that is asked for."""
    hub = open_hub(home, migrate=migrate, make_tables=make_tables)
    try:
        yield hub
    finally:
        hub.engine.dispose()


def say(value: Any, text: str, as_json: bool) -> None:
    """Answer in words, or in JSON where a machine reads it."""
    click.echo(json.dumps(value, ensure_ascii=False, sort_keys=True) if as_json else text)
