"""The hub's commands: `python -m hub VERB`. Exit 0 on success, 2 on a wrong call, 1 on a refusal, said in one line."""

import json
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
import waitress
from sqlalchemy import func, select

from connectors.database import writing
from hub.bootstrap import (
    BrokerNotSet,
    DatabaseUnreachable,
    application,
    is_up_to_date,
    make_hub,
    open_hub,
    open_receiver,
)
from hub.config import (
    HOME_VARIABLE,
    HubKeyExposed,
    HubKeyMissing,
    SettingsFileExists,
    SettingsFileMissing,
    SettingWrong,
)
from hub.intake.enrol import PartnerExists, RegionCodeWrong, RegionEnrolledAlready, add_partner, invite
from hub.intake.ledger import chains
from hub.intake.project import rebuild
from hub.tables import dead_letter
from schemas.delivery import TransportRefused

_REFUSALS = (
    BrokerNotSet,
    TransportRefused,
    DatabaseUnreachable,
    HubKeyExposed,
    HubKeyMissing,
    SettingsFileExists,
    SettingsFileMissing,
    SettingWrong,
    PartnerExists,
    RegionCodeWrong,
    RegionEnrolledAlready,
    FileExistsError,
)
_home = click.option(
    "--home", type=click.Path(path_type=Path), envvar=HOME_VARIABLE, required=True, help="The hub's folder."
)
_json = click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")


class DeadLetterUnknown(click.ClickException):
    """A number that no dead letter has; exit 1."""


@click.group()
def cli() -> None:
    """Run the national side of Regiohelix."""


@cli.command()
@click.argument("folder", type=click.Path(path_type=Path), required=False)
@click.option("--home", type=click.Path(path_type=Path), envvar=HOME_VARIABLE, help="The same, as an option.")
def init(folder: Path | None, home: Path | None) -> None:
    """Make a new hub in FOLDER: settings, signing key, empty store."""
    place = folder or home
    if place is None:
        raise click.UsageError("Name the folder for the new hub.")
    hub = make_hub(place)
    click.echo(f"The hub is made in {place}; its key is {hub.key.public.key_id}.")
    hub.engine.dispose()


@cli.command("invite")
@click.argument("region")
@click.option("--name", required=True, help="The region's name, as readers will see it.")
@click.option("--region-set", required=True, help="The set of regions, which do not overlap, that it belongs to.")
@_home
@_json
def invite_region(region: str, name: str, region_set: str, home: Path, as_json: bool) -> None:
    """Register REGION and print its invitation, once."""
    hub = open_hub(home)
    with writing(hub.engine) as connection:
        invitation = invite(connection, region, name, region_set, hub.clock())
    hub.engine.dispose()
    _say({"region": region, "invitation": invitation}, f"{invitation}", as_json)


@cli.command()
@click.option("--host", help="The address to listen on, instead of the setting.")
@click.option("--port", type=click.IntRange(0, 65535), help="The port, instead of the setting.")
@_home
def serve(host: str | None, port: int | None, home: Path) -> None:
    """Serve the hub over HTTP until stopped."""
    hub = open_hub(home)
    chosen = hub.settings.port if port is None else port
    try:
        server = waitress.create_server(
            application(hub),
            host=host or hub.settings.host,
            port=chosen,
            threads=8,
            ident="",
            max_request_body_size=17 * 1024 * 1024,
        )
    except OSError as error:
        hub.engine.dispose()
        raise click.ClickException(f"Port {chosen} cannot be listened on; stop what uses it, or use --port.") from error
    click.echo(f"The hub listens on http://{server.effective_host}:{server.effective_port}/")
    sys.stdout.flush()
    try:
        server.run()
    finally:
        server.close()
        hub.engine.dispose()


@cli.command("receive")
@_home
def receive_from_broker(home: Path) -> None:
    """Receive what regions send over Kafka until stopped."""
    hub = open_hub(home)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    try:
        open_receiver(hub).run(stop)
    finally:
        hub.engine.dispose()


@cli.command("rebuild")
@_home
@_json
def rebuild_projections(home: Path, as_json: bool) -> None:
    """Make every projection again from the stored events."""
    hub = open_hub(home)
    with writing(hub.engine) as connection:
        events = rebuild(connection)
    hub.engine.dispose()
    _say({"events": events}, f"The projections are made again from {events} events.", as_json)


@cli.command()
@_home
@_json
def doctor(home: Path, as_json: bool) -> None:
    """Check settings, key, database, chains and dead letters."""
    hub = open_hub(home)
    with hub.engine.connect() as connection:
        standing = chains(connection)
        letters = connection.scalar(select(func.count()).select_from(dead_letter)) or 0
    current = is_up_to_date(hub)
    hub.engine.dispose()
    gaps = {one.code: [list(gap) for gap in one.gaps] for one in standing if one.gaps}
    findings = {
        "key_id": hub.key.public.key_id,
        "migrations_current": current,
        "regions": len(standing),
        "events": sum(one.events for one in standing),
        "gaps": gaps,
        "dead_letters": letters,
    }
    text = "\n".join(f"{name}: {value}" for name, value in findings.items())
    _say(findings, text, as_json)


@cli.group("dead-letters")
def dead_letters() -> None:
    """See which events were refused, and why."""


@dead_letters.command("list")
@_home
@_json
def list_letters(home: Path, as_json: bool) -> None:
    """List the refused events, newest first."""
    hub = open_hub(home)
    columns = (dead_letter.c.id, dead_letter.c.region, dead_letter.c.received_at, dead_letter.c.reason)
    with hub.engine.connect() as connection:
        rows = connection.execute(select(*columns).order_by(dead_letter.c.id.desc())).mappings().all()
    hub.engine.dispose()
    text = "\n".join(f"{r['id']}  {r['received_at']}  {r['region'] or '-'}  {r['reason']}" for r in rows)
    _say([dict(row) for row in rows], text or "There are no dead letters.", as_json)


@dead_letters.command("show")
@click.argument("number", type=int)
@_home
@_json
def show_letter(number: int, home: Path, as_json: bool) -> None:
    """Show one refused event: its reason, the remedy, and how many bytes are kept; never its payload."""
    hub = open_hub(home)
    with hub.engine.connect() as connection:
        row = connection.execute(select(dead_letter).where(dead_letter.c.id == number)).mappings().one_or_none()
    hub.engine.dispose()
    if row is None:
        raise DeadLetterUnknown(f"There is no dead letter {number}; see: python -m hub dead-letters list")
    shown = {**row, "body": len(row["body"])}
    _say(shown, "\n".join(f"{name}: {value}" for name, value in shown.items()), as_json)


@cli.group("partner")
def partners() -> None:
    """Let partners read."""


@partners.command("add")
@click.argument("name")
@_home
@_json
def add(name: str, home: Path, as_json: bool) -> None:
    """Register partner NAME and print its reading token, once."""
    hub = open_hub(home)
    with writing(hub.engine) as connection:
        token = add_partner(connection, name, hub.clock())
    hub.engine.dispose()
    _say({"partner": name, "token": token}, token, as_json)


def main(argv: Sequence[str]) -> int:
    """Run one command and return its exit code: 0 done, 1 refused, 2 called wrongly."""
    try:
        cli.main(args=list(argv), prog_name="python -m hub", standalone_mode=False)
    except click.ClickException as wrong:
        wrong.show()
        return wrong.exit_code
    except click.Abort:
        return 1
    except _REFUSALS as refusal:
        click.echo(str(refusal), err=True)
        return 1
    return 0


def _say(value: Any, text: str, as_json: bool) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, sort_keys=True) if as_json else text)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
