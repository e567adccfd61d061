"""Run the fault suite by itself: `python -m tests.faults --runs 200 --seed 1000`, or one seed again with `--runs 1`."""

import argparse
import signal
import sys
import time
from pathlib import Path

from tests.faults.plan import FIXED, make_plan
from tests.faults.report import Report
from tests.faults.run import Run
from tests.faults.stage import Stage


def main() -> int:
    """Run as many seeds as asked, within the minutes given, and tell; exit 1 when a run failed."""
    given = argparse.ArgumentParser(prog="python -m tests.faults", description=main.__doc__)
    given.add_argument("--runs", type=int, default=len(FIXED), help="how many seeds, one after the other")
    given.add_argument("--seed", type=int, default=0, help="the first of them; the lowest are the fixed set")
    given.add_argument("--minutes", type=float, default=60.0, help="begin no run after this long")
    given.add_argument("--json", type=Path, help="write the figures to this file too")
    chosen = given.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # nothing stays mounted or running
    report, began = Report(), time.monotonic()
    stage = Stage()
    try:
        for seed in range(chosen.seed, chosen.seed + chosen.runs):
            if time.monotonic() - began > chosen.minutes * 60:
                print(f"The time is over before seed {seed}.")
                break
            outcome = Run(stage, make_plan(seed)).execute()
            report.add(outcome)
            print(report.line(outcome), flush=True)
    finally:
        stage.close()
    print("\n".join(report.lines()))
    if chosen.json:
        report.write(chosen.json)
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
