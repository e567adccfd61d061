"""Commands that keep a node in a file and bring it back: settings, secrets, store and, where asked, linked records."""

import os
import re
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import click
from sqlalchemy import insert
from sqlalchemy.engine import make_url

from connectors import snapshot
from connectors.archive import ArchiveUnreadable, Manifest, PassphraseMissing, extract, read_manifest, write_archive
from connectors.database import database_file, open_engine, upgrade, writing
from connectors.secret_files import read_secret
from node import schedule
from node.audit import AuditEntry, record, timestamp
from node.bootstrap import MIGRATIONS, Node, now
from node.config import Settings, read_settings
from node.records.store import RecordStoreBusy, open_store, records_path
from node.release.sign import own_head
from node.tables import restored
from schemas.codes import PROTOCOL, can_talk
from schemas.refused import Refused

from . import options

PASSPHRASE: Final = "REGIOHELIX_BACKUP_PASSPHRASE"  # noqa: S105 - the variable's name
BACKED_UP: Final = "backup.made"  # in the audit log
_STORE: Final = "store.sqlite"
_passphrase_file = click.option(
    "--passphrase-file",
    type=click.Path(path_type=Path),
    help=f"A file with the passphrase, readable by you only; else {PASSPHRASE}, else you are asked.",
)


class HomeInUse(Refused, FileExistsError):
    """A folder that holds something already, where a backup was to be restored."""


class BackupOfAnother(Refused, ValueError):
    """A backup of something else than a node, or of one that this version does not understand."""


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--without-secrets", is_flag=True, help="Leave keys and token out; keep them by other means.")
@click.option("--with-records", is_flag=True, help="Take the linked person data too; mind their delete-by dates.")
@_passphrase_file
@options.home
def backup(file: Path, without_secrets: bool, with_records: bool, passphrase_file: Path | None, home: Path) -> None:
    """Write settings, store and secrets into FILE, consistently, while the node may be running."""
    passphrase = _passphrase(passphrase_file, needed=not without_secrets or with_records, confirm=True)
    with (
        options.opened(home) as node,
        TemporaryDirectory(prefix=".backup-", dir=home) as folder,
        _records(home, with_records) as records,
    ):
        store = Path(folder) / _STORE
        revision = snapshot.take(node.engine, MIGRATIONS, store)
        (Path(folder) / "node.toml").write_text(_settings_text(home, bool(passphrase)), encoding="utf-8")
        parts = {"node.toml": Path(folder) / "node.toml", _STORE: store, **records}
        if not without_secrets:
            parts |= {f"secrets/{path.name}": path for path in _secrets(node)}
        left_out = [name for name, is_out in (("secrets", without_secrets), ("records", not with_records)) if is_out]
        manifest = Manifest(
            side="node", name=node.settings.region, made_at=timestamp(now()), protocol=PROTOCOL, revision=revision,
            heads=_heads(store, node.settings.region), left_out=tuple(left_out),
        )  # fmt: skip
        written = write_archive(file, manifest, parts, passphrase)
        with writing(node.engine) as connection:
            record(connection, AuditEntry("operator", BACKED_UP, file.name, now()))
    sequence = written.heads.get(node.settings.region, (0, ""))[0]
    click.echo(f"{file} holds {len(written.parts)} parts, the chain up to event {sequence}; sha256 of each inside.")
    if "records" in written.left_out:
        click.echo("The linked records are left out: load the sources again after a restore, or use --with-records.")


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@_passphrase_file
@options.home
def restore(file: Path, passphrase_file: Path | None, home: Path) -> None:
    """Restore FILE into an empty folder; the node signs nothing until it has caught up with the hub."""
    manifest = read_manifest(file)
    if manifest.side != "node" or not can_talk(manifest.protocol):
        remedy = f"this is a node of protocol {PROTOCOL}: restore it with the version that made it"
        if manifest.side != "node":
            remedy = f"restore it with `python -m {manifest.side} restore`"
        raise BackupOfAnother(f"{file} is a backup of a {manifest.side} of protocol {manifest.protocol}; {remedy}.")
    used = [path for path in home.iterdir() if not path.name.startswith(".restoring-")] if home.is_dir() else []
    if used:
        raise HomeInUse(f"{home} holds {used[0].name} and more; restore into an empty folder, nothing was changed.")
    passphrase = _passphrase(passphrase_file, needed=manifest.salt is not None, confirm=False)
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    for leftover in home.glob(".restoring-*"):
        shutil.rmtree(leftover)
    with TemporaryDirectory(prefix=".restoring-", dir=home) as folder:
        extract(file, Path(folder), passphrase)
        _prepare(Path(folder), manifest)
        _move(Path(folder), home)
    schedule.expire(home, now)
    click.echo(f"Restored {manifest.name} as it was at {manifest.made_at}. It signs nothing until it has caught up.")
    if "secrets" in manifest.left_out:
        click.echo(f"Put the secrets back into {home / 'secrets'} (owner-only rights); the backup has none.")
    click.echo("Next: `python -m node catch-up`.")


