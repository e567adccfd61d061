"""The node's process of the soak: it releases new events at a steady rate and ships them at intervals."""

import signal
import sys
import threading
import time
from pathlib import Path

from node import schedule
from node.bootstrap import now, open_node, open_sender
from schemas.signature import SigningKey
from tests.faults.regions import Region, approve, publish, small_events

NAMES = 200  # lessons are published again and again under this many names
SHIP_EVERY = 2  # seconds
PAUSE_SECONDS = 2.0


def release_steadily(region: Region, rate: float, stop: threading.Event) -> None:
    """Release `rate` events a second until told to stop, in bundles of a couple of seconds' worth."""
    began, made = time.monotonic(), 0
    while not stop.wait(PAUSE_SECONDS):
        due = int((time.monotonic() - began) * rate) - made
        if due > 0:
            names = [f"les-{number % NAMES}" for number in range(made, made + due)]
            publish(region.node, approve(region, small_events(names, made), now()), now())
            made += due


def main(home: Path, rate: float) -> None:
    """Run the node in a folder, whose reviewers' keys lie beside it, until a signal comes."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    first, second = (SigningKey.from_pem((home / f"reviewer-{n}.pem").read_bytes()) for n in (1, 2))
    region = Region(open_node(home), (first, second))
    maker = threading.Thread(target=release_steadily, args=(region, rate, stop))
    maker.start()
    node = region.node
    schedule.run(node.engine, home, region.code, open_sender(node), node.hub_key(), now, SHIP_EVERY, stop)
    maker.join()
    node.engine.dispose()


if __name__ == "__main__":
    main(Path(sys.argv[1]), float(sys.argv[2]))
