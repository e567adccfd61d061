"""Statistics that are not in this run, but were released before and hang together with it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from node.release.ages import ages_beside, with_ages, with_shared_ages
from node.release.cube import Cube, Key
from node.release.disclosure import CellKey, Earlier, Statistic, SubsetLink, Vintage, together
from node.release.inclusion import check_cuts, check_sums, implied_links


@dataclass(frozen=True)
class Absent:
    """Statistics as they were released last, and their links: what they hide must stay hidden beside this run.

    `unshown` are cells of theirs that no release has shown. `run` are the run's own statistics: they, too, have the
    ages beside their own at which parts and wholes can be subtracted (`node/release/ages.py`), and the links there.
    """

    run: tuple[Statistic, ...] = field(repr=False)
    statistics: tuple[Statistic, ...] = field(repr=False)
    links: tuple[SubsetLink, ...] = field(repr=False)
    unshown: frozenset[CellKey] = field(repr=False)

    @staticmethod
    def of(joined: Cube, earlier: Earlier) -> "Absent":
        """Find what hangs together with a run through the subset links of earlier releases and of the run."""
        latest: dict[Key, Statistic] = {}
        links = set(joined.links)
        periods = {period for _, period in joined.statistics}
        for one in sorted(earlier.vintages, key=lambda vintage: vintage.moment):
            if one.statistic.period in periods:
                latest[one.statistic.key, one.statistic.period] = one.statistic
                links |= {SubsetLink(one.statistic.key, whole) for whole in one.wholes}
        shown = {**latest, **joined.statistics}
        every = with_shared_ages(shown, links)
        check_sums(every, joined.labels)
        check_cuts(every, joined.labels)
        implied = implied_links(every, links)
        links |= implied
        keys = together([*latest, *joined.statistics], tuple(links), joined.statistics) - set(joined.statistics)
        new = {link for key, _ in keys for link in links if key in (link.part_key, link.whole_key)}
        own = {key for key, _ in joined.statistics}
        new |= {link for link in implied if {link.part_key, link.whole_key} <= own}
        cells = {cell for key in keys for cell in shown[key].cells()}
        return Absent(
            run=tuple(every[key] for key in joined.statistics),
            statistics=tuple(every[key] for key in sorted(keys)),
            links=tuple(sorted(new - set(joined.links))),
            unshown=frozenset(cells - set(earlier.cells)),
        )

    def at_shared_ages(self, vintages: Iterable[Vintage]) -> tuple[Vintage, ...]:
        """Return vintages with the ages that their statistics have beside their own here."""
        ages = {(one.key, one.period): ages_beside(one) for one in (*self.run, *self.statistics)}
        return tuple(
            replace(one, statistic=with_ages(one.statistic, ages.get((one.statistic.key, one.statistic.period), ())))
            for one in vintages
        )

    def keys(self, joined: Cube) -> Iterator[Key]:
        """Yield the statistics of a run and those that are absent from it."""
        yield from joined.statistics
        yield from ((one.key, one.period) for one in self.statistics)

    def in_words(self, joined: Cube, sentence: str) -> str:
        """Return a sentence about the run for people; absent statistics have no other name."""
        for one in self.statistics:
            if one.key not in joined.labels:
                sentence = sentence.replace(one.key, "a statistic released earlier")
        return joined.in_words(sentence)
