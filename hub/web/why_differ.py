"""Why the regions of a comparison may differ: what was measured alike, what was not, and what nobody corrected for."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from hub.serving.view import IndicatorView
from hub.web import words
from schemas.codes import Language

# What counts regions, and says one of them otherwise than several.
_OF_REGIONS: Final = {"definition_other", "division_other", "coverage_partial", "hiding_some"}


class Reason(msgspec.Struct, frozen=True):
    """One thing that regions can differ by: what is known of it here, and whether that asks for care."""

    name: str
    text: str
    is_care: bool


def reasons(view: IndicatorView, lang: Language) -> tuple[Reason, ...]:
    """Return what can lie behind differences, in a fixed order; each is told from the comparison, none is guessed."""
    why = [row.why_not for row in view.rows]
    other = sum(one == "definition" for one in why)
    elsewhere = sum(one in ("division_year", "region_set") for one in why)
    partial = len(view.partial)
    sources = len(view.sources) + len(view.records)
    apart = sum(row.standing in ("higher", "lower") for row in view.rows)
    alike = sum(row.standing == "indistinguishable" for row in view.rows)
    ages = [row.age_days for row in view.rows if row.shown is not None or row.bounds == "range"]

    def said(name: str, word: str, is_care: bool, **figures: Any) -> Reason:
        if word in _OF_REGIONS and figures["count"] == 1:
            word = f"{word}_one"
        return Reason(words.word(f"why_{name}", lang), words.word(f"why_{word}", lang).format(**figures), is_care)

    return (
        said("definition", "definition_other" if other else "definition_same", bool(other), count=other,
             version=view.version),
        said("division", "division_other" if elsewhere else "division_same", bool(elsewhere), count=elsewhere),
        said("source", "source_many" if sources > 1 else "source_one", sources > 1, count=sources),
        said("coverage", "coverage_partial" if partial else "coverage_whole", bool(partial), count=partial),
        said("composition", *_composition(view)),
        said("certainty", "certainty_told" if apart + alike else "certainty_none", not apart + alike, apart=apart,
             alike=alike),
        said("hiding", "hiding_some" if view.hidden else "hiding_none", bool(view.hidden), count=len(view.hidden)),
        _age(ages, lang),
    )  # fmt: skip


def _age(days: Sequence[int], lang: Language) -> Reason:
    low, high = min(days, default=0), max(days, default=0)
    if not days:
        told = words.word("why_age_none", lang)
    elif low == high:
        told = words.word("why_age_same", lang).format(age=words.age(low, lang))
    else:
        told = words.word("why_age_told", lang).format(low=low, high=high)
    return Reason(words.word("why_age", lang), told, False)


def _composition(view: IndicatorView) -> tuple[str, bool]:
    if view.standard is not None:
        return "composition_standard", False
    return ("composition_can", True) if view.standards else ("composition_not", True)
