"""Run the soak: `python -m tests.soak --minutes 60`; exit 1 when memory or handles grow beyond their bounds."""

import argparse
import itertools
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psutil
import requests

from node.bootstrap import enrol
from tests.faults.regions import INDICATOR, REGION_SET, make_region
from tests.soak.verdict import Sample, judge
from tests.support.network import Network, serving_network

REGION = "XR-SOAK"
READ_PAUSE_SECONDS = 1.0
FIRST_EVENTS = 20  # there must be something to read
FIRST_PATIENCE_SECONDS = 60.0
LAG_SECONDS = 30.0  # the node starts, pauses between releases, and ships at intervals
ROW = "{:>7} {:>9} {:>9} {:>8} {:>8} {:>8} {:>8} {:>9} {:>9} {:>8} {:>8}"
HEADINGS = (
    "seconds",
    "hub MiB",
    "node MiB",
    "hub fds",
    "node fds",
    "hub thr",
    "node thr",
    "hub DB",
    "node DB",
    "events",
    "reads",
)


class Reader(threading.Thread):
    """Reads comparison, ledger, heads, feed, page and metrics in turn, as partners and a browser would."""

    def __init__(self, network: Network) -> None:
        super().__init__(daemon=True)
        self._network = network
        self.done = 0
        self.failed: Counter[str] = Counter()
        self.stop = threading.Event()

    def run(self) -> None:
        """Read until told to stop; a refusal to read is counted, not hidden."""
        session = requests.Session()
        paths = itertools.cycle(
            (
                f"/api/v1/indicators/{INDICATOR}/comparison?period=1950-01",
                f"/api/v1/ledger/{REGION}?limit=50&after=",
                "/api/v1/heads",
                "/feeds/lessons.json",
                f"/compare/{INDICATOR}",
                "/metrics",
            )
        )
        for after, path in enumerate(paths):
            if self.stop.wait(READ_PAUSE_SECONDS):
                return
            address = f"{path}{after}" if path.endswith("after=") else path
            try:
                ok = session.get(self._network.url + address, timeout=30).ok
            except requests.RequestException:
                ok = False
            self.done += 1
            if not ok:
                self.failed[path] += 1


def main() -> int:
    """Run both sides, sample them, print a table and a verdict; return the exit code."""
    given = argparse.ArgumentParser(prog="python -m tests.soak", description=main.__doc__)
    given.add_argument("--minutes", type=float, default=60.0)
    given.add_argument("--rate", type=float, default=5.0, help="new events a second")
    given.add_argument("--every", type=float, default=15.0, help="seconds between two samples")
    chosen = given.parse_args()
    with tempfile.TemporaryDirectory(prefix="regiohelix-soak-") as folder, serving_network(Path(folder)) as network:
        home = Path(folder) / "node"
        with _node(network, home, chosen.rate) as node:
            reader = Reader(network)
            _await_first_events(network)
            reader.start()
            samples = _sampled(network, home, node, reader, chosen.minutes * 60, chosen.every)
            reader.stop.set()
            reader.join()
    print(f"{reader.done} reads, {reader.failed.total()} of them not answered with success {dict(reader.failed) or ''}")
    try:
        findings = judge(samples)
    except ValueError as reason:
        print(reason)
        return 2
    for finding in findings:
        print(finding)
    wanted = chosen.rate * samples[-1].seconds
    kept_up = samples[-1].events >= 0.9 * wanted
    print(
        f"events held by the hub: {samples[-1].events} of {wanted:.0f} made: {'kept up' if kept_up else 'FELL BEHIND'}"
    )
    holds = kept_up and not reader.failed and all(finding.holds for finding in findings)
    print("The soak holds." if holds else "The soak does not hold.")
    return 0 if holds else 1


@contextmanager
def _node(network: Network, home: Path, rate: float) -> Iterator[psutil.Process]:
    region = make_region(home, REGION, network.url, datetime.now(UTC))
    for number, key in enumerate(region.keys, 1):
        (home / f"reviewer-{number}.pem").write_bytes(key.to_pem())
    enrol(region.node, network.invite(REGION, REGION.title(), REGION_SET), region.reviewers)
    network.approve(REGION)
    region.node.engine.dispose()
    with (home / "node.log").open("wb") as log:
        command = [sys.executable, "-m", "tests.soak.node_side", str(home), str(rate)]
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
    try:
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(timeout=60)


def _sampled(
    network: Network, home: Path, node: psutil.Process, reader: Reader, lasting: float, every: float
) -> list[Sample]:
    sides = {"hub": _listening(network), "node": node}
    stores = {"hub": network.home / "hub.sqlite", "node": home / "node.sqlite"}
    print(ROW.format(*HEADINGS), flush=True)
    began, samples = time.monotonic(), list[Sample]()
    while (seconds := time.monotonic() - began) < lasting or not samples:
        sample = Sample(
            seconds,
            {name: side.memory_info().rss for name, side in sides.items()},
            {name: side.num_fds() for name, side in sides.items()},
            {name: side.num_threads() for name, side in sides.items()},
            {name: _size(file) for name, file in stores.items()},
            _held(network),
        )
        samples.append(sample)
        _print(sample, reader.done)
        time.sleep(every)
    return samples


def _await_first_events(network: Network) -> None:
    until = time.monotonic() + FIRST_PATIENCE_SECONDS
    while _held(network) < FIRST_EVENTS:
        if time.monotonic() > until:
            raise RuntimeError("No event reached the hub in time; see the node's log.")
        time.sleep(0.5)


def _held(network: Network) -> int:
    return int(network.rows("SELECT count(*) FROM event")[0][0])


def _listening(network: Network) -> psutil.Process:
    port = int(network.url.rsplit(":", 1)[1])
    for child in psutil.Process().children():
        if any(one.laddr and one.laddr.port == port for one in child.net_connections(kind="inet")):
            return child
    raise RuntimeError("The hub's process is gone; see its log.")


def _size(file: Path) -> int:
    return sum(part.stat().st_size for part in file.parent.glob(f"{file.name}*"))


def _print(sample: Sample, reads: int) -> None:
    memory = [f"{sample.memory[side] / 2**20:.1f}" for side in ("hub", "node")]
    stored = [f"{sample.stored[side] / 2**20:.1f}" for side in ("hub", "node")]
    counted = [str(sample.files[side]) for side in ("hub", "node")]
    threads = [str(sample.threads[side]) for side in ("hub", "node")]
    row = (f"{sample.seconds:.0f}", *memory, *counted, *threads, *stored, str(sample.events), str(reads))
    print(ROW.format(*row), flush=True)


if __name__ == "__main__":
    sys.exit(main())
