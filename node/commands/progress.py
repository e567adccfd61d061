"""Progress of long work: a bar on a terminal, nothing in a pipe."""

import sys
from types import TracebackType
from typing import Any, Final, Self

import click

from node.records.in_dutch import progress_in_dutch
from schemas.codes import Language

_STEPS: Final = 1000


class Progress:
    """Shows what is being done, and a bar where it is known how much of a file was read."""

    def __init__(self, lang: Language = "en") -> None:
        self._lang = lang
        self._shows = sys.stderr.isatty()
        self._bar: Any = None
        self._file, self._done = "", 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._finish()

    def tell(self, text: str) -> None:
        """Say what is being done now."""
        if self._shows:
            self._finish()
            click.echo(progress_in_dutch(text) if self._lang == "nl" else text, err=True)

    def share(self, file: str, share: float) -> None:
        """Say how much of a file was read, from 0 to 1."""
        if not self._shows:
            return
        if self._file != file:
            self._finish()
            self._file, self._done = file, 0
            self._bar = click.progressbar(length=_STEPS, label=file[-40:], file=sys.stderr)
            self._bar.render_progress()
        step = int(share * _STEPS)
        self._bar.update(max(0, step - self._done))
        self._done = max(step, self._done)

    def _finish(self) -> None:
        if self._bar is not None:
            self._bar.render_finish()
        self._bar, self._file = None, ""
