"""The command that works out what an alternative payment would pay, from a file of aggregated figures."""

from pathlib import Path

import click
import msgspec

from node.evaluation.payment import calculate, read_scenario
from node.evaluation.payment_words import table
from schemas.codes import Language

from . import options


@click.command("payment")
@click.argument("file", type=click.Path(path_type=Path))
@options.lang
@options.json
def payment(file: Path, lang: Language, as_json: bool) -> None:
    """Work out the payment scenario in FILE (YAML): shared savings, a bundle, or a payment for a population."""
    found = calculate(read_scenario(file))
    if as_json:
        click.echo(msgspec.json.encode(found).decode())
        return
    for line in table(found, lang):
        click.echo(line)
