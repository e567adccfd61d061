"""Effort, counted instead of seconds, so that a pattern does not depend on the machine or its load."""

from dataclasses import dataclass

PER_PROGRAM = 1.2e-4
PER_ITERATION = 8e-6
PER_PRIMAL_ITERATION_AND_SIZE = 1.45e-8
PER_DUAL_ITERATION_AND_SIZE = 3.6e-9
PER_TREE_AND_ROW = 1.6e-4
PER_TREE_ITERATION_AND_ROW = 1e-7
"""CPU seconds of a 2-core cloud machine (HiGHS 1.15.1), fitted to 14,000 programs of 100 to 7,500 rows and columns."""

SATURATED = 8_000
"""Rows and columns; beyond, sparse factors keep an iteration from costing more."""


@dataclass
class Effort:
    """Reckoned CPU seconds: what the simplex iterations done would take on the machine of calibration."""

    limit: float = float("inf")
    spent: float = 0.0
    programs: int = 0

    @property
    def is_over(self) -> bool:
        """Whether the limit is reached."""
        return self.spent >= self.limit

    def charge(self, iterations: int, size: int, is_dual: bool) -> None:
        """Count one linear program of so many rows and columns together."""
        per_size = PER_DUAL_ITERATION_AND_SIZE if is_dual else PER_PRIMAL_ITERATION_AND_SIZE
        self.programs += 1
        self.spent += PER_PROGRAM + iterations * (PER_ITERATION + per_size * min(size, SATURATED))

    def charge_tree(self, iterations: int, rows: int) -> None:
        """Count one search over whole numbers."""
        self.programs += 1
        self.spent += PER_PROGRAM + PER_TREE_AND_ROW * rows + PER_TREE_ITERATION_AND_ROW * iterations * rows
