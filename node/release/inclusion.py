"""Statistics that are parts of others without saying so: their links, and sums that nobody could take apart safely."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from node.release.disclosure import Statistic, SubsetLink
from node.release.disclosure.relations import shared_nodes
from node.release.refusal import ReleaseRefused
from schemas.inclusion import PERSONS, is_part, taken_apart

Key = tuple[str, str]  # canonical statistic, period
_BEGIN_ANEW: Final = (
    "what was released stays known, also when it is taken back, so leave this one out of that period (a newer version"
    " of a definition begins with a period of which no earlier version was released)"
)


class SumsOverlap(ReleaseRefused):
    """A sum that is part of another one of the same period: the rest would be a sum that nobody protected."""


class PartCutOtherwise(ReleaseRefused):
    """Persons that are part of others of the same period, in a table of other dimensions: the two share totals."""


def implied_links(statistics: Mapping[Key, Statistic], links: Iterable[SubsetLink]) -> frozenset[SubsetLink]:
    """Return the links between person counts that follow from what they count, beside those that are there.

    What follows from two others is left out: the dementia of those over 65 is among the chronic, and these among all.
    Of periods in which only one of two was counted nothing follows, nor where the one between has coarser bands, nor
    from one that counts the same persons in other words: of three such each would follow from the two others.
    """
    there = {(link.part_key, link.whole_key) for link in links}
    names = sorted({key for key, _ in statistics if _counts_persons(key)})
    pairs = {(part, whole) for part in names for whole in names if is_part(part, whole)}
    pairs = {(part, whole) for part, whole in pairs - there if _are_linkable(statistics, part, whole)}
    every = pairs | there
    needed = {
        (part, whole)
        for part, whole in pairs
        if not any(
            {(part, between), (between, whole)} <= every
            and not {(between, part), (whole, between)} & every
            and _together(statistics, part, whole) <= _together(statistics, part, between, whole)
            and _has_all(statistics, part, between, whole)
            for between in names
        )
    }
    return frozenset(SubsetLink(part, whole) for part, whole in needed)


def why_not_beside(name: str, sums: Key, known: Iterable[Key]) -> str | None:
    """Return why a sum is left out beside those `known` from earlier releases, None where it can go out with them.

    `name` is the indicator's; `sums` is its numerator. The rest of a run need not wait for what can never go out.
    """
    key, period = sums
    for other, then in known:
        if then == period and not _counts_persons(key) and (is_part(key, other) or is_part(other, key)):
            way = "is part of" if is_part(key, other) else "has as a part"
            return (
                f"{name} {period} was left out: its numerator {way} a sum released earlier, and what is left could tell"
                f" of a few persons; {_BEGIN_ANEW}, or count persons instead."
            )
    return None


def check_sums(statistics: Iterable[Key], labels: Mapping[str, str]) -> None:
    """Refuse sums (of money, days, values or records) of which one is part of the other; raises SumsOverlap.

    Only of persons is it known how many are left when a part is subtracted.
    """
    keys = sorted(statistics)
    for part, period in keys:
        for whole, other in keys:
            if period == other and not _counts_persons(part) and is_part(part, whole):
                names = [labels.get(key, "a sum released earlier") for key in (part, whole)]
                way_out = "release one of the two" if {part, whole} <= labels.keys() else _BEGIN_ANEW
                raise SumsOverlap(
                    f"In {period}, {names[0]} is part of {names[1]}, and what is left could tell of a few persons;"
                    f" {way_out}, or count persons instead."
                )


def check_cuts(statistics: Mapping[Key, Statistic], labels: Mapping[str, str]) -> None:
    """Refuse persons that are part of others of the same period, and are cut otherwise; raises PartCutOtherwise.

    Tables of other dimensions share totals, in which the one can be subtracted from the other and no link says so.
    """
    persons = sorted(key for key in statistics if _counts_persons(key[0]))
    for part, period in persons:
        for whole, other in persons:
            if period != other or not is_part(part, whole):
                continue
            cut, wide = (tuple(side.name for side in statistics[one, period].dimensions) for one in (part, whole))
            if cut != wide:
                names = [labels.get(key, "a statistic released earlier") for key in (part, whole)]
                raise PartCutOtherwise(
                    f"In {period}, {names[0]} is part of {names[1]}, and is cut by {', '.join(cut)} where that is"
                    f" cut by {', '.join(wide)}: subtracted in the totals that they share, they could tell of a few"
                    " persons; cut both by the same dimensions, in the same order, or release only one of them."
                )


def _counts_persons(key: str) -> bool:
    found = taken_apart(key)
    return found is not None and found.counted == PERSONS


def _are_linkable(statistics: Mapping[Key, Statistic], part: str, whole: str) -> bool:
    """Tell whether two counts have shared cells in every period in which both occur, and occur together at all."""
    periods = _together(statistics, part, whole)
    return bool(periods) and all(_share(statistics, part, whole, period) for period in periods)


def _together(statistics: Iterable[Key], *keys: str) -> set[str]:
    """Return the periods in which all of some statistics occur."""
    return set.intersection(*({period for key, period in statistics if key == one} for one in keys))


def _has_all(statistics: Mapping[Key, Statistic], part: str, between: str, whole: str) -> bool:
    """Tell whether the one between two others has every node that they share."""
    for period in _together(statistics, part, between, whole):
        tables = (statistics[key, period].dimensions for key in (part, whole, between))
        if any(not set(shared_nodes(one, other)) <= set(mid.nodes) for one, other, mid in zip(*tables, strict=False)):
            return False
    return True


def _share(statistics: Mapping[Key, Statistic], part: str, whole: str, period: str) -> bool:
    one, other = statistics[part, period].dimensions, statistics[whole, period].dimensions
    sides: Sequence[tuple[str, str]] = [(a.name, b.name) for a, b in zip(one, other, strict=False)]
    return (
        len(one) == len(other)
        and all(a == b for a, b in sides)
        and all(shared_nodes(a, b) for a, b in zip(one, other, strict=True))
    )
