"""Commands of the data protection officer: join, hold a bundle, lift the hold."""

from pathlib import Path

import click

from connectors.database import writing
from connectors.secret_files import write_secret
from node.audit import AuditEntry, timestamp
from node.bootstrap import now, read_reviewer_key
from node.release import officer, review
from node.release.answer import findings_of
from node.release.candidate import load
from node.release.signed_decisions import keep
from schemas.signature import SigningKey

from . import desk, options


@click.group("dpo")
def dpo_group() -> None:
    """Advise as data protection officer: hold a bundle with a reason, and lift that."""


@dpo_group.command("add")
@click.option("--name", required=True, help="The officer's name; stays inside the region.")
@options.key
@options.passphrase
@options.home
def add(name: str, key: Path, passphrase: str, home: Path) -> None:
    """Make an officer's key (kept in the file you name) and register its public half."""
    with options.opened(home) as node:
        if key.exists():
            raise officer.OfficerTaken(f"{key} exists already; name a new file for the key.")
        fresh = SigningKey.generate()
        with writing(node.engine) as connection:
            entry = AuditEntry(name, "officer.joined", fresh.public.key_id, now())
            officer.register(connection, officer.Officer(name, fresh.public), entry)
            write_secret(key, fresh.to_pem(passphrase.encode() or None))
    click.echo(f"{name} is data protection officer here; the key is in {key}. Keep it with you, not on the node.")
    click.echo("An officer advises and can hold a bundle (`review dpo hold`), and never counts as a reviewer.")


@dpo_group.command("hold")
@click.argument("bundle_id")
@click.option("--reason", required=True, help="Why it may not leave yet, and what would settle that.")
@options.key
@options.passphrase
@options.home
def hold(bundle_id: str, reason: str, key: Path, passphrase: str, home: Path) -> None:
    """Hold a bundle that is not signed yet: nobody approves or publishes it until an officer lifts that."""
    with options.opened(home) as node:
        signing = read_reviewer_key(key, passphrase)
        with writing(node.engine) as connection:
            entry = AuditEntry("officer", "bundle.held", bundle_id, now())
            copy = officer.hold(connection, bundle_id, signing.public, reason, entry)
            keep(connection, node.settings.region, copy, "hold", signing, reason, timestamp(entry.at))
    click.echo(f"Bundle {bundle_id} is on hold and cannot leave. Next, when it is settled: `review dpo lift`.")


@dpo_group.command("lift")
@click.argument("bundle_id")
@click.option("--reason", required=True, help="What settled it.")
@options.key
@options.passphrase
@options.home
def lift(bundle_id: str, reason: str, key: Path, passphrase: str, home: Path) -> None:
    """Lift what stands of your holds on a bundle, and of colleagues' holds placed after you joined."""
    with options.opened(home) as node:
        signing = read_reviewer_key(key, passphrase)
        with writing(node.engine) as connection:
            entry = AuditEntry("officer", "bundle.hold_lifted", bundle_id, now())
            bundle = officer.lift(connection, bundle_id, signing.public, reason, entry)
            keep(connection, node.settings.region, bundle, "lift", signing, reason, timestamp(entry.at))
            found = findings_of(connection, bundle_id)
            lacks = review.lacks_approval(connection, bundle)
    click.echo(f"The hold on bundle {bundle_id} is lifted; the bundle is {bundle.state.words}.")
    for line in desk.next_step(bundle, found, lacks):
        click.echo(line)


@dpo_group.command("advise")
@click.argument("bundle_id")
@click.option("--text", required=True, help="The advice; author and reviewers read it, so it names nobody.")
@options.key
@options.passphrase
@options.home
def advise(bundle_id: str, text: str, key: Path, passphrase: str, home: Path) -> None:
    """Advise on a bundle without stopping it."""
    with options.opened(home) as node:
        signing = read_reviewer_key(key, passphrase)
        with writing(node.engine) as connection:
            entry = AuditEntry("officer", "bundle.advised", bundle_id, now())
            officer.advise(connection, bundle_id, signing.public, text, entry)
            copy = load(connection, bundle_id)
            keep(connection, node.settings.region, copy, "advise", signing, text, timestamp(entry.at))
    click.echo(f"Your advice on {bundle_id} is kept; `review show {bundle_id}` shows it to author and reviewers.")


@dpo_group.command("list")
@options.home
def list_officers(home: Path) -> None:
    """Name the data protection officers of this node."""
    with options.opened(home) as node, node.engine.connect() as connection:
        found = officer.officers(connection)
    for one in found:
        click.echo(f"{one.key.key_id}  {one.name}, since {one.registered_at[:10]}")
    if not found:
        click.echo("No officer yet; one joins with `python -m node review dpo add --name NAME --key FILE`.")
