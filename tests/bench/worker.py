"""A receiving process of its own: `python -m tests.bench.worker HOME DATABASE FILE ...`, started by the bench."""

import sys
from pathlib import Path

import msgspec

from hub.bootstrap import open_hub
from tests.bench.backbone_growth import BATCH
from tests.bench.hubs import received


def main(home: str, database: str, *files: str) -> None:
    """Say when ready, wait for a line, receive every file's events, and say when done."""
    hub = open_hub(Path(home), {"REGIOHELIX_HUB_DATABASE": database})
    bodies = [msgspec.msgpack.decode(Path(file).read_bytes(), type=list[bytes]) for file in files]
    with hub.engine.connect() as connection:
        connection.exec_driver_sql("SELECT 1")
    print("ready", flush=True)  # to the process that started this one
    sys.stdin.readline()
    for of_region in bodies:
        received(hub, of_region, BATCH)
    print("done", flush=True)
    hub.engine.dispose()


if __name__ == "__main__":
    main(*sys.argv[1:])
