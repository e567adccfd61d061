"""What a doctor of either side finds: what is wrong, since when, whether it needs a hand, and what mends it."""

import json
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import click

from connectors import files as private

_LEAST_ROOM: Final = 1024**3  # bytes
_LEAST_SHARE: Final = 0.05  # of the disk


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it should be; `needs_hand` is False where it mends itself."""

    about: str
    what: str
    mend: str
    needs_hand: bool = True
    since: str | None = None


class NeedsHand(click.ClickException):
    """A doctor's visit that ended with something to do; everything was said before, exit 1."""

    def show(self, file: object = None) -> None:
        """Say nothing more."""


def tell(findings: Sequence[Finding], facts: dict[str, object], as_json: bool) -> None:
    """Say what was found; raises NeedsHand where something needs one."""
    is_well = not any(one.needs_hand for one in findings)
    if as_json:
        click.echo(json.dumps({"well": is_well, "findings": [asdict(one) for one in findings], "facts": facts}))
    else:
        for one in sorted(findings, key=lambda found: not found.needs_hand):
            since = f" (since {one.since})" if one.since else ""
            click.echo(f"{'TO DO' if one.needs_hand else 'note '}  {one.about}: {one.what}{since}")
            click.echo(f"       -> {one.mend}")
        if facts:
            click.echo("; ".join(f"{name} {value}" for name, value in facts.items()))
        click.echo("All is well." if is_well else "Something needs a hand.")
    if not is_well:
        raise NeedsHand("Something needs a hand.")


def disk(folder: Path) -> list[Finding]:
    """Find a disk that is nearly full."""
    if not folder.is_dir():
        return []  # said by what should be read from it
    room = shutil.disk_usage(folder)
    if room.free >= _LEAST_ROOM or room.free >= room.total * _LEAST_SHARE:
        return []
    what = f"only {room.free // 1024**2} MiB are free on the disk of {folder}"
    return [Finding("disk", what, "make room; nothing is lost, but nothing new is kept when it is full")]


def leftovers(folder: Path) -> list[Finding]:
    """Find what a killed backup or restore left behind: a copy of the store."""
    found = [path.name for part in (".backup-*", ".restoring-*") for path in folder.glob(part)]
    mend = f"if no backup runs now, remove it: rm -r {folder}/{found[0] if found else ''}"
    return [Finding("disk", f"{', '.join(found)} was left by a backup that was killed", mend)] if found else []


def backup_age(last: str | None, begun: str | None, now: datetime, days: int, command: str) -> list[Finding]:
    """Find that there is no backup of the last so many days; `begun` is when there first was something to lose,
    `command` makes one.

    0 days: backups are made by other means, nothing is asked.
    """
    since = last or begun
    if not days or since is None or datetime.fromisoformat(since) >= now - timedelta(days=days):
        return []
    what = f"the last backup is older than {days} days" if last else "no backup was ever made"
    mend = f"`{command}` every night, from a timer; where others make them: `doctor --backup-days 0`"
    return [Finding("backup", what, mend, since=since)]


def seen_by_others(files: Iterable[Path]) -> list[Finding]:
    """Find stores that others on this machine can read: what was never released stands in them."""
    return [
        Finding(
            "store",
            f"{file} can be read by others",
            f"run `chmod 700 {file.parent}` and `chmod 600 {file.parent}/{name}*`",
        )
        for file in files
        if file.is_file() and private.seen_by_others(file)
        for name in (file.name,)
    ]


def refused(about: str, said: str) -> Finding:
    """Return a refusal as a finding: what is wrong stands before the last semicolon, what mends it behind."""
    what, is_split, mend = said.rpartition("; ")
    return (
        Finding(about, what, mend) if is_split else Finding(about, said, "do what it says, then ask the doctor again")
    )
