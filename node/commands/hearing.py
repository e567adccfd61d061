"""What became of the region's own lessons elsewhere, as its hub tells: so that who wrote them hears what they did."""

from pathlib import Path

import click
import msgspec

from node.bootstrap import fetch_heard_of
from node.work.telling_heard import NO_LESSON, NOTHING, Heard, title_of
from node.work.telling_heard import heard as heard_of
from schemas.codes import Language

from . import options


@click.command("heard")
@options.lang
@options.home
@options.json
def heard(lang: Language, home: Path, as_json: bool) -> None:
    """List what became of this region's lessons: citations per class, reuse per stage, questions, actions."""
    with options.opened(home) as node:
        found = fetch_heard_of(node)
    if as_json:
        click.echo(msgspec.json.encode(found).decode())
        return
    for one in found:
        click.echo(f"{one.event_id[:16]}  {title_of(one)}")
        for line in [*map(_line, heard_of(one, lang))] or [NOTHING.told(lang)]:
            click.echo(f"    {line}")
    if not found:
        click.echo(NO_LESSON.told(lang))


def _line(one: Heard) -> str:
    said = f"{one.label}: {one.said}"
    if one.event:
        said = f"{said} {one.event}"
    return f"  {said}" if one.is_under else said
