"""Statistics that are not in this run, but were released before and hang together with it."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from node.release.cube import Cube, Key
from node.release.disclosure import CellKey, Earlier, Statistic, SubsetLink, together
from node.release.inclusion import check_cuts, check_sums, implied_links


@dataclass(frozen=True)
class Absent:
    """Statistics as they were released last, and their links: what they hide must stay hidden beside this run.

    `unshown` are cells of theirs that no release has shown.
    """

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
        every = {**latest, **joined.statistics}
        check_sums(every, joined.labels)
        check_cuts(every, joined.labels)
        links |= implied_links(every, links)
        keys = together([*latest, *joined.statistics], tuple(links), joined.statistics) - set(joined.statistics)
        found = tuple(latest[key] for key in sorted(keys))
        new = {link for key, _ in keys for link in links if key in (link.part_key, link.whole_key)}
        cells = {cell for one in found for cell in one.cells()}
        return Absent(found, tuple(sorted(new - set(joined.links))), frozenset(cells - set(earlier.cells)))

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
