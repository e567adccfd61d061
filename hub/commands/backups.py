"""Commands that keep a hub in a file and bring it back: settings, signing key, and the database whatever its engine."""

import os
import re
import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import click
from sqlalchemy import func, select

from connectors import snapshot
from connectors.archive import Manifest, PassphraseMissing, extract, read_manifest, write_archive
from connectors.database import database_file, open_engine, upgrade, writing
from hub.audit import BACKED_UP, record, utc_text
from hub.bootstrap import MIGRATIONS
from hub.config import SETTINGS_FILE, Hub, HubKeyExposed, Settings, read_key, read_settings
from hub.identity.sessions import forget_everyone
from hub.serving.telling import forget_told
from hub.tables import event
from schemas.codes import PROTOCOL, can_talk
from schemas.refused import Refused
from schemas.text import many

from . import options

PASSPHRASE: Final = "REGIOHELIX_BACKUP_PASSPHRASE"  # noqa: S105 - the variable's name
_STORE: Final = "hub.sqlite"
_KEY: Final = "hub.key"
_passphrase_file = click.option(
    "--passphrase-file",
    type=click.Path(path_type=Path),
    help=f"A file with the passphrase, readable by you only; else {PASSPHRASE}, else you are asked.",
)


class HomeInUse(Refused, FileExistsError):
    """A folder that holds something already, where a backup was to be restored."""


class BackupOfAnother(Refused, ValueError):
    """A backup of something else than a hub, or of one that this version does not understand."""


class ChainsDiffer(Refused, ValueError):
    """A backup whose database is not the one that its manifest describes."""


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--without-secrets", is_flag=True, help="Leave the signing key out; keep it by other means.")
@_passphrase_file
@options.home
def backup(file: Path, without_secrets: bool, passphrase_file: Path | None, home: Path) -> None:
    """Write settings, database and signing key into FILE, consistently, while the hub may be running."""
    passphrase = _passphrase(passphrase_file, needed=not without_secrets, confirm=True)
    with options.opened(home) as hub, TemporaryDirectory(prefix=".backup-", dir=home) as name:
        folder = Path(name)
        revision = snapshot.take(hub.engine, MIGRATIONS, folder / _STORE)
        (folder / SETTINGS_FILE).write_text(_settings_text(home, bool(passphrase)), encoding="utf-8")
        parts = {SETTINGS_FILE: folder / SETTINGS_FILE, _STORE: folder / _STORE}
        if not without_secrets:
            parts[_KEY] = hub.settings.key_file
        manifest = Manifest(
            side="hub", name=hub.key.public.key_id, made_at=utc_text(hub.clock()), protocol=PROTOCOL,
            revision=revision, heads=_heads(folder / _STORE), left_out=("secrets",) if without_secrets else (),
        )  # fmt: skip
        written = write_archive(file, manifest, parts, passphrase)
        _note(hub, BACKED_UP, file.name)
    events = sum(sequence for sequence, _ in written.heads.values())
    click.echo(
        f"{file} holds {many(len(written.parts), 'part', 'parts')} and the chains of "
        f"{many(len(written.heads), 'region', 'regions')} ({events})."
    )


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@_passphrase_file
@options.home
def restore(file: Path, passphrase_file: Path | None, home: Path) -> None:
    """Restore FILE into an empty folder; regions then send again what they have shipped since."""
    manifest = read_manifest(file)
    if manifest.side != "hub" or not can_talk(manifest.protocol):
        remedy = f"this is a hub of protocol {PROTOCOL}: restore it with the version that made it"
        if manifest.side != "hub":
            remedy = f"restore it with `python -m {manifest.side} restore`"
        raise BackupOfAnother(f"{file} is a backup of a {manifest.side} of protocol {manifest.protocol}; {remedy}.")
    used = [path for path in home.iterdir() if not path.name.startswith(".restoring-")] if home.is_dir() else []
    if used:
        raise HomeInUse(f"{home} holds {used[0].name} and more; restore into an empty folder, nothing was changed.")
    passphrase = _passphrase(passphrase_file, needed=manifest.salt is not None, confirm=False)
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    for leftover in home.glob(".restoring-*"):
        shutil.rmtree(leftover)
    with TemporaryDirectory(prefix=".restoring-", dir=home) as name:
        extract(file, Path(name), passphrase)
        _prepare(Path(name), manifest)
        _move(Path(name), home)
    click.echo(f"Restored the hub with key {manifest.name} as it was at {manifest.made_at}.")
    if "secrets" in manifest.left_out:
        click.echo(f"Put its signing key back as {home / _KEY} (owner-only rights); the backup has none.")
    click.echo("Keys, tokens and accounts that were ended since count again: end them again before you serve.")
    click.echo("Next: `python -m hub doctor`, then `serve`; regions send again what came since, on their own.")
    click.echo(
        "Tell the regions: where daily heads were made since, nodes raise an alarm within two days; `resume` ends it."
    )


