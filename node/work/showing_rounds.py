"""How a round is shown inside its region: means, spread and change per lens; findings and verdicts stand apart."""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

import msgspec
from sqlalchemy import Connection

from node.knowledge import answers, rounds
from node.knowledge.scores import LensFigures, Spread, figures
from node.release.assessment_words import HELIX_WORDS
from schemas.codes import Language, first_day
from schemas.questionnaires import Questionnaire
from schemas.text import Text

_FEW = Text("minder dan 5 antwoorden: niet getoond", "fewer than 5 answers: not shown")
_HIDDEN = Text(
    "Een helix met minder dan 5 antwoorden staat er niet bij, en de kleinste andere niet waar er anders minder dan 5 "
    "overblijven.",
    "A helix with fewer than 5 answers is left out, and the smallest other one where fewer than 5 would be left over.",
)
_OPEN = Text(
    "De ronde is nog open: cijfers komen er na het sluiten.", "The round is still open: figures come once it is closed."
)
_BASELINE = Text("referentie volgens de bron van de vragenlijst", "reference by the source of the questionnaire")


def said(asked: Questionnaire, lang: Language) -> Iterator[str]:
    """Yield a questionnaire as lines, with where each item is from."""
    yield f"{asked.title.told(lang)}, {asked.id} {asked.version}"
    yield asked.source
    yield ", ".join(f"{point} {text.told(lang)}" for point, text in enumerate(asked.scale, start=1))
    for lens in asked.lenses:
        yield f"{lens.title.told(lang)} ({lens.id}; {lens.provenance})"
        for item in lens.items:
            yield f"  {item.id:<28} {item.text.told(lang)} ({item.provenance})"


def show_figures(
    connection: Connection, one: rounds.Round, threshold: str, lang: Language, as_json: bool
) -> Iterator[str]:
    """Yield what the region may see of a round, as lines or as one line of JSON."""
    words = rounds.said(connection, one)
    found: tuple[LensFigures, ...] = ()
    if one.closed_at is not None:  # while answers come in, two looks would tell of who answered in between
        found = figures(
            one.questionnaire, answers.answers_of(connection, one.id), Decimal(threshold), _before(connection, one)
        )
    if as_json:
        shown = {
            "round": one.id,
            "instrument": one.questionnaire.id,
            "period": one.period,
            "lenses": [_data(lens) for lens in found],
            "words": words,
        }
        yield msgspec.json.encode(shown).decode()
        return
    yield f"{one.questionnaire.title.told(lang)}, {one.period}"
    for held in rounds.taken(connection, one):
        seats = Text(f"{held.answered} van {held.seats} antwoordden", f"{held.answered} of {held.seats} answered")
        yield f"  {HELIX_WORDS[held.helix].told(lang)}: {seats.told(lang)}"
    if one.closed_at is None:
        yield _OPEN.told(lang)
    for lens in found:
        yield from _lens(lens, threshold, lang)
    if found:
        yield _HIDDEN.told(lang)
    for word in words:
        yield f"{_head(word, lang)} {word.lens} ({word.language}): {word.text}"


def _head(word: rounds.LensWord, lang: Language) -> str:
    if word.kind == "finding":
        return Text("Focusgroep over", "Focus group on").told(lang)
    good = Text("voldoende", "satisfactory") if word.satisfactory else Text("niet voldoende", "not satisfactory")
    return Text(f"Experts, {good.nl}:", f"Experts, {good.en}:").told(lang)


def _lens(found: LensFigures, threshold: str, lang: Language) -> Iterator[str]:
    title = found.lens.title.told(lang)
    if found.panel is None:
        yield f"{title}: {_FEW.told(lang)}"
        return
    below = Text(f"; onder de eigen grens {_point(threshold, lang)}", f"; below the region's own threshold {threshold}")
    yield f"{title}: {_spread(found.panel, lang)}{below.told(lang) if found.is_below else ''}"
    if found.lens.baseline is not None:
        base = found.lens.baseline
        yield f"  {_BASELINE.told(lang)}: {_point(base.mean, lang)} (sd {_point(base.sd, lang)})"
    if found.change is not None:
        what = Text("verandering sinds de vorige ronde", "change since the round before").told(lang)
        yield f"  {what}: {_point(f'{float(100 * found.change):+.1f}', lang)}%"
    for helix, spread in found.by_helix.items():
        yield f"  {HELIX_WORDS[helix].told(lang)}: {_spread(spread, lang)}"


def _spread(found: Spread, lang: Language) -> str:
    mean = Text("gemiddeld", "mean").told(lang)
    sd = _point(f"{found.sd:.2f}", lang)
    return f"{mean} {_point(f'{float(found.mean):.2f}', lang)} (sd {sd}, n {found.answers})"


def _point(text: str, lang: Language) -> str:
    return text.replace(".", ",") if lang == "nl" else text


def _data(found: LensFigures) -> dict[str, object]:
    def spread(one: Spread | None) -> dict[str, object] | None:
        return None if one is None else {"answers": one.answers, "mean": _exact(one.mean), "sd": round(one.sd, 4)}

    return {
        "lens": found.lens.id,
        "panel": spread(found.panel),
        "by_helix": {helix: spread(one) for helix, one in found.by_helix.items()},
        "change": None if found.change is None else _exact(found.change),
        "is_below": found.is_below,
    }


def _exact(value: Fraction) -> str:
    return f"{float(value):.4f}"


def _before(connection: Connection, one: rounds.Round) -> tuple[Questionnaire, tuple[answers.Answer, ...]] | None:
    """Return the last closed round of the same instrument over an earlier period."""
    begun = first_day(one.period)
    earlier = [
        (began, other)
        for other in rounds.rounds(connection)
        if other.questionnaire.id == one.questionnaire.id and other.closed_at is not None
        if begun is not None and (began := first_day(other.period)) is not None and began < begun
    ]
    if not earlier:
        return None
    _, last = max(earlier, key=lambda pair: pair[0])
    return last.questionnaire, answers.answers_of(connection, last.id)
