"""The command that answers "did it work?": an intervention's outcome against what was to be expected without it."""

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import click
import msgspec

from node.bootstrap import now
from node.evaluation.estimated import Estimate, number_words, p_words
from node.evaluation.evaluate import Evaluated, Method
from node.evaluation.interrupted import Season
from node.release.evaluation_words import VERDICTS
from node.release.markdown import visible
from node.release.wording import READERS
from node.work.evaluating import WORDS, Question, evaluated
from schemas.codes import Language

from . import options
from .choice import counting_place
from .questions import question


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
    asked = Question(intervention_id, first, last, outcome, method, compared, season, is_published)
    with options.opened(home) as node:
        result = evaluated(node.engine, node.settings, partial(counting_place, node), asked, now().date())
    if as_json:
        click.echo(msgspec.json.encode(result).decode())
        return
    for line in lines(result, lang):
        click.echo(visible(line).replace("\n", " "))


def lines(result: Evaluated, lang: Language) -> Iterator[str]:
    """Yield an evaluation as people read it on a terminal."""

    def word(key: str) -> str:
        return WORDS[key].told(lang)

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
    interval, to = WORDS["interval"].told(lang), WORDS["to"].told(lang)
    return f"{one.name.told(lang)}: {value} ({interval} {low} {to} {high}; {p_words(one.p).told(lang)})"
