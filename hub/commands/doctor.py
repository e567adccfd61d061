"""The doctor of a hub: every finding says what is wrong, since when if known, and the command that mends it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click
from sqlalchemy.exc import SQLAlchemyError

from connectors import findings
from connectors.database import DatabaseNewer, database_file
from connectors.files import is_in_use
from connectors.findings import Finding
from connectors.trouble import of_file, takes_no_writes, trouble
from hub.bootstrap import DatabaseGone, DatabaseOutOfDate, DatabaseUnreachable, brokers_away
from hub.config import Hub, HubKeyExposed, HubKeyMissing, SettingsFileMissing, SettingWrong
from hub.doctor.examine import BACKUP_DAYS, DARK_DAYS, examine
from hub.intake.heads import HubKeyDiffers

from . import options

_CANNOT_OPEN: Final = (
    DatabaseGone, DatabaseNewer, DatabaseOutOfDate, DatabaseUnreachable, HubKeyDiffers, HubKeyExposed, HubKeyMissing,
    SettingsFileMissing, SettingWrong,
)  # fmt: skip


@click.command()
@click.option(
    "--dark-after", default=DARK_DAYS, show_default=True, help="Days without an event; a region is dark after."
)
@click.option("--backup-days", default=BACKUP_DAYS, show_default=True, help="Days a backup may be old; 0: do not ask.")
@options.home
@options.as_json
def doctor(dark_after: int, backup_days: int, home: Path, as_json: bool) -> None:
    """Say what is wrong with this hub and what mends it; exit 1 when something needs a hand. It changes nothing."""
    found, facts = [*findings.disk(home), *findings.leftovers(home)], dict[str, object]()
    try:
        with options.opened(home) as hub:
            found += [*_disk(hub, home), *_broker(hub)]
            if (seen := takes_no_writes(hub.engine)) is not None:
                found.append(Finding("database", seen.what, seen.mend))
            _examine(hub, found, facts, dark_after, backup_days)
    except _CANNOT_OPEN as refusal:
        found.append(findings.refused("hub", str(refusal)))
    except SQLAlchemyError as error:
        seen = trouble(error)
        found.append(Finding("database", seen.what, seen.mend))
    except OSError as error:
        found.append(findings.refused("files", of_file(error)))
    findings.tell([*found, *_ended(home)], facts, as_json)


def _examine(hub: Hub, found: list[Finding], facts: dict[str, object], dark_after: int, backup_days: int) -> None:
    with hub.engine.connect() as connection:
        seen, standing = examine(hub, connection, dark_after, backup_days)
    found += [one.told("en") for one in seen]
    facts["key"], facts["regions"] = hub.key.public.key_id, len(standing)
    facts["events"] = sum(one.events for one in standing)


def _ended(home: Path) -> Iterator[Finding]:
    """Name what ran from this folder and runs no longer: pages and intake are away, though the store is sound."""
    for command in ("serve", "receive"):
        file = home / f"{command}.lock"
        if is_in_use(file) is False:
            mend = f"start it again; its log (journalctl) says why it ended. Where it runs elsewhere now: rm {file}"
            yield Finding("services", f"no `python -m hub {command}` runs here, and one did", mend)


def _disk(hub: Hub, home: Path) -> Iterator[Finding]:
    file = database_file(hub.engine)
    yield from findings.seen_by_others([file] if file is not None else [])
    if file is not None and file.parent.resolve() != home.resolve():
        yield from findings.disk(file.parent)


def _broker(hub: Hub) -> Iterator[Finding]:
    settings = hub.settings
    if settings.kafka_bootstrap is None:
        return
    if settings.kafka_ca_file is not None and not Path(settings.kafka_ca_file).is_file():
        yield Finding("broker", f"{settings.kafka_ca_file} is missing", "set kafka_ca_file to the authority's file")
    if not settings.kafka_password:
        yield Finding("broker", "no password is set for it", "set REGIOHELIX_HUB_KAFKA_PASSWORD for `receive`", False)
    for address in brokers_away(settings):
        mend = "start the broker, or correct kafka_bootstrap; regions keep what they send until it is back"
        yield Finding("broker", f"{address} cannot be reached", mend)
