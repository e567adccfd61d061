"""Where a finding is, as people read it: codes and names of fields are kept, and told in Dutch and English."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from schemas.item_words import FIELD_WORDS
from schemas.questionnaires import questionnaires
from schemas.text import Text, counted

from .preview_words import OF_LESSON
from .wording import READER_NAMES

_ARROW: Final = " → "
_MONTHS: Final = re.compile(r"(\d+) mnd / months")
_CHECKS: Final = {
    "pre_trend": Text("verloop vooraf", "trend before"),
    "placebo": Text("schijnstart", "placebo start"),
    "autocorrelation": Text("samenhang tussen perioden", "autocorrelation"),
    "shown": Text("verborgen cijfers", "hidden figures"),
}
_DIMENSIONS: Final = {
    "sex": Text("geslacht", "sex"), "age_band": Text("leeftijd", "age"), "area": Text("gebied", "area"),
}  # fmt: skip
_WITHOUT: Final = re.compile(r"without (\w+)")
_MERGED: Final = re.compile(r"(\w+): (\d+) bands merged into (\d+) \((.+)\)")


def detail_words(code: str, detail: str) -> Text:
    """Return what stands beside the place of a finding of a kind."""
    match code:
        case "wider_audience":
            return _audiences(detail)
        case "lesson_incomplete":
            return _listed(detail, {**FIELD_WORDS, **OF_LESSON})
        case "effect_doubted":
            return _listed(detail, _CHECKS)
        case "unverified_questions":
            return _listed(detail, {lens.id: lens.title for one in questionnaires().values() for lens in one.lenses})
        case "bands_merged":
            return _joined("; ", [_merged(one) for one in detail.split("; ")])
        case "old_figures":
            return _age(detail)
    return Text(detail, detail)


def _audiences(detail: str) -> Text:
    names = {str(audience): words for audience, words in READER_NAMES.items()}
    return _joined(_ARROW, [_word(name, names) for name in detail.split(_ARROW)])


def _listed(detail: str, words: Mapping[str, Text]) -> Text:
    return _joined(", ", [_word(name, words) for name in detail.split(", ")])


def _merged(line: str) -> Text:
    if (gone := _WITHOUT.fullmatch(line)) is not None:
        name = _word(gone[1], _DIMENSIONS)
        return Text(f"zonder {name.nl}", f"without {name.en}")
    if (fewer := _MERGED.fullmatch(line)) is not None:
        name = _word(fewer[1], _DIMENSIONS)
        return Text(
            f"{name.nl}: van {fewer[2]} naar {fewer[3]} groepen ({fewer[4]})",
            f"{name.en}: {fewer[2]} bands merged into {fewer[3]} ({fewer[4]})",
        )
    return Text(line, line)


def _word(name: str, words: Mapping[str, Text]) -> Text:
    return words.get(name, Text(name, name))


def _joined(between: str, said: Sequence[Text]) -> Text:
    return Text(between.join(one.nl for one in said), between.join(one.en for one in said))


def _age(detail: str) -> Text:
    found = _MONTHS.fullmatch(detail)
    if found is None:
        return Text(detail, detail)
    return counted(int(found[1]), ("maand", "maanden"), ("month", "months"))
