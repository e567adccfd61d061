"""One process of a run, started again whenever it is gone, unless it is held down or done."""

import time
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path
from typing import Any

RESTART_SECONDS = 0.1  # between two starts, as a service manager would wait


class Actor:
    """A process that a supervisor keeps alive; what it says goes to a log of its own."""

    def __init__(
        self, context: ForkServerContext, name: str, log: Path, target: Callable[..., None], *arguments: Any
    ) -> None:
        self.name = name
        self.held = False
        self.starts = 0
        self._context = context
        self._target = target
        self._arguments = (log, *arguments)
        self._process: ForkServerProcess | None = None
        self._next_start = 0.0

    @property
    def pid(self) -> int | None:
        """The running process's number."""
        return self._process.pid if self._process is not None and self._process.is_alive() else None

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self._process is not None and self._process.is_alive()

    @property
    def done(self) -> bool:
        """Whether it ended of its own accord, all work done."""
        return self._process is not None and self._process.exitcode == 0

    def keep_alive(self) -> None:
        """Start it unless it runs, is held down, is done, or was started a moment ago."""
        if self.held or self.done or self.alive or time.monotonic() < self._next_start:
            return
        self._next_start = time.monotonic() + RESTART_SECONDS
        self._process = self._context.Process(target=self._target, args=self._arguments, name=self.name, daemon=True)
        self._process.start()
        self.starts += 1

    def call_back(self) -> None:
        """Let it run again, though it ended in order."""
        if self.done:
            self._process = None
        self.held = False

    def kill(self) -> None:
        """End it at once (SIGKILL); harmless when it does not run."""
        if self._process is not None and self._process.is_alive():
            self._process.kill()
            self._process.join()

    def leave(self, patience: float) -> None:
        """Ask it to end in order (SIGTERM), and kill it when it takes longer than the patience."""
        if self._process is not None and self._process.is_alive():
            with suppress(ProcessLookupError):
                self._process.terminate()
            self._process.join(patience)
        self.kill()
