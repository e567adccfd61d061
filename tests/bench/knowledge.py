"""What finding costs: through HTTP from hubs that hold 10,000 lessons, on SQLite and on PostgreSQL.

The lessons are invented and come in as any event does: signed, verified, accepted. What is asked goes from nothing at
all (the newest, with every facet counted) to words that nearly every lesson has.
"""

import http.client
import os
import random
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import waitress

from hub.bootstrap import application, make_hub
from hub.config import Hub
from hub.serving.indexing import catch_up
from schemas.payloads import LessonPublished
from tests.bench.hubs import received, server
from tests.bench.measures import Measure, missing
from tests.support.events import TestRegion
from tests.support.hub import RunningHub
from tests.support.postgres import PostgresMissing

ITEMS: Final = 10_000
REGIONS: Final = 25
READS: Final = 60  # of each kind, after one that is not counted
_BUNDLE: Final = 50
_GOAL: Final = 50  # milliseconds, p95 through HTTP
_SEED: Final = 20_261_122
_COMMON: Final = "zorg wijk huisarts gesprek bewoner regio samen team week rooster".split()  # noqa: SIM905
_PARTS: Final = "zorg wijk thuis jeugd ouderen mantel buurt sport school werk water geld huis".split()  # noqa: SIM905
_ENDS: Final = "plan team cijfers gesprek sleutel netwerk hulp loket ronde bord dag punt".split()  # noqa: SIM905
_PATHS: Final = {
    "the newest": "",
    "one facet": "theme=thema-3",
    "a seldom word": "q=uniek77",
    "two words": "q=ouderenplan+rooster",
    "a word in nearly all": "q=zorg",
    "that, and two facets": "q=zorg&theme=thema-1&step=2",
}


def measures() -> dict[str, Measure]:
    """Fill hubs and search them; without PostgreSQL say so in the details."""
    items = max(100, round(ITEMS * float(os.environ.get("REGIOHELIX_BENCH_SCALE", "1"))))
    details: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="regiohelix-bench-") as name:
        details |= _searched(Path(name) / "sqlite", None, items, "SQLite")
        try:
            with server(durable=False) as running:
                details |= _searched(Path(name) / "postgresql", running.database(), items, "PostgreSQL")
        except PostgresMissing as reason:
            sys.stderr.write(f"{reason}\n")
    worst = max(one["p95 ms"] for one in details.values())
    return {
        "knowledge.search_p95_ms": Measure(
            worst, "ms, the worst kind", READS, f"{items} lessons; goal {_GOAL} ms through HTTP", details=details
        ),
        "knowledge.sse": missing("there is no stream of events yet"),
    }


def _searched(folder: Path, url: str | None, items: int, where: str) -> dict[str, Any]:
    environment = {"REGIOHELIX_HUB_REQUESTS_PER_MINUTE": "1000000"}
    hub = make_hub(folder, environment | ({} if url is None else {"REGIOHELIX_HUB_DATABASE": url}))
    running = RunningHub(hub)
    chance = random.Random(_SEED)  # noqa: S311  # words, not secrets
    for number in range(REGIONS):
        region = running.enrol(TestRegion(f"XR-{number:03d}"))
        lessons = [_lesson(number * items + place, chance) for place in range(items // REGIONS)]
        for start in range(0, len(lessons), _BUNDLE):
            bundle = region.release(lessons[start : start + _BUNDLE], "public")
            received(hub, [one.body for one in bundle], _BUNDLE)
    begun = time.process_time()
    catch_up(hub.engine)
    sys.stderr.write(f"{where}: {items} lessons indexed in {time.process_time() - begun:.0f} CPU seconds\n")
    with _serving(hub) as connection:
        found = {f"{where}, {kind}": _series(connection, asked) for kind, asked in _PATHS.items()}
    hub.engine.dispose()
    return found


def _lesson(number: int, chance: random.Random) -> LessonPublished:
    def text(words: int) -> str:
        made = [chance.choice(_PARTS) + chance.choice(_ENDS) for _ in range(words)]
        return " ".join(word for pair in zip(made, chance.choices(_COMMON, k=words), strict=True) for word in pair)

    return LessonPublished(
        lesson=f"les-{number}",
        language="nl",
        title=text(4),
        context=text(25),
        barrier_or_opportunity=text(15),
        action=text(20),
        consequence=text(15),
        advice=f"{text(10)} uniek{number % 1000}",
        author_role="programmamanager",
        themes=tuple({f"thema-{chance.randrange(30)}" for _ in range(2)}),
        steps=(1 + chance.randrange(6),),
        helix_voices=("practice", "citizens") if chance.random() < 0.5 else ("government",),
        indicators=(f"indicator-{chance.randrange(40)}",),
        licence="CC0-1.0",
    )


def _series(connection: http.client.HTTPConnection, asked: str) -> dict[str, float]:
    spent = []
    for _ in range(READS + 1):
        begun, cpu = time.perf_counter(), time.process_time()
        connection.request("GET", f"/api/v1/lessons?{asked}")
        response = connection.getresponse()
        body = response.read()
        if response.status != 200:
            raise AssertionError(f"{asked} was answered {response.status}: {body[:200]!r}")
        spent.append(((time.perf_counter() - begun) * 1000, (time.process_time() - cpu) * 1000))
    counted = spent[1:]
    return {
        "p95 ms": _p95([wall for wall, _ in counted]),
        "CPU of hub and reader, p95 ms": _p95([cpu for _, cpu in counted]),
    }


def _p95(values: Sequence[float]) -> float:
    return round(sorted(values)[max(0, -(-95 * len(values) // 100) - 1)], 1)


@contextmanager
def _serving(hub: Hub) -> Iterator[http.client.HTTPConnection]:
    running = waitress.create_server(application(hub), host="127.0.0.1", port=0, threads=4)
    threading.Thread(target=running.run, daemon=True).start()
    connection = http.client.HTTPConnection("127.0.0.1", int(running.effective_port))
    try:
        yield connection
    finally:
        connection.close()
        running.task_dispatcher.shutdown()
        running.close()
