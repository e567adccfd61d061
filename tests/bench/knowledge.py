"""What finding costs: through HTTP from hubs that hold 10,250 lessons, on SQLite and on PostgreSQL.

10,000 lessons are invented, in Dutch and in English, and come in as any event does: signed, verified, accepted; NASA's
250 are beside them where they are there (REGIOHELIX_SHARED). The hub is served by `python -m hub serve`, and asked over
one connection that stays open, once it has put all of them in order for subscribers. No question is asked twice, so
that its words are looked up anew; only those beside which facets are chosen were asked before, as by a reader who
narrows a search.
"""

import http.client
import os
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import combinations, islice, product
from pathlib import Path
from statistics import median
from typing import Any, Final
from urllib.parse import quote_plus, urlsplit

import psutil
from sqlalchemy import event

from hub.bootstrap import make_hub
from hub.config import Hub
from hub.serving.indexing import catch_up
from hub.serving.search import find
from schemas.payloads import LessonPublished
from tests.bench.hubs import Server, received, server
from tests.bench.lessons import COMMON, COMPOUNDS, INVENTED, NASA_WORDS, invented
from tests.bench.measures import Measure
from tests.bench.streams import followed
from tests.support.events import TestRegion
from tests.support.hub import RunningHub
from tests.support.nasa import nasa
from tests.support.network import serving_hub
from tests.support.postgres import PostgresMissing

REGIONS: Final = 25
READS: Final = 40  # of each kind, after one that is not counted
_BUNDLE: Final = 50
_GOAL: Final = 50  # milliseconds, p95 through HTTP
_SEED: Final = 20_261_122
_UNLIMITED: Final = {"REGIOHELIX_HUB_REQUESTS_PER_MINUTE": "1000000"}
Asked = Mapping[str, str]


def measures() -> dict[str, Measure]:
    """Fill hubs and search them; without PostgreSQL say so in the details."""
    items = max(100, round(INVENTED * float(os.environ.get("REGIOHELIX_BENCH_SCALE", "1"))))
    details: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="regiohelix-bench-") as name:
        details |= _searched(Path(name) / "sqlite", None, items)
        try:
            with server(durable=False) as running:
                details |= _searched(Path(name) / "postgresql", running, items)
        except PostgresMissing as reason:
            sys.stderr.write(f"{reason}\n")
    worst = max(one["p95 ms"] for one in details.values())
    held = f"{items} invented lessons and NASA's, where they are there"
    return {
        "knowledge.search_p95_ms": Measure(
            worst, "ms, the worst kind", READS, f"{held}; goal {_GOAL} ms through HTTP", details=details
        ),
        "knowledge.sse": followed(items),
    }


def _kinds(items: int) -> dict[str, list[Asked]]:
    """Return what is asked, kind by kind, each question once."""
    common = [" ".join(pair) for lang in ("nl", "en") for pair in combinations(COMMON[lang], 2)]
    pairs = [f"{compound} {word}" for lang in ("nl", "en") for compound, word in product(COMPOUNDS[lang], COMMON[lang])]
    facets = [{"theme": f"thema-{theme}", "step": f"{step}"} for theme, step in product(range(30), range(1, 7))]
    kinds: dict[str, list[Asked]] = {
        "nothing asked: the newest": [{}] * (READS + 1),
        "a deep page": [{"page": f"{max(1, items // 20 - place)}"} for place in range(READS + 1)],
        "facets alone": facets,
        "a seldom word": [{"q": f"uniek{number}"} for number in range(0, 1000, 7)],
        "a compound, or its beginning": [{"q": one} for lang in ("nl", "en") for one in COMPOUNDS[lang]],
        "two words": [{"q": one} for one in pairs[::7]],
        "two words that most lessons have": [{"q": one} for one in common],
        "those, and two facets": [{"q": one} | two for one, two in zip(common, facets, strict=False)],
        "English words of NASA's": [{"q": one} for one in NASA_WORDS],
    }
    return {kind: asked[: READS + 1] for kind, asked in kinds.items()}


