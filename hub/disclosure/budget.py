"""How much work one proof may take: counted, so that it depends on no machine and no load."""

from collections.abc import Callable
from typing import Final

PLACE_SECONDS: Final = 60.0
"""Reckoned CPU seconds for one indicator, period and audience: some 2,000 hidden figures that hang together."""

PER_PROGRAM: Final = 3.0e-3
PER_FIGURE: Final = 5.0e-7
PER_ITERATION: Final = 5.0e-5
"""CPU seconds of a 2-core cloud machine (SciPy 1.17.1), fitted to 4,300 programs of 600 to 6,000 unknown figures."""


_MOST_ITERATIONS: Final = 2**31 - 1  # that the solver's setting holds


class NotProven(ArithmeticError):
    """A model of which the solver gave no answer, or that is too large: no bound, so nothing may be shown."""


class BudgetSpent(NotProven):
    """A model whose proof would take more work than one place is given."""


class Budget:
    """Counts the linear programs of one proof; `meanwhile` is called after each, so that a claim can be kept alive."""

    def __init__(self, seconds: float = PLACE_SECONDS, meanwhile: Callable[[], None] = lambda: None) -> None:
        """Take how many reckoned CPU seconds may be spent."""
        self.seconds, self.spent, self.programs = seconds, 0.0, 0
        self._meanwhile = meanwhile

    def iterations_left(self, figures: int) -> int:
        """Return how many iterations a program of so many figures may take; raises BudgetSpent where none."""
        left = self.seconds - self.spent - PER_PROGRAM - PER_FIGURE * figures
        if left <= 0:
            raise BudgetSpent(f"The proof takes more than the {self.seconds:g} CPU seconds that one place is given.")
        return min(1 + int(left / PER_ITERATION), _MOST_ITERATIONS)

    def charge(self, figures: int, iterations: int) -> None:
        """Count one program."""
        self.programs += 1
        self.spent += PER_PROGRAM + PER_FIGURE * figures + PER_ITERATION * iterations
        self._meanwhile()
