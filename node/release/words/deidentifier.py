"""The optional Dutch de-identifier `deduce`: a worker process, started when asked, bounded in time and memory."""

import importlib.util
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import msgspec

from node.release.refusal import ReleaseRefused

from .trace import ADDRESS, BSN, DATE, EMAIL, NAME, PLACE, RECORD, TELEPHONE, Trace

PYTHON: Final = "REGIOHELIX_WORDS_PYTHON"
WORKER: Final = Path(__file__).with_name("worker.py")
UNSEEN: Final = (
    "The Dutch de-identifier is not installed: names without a title, initials or a common first name, and places "
    "without a number, were not looked for. Read for those yourself."
)
_MEMORY: Final = 4 * 1024**3  # bytes of address space; the worker settles at 1.2 to 1.8 GB
_START: Final = 900.0  # seconds; the first start builds its word lists: 80 s on an idle core, 290 on a busy one
_ANSWER: Final = 60.0
_MOST: Final = 16 * 1024**2  # bytes of one answer
_KINDS: Final = {
    "bsn": BSN, "telefoonnummer": TELEPHONE, "emailadres": EMAIL, "id": RECORD, "datum": DATE, "persoon": NAME,
    "patient": NAME, "locatie": PLACE,
}  # fmt: skip


class DeidentifierFailed(ReleaseRefused):
    """The de-identifier is installed but did not answer in time, in form or within its memory."""


class _Found(msgspec.Struct, frozen=True):
    found: tuple[tuple[tuple[int, int, str], ...], ...]


class Deidentifier:
    """A worker that marks names, places, dates and numbers in Dutch texts; `close` ends its process."""

    def __init__(self, command: Sequence[str], start: float = _START, answer: float = _ANSWER) -> None:
        """Remember how to start; `start` and `answer` are the seconds that each may take."""
        self._command, self._start, self._answer = tuple(command), start, answer
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the process now, so that nothing else waits for it later; raises DeidentifierFailed."""
        if self._process is not None:
            return
        try:
            # Its own messages may hold words of the text, so they go nowhere.
            self._process = subprocess.Popen(
                self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            )
        except OSError as error:
            raise DeidentifierFailed(_failure("cannot be started")) from error
        self._answered(b"", self._start)

    def find(self, texts: Sequence[str]) -> tuple[tuple[Trace, ...], ...]:
        """Return the traces in each of these plain texts; raises DeidentifierFailed."""
        self.start()
        line = self._answered(msgspec.json.encode({"texts": texts}) + b"\n", self._answer)
        try:
            answer = msgspec.json.decode(line, type=_Found)
        except msgspec.DecodeError as error:
            self.close()
            raise DeidentifierFailed(_failure("gave an answer that cannot be read")) from error
        if len(answer.found) != len(texts):
            self.close()
            raise DeidentifierFailed(_failure("answered about another number of texts"))
        return tuple(_traces(found, text) for found, text in zip(answer.found, texts, strict=True))

    def close(self) -> None:
        """End the process; the next `find` starts another."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(OSError):  # what was not written to a dead process is lost with it
                    pipe.close()

    def _answered(self, question: bytes, seconds: float) -> bytes:
        """Write a question and return the line that comes back; a worker that is late is ended, which ends both."""
        process = self._process
        if process is None or process.stdin is None or process.stdout is None:
            raise DeidentifierFailed(_failure("is not running"))
        late = threading.Timer(seconds, process.kill)
        late.start()
        try:
            process.stdin.write(question)
            process.stdin.flush()
            line = process.stdout.readline(_MOST)
        except OSError:
            line = b""
        finally:
            late.cancel()
        if not line.endswith(b"\n"):
            self.close()
            raise DeidentifierFailed(_failure("took too long, or ended, perhaps for want of memory"))
        return line


@contextmanager
def at_hand(environment: Mapping[str, str] = os.environ) -> Iterator[Deidentifier | None]:
    """Give the de-identifier where it is installed, else None; nothing is started before it is asked.

    It is looked for beside the node, or with the interpreter that REGIOHELIX_WORDS_PYTHON names.
    """
    python = environment.get(PYTHON) or (sys.executable if importlib.util.find_spec("deduce") else "")
    if not python:
        yield None
        return
    worker = Deidentifier((python, "-I", str(WORKER), str(_MEMORY)))
    try:
        yield worker
    finally:
        worker.close()


def _traces(found: Sequence[tuple[int, int, str]], text: str) -> tuple[Trace, ...]:
    traces = []
    for start, end, tag in found:
        kind = _KINDS.get(tag)
        if kind is None or not 0 <= start < end <= len(text):
            continue
        is_address = kind == PLACE and any(sign.isdigit() for sign in text[start:end])
        traces.append(Trace(start, end, ADDRESS if is_address else kind))
    return tuple(traces)


def _failure(what: str) -> str:
    return f"The de-identifier {what}; try again, or uninstall `deduce` (unset {PYTHON}) to go on by rules alone."
