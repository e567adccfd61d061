"""Hubs in processes of their own that need not read the program anew: forks of a process that has read it.

Reading it takes a second and a half of a processor for each of the hubs that tests serve. A fork is as much a process:
with a memory, files and an end of its own. That `python -m hub serve` starts by itself other tests show: those of the
hub's commands, of the tour, of streams and of what is composed.
"""

import atexit
import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, TextIO


class Reader:
    """The process that has read the program, and does two things on demand: fork, and tell how a fork ended."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", __name__]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._lock = Lock()  # a question and its answer belong together

    def ask(self, **what: Any) -> Any:
        """Ask for `arguments`, `log` and `environ` as a process, or for the exit code of `pid`, None while it runs."""
        asked, answers = self._process.stdin, self._process.stdout
        assert asked is not None
        assert answers is not None
        with self._lock:
            asked.write(f"{json.dumps(what)}\n")
            asked.flush()
            return json.loads(answers.readline())

    def close(self) -> None:
        """End it; forks that still run go on."""
        self._process.communicate()


@cache
def reader() -> Reader:
    """Return the one reader of this test process, started when it is first needed."""
    made = Reader()
    atexit.register(made.close)
    return made


class Fork:
    """A process with a command of the hub, to be waited for and ended like a subprocess.Popen."""

    def __init__(self, arguments: list[str], log: Path, environ: Mapping[str, str]) -> None:
        self.pid: int = reader().ask(arguments=arguments, log=str(log), environ=dict(environ))
        self._code: int | None = None

    def poll(self) -> int | None:
        """Return the exit code, None while it runs."""
        if self._code is None:
            self._code = reader().ask(pid=self.pid)
        return self._code

    def terminate(self) -> None:
        """Tell it to end."""
        if self.poll() is None:
            os.kill(self.pid, 15)

    def wait(self, timeout: float) -> int:
        """Wait until it has ended; raises TimeoutError."""
        until = time.monotonic() + timeout
        while (code := self.poll()) is None:
            if time.monotonic() > until:
                raise TimeoutError(f"The hub with process number {self.pid} did not end within {timeout} s.")
            time.sleep(0.01)
        return code


def _serve_forks(asked: TextIO, answers: TextIO) -> None:
    import hub.api
    import hub.commands.serving
    import hub.routes
    import hub.web.pages  # noqa: F401  # read, so that no fork needs to

    for line in asked:
        what = json.loads(line)
        if "pid" in what:
            found, status = os.waitpid(what["pid"], os.WNOHANG)
            answer = os.waitstatus_to_exitcode(status) if found else None
        else:
            answer = os.fork()
            if answer == 0:
                _become(**what)
        answers.write(f"{json.dumps(answer)}\n")
        answers.flush()


def _become(arguments: list[str], log: str, environ: dict[str, str]) -> None:
    """Be a hub that was started with a command, and end with its exit code."""
    code = 70
    try:
        with open(os.devnull, "rb") as nothing, open(log, "wb") as said:
            for file, number in ((nothing, 0), (said, 1), (said, 2)):
                os.dup2(file.fileno(), number)
        sys.stdin, sys.stdout, sys.stderr = (
            open(number, how, closefd=False, buffering=1)  # noqa: SIM115  # as long as the process
            for number, how in ((0, "r"), (1, "w"), (2, "w"))
        )
        os.environ.clear()
        os.environ.update(environ)
        from hub.__main__ import main

        code = main(arguments)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    _serve_forks(sys.stdin, sys.stdout)