def _prepare(folder: Path, manifest: Manifest) -> None:
    """Check the restored store against the manifest, mark it, and bring it up to date, before anything is in place."""
    store = folder / _STORE
    snapshot.check(store)
    if _heads(store, manifest.name) != manifest.heads:
        raise ArchiveUnreadable("The chain in the backup is not the one its manifest names; take another backup.")
    engine = open_engine(f"sqlite:///{store}")
    try:
        upgrade(engine, MIGRATIONS)
        with writing(engine) as connection:
            connection.execute(restored.delete())
            connection.execute(insert(restored).values(restored_at=timestamp(now()), made_at=manifest.made_at))
            record(connection, AuditEntry("operator", "backup.restored", manifest.made_at, now()))
    finally:
        engine.dispose()
    snapshot.check(store)


def _move(folder: Path, home: Path) -> None:
    """Put everything in its place, the settings last: without them a folder is no node."""
    file = folder / "node.toml"
    settings = read_settings(folder)
    target = replace(settings, home=home)
    if make_url(settings.database_url).get_backend_name() == "sqlite":
        target = _in_folder(settings, file, home)
    engine = open_engine(target.database_url)
    moved: list[Path] = []
    try:
        for name in ("secrets", "records.duckdb"):
            if (folder / name).exists():
                (folder / name).rename(home / name)
                moved.append(home / name)
        store = database_file(engine)
        if store is None:
            snapshot.put_back(folder / _STORE, engine, MIGRATIONS)
        elif store.exists():
            raise HomeInUse(f"{store} is there already; set another database, nothing was changed.")
        else:
            shutil.move(folder / _STORE, store)
            moved.append(store)
        file.rename(home / file.name)
    except BaseException:
        for path in moved:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        raise
    finally:
        engine.dispose()


def _in_folder(settings: Settings, file: Path, home: Path) -> Settings:
    """Let a store that was a file be one in the new folder, unless the environment names another."""
    text = file.read_text(encoding="utf-8")
    file.write_text(re.sub(r'(?m)^database = "sqlite:[^"]*"', 'database = ""', text), encoding="utf-8")
    return replace(read_settings(settings.home), home=home)


def _settings_text(home: Path, is_guarded: bool) -> str:
    """Return the settings; without a passphrase, a password in the database's address stays behind."""
    text = (home / "node.toml").read_text(encoding="utf-8")
    return text if is_guarded else re.sub(r'(?m)^(database = "[^"]*//[^":@/]*):[^"@]*@', r"\1@", text)


def _secrets(node: Node) -> Sequence[Path]:
    found = sorted(path for path in node.settings.secret("").iterdir() if path.is_file() and path.suffix != ".new")
    for path in found:
        read_secret(path)
    return found


def _heads(store: Path, region: str) -> dict[str, tuple[int, str]]:
    engine = open_engine(f"sqlite:///{store}")
    try:
        with engine.connect() as connection:
            last = own_head(connection)
    finally:
        engine.dispose()
    return {region: last} if last[0] else {}


@contextmanager
def _records(home: Path, wanted: bool) -> Iterator[dict[str, Path]]:
    """Hold the linked records still while they are copied; raises RecordStoreBusy."""
    path = records_path(home)
    if not wanted or not path.is_file():
        yield {}
        return
    if path.with_name(f"{path.name}.wal").exists():
        raise RecordStoreBusy(f"{path.name} has unfinished changes; wait for the other command, or load again.")
    connection = open_store(path, read_only=True)
    try:
        yield {path.name: path}
    finally:
        connection.close()


def _passphrase(file: Path | None, needed: bool, confirm: bool) -> str | None:
    if file is not None:
        return read_secret(file).decode().rstrip("\r\n")
    given = os.environ.get(PASSPHRASE)
    if given or not needed:
        return given or None
    if not sys.stdin.isatty():
        raise PassphraseMissing(
            f"A passphrase guards the secrets in a backup; set {PASSPHRASE}, or use --passphrase-file"
            + (", or make the backup --without-secrets." if confirm else ".")
        )
    asked: str = click.prompt("Passphrase", hide_input=True, confirmation_prompt=confirm, err=True)
    return asked
