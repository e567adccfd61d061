"""Commands on the regions' keys: which hold where in each chain, and the operator's way to end a stolen one."""

from pathlib import Path
from typing import Any

import click

from connectors.database import writing
from hub.intake.keys import region_keys, revoke_by_operator

from . import options


@click.group("keys")
def keys() -> None:
    """See a region's keys, or end one that was stolen."""


@keys.command("list")
@click.argument("region")
@options.home
@options.as_json
def list_keys(region: str, home: Path, as_json: bool) -> None:
    """List the keys of REGION, revoked ones included."""
    with options.opened(home) as hub, hub.engine.connect() as connection:
        found = region_keys(connection, region)
    options.say(found, "\n".join(map(_line, found)) or f"Region {region} has no keys.", as_json)


@keys.command("revoke")
@click.argument("region")
@click.argument("key_id")
@click.option("--reason", required=True, help="What happened; it goes into the audit log.")
@options.home
@options.as_json
def revoke_key(region: str, key_id: str, reason: str, home: Path, as_json: bool) -> None:
    """End KEY_ID of REGION behind the last event that the hub holds; what it signed before stays valid."""
    if not reason.strip():
        raise click.UsageError("Say in --reason what happened.")
    with options.opened(home) as hub, writing(hub.engine) as connection:
        until = revoke_by_operator(connection, region, key_id, reason.strip(), hub.clock())
    text = f"Key {key_id} of {region} holds below place {until} only; see also: python -m hub invite {region} --again"
    options.say({"region": region, "key_id": key_id, "until_sequence": until}, text, as_json)


def _line(one: dict[str, Any]) -> str:
    until = one["until_sequence"]
    stretch = f"from {one['from_sequence']}" + ("" if until is None else f" below {until}")
    return f"{one['key_id']}  {one['use']:<8}  {stretch}  {one['role']}"
