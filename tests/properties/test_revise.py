"""However a public table changes, comes and goes: what stands is the table, and nothing is signed without a change."""

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from node.bootstrap import Node
from node.indicators.figures import PublishedTable
from node.release.candidate import NothingToRelease
from node.release.revise import NothingChanged
from node.release.standing import of_indicators
from schemas.codes import EventType
from schemas.payloads import IndicatorPublished
from schemas.values import Exact, Withdrawn
from tests.support.corrections import INDICATOR, REASON, WHOLE, make_node, prepared, signed, table

PERIODS = ("2020-03-02", "2020-03-03")
AREAS = ("GM0001", "GM0002", "GM0003")
Version = dict[str, dict[str, int | None]]  # per period the figure of each area that has a row, None for an empty cell
ROWS = st.dictionaries(st.sampled_from(AREAS), st.none() | st.integers(0, 2), min_size=1)
VERSIONS = st.lists(st.dictionaries(st.sampled_from(PERIODS), ROWS), min_size=1, max_size=6)


def _tables(version: Version) -> list[PublishedTable]:
    return [table(period, "2020-03-03", **rows) for period, rows in sorted(version.items())]


def _stands(node: Node) -> Version:
    found: Version = {}
    with node.engine.connect() as connection:
        for one in of_indicators(connection, (INDICATOR,)):
            assert isinstance(one.content, IndicatorPublished)
            found[one.content.period] = {
                cell.nodes[0]: cell.value.numerator if isinstance(cell.value, Exact) else None
                for cell in one.content.cells
                if not isinstance(cell.value, Withdrawn)
            }
    return found


@settings(max_examples=25, deadline=None)
@given(VERSIONS)
def test_after_every_version_what_stands_is_that_version(versions: list[Version]) -> None:
    with TemporaryDirectory() as folder:
        node = make_node(Path(folder) / "node")
        before: Version = {}
        for version in versions:
            try:
                bundle = prepared(node, *_tables(version), whole=WHOLE, reason=REASON)
            except (NothingChanged, NothingToRelease):
                assert version == before
                continue
            kinds = {
                EventType.INDICATOR_PUBLISHED: version.keys() - before.keys(),
                EventType.INDICATOR_CORRECTED: {p for p in version.keys() & before.keys() if version[p] != before[p]},
                EventType.INDICATOR_WITHDRAWN: before.keys() - version.keys(),
            }
            assert [item.type for item in bundle.items if item.type not in kinds] == []
            for type_, periods in kinds.items():
                assert len([item for item in bundle.items if item.type is type_]) == len(periods)
            signed(node, bundle)
            assert _stands(node) == version
            before = version
        node.engine.dispose()
