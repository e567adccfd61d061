"""Commands on regions' ledger files: verify one, or take them into a hub that holds nothing of those regions."""

from pathlib import Path

import click
import msgspec

from hub.bootstrap import heads_shown
from hub.intake import replay_ledger as replaying
from schemas.heads import Heads
from schemas.ledger_file import lines_of
from schemas.ledger_verify import verify_ledger
from schemas.refused import Refused
from schemas.signature import PublicKey
from schemas.text import many

from . import options


class HeadsUnreadable(Refused, ValueError):
    """A file that is no list of daily heads, or a hub that shows none."""


@click.group("ledger")
def ledger() -> None:
    """Verify a region's ledger file, or replay it into an empty hub."""


def _key(_context: click.Context, _option: click.Parameter, text: str | None) -> PublicKey | None:
    if text is None:
        return None
    if len(text) != 64 or set(text) - set("0123456789abcdef"):
        raise click.BadParameter("write the key's 64 hexadecimal digits.")
    return PublicKey(text)


_hub_key = click.option(
    "--hub-key", callback=_key, required=True, help="Key of the hub that gave the receipts (64 hex)."
)


@ledger.command("verify")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--heads", type=click.Path(path_type=Path), help="Daily heads that were kept: /api/v1/heads?days=400.")
@click.option("--url", help="Or the address of the hub: the heads that it shows now.")
@click.option("--hub-key", callback=_key, help="Key of the hub that gave the receipts (64 hex).")
@options.as_json
def verify(file: Path, heads: Path | None, url: str | None, hub_key: PublicKey | None, as_json: bool) -> None:
    """Verify the ledger FILE of a region, without a hub: signatures, approvals, hashes, chain, receipts, heads."""
    if heads and url:
        raise click.UsageError("Give --heads or --url: what was kept, or what the hub shows now.")
    days = _shown(url) if url else _kept(heads)
    with file.open("rb") as opened:
        done = verify_ledger(lines_of(opened), days, hub_key)
    told = {
        "region": done.header.region, "events": done.events, "receipts": done.receipts, "destroyed": done.destroyed,
        "left_out": done.left_out, "days": done.days, "head": done.head, "hub_key": done.header.hub_key,
        "fingerprint": done.header.fingerprint,
    }  # fmt: skip
    options.say(told, f"The ledger of {done.header.region} verifies: {many(done.events, 'event', 'events')}.", as_json)


def _kept(heads: Path | None) -> tuple[Heads, ...]:
    try:
        return msgspec.json.decode(heads.read_bytes(), type=tuple[Heads, ...]) if heads else ()
    except msgspec.DecodeError as error:
        raise HeadsUnreadable(f"{heads} is no list of daily heads; fetch /api/v1/heads?days=400.") from error


def _shown(url: str) -> tuple[Heads, ...]:
    shown = heads_shown(url)
    if shown is None:
        raise HeadsUnreadable(f"The hub at {url} shows no heads; check the address.")
    return (shown,)


@ledger.command("replay")
@click.argument("files", type=click.Path(path_type=Path), nargs=-1, required=True)
@_hub_key
@click.option(
    "--fingerprint", "fingerprints", multiple=True, required=True,
    help="Of the keys a region began with, as its people read it to you; one for each file.",
)  # fmt: skip
@options.home
@options.as_json
def replay(
    files: tuple[Path, ...], hub_key: PublicKey, fingerprints: tuple[str, ...], home: Path, as_json: bool
) -> None:
    """Take the events of ledger FILES in with the times and receipts of the hub that had them, a region at a time."""
    with options.opened(home) as hub:
        for file in files:
            with file.open("rb") as opened:
                done = replaying.replay_ledger(hub, lines_of(opened), hub_key, fingerprints)
            text = (
                f"{done.region}: {many(done.events, 'event is', 'events are')} in, {done.destroyed} of them destroyed; "
                f"without a receipt, and so left out: {done.without_receipt}. Let it come back with "
                f"`python -m hub invite {done.region} --again`."
            )
            if done.unplaced:
                numbers = ", ".join(map(str, done.unplaced))
                text += f" Of the destroyed figures in events {numbers} nothing tells the indicator: a gap is shown."
            told = {
                "region": done.region, "events": done.events, "without_receipt": done.without_receipt,
                "destroyed": done.destroyed, "unplaced": done.unplaced,
            }  # fmt: skip
            options.say(told, text, as_json)
