"""`release alternatives`: what coarser cuts would show and hide, so that a region need not guess; and how to ask."""

import json
import secrets
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import click

from node.bootstrap import Node
from node.indicators.figures import ComputedIndicator
from node.release.alternatives import Alternative, Kept, best
from node.release.beside import undecided
from node.release.cuts import Cut
from node.work.preparing import tried
from schemas.codes import Language
from schemas.definition import Text

from . import options
from .choice import counting_place
from .progress import Progress

_LEAST = Text("verliest het minst", "loses least")
_REFUSED = Text("kan niet", "cannot be")
_STANDS = Text(
    "Bundel {0} houdt deze cijfers vast en telt als vrijgegeven; om anders te kiezen laat u hem eerst afkeuren:"
    " `python -m node review reject {0} --reason TEKST --key BESTAND`.",
    "Bundle {0} holds these figures and counts as released; to cut them otherwise, have it rejected first:"
    " `python -m node review reject {0} --reason TEXT --key FILE`.",
)
_WAITS = Text("een correctie wacht", "a correction waits")


def _bands(_context: click.Context, _option: click.Parameter, texts: Sequence[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for text in texts:
        name, _, bands = text.rpartition("=")
        if name in found:
            raise click.BadParameter(f"ages are given twice for {name or 'all indicators'}; give them once.")
        found[name] = tuple(part.strip() for part in bands.split(","))
    return found


def cut_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Let a command be told how the tables are to be cut."""
    without = click.option(
        "--without", multiple=True, metavar="DIMENSION",
        help="Release without this dimension (sex); may be repeated. `release alternatives` says what is lost.",
    )  # fmt: skip
    ages = click.option(
        "--ages", multiple=True, metavar="[INDICATOR=]BANDS", callback=_bands,
        help="Wider age bands, made of whole ones: 0-64,65+; of one indicator: c.zvw=0-64,65+. May be repeated.",
    )  # fmt: skip
    return without(ages(command))


@click.command("alternatives")
@options.period_option
@options.indicators
@options.lang
@options.json
@options.home
def show_alternatives(period: str, names: Sequence[str], lang: Language, as_json: bool, home: Path) -> None:
    """Try coarser cuts of a release, each through the whole audit, and say which loses least; nothing is kept."""
    with options.opened(home) as node:
        computed, ways = _tried(node, period, names)
        with node.engine.connect() as connection:
            waiting = undecided(connection, [f"{one.definition.id} {one.period}" for one in computed])
    if as_json:
        click.echo(json.dumps([_plain(one) for one in ways], ensure_ascii=False))
        return
    for one in computed:
        for line in _lines(one.definition.id, period, ways, lang):
            click.echo(line)
    if any(one.kept for one in ways):
        click.echo(_last_words(lang))
    for bundle in waiting:
        click.echo(_STANDS.told(lang).format(bundle))


def _tried(
    node: Node, period: str, names: Sequence[str]
) -> tuple[tuple[ComputedIndicator, ...], tuple[Alternative, ...]]:
    with Progress() as progress:
        place_of = partial(counting_place, node)
        return tried(node.engine, node.settings, place_of, period, names, secrets.SystemRandom(), progress.tell)


def _lines(indicator: str, period: str, ways: Sequence[Alternative], lang: Language) -> list[str]:
    headings = ("keuze", "getoond", "verborgen", "detail") if lang == "nl" else ("choice", "shown", "hidden", "detail")
    width = max(len(one.words.told(lang)) for one in ways)
    lines = [
        f"{indicator} {period}",
        f"  {headings[0]:<{width}}  {headings[1]:>7}  {headings[2]:>9}  {headings[3]:>6}",
    ]
    least = best(ways, indicator)
    for one in ways:
        label = f"  {one.words.told(lang):<{width}}"
        kept = one.kept.get(indicator)
        if kept is None:
            why = one.refused or next((line for line in one.left_out if line.startswith(f"{indicator} ")), "")
            lines.append(f"{label}  {_REFUSED.told(lang)}: {why}")
            continue
        notes = [_LEAST.told(lang)] if one is least else []
        notes += [_WAITS.told(lang)] if indicator in one.waits else []
        lines.append(f"{label}  {_figures(kept)}" + (f"  {', '.join(notes)}" if notes else ""))
    if least is not None and (asked := asked_by(least.cut)):
        lines.append(f"  release prepare … {asked}")
    return lines


def _figures(kept: Kept) -> str:
    return f"{kept.shown:>7}  {kept.hidden:>9}  {int(kept.detail * 100):>5}%"


def asked_by(cut: Cut) -> str:
    """Return the options that ask for a cut; ages of every indicator, since of parts and wholes both are cut alike."""
    ages = (f"--ages {name}={','.join(bands)}" for name, bands in (cut.ages or {}).items())
    return " ".join((*(f"--without {name}" for name in cut.without), *ages))


def _last_words(lang: Language) -> str:
    if lang == "nl":
        return (
            "Detail: hoeveel een lezer van de fijnste indeling terugvindt, in procenten; samengevoegd en verborgen"
            " tellen in dezelfde maat. Dit vertelt van verborgen cijfers: houd het binnen de regio. Niets is bewaard."
        )
    return (
        "Detail: how much of the finest cut a reader finds again, in per cent; what is merged and what is hidden count"
        " in one measure. This tells of hidden figures: keep it inside the region. Nothing was kept."
    )


def _plain(one: Alternative) -> dict[str, object]:
    return {
        "nl": one.words.nl,
        "en": one.words.en,
        "without": list(one.cut.without),
        "ages": {name: list(bands) for name, bands in (one.cut.ages or {}).items()},
        "rounded": one.rounded,
        "refused": one.refused,
        "left_out": list(one.left_out),
        "waits": list(one.waits),
        "indicators": {
            name: {"shown": kept.shown, "hidden": kept.hidden, "detail": round(kept.detail, 4)}
            for name, kept in one.kept.items()
        },
    }
