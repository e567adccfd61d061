"""Commands about looking back: a file to fill in together, and which reflections led to no action yet."""

from collections import Counter
from pathlib import Path
from typing import Final

import click
import msgspec

from node.bootstrap import now
from node.knowledge import actions
from node.knowledge.conditions import ASKED
from schemas.codes import Language
from schemas.learning import CONDITIONS, STATE_WORDS
from schemas.text import Text

from . import options
from .sources import FileThere

_SAID: Final[dict[str, Text]] = {
    "head": Text(
        "Vul samen in; wat leeg blijft, weigert de node. Noem rollen, geen namen van personen.",
        "Fill this in together; the node refuses what stays empty. Name roles, not persons.",
    ),
    "title": Text("in één zin waar u op terugkeek", "what you looked back on, in one sentence"),
    "scope": Text(
        "theme, of region_wide: de hele regio, het moeilijkste", "theme, or region_wide: the whole region, the harder"
    ),
    "theme": Text("welk thema; haal deze regel weg bij region_wide", "which theme; leave this line out if region_wide"),
    "heard": Text(
        "wie was erbij: government, practice, knowledge, citizens",
        "who took part: government, practice, knowledge, citizens",
    ),
    "observed": Text("wat is gezien, met cijfers en verhalen", "what was seen, in figures and stories"),
    "outcomes": Text("wat volgt daaruit; per regel één uitkomst", "what follows; one outcome per line"),
    "actions": Text("namen van acties: `python -m node action add`", "names of actions: `python -m node action add`"),
    "state": Text("absent, partly of present", "absent, partly or present"),
    "note": Text("waaraan u dat ziet", "by what you see that"),
}


@click.group("reflection")
def reflection_group() -> None:
    """Look back together, on a theme or region-wide, and see what it led to."""


@reflection_group.command("new")
@click.argument("file", type=click.Path(path_type=Path))
@options.lang
def new(file: Path, lang: Language) -> None:
    """Write FILE, a reflection to fill in, with the three conditions of learning."""
    if file.exists():
        raise FileThere(f"{file} is there already; name a new file, nothing was changed.")
    file.write_text(template(now().date().isoformat(), lang), encoding="utf-8")
    click.echo(f"{file} is written. Fill it in, then: `python -m node item write {file} --author NAME`.")


def template(day: str, lang: Language) -> str:
    """Return the file to fill in, with what to think of in comments."""
    told = {name: one.told(lang) for name, one in _SAID.items()}
    lines = [
        f"# {told['head']}", "noun: reflection", f"item: reflection-{day}", f"language: {lang}",
        f"title:   # {told['title']}", f"held_on: {day}", f"scope: theme   # {told['scope']}",
        f"theme:   # {told['theme']}", f"heard: []   # {told['heard']}", f"observed:   # {told['observed']}",
        f"outcomes:   # {told['outcomes']}", "  -", f"actions: []   # {told['actions']}", "conditions:",
    ]  # fmt: skip
    for name in CONDITIONS:
        lines += [f"  # {ASKED[name].told(lang)}", f"  - condition: {name}"]
        lines += [f"    state:   # {told['state']}", f"    note:   # {told['note']}"]
    return "\n".join(lines) + "\n"


@reflection_group.command("list")
@options.lang
@options.home
@options.json
def list_reflections(lang: Language, home: Path, as_json: bool) -> None:
    """Name every reflection that is kept here, and what became of the actions that it led to."""
    with options.opened(home) as node, node.engine.connect() as connection:
        found = actions.reflections(connection, now().date())
    if as_json:
        listed = [msgspec.to_builtins(one) | {"led_to": dict(Counter(states))} for one, states in found]
        click.echo(msgspec.json.encode(listed).decode())
        return
    for one, states in found:
        led = ", ".join(f"{count} {STATE_WORDS[state].told(lang)}" for state, count in Counter(states).items())
        click.echo(f"{one.item:<24}  {one.held_on}  {one.title}  ({led or 'open: no action came of it yet'})")
    if not found:
        click.echo("No reflection yet; `reflection new FILE` writes one to fill in, see docs/learning.md.")
