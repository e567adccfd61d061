"""How long a run is waited for: as long as something moves, and never beyond a limit.

On a busy machine a broker alone may need a minute to start; what counts is whether events stand still, not how slowly
they go.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

STILL_SECONDS = 40.0  # without any event answered, and nothing being started, after which a run has not settled
LONGEST_SECONDS = 300.0  # however slowly it goes


@dataclass
class Patience:
    """Since when nothing moved, and since when one waits at all; `clock` gives seconds that only go forth."""

    clock: Callable[[], float] = time.monotonic
    _began: float = field(init=False)
    _moved: float = field(init=False)
    _left: int = field(init=False, default=-1)

    def __post_init__(self) -> None:
        """Begin to wait now."""
        self._began = self._moved = self.clock()

    @property
    def still(self) -> float:
        """Return for how many seconds nothing has moved."""
        return self.clock() - self._moved

    def saw(self, left: int) -> bool:
        """Take how many events still wait; tell whether that changed, which renews the patience."""
        has_moved, self._left = left != self._left, left
        if has_moved:
            self._moved = self.clock()
        return has_moved

    def renew(self) -> None:
        """Begin again to count how long nothing moves: something on which all depends was just started."""
        self._moved = self.clock()

    def over(self) -> str | None:
        """Say why one waits no longer, None while one does."""
        if self.still > STILL_SECONDS:
            return f"nothing moved for {self.still:.0f} s"
        if self.clock() - self._began > LONGEST_SECONDS:
            return f"it moved still, {self.clock() - self._began:.0f} s after the last fault"
        return None
