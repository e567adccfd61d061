"""An evaluation as reviewers read it before it leaves: every part that its readers will get, in both languages."""

from collections.abc import Iterable, Iterator
from typing import Final

from schemas.definition import Text
from schemas.evaluation import EvaluationLevel, EvaluationPublished, EvaluationVerdict

LEVELS: Final[dict[EvaluationLevel, Text]] = {
    "intervention": Text("wie meededen (interventieniveau)", "those who took part (intervention level)"),
    "population": Text(
        "iedereen in de gebieden, bereikt of niet (populatieniveau)",
        "everyone in the areas, reached or not (population level)",
    ),
}
VERDICTS: Final[dict[EvaluationVerdict, Text]] = {
    "passed": Text("in orde", "all right"),
    "failed": Text("LET OP", "BEWARE"),
    "imprecise": Text("te onnauwkeurig om uit te sluiten", "too imprecise to exclude"),
    "not_possible": Text("niet mogelijk", "not possible"),
}
_HEADS: Final = {
    "reading": Text("Lezing", "Reading"),
    "title": Text("Interventie", "Intervention"),
    "level": Text("Over", "About"),
    "indicator": Text("Uitkomst", "Outcome"),
    "start": Text("Start", "Start"),
    "areas": Text("Met interventie", "With the intervention"),
    "compared": Text("Vergeleken met", "Compared with"),
    "before": Text("Perioden ervoor", "Periods before"),
    "after": Text("Perioden erna", "Periods after"),
    "left_out": Text("Niet meegenomen", "Left out"),
    "how": Text("Methode", "Method"),
    "estimate": Text("Schatting", "Estimate"),
    "assumption": Text("Aanname", "Assumption"),
    "check": Text("Controle", "Check"),
    "figures": Text("Berust op cijfers (periode, bericht)", "Rests on figures (period, event)"),
    "made_by": Text("Gemaakt door", "Made by"),
    "evaluation": Text("Naam", "Name"),
}


def parts(one: EvaluationPublished) -> Iterator[tuple[str, Text, Text]]:
    """Yield every part of an evaluation: a stable key, what it is, and what it says."""

    def part(name: str, said: Text, number: int | None = None) -> tuple[str, Text, Text]:
        head = _HEADS[name]
        if number is None:
            return name, head, said
        return f"{name} {number}", Text(f"{head.nl} {number}", f"{head.en} {number}"), said

    yield part("reading", one.reading)
    yield part("title", one.title)
    yield part("level", LEVELS[one.level])
    yield part("indicator", _same(f"{one.indicator}, {one.version} ({one.definition_hash[:16]})"))
    yield part("start", _same(one.start))
    for name in ("areas", "compared", "before", "after", "left_out"):
        yield part(name, _listed(getattr(one, name)))
    made = Text(
        f"{one.how.nl}; versie {one.method_version}, {one.clusters} onafhankelijke eenheden",
        f"{one.how.en}; version {one.method_version}, {one.clusters} independent units",
    )
    yield part("how", made)
    for number, found in enumerate(one.estimates, start=1):
        value, low, high, p = map(_number, (found.value, found.low, found.high, found.p))
        numbers = Text(
            f"{value.nl} {one.unit.nl} (95%-interval {low.nl} tot {high.nl}; p {p.nl})",
            f"{value.en} {one.unit.en} (95% interval {low.en} to {high.en}; p {p.en})",
        )
        yield part("estimate", _and(found.name, numbers), number)
    for number, assumed in enumerate(one.assumptions, start=1):
        yield part("assumption", assumed, number)
    for number, check in enumerate(one.checks, start=1):
        yield part("check", _and(VERDICTS[check.verdict], check.words), number)
    yield part("figures", _listed([f"{found.period} {found.event_id[:16]}" for found in one.figures]))
    yield part("made_by", _same(one.made_by))
    yield part("evaluation", _same(one.evaluation))


def _number(text: str) -> Text:
    written = text.replace("-", "−")
    return Text(written.replace(".", ","), written)


def _listed(names: Iterable[str]) -> Text:
    return _same(", ".join(names) or "–")


def _same(text: str) -> Text:
    return Text(text, text)


def _and(first: Text, second: Text) -> Text:
    return Text(f"{first.nl}: {second.nl}", f"{first.en}: {second.en}")
