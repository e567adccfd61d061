"""Take the measures and write them: `python -m tests.bench [PART ...]`, a part being backbone, engine, ..."""

import importlib
import importlib.util
import sys
from pathlib import Path

from tests.bench.measures import KEYS, PARTS, Measure, machine, missing, table, written

BENCH_FILE = Path(__file__).parents[2] / "bench.json"


def main(wanted: list[str]) -> int:
    """Measure the parts wanted, or all that there are; return 2 for a part that does not exist."""
    if unknown := [part for part in wanted if part not in PARTS]:
        sys.stderr.write(f"There is no part {unknown[0]}; choose from: {' '.join(PARTS)}\n")
        return 2
    taken: dict[str, Measure] = {}
    for part in wanted or PARTS:
        if importlib.util.find_spec(f"tests.bench.{part}") is not None:
            sys.stderr.write(f"{part} ...\n")
            module = importlib.import_module(f"tests.bench.{part}")
            of_part = [key for key in KEYS if key.startswith(f"{part}.")]
            taken |= {key: missing("not taken") for key in of_part} | module.measures()
    sys.stdout.write(f"{table(written(BENCH_FILE, taken))}\n{machine()}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main([part for argument in sys.argv[1:] for part in argument.replace(",", " ").split()]))
