"""What the commands share: the node's folder, the author, the audience, the reviewer's key."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from node.bootstrap import Node, open_node
from node.config import read_settings
from node.release.wording import READERS
from schemas.codes import AUDIENCES, PERIOD, Audience


def _asked(context: click.Context, option: click.Parameter, audience: Audience | None) -> Audience:
    """Ask on a terminal who may read it, and say who that is; elsewhere it has to be named."""
    if audience is not None:
        return audience
    if not sys.stdin.isatty():
        raise click.MissingParameter(ctx=context, param=option)
    for name, readers in READERS.items():
        click.echo(f"{name}: {readers.en}")
    chosen: Audience = click.prompt("Who may read it", type=click.Choice(AUDIENCES), default="partners")
    return chosen


home = click.option(
    "--home", type=click.Path(path_type=Path), envvar="REGIOHELIX_NODE_HOME", required=True, help="The node's folder."
)


def _full(_context: click.Context, _option: click.Parameter, home: Path) -> Path:
    """Return the folder of a node that may hold records; raises LightNode before anything is looked at."""
    if (home / "node.toml").is_file():
        read_settings(home).check_full()
    return home


records_home = click.option(
    "--home", type=click.Path(path_type=Path), envvar="REGIOHELIX_NODE_HOME", required=True, help="The node's folder.",
    callback=_full,
)  # fmt: skip
author = click.option("--author", required=True, help="Who prepares this; the author cannot review it.")
audience = click.option("--audience", type=click.Choice(AUDIENCES), required=True, help="Who may read it.")
lesson_audience = click.option(
    "--audience", type=click.Choice(AUDIENCES), callback=_asked,
    help="Who may read it; asked on a terminal, where `partners` is proposed.",
)  # fmt: skip
reason = click.option("--reason", default="", help="Why what was released before changes; readers see it.")
reason_required = click.option("--reason", required=True, help="Why; readers see it, so it names nobody.")
key = click.option("--key", type=click.Path(path_type=Path), required=True, help="The reviewer's own key file.")
passphrase = click.option("--passphrase", envvar="REGIOHELIX_PASSPHRASE", default="", help="If the key has one.")
lang = click.option(
    "--lang", type=click.Choice(["nl", "en"]), envvar="REGIOHELIX_LANG", default="en", show_default=True,
    help="Language of what is shown to people.",
)  # fmt: skip
json = click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")


class PeriodWrong(click.BadParameter):
    """A period that is not a year, quarter, month, week or day."""


@contextmanager
def opened(home: Path) -> Iterator[Node]:
    """Open the node in a folder and close it afterwards."""
    node = open_node(home)
    try:
        yield node
    finally:
        node.engine.dispose()


def period_name(_context: click.Context, _option: click.Parameter, text: str) -> str:
    """Return the name of a period as it was written; raises PeriodWrong."""
    if not PERIOD.match(text):
        raise PeriodWrong("write a year (2024), quarter (2024-Q1), month (2024-03), week (2024-W10) or day.")
    return text


period_option = click.option("--period", required=True, callback=period_name, help="2024, 2024-Q1 or 2024-03.")
indicators = click.option(
    "--indicator", "names", multiple=True, help="An indicator's id; may be repeated. Default: all."
)
