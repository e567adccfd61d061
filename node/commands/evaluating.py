"""The command that answers "did it work?": an intervention's outcome against what was to be expected without it."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import click
import msgspec

from node.bootstrap import Node, now
from node.evaluation.asked import outcome_asked, standing_figures
from node.evaluation.estimated import Estimate, number_words, p_words
from node.evaluation.evaluate import Evaluated, Method, evaluate
from node.evaluation.figures_over_time import FiguresOverTime, figures_over_time, periods_between
from node.evaluation.interrupted import Season
from node.indicators.delivered import delivered, require_some
from node.indicators.measured import compute_all
from node.indicators.period import check_over
from node.knowledge import interventions
from node.records.store import delivered_until
from node.release.evaluation_words import VERDICTS
from node.release.markdown import visible
from node.release.wording import READERS
from schemas.codes import Language
from schemas.definition import Text

from . import options
from .choice import chosen_definitions, counting_place, open_records
from .questions import question

_WORDS: Final = {
    "outcome": Text("Uitkomst", "Outcome"),
    "method": Text("Methode", "Method"),
    "areas": Text("Met interventie", "With the intervention"),
    "compared": Text("Vergeleken met", "Compared with"),
    "before": Text("Perioden ervoor", "Periods before"),
    "after": Text("Perioden erna", "Periods after"),
    "left_out": Text("Niet meegenomen", "Left out"),
    "estimates": Text("Schattingen", "Estimates"),
    "assumptions": Text("Aannames, die cijfers niet kunnen bewijzen", "Assumptions, which no figures can prove"),
    "checks": Text("Controles", "Checks"),
    "reading": Text("Lezing", "Reading"),
    "interval": Text("95%-interval", "95% interval"),
    "to": Text("tot", "to"),
    "may_be_told": Text(
        "Gemaakt van gepubliceerde cijfers alleen, dus te delen met wie die mag lezen",
        "Made from published figures only, so it may be told to whoever may read these",
    ),
    "stays": Text(
        "Gemaakt van onbeschermde cijfers: dit blijft in de regio.",
        "Made from unprotected figures: this stays in the region.",
    ),
}


@click.command("evaluate")
@question
@click.option("--published", "is_published", is_flag=True, help="Use what this region published, not its records.")
@options.lang
@options.home
@options.json
def evaluate_intervention(
    intervention_id: str,
    first: str,
    last: str,
    outcome: str | None,
    method: Method,
    compared: Sequence[str],
    season: Season | None,
    is_published: bool,
    lang: Language,
    home: Path,
    as_json: bool,
) -> None:
    """Estimate what an intervention did, with assumptions, checks and a reading."""
    periods = periods_between(first, last)
    with options.opened(home) as node:
        with node.engine.connect() as connection:
            found = interventions.find(connection, intervention_id)
            name, standing = outcome_asked(found, outcome), None
            if is_published:
                standing = standing_figures(connection, name, periods)
        figures = _counted(node, home, name, periods) if standing is None else standing.figures
        readers = None if standing is None else standing.readers
        result = evaluate(found, figures, method, compared, season, readers)
    if as_json:
        click.echo(msgspec.json.encode(result).decode())
        return
    for line in lines(result, lang):
        click.echo(visible(line).replace("\n", " "))


def _counted(node: Node, home: Path, name: str, periods: Sequence[str]) -> FiguresOverTime:
    """Return an indicator counted from the linked records, if it is approved and permitted."""
    with open_records(home) as records:
        with node.engine.connect() as connection:
            definitions = chosen_definitions(connection, records, [name])
        with counting_place(node, records) as place:
            check_over(periods[-1], now().date(), definitions[0])  # what holds for the last holds for those before it
            require_some(*delivered(place, definitions, periods[-1], delivered_until(records)))
            return figures_over_time(compute_all(place, definitions, periods, node.settings.areas))


def lines(result: Evaluated, lang: Language) -> Iterator[str]:
    """Yield an evaluation as people read it on a terminal."""

    def word(key: str) -> str:
        return _WORDS[key].told(lang)

    yield f"{result.title.told(lang)} ({result.intervention}), {result.start}"
    yield f"{word('outcome')}: {result.indicator} ({result.unit.told(lang)})"
    yield f"{word('method')}: {result.how.told(lang)}"
    for key, names in (("areas", result.areas), ("compared", result.compared)):
        if names:
            yield f"{word(key)}: {', '.join(names)}"
    for key, names in (("before", result.before), ("after", result.after)):
        yield f"{word(key)}: {names[0]} – {names[-1]} ({len(names)})"
    if result.left_out:
        yield f"{word('left_out')}: {', '.join(result.left_out)}"
    yield f"{word('estimates')}:"
    for one in result.estimates:
        yield f"  {_estimate(one, lang)}"
    yield f"{word('assumptions')}:"
    for sentence in result.assumptions:
        yield f"  - {sentence.told(lang)}"
    yield f"{word('checks')}:"
    for check in result.checks:
        yield f"  [{VERDICTS[check.verdict].told(lang)}] {check.words.told(lang)}"
    yield f"{word('reading')}: {result.reading.told(lang)}"
    if result.readers is None:
        yield word("stays")
    else:
        yield f"{word('may_be_told')}: {READERS[result.readers].told(lang)}."


def _estimate(one: Estimate, lang: Language) -> str:
    value, low, high = (number_words(number).told(lang) for number in (one.value, one.low, one.high))
    interval, to = _WORDS["interval"].told(lang), _WORDS["to"].told(lang)
    return f"{one.name.told(lang)}: {value} ({interval} {low} {to} {high}; {p_words(one.p).told(lang)})"
