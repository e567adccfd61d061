"""The index of what can be compared: every indicator with what its words say, found by words, axis and set."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from hub.serving.figures import Offer
from hub.web import words
from schemas.catalogue import catalogue
from schemas.codes import Language

AXES: Final = ("health", "quality", "cost", "workforce", "population")
OTHER: Final = "other"  # of an indicator that the catalogue does not have


def axis_of(indicator: str) -> str:
    """Return an indicator's axis: of the four aims, the population behind them, or `other`."""
    definition = catalogue().get(indicator)
    return OTHER if definition is None else definition.axis


def index(found: Iterable[Offer], asked: dict[str, str], lang: Language) -> dict[str, Any]:
    """Return what the index shows of the offers, narrowed by `q` (each word must be there), `axis` and `set`."""
    there = list(found)
    sets = sorted({one.region_set for one in there})
    most = {name: max(one.regions for one in there if one.region_set == name) for name in sets}
    wanted_set = asked["set"] if asked.get("set") in sets else None
    wanted_axis = asked["axis"] if asked.get("axis") in (*AXES, OTHER) else None
    needles = asked.get("q", "").casefold().split()
    rows = [
        _row(one, most[one.region_set], lang)
        for one in there
        if (wanted_set is None or one.region_set == wanted_set)
        and (wanted_axis is None or axis_of(one.indicator) == wanted_axis)
        and all(needle in _words(one, lang) for needle in needles)
    ]
    return {
        "total": len(there),
        "count": len(rows),
        "groups": _groups(sorted(rows, key=lambda row: (row["title"], row["set"]))),
        "sets": sets,
        "axes": [name for name in (*AXES, OTHER) if any(axis_of(one.indicator) == name for one in there)],
        "chosen_set": wanted_set,
        "chosen_axis": wanted_axis,
        "q": asked.get("q", ""),
    }


def _words(one: Offer, lang: Language) -> str:
    definition = catalogue().get(one.indicator)
    told = "" if definition is None else f"{definition.title.told(lang)} {definition.description.told(lang)}"
    return f"{one.indicator} {told}".casefold()


def _row(one: Offer, most: int, lang: Language) -> dict[str, Any]:
    definition = catalogue().get(one.indicator)
    return {
        "indicator": one.indicator,
        "title": one.indicator if definition is None else definition.title.told(lang),
        "unit": "" if definition is None else definition.unit.told(lang),
        "axis": axis_of(one.indicator),
        "set": one.region_set,
        "period": one.periods[0],
        "periods": len(one.periods),
        "regions": one.regions,
        "is_whole": one.regions >= most,
    }


def _groups(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    names = sorted({row["set"] for row in rows})
    places = [(axis, name) for axis in (*AXES, OTHER) for name in names]
    held = {place: [row for row in rows if (row["axis"], row["set"]) == place] for place in places}
    return [{"axis": axis, "set": name, "rows": found} for (axis, name), found in held.items() if found]


def told(count: int, lang: Language) -> str:
    """Return how many indicators were found, in words."""
    if count == 0:
        return words.word("index_none", lang)
    return words.word("index_one", lang) if count == 1 else words.word("index_many", lang).format(count=count)
