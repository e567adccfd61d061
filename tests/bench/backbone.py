"""The backbone's measures, from received signed bytes to durably stored and answered events."""

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.bench.backbone_growth import growth, two_workers
from tests.bench.backbone_latency import latency
from tests.bench.backbone_postgres import beside_copy
from tests.bench.backbone_sqlite import beside_bulk
from tests.bench.hubs import Server, server
from tests.bench.measures import Measure, missing
from tests.support.postgres import PostgresMissing

_ON_POSTGRES: dict[str, Callable[[Server, Path], Measure]] = {
    "backbone.cells_per_second_ratio_to_copy": beside_copy,
    "backbone.two_workers_ratio": two_workers,
    "backbone.latency_ms": latency,
    "backbone.growth_10m": growth,
}


def measures() -> dict[str, Measure]:
    """Take all of them; without PostgreSQL those that need it say so."""
    with tempfile.TemporaryDirectory(prefix="regiohelix-bench-") as name:
        folder = Path(name)
        taken = {"backbone.sqlite_ratio_to_bulk": beside_bulk(folder)}
        try:
            with server() as running:
                for key, measure in _ON_POSTGRES.items():
                    sys.stderr.write(f"{key} ...\n")
                    taken[key] = measure(running, folder)
        except PostgresMissing as reason:
            taken |= {key: missing(str(reason)) for key in _ON_POSTGRES}
    return taken
