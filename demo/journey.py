"""Carry regions through the whole line with the same commands a user types, called in this process."""

import contextlib
import io
import json
from collections.abc import Callable, Sequence
from pathlib import Path

from node.__main__ import main as node_command

AUTHOR = "Data scientist"
_ANSWER = "The figures are invented, and this table shows what is hidden of small groups."
_REVIEWERS = (("First reviewer", "GP cooperative"), ("Second reviewer", "Hospital"))


class StepFailed(RuntimeError):
    """A step of the demonstration that should have succeeded."""


def call(home: Path, *arguments: str, expected: int = 0) -> str:
    """Run one node command and return what it printed; raises StepFailed with its words."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        code = node_command([*arguments, "--home", str(home)])
    if code != expected:
        raise StepFailed(f"`node {' '.join(arguments[:2])}` ended with {code}: {said.getvalue().strip()}")
    return said.getvalue().strip()


def join_network(
    home: Path, region: Sequence[str], areas: Sequence[str], hub_url: str, invited: Callable[[str], str]
) -> None:
    """Make a node of (code, name, region set, division year), register two reviewers, enrol at the hub.

    `invited` is the hub's operator: told the fingerprint, it gives the invitation.
    """
    code, name, region_set, year = region
    chosen = [word for area in areas for word in ("--area", area)]
    call(
        home, "init", "--region", code, "--name", name, "--region-set", region_set, "--division-year", year,
        "--hub-url", hub_url, *chosen,
    )  # fmt: skip
    for number, (reviewer, organisation) in enumerate(_REVIEWERS):
        call(home, "review", "join", "--name", reviewer, "--organisation", organisation, "--key", _key(home, number))
    call(home, "enrol", "--invitation", invited(call(home, "fingerprint")))


def approve_definitions(home: Path, *names: str) -> str:
    """Have the region approve the definitions that it will compute, all that its version knows where none is named."""
    return call(home, "definitions", "approve", *(names or ("--all",)), "--author", AUTHOR)


def let_out(home: Path, *preparation: str, reviewers: int = 2) -> str:
    """Prepare a bundle, answer what the desk finds, have it approved, publish it; returns what `release` said."""
    said = call(home, "release", *preparation, "--author", AUTHOR, "--audience", "public")
    publish(home, reviewers)
    return said


def write_items(home: Path, files: Sequence[Path]) -> None:
    """Write items, answer what the desk finds, have one reviewer approve the bundle, publish it."""
    call(home, "item", "write", *map(str, files), "--author", "Programme manager", "--audience", "public")
    publish(home, reviewers=1)


def publish(home: Path, reviewers: int) -> None:
    """Answer what the desk finds in the newest bundle, have it approved, publish it."""
    bundle = json.loads(call(home, "release", "list", "--json"))[-1]["id"]
    found = json.loads(call(home, "review", "show", bundle, "--json"))["findings"]
    codes = [one["kind"]["code"] for one in found if one["open"]]
    if codes:
        call(home, "release", "answer", bundle, *codes, "--author", AUTHOR, "--reason", _ANSWER)
    for number in range(reviewers):
        call(home, "review", "approve", bundle, "--key", _key(home, number))
    call(home, "release", "publish", bundle, "--author", AUTHOR)


def _key(home: Path, number: int) -> str:
    return str(home.parent / f"{home.name}-reviewer-{number + 1}.pem")
