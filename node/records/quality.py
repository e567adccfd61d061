"""What the region may say of the quality of figures from some sources: how records were linked, and who is covered."""

from collections.abc import Sequence
from typing import Final

import duckdb

from schemas.quality import Coverage, LinkageMethod, LinkageQuality, Quality

from .clerical import judged
from .linkage_report import last_report

_COMPARED: Final[LinkageMethod] = "probabilistic"


def quality_of(connection: duckdb.DuckDBPyConnection, sources: Sequence[str], needed_percent: int) -> Quality | None:
    """Return what is known of figures from these sources; below `needed_percent` covered they are partial.

    None where no source states its coverage and none was linked by comparison.
    """
    coverage, linkage = _coverage(connection, sources, needed_percent), _linkage(connection, sources)
    return None if coverage is None and linkage is None else Quality(linkage, coverage)


def _coverage(connection: duckdb.DuckDBPyConnection, sources: Sequence[str], needed_percent: int) -> Coverage | None:
    """Return the coverage of the source that covers least, in whole percents rounded down."""
    known = connection.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = 'source_covers'").fetchall()
    rows = (
        connection.execute(
            """SELECT unit, covered * 100 // whole AS percent FROM source_covers WHERE list_contains(?, source)
        ORDER BY covered / whole, unit LIMIT 1""",
            [list(sources)],
        ).fetchall()
        if known
        else []
    )
    return Coverage(rows[0][0], int(rows[0][1]), int(rows[0][1]) < needed_percent) if rows else None


def _linkage(connection: duckdb.DuckDBPyConnection, sources: Sequence[str]) -> LinkageQuality | None:
    """Return how these sources were linked and how well; None unless persons were compared for one of them."""
    rows = connection.execute(
        "SELECT DISTINCT linkage FROM source WHERE list_contains(?, id) ORDER BY linkage", [list(sources)]
    ).fetchall()
    report = last_report(connection)
    methods = tuple(linkage for (linkage,) in rows)
    if report is None or _COMPARED not in methods:
        return None
    judgement = judged(connection)
    if judgement is None:
        return LinkageQuality(methods, report.precision_permille, report.recall_permille, "model")
    recall = report.recall_permille if judgement.recall is None else int(1000 * judgement.recall)
    return LinkageQuality(methods, int(1000 * judgement.precision), recall, "clerk")