def _searched(folder: Path, database: Server | None, items: int) -> dict[str, Any]:
    where = "SQLite" if database is None else "PostgreSQL"
    environ = {} if database is None else {"REGIOHELIX_HUB_DATABASE": database.database()}
    hub = make_hub(folder, _UNLIMITED | environ)
    _fill(hub, items)
    begun = time.process_time()
    catch_up(hub.engine)
    sys.stderr.write(f"{where}: lessons indexed in {time.process_time() - begun:.0f} CPU seconds\n")
    found = {}
    with serving_hub(folder, folder / "hub.log", _UNLIMITED | environ) as (address, process):
        place = urlsplit(address)
        connection = http.client.HTTPConnection(place.hostname or "", place.port)
        _rested(psutil.Process(process))
        for kind, asked in _kinds(items).items():
            found[f"{where}, {kind}"] = _series(connection, asked, psutil.Process(process), database)
        connection.close()
    with _timed(hub) as spent:
        for kind, asked in _kinds(items).items():
            found[f"{where}, {kind}"]["of which in the database, p50 ms"] = _in_database(hub, asked, spent)
    hub.engine.dispose()
    return found


def _fill(hub: Hub, items: int) -> None:
    running = RunningHub(hub)
    chance = random.Random(_SEED)  # noqa: S311  # words, not secrets
    numbers = iter(range(items))
    for number in range(REGIONS):
        region = running.enrol(TestRegion(f"XR-{number:03d}"))
        _send(hub, region, [invented(one, chance) for one in islice(numbers, items // REGIONS)])
    shared = Path(os.environ.get("REGIOHELIX_SHARED", "../shared")) / "data"
    if shared.is_dir():
        _send(hub, running.enrol(TestRegion("XR-NASA")), nasa(shared))


def _send(hub: Hub, region: TestRegion, lessons: Sequence[LessonPublished]) -> None:
    for start in range(0, len(lessons), _BUNDLE):
        bundle = region.release(lessons[start : start + _BUNDLE], "public")
        received(hub, [one.body for one in bundle], len(bundle))


def _series(
    connection: http.client.HTTPConnection, asked: Sequence[Asked], hub: psutil.Process, database: Server | None
) -> dict[str, float]:
    walls, processors = [], []
    before = 0.0 if database is None else database.cpu()
    for one in asked:
        query = "&".join(f"{name}={quote_plus(value)}" for name, value in one.items())
        begun, cpu = time.perf_counter(), _cpu(hub)
        connection.request("GET", f"/api/v1/lessons?{query}")
        response = connection.getresponse()
        body = response.read()
        if response.status != 200:
            raise AssertionError(f"{query} was answered {response.status}: {body[:200]!r}")
        walls.append((time.perf_counter() - begun) * 1000)
        processors.append((_cpu(hub) - cpu) * 1000)
    beside = 0.0 if database is None else (database.cpu() - before) * 1000 / len(asked)
    return {
        "p50 ms": round(median(walls[1:]), 1),
        "p95 ms": _p95(walls[1:]),
        "CPU of the hub, mean ms": round(sum(processors[1:]) / len(processors[1:]), 1),
        "CPU of the database server, mean ms": round(beside, 1),
    }


def _rested(hub: psutil.Process) -> None:
    """Wait until a hub that just started has put in order for subscribers all that it holds, a minute at most."""
    for _ in range(60):
        before = _cpu(hub)
        time.sleep(1)
        if _cpu(hub) - before < 0.05:
            return


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _in_database(hub: Hub, asked: Sequence[Asked], spent: list[float]) -> float:
    """Ask the same in this process and return how long the search's statements took, reading the lessons left out."""
    found = []
    for one in asked:
        spent.clear()
        chosen = {name: [value] for name, value in one.items() if name not in ("q", "page")}
        find(hub.engine, "public", one.get("q", ""), {"kind": ["lesson"]} | chosen, int(one.get("page", 1)))
        found.append(sum(spent) * 1000)
    return round(median(found[1:]), 1)


@contextmanager
def _timed(hub: Hub) -> Iterator[list[float]]:
    """Collect the seconds of every statement, from its sending until its first row is here."""
    spent: list[float] = []

    def before(connection: Any, *_: Any) -> None:
        connection.info["begun"] = time.perf_counter()

    def after(connection: Any, *_: Any) -> None:
        spent.append(time.perf_counter() - connection.info["begun"])

    event.listen(hub.engine, "before_cursor_execute", before)
    event.listen(hub.engine, "after_cursor_execute", after)
    try:
        yield spent
    finally:
        event.remove(hub.engine, "before_cursor_execute", before)
        event.remove(hub.engine, "after_cursor_execute", after)


def _p95(values: Sequence[float]) -> float:
    return round(sorted(values)[max(0, -(-95 * len(values) // 100) - 1)], 1)
