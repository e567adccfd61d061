"""The figures of many runs: how many, with which seeds, what struck how often, and what failed."""

import json
import statistics
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tests.faults.plan import Kind, make_plan
from tests.faults.run import Outcome

AGAIN = "python -m tests.faults --runs 1 --seed {seed}"


class Report:
    """Collects outcomes."""

    def __init__(self) -> None:
        self._outcomes: list[Outcome] = []

    @property
    def failed(self) -> Sequence[Outcome]:
        return [one for one in self._outcomes if one.failure is not None]

    def add(self, outcome: Outcome) -> None:
        """Count one more run."""
        self._outcomes.append(outcome)

    def line(self, outcome: Outcome) -> str:
        """Say in one line what a run did, and how to repeat it when it failed."""
        plan = make_plan(outcome.seed)
        struck = ", ".join(f"{kind} {times}" for kind, times in outcome.strikes.items()) or "nothing"
        said = (
            f"seed {outcome.seed}: {plan.transport}/{plan.database}, {outcome.events} events, "
            f"{outcome.seconds:.1f} s, {outcome.restarts} restarts: {struck}"
        )
        if outcome.failure is None:
            return said
        return f"{said}\n  FAILED: {outcome.failure}\n  again with: {AGAIN.format(seed=outcome.seed)}"

    def lines(self) -> list[str]:
        """Say what all runs together did."""
        if not self._outcomes:
            return []
        seconds = [one.seconds for one in self._outcomes]
        seeds = [one.seed for one in self._outcomes]
        return [
            f"fault suite: {len(seconds)} runs (seeds {min(seeds)} to {max(seeds)}), {len(self.failed)} failed, "
            f"{sum(one.events for one in self._outcomes)} events, {sum(seconds) / 60:.1f} minutes, "
            f"median {statistics.median(seconds):.1f} s, longest {max(seconds):.1f} s",
            *(f"  {kind}: {times} times in {runs} runs" for kind, (times, runs) in self._by_kind().items()),
            *(f"  failed: {AGAIN.format(seed=one.seed)}: {one.failure}" for one in self.failed),
        ]

    def write(self, file: Path) -> None:
        """Write the figures as JSON."""
        figures = {
            "runs": len(self._outcomes),
            "seeds": [one.seed for one in self._outcomes],
            "failed": {one.seed: one.failure for one in self.failed},
            "events": sum(one.events for one in self._outcomes),
            "seconds": [round(one.seconds, 2) for one in self._outcomes],
            "faults": {kind: {"times": times, "runs": runs} for kind, (times, runs) in self._by_kind().items()},
        }
        file.write_text(json.dumps(figures, indent=1), encoding="utf-8")

    def _by_kind(self) -> dict[str, tuple[int, int]]:
        times: Counter[str] = Counter()
        runs: Counter[str] = Counter()
        for one in self._outcomes:
            times.update(one.strikes)
            runs.update(kind for kind, number in one.strikes.items() if number)
        return {kind.value: (times[kind], runs[kind]) for kind in Kind}
