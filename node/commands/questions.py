"""What an evaluation is asked with, on the command line: the intervention, the periods, the outcome and the method."""

from collections.abc import Callable
from typing import Any, Final

import click

from . import options

_OPTIONS: Final = (
    click.argument("intervention_id"),
    click.option("--from", "first", required=True, callback=options.period_name, help="First period: 2022-01."),
    click.option("--until", "last", required=True, callback=options.period_name, help="Last period, of equal length."),
    click.option("--outcome", help="An indicator that the intervention is judged by. Default: its goal's."),
    click.option(
        "--method",
        type=click.Choice(["did", "its"]),
        default="did",
        show_default=True,
        help="did: beside areas without it (difference-in-differences); its: the series itself (interrupted time "
        "series).",
    ),
    click.option(
        "--compare", "compared", multiple=True, help="An area to compare with; may be repeated. Default: all others."
    ),
    click.option(
        "--season",
        type=click.Choice(["fourier", "dummies", "none"]),
        help="Of a series. Default: fourier for months, dummies for quarters.",
    ),
)


def question(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command everything with which an evaluation is asked for."""
    for add in reversed(_OPTIONS):
        command = add(command)
    return command