def _prepare(folder: Path, manifest: Manifest) -> None:
    """Check what was extracted and bring the database up to date, before anything is in place."""
    store = folder / _STORE
    snapshot.check(store)
    if _heads(store) != manifest.heads:
        raise ChainsDiffer("The chains in the backup are not those its manifest names; take another backup.")
    if "secrets" not in manifest.left_out and read_key(folder / _KEY).public.key_id != manifest.name:
        raise ChainsDiffer("The signing key in the backup is not the one its manifest names; take another backup.")
    engine = open_engine(f"sqlite:///{store}")
    try:
        upgrade(engine, MIGRATIONS)
        with writing(engine) as connection:
            forget_everyone(connection)
            forget_told(connection)
    finally:
        engine.dispose()
    snapshot.check(store)


def _move(folder: Path, home: Path) -> None:
    """Put everything in its place, the settings last: without them a folder is no hub."""
    file = folder / SETTINGS_FILE
    text = re.sub(r'(?m)^key_file = "[^"]*"', f'key_file = "{_KEY}"', file.read_text(encoding="utf-8"))
    address = f'database = "sqlite:///{(home / _STORE).resolve()}"'
    text = re.sub(r'(?m)^database = "sqlite:[^"]*"', lambda _: address, text)
    file.write_text(text, encoding="utf-8")
    settings: Settings = read_settings(folder, os.environ)
    engine = open_engine(settings.database)
    moved: list[Path] = []
    try:
        if (folder / _KEY).exists():
            (folder / _KEY).rename(home / _KEY)
            moved.append(home / _KEY)
        store = database_file(engine)
        if store is None:
            snapshot.put_back(folder / _STORE, engine, MIGRATIONS)
        elif store.exists():
            raise HomeInUse(f"{store} is there already; set another database, nothing was changed.")
        else:
            shutil.move(folder / _STORE, store)
            moved.append(store)
        file.rename(home / SETTINGS_FILE)
    except BaseException:
        for path in moved:
            path.unlink()
        raise
    finally:
        engine.dispose()


def _settings_text(home: Path, is_guarded: bool) -> str:
    """Return the settings; without a passphrase, a password in the database's address stays behind."""
    text = (home / SETTINGS_FILE).read_text(encoding="utf-8")
    return text if is_guarded else re.sub(r'(?m)^(database = "[^"]*//[^":@/]*):[^"@]*@', r"\1@", text)


def _heads(store: Path) -> dict[str, tuple[int, str]]:
    engine = open_engine(f"sqlite:///{store}")
    last = select(event.c.region, func.max(event.c.sequence).label("sequence")).group_by(event.c.region).subquery()
    heads = select(event.c.region, event.c.sequence, event.c.id).join(
        last, (last.c.region == event.c.region) & (last.c.sequence == event.c.sequence)
    )
    try:
        with engine.connect() as connection:
            return {row.region: (row.sequence, row.id) for row in connection.execute(heads)}
    finally:
        engine.dispose()


def _note(hub: Hub, action: str, file: str) -> None:
    with writing(hub.engine) as connection:
        record(connection, hub.clock(), "operator", action, file=file)


def _passphrase(file: Path | None, needed: bool, confirm: bool) -> str | None:
    if file is not None:
        if file.stat().st_mode & 0o077:
            raise HubKeyExposed(f"{file} can be read by others; run `chmod 600 {file}`, and choose another passphrase.")
        return file.read_text(encoding="utf-8").rstrip("\r\n")
    given = os.environ.get(PASSPHRASE)
    if given or not needed:
        return given or None
    if not sys.stdin.isatty():
        raise PassphraseMissing(
            f"A passphrase guards the signing key in a backup; set {PASSPHRASE}, or use --passphrase-file"
            + (", or make the backup --without-secrets." if confirm else ".")
        )
    asked: str = click.prompt("Passphrase", hide_input=True, confirmation_prompt=confirm, err=True)
    return asked
