"""The guided tour (docs/tour.md) as a script: its commands as they stand, and what the page says that they answer."""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
PAGE: Final = ROOT / "docs" / "tour.md"
_BLOCK: Final = re.compile(r"```(sh refused|sh|text)\n(.*?)```", re.DOTALL)
_MARK: Final = "===== step"
_HUB: Final = "127.0.0.1:8420"
_MINUTES: Final = 10  # far more than it needs; a subscriber that hears nothing would wait for ever
_ELSEWHERE: Final = ("make demo\n", ". .venv/bin/activate\n")  # whoever runs this has done both


@dataclass(frozen=True)
class Step:
    """One block of commands, whether it is to be refused, and the lines that it answers; `…` stands for anything."""

    commands: str
    is_refused: bool
    answers: tuple[str, ...]


class TourBroken(RuntimeError):
    """A command of the tour that ended otherwise than the page says, with the last words of the tour."""


def steps() -> list[Step]:
    """Return the tour's blocks in order; a block of text says what the commands before it answer."""
    found: list[Step] = []
    for kind, text in _BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        if kind == "text":
            before = found.pop()
            found.append(Step(before.commands, before.is_refused, (*before.answers, *text.splitlines())))
            continue
        for line in _ELSEWHERE:
            text = text.replace(line, "")
        found.append(Step(text, kind.endswith("refused"), ()))
    return found


def walk(folder: Path, url: str) -> list[str]:
    """Run the tour in a folder beside the hub in `.demo/hub`, which listens on `url`; return what each step said.

    Raises TourBroken where a command fails that should not, or is let through where it should be refused.
    """
    for name in ("demo", "docs"):
        if not (folder / name).exists():
            (folder / name).symlink_to(ROOT / name)
    script = "".join(_scripted(step) for step in steps()).replace(_HUB, url.removeprefix("http://"))
    binaries = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    ran = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PATH": binaries},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=_MINUTES * 60,
    )
    if ran.returncode != 0:
        raise TourBroken(f"The tour ended with {ran.returncode}: {ran.stdout[-2000:]}")
    return ran.stdout.replace(url.removeprefix("http://"), _HUB).split(f"{_MARK}\n")[1:]


def missing(step: Step, said: str) -> list[str]:
    """Return the lines of a step's answer that it did not give."""
    patterns = {line: ".*".join(map(re.escape, line.strip().split("…"))) for line in step.answers}
    return [line for line, pattern in patterns.items() if not re.search(pattern, said)]


def _scripted(step: Step) -> str:
    if step.is_refused:
        return f"echo '{_MARK}'\nif (\n{step.commands}); then echo 'This should have been refused.'; exit 1; fi\n"
    return f"echo '{_MARK}'\n{step.commands}"
