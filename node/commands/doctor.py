"""The doctor of a node: every finding says what is wrong, since when if known, and the command that mends it."""

import json
import os
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import click
import duckdb
from sqlalchemy import Connection, func, select
from sqlalchemy.exc import SQLAlchemyError

from connectors import findings
from connectors.database import DatabaseNewer, DatabaseUrlUnknown, database_file
from connectors.findings import Finding
from connectors.trouble import of_file, takes_no_writes, trouble
from node.audit import timestamp
from node.bootstrap import Node, StoreGone, now, open_ledger, seen_hub, told_together
from node.config import HomeMissing, SettingWrong
from node.records.store import RecordStoreBusy, open_store, records_path
from node.release import alarm, keyring, outbox, review, turn
from node.release.rhythm import rhythm
from node.release.sign import own_head
from node.tables import answer as answer_table
from node.tables import audit_log, event, restored, reviewer
from node.tables import outbox as outbox_table
from schemas.codes import PROTOCOL, can_talk
from schemas.delivery import TransportRefused, TransportUnavailable
from schemas.signature import KeyUnreadable, SignatureMismatch
from schemas.standing import Standing, check_standing

from . import inspection, options
from .backups import BACKED_UP
from .desk_doctor import at_the_desk
from .plan_doctor import at_work, of_actions
from .pseudonyms import NEXT_KEY
from .token import of_the_token
from .warehouse_doctor import in_the_warehouse

_SECRETS: Final = ("service.pem", "pseudonym", "subject")
_ENROLLED_SECRETS: Final = ("token", "hub.pub")
_LARGEST_CLOCK_DIFFERENCE: Final = 300.0  # seconds
_CANNOT_OPEN: Final = (StoreGone, DatabaseNewer, DatabaseUrlUnknown, HomeMissing, SettingWrong)
_LONG: Final = timedelta(days=1)  # that an event may wait before somebody should look
_RESTORE: Final = "restore it: `python -m node restore FILE --home NEW_FOLDER`, then `python -m node catch-up`"


@click.command()
@click.option("--backup-days", default=7, show_default=True, help="Days a backup may be old; 0: do not ask.")
@options.home
@options.json
def doctor(backup_days: int, home: Path, as_json: bool) -> None:
    """Say what is wrong with this node and what mends it; exit 1 when something needs a hand."""
    found = [*findings.disk(home), *findings.leftovers(home)]
    facts: dict[str, object] = {}
    try:
        _examine(home, found, facts, backup_days)
    except _CANNOT_OPEN as refusal:
        found.append(findings.refused("node", str(refusal)))
    except SQLAlchemyError as error:
        seen = trouble(error)
        found.append(Finding("store", seen.what, _RESTORE if seen.is_damage else seen.mend))
    except OSError as error:
        found.append(findings.refused("files", of_file(error)))
    findings.tell(found, facts, as_json)


def _examine(home: Path, found: list[Finding], facts: dict[str, object], backup_days: int) -> None:
    with options.opened(home) as node:
        stores = [file for file in (database_file(node.engine), records_path(home)) if file is not None]
        found += [
            *findings.seen_by_others(stores),
            *_secrets(node),
            *(() if node.settings.light else _records(home)),
            *in_the_warehouse(node, home),
        ]
        if (seen := takes_no_writes(node.engine)) is not None:
            found.append(Finding("store", seen.what, seen.mend))
        with node.engine.connect() as connection:
            found += _backup(connection, backup_days)
            for check in (_chain, _marks, _outbox, _reviewers, at_the_desk, at_work, of_actions):
                found += check(connection, node)
            facts |= {"events": own_head(connection)[0], **outbox.counts(connection)}
            if (next_one := rhythm(connection, node.settings.release_every_months)) is not None:
                facts["release_due"] = str(next_one.due)
        found += _hub(node)
        with turn.holding(home / "run.lock") as nobody_runs:
            facts["running"] = not nobody_runs


def _backup(connection: Connection, days: int) -> list[Finding]:
    last = connection.scalar(select(func.max(audit_log.c.at)).where(audit_log.c.action == BACKED_UP))
    begun = connection.scalar(select(func.min(audit_log.c.at)))
    return findings.backup_age(last, begun, now(), days, "python -m node backup FILE")


def _secrets(node: Node) -> Iterator[Finding]:
    is_enrolled = node.settings.secret("token").is_file() or node.settings.secret("hub.pub").is_file()
    needed = [name for name in _SECRETS if not (node.settings.light and name == "pseudonym")]
    for name in (*needed, *(_ENROLLED_SECRETS if is_enrolled else ())):
        path = node.settings.secret(name)
        if not path.is_file():
            yield Finding("secrets", f"secrets/{name} is missing", f"put it back from your backup, or {_RESTORE}")
        elif not os.access(path, os.R_OK):
            mend = f"run this as the node's own user, or give the file to it: chown USER {path}"
            yield Finding("secrets", f"secrets/{name} may not be read by this user", mend)
        elif path.stat().st_mode & 0o077:
            mend = f"run `chmod 600 {path}`, and replace the key if others may have read it (`key rotate`)"
            yield Finding("secrets", f"secrets/{name} can be read by others", mend)
    yield from _keys_readable(node)
    if node.settings.secret(NEXT_KEY).is_file():
        what = "a renewal of the pseudonyms' key is not finished, and sources may not load until it is"
        yield Finding("secrets", what, "`python -m node key rotate-pseudonym` goes on where it stopped")
    for path in sorted(node.settings.secret("").glob("pseudonym.*")):
        if path.stat().st_mode & 0o077:
            yield Finding("secrets", f"secrets/{path.name} can be read by others", f"run `chmod 600 {path}`")
    if not is_enrolled:
        yield Finding("hub", "this node is not enrolled", "`python -m node enrol --invitation CODE`")


def _keys_readable(node: Node) -> Iterator[Finding]:
    mend = f"put it back from your backup, or {_RESTORE}"
    try:
        node.service_key()
    except KeyUnreadable:
        yield Finding("secrets", "secrets/service.pem is no key, so nothing can be signed", mend)
    except OSError:
        return  # missing, or not to be read: said before


def _chain(connection: Connection, node: Node) -> Iterator[Finding]:
    try:
        key = node.service_key().public
    except (OSError, KeyUnreadable):
        return  # said of the secrets
    try:
        inspection.verify_chain(connection, key)
    except inspection.ChainBroken as broken:
        yield Finding("chain", str(broken), _RESTORE)
        return
    held = keyring.service_keys(connection, key)
    following = own_head(connection)[0] + 1
    mine = held.get(key.key_id)
    if mine is None or not mine.holds_at(following):
        right = [one.key.key_id for one in held.values() if one.holds_at(following)]
        what = f"secrets/service.pem is key {key.key_id}, and event {following} needs {' or '.join(right) or 'another'}"
        yield Finding("chain", what, "put that key into secrets/service.pem (service.next.pem after a rotation)")
        return
    for one in held.values():
        if one.from_sequence < mine.from_sequence and one.holds_at(following):
            what = (
                f"service key {one.key.key_id} was replaced and still counts; whoever has it can sign for this region"
            )
            mend = "approve and publish the bundle that takes it back (`release list`; if there is none: `key revoke`)"
            yield Finding("keys", what, mend)


def _marks(connection: Connection, node: Node) -> Iterator[Finding]:
    made_at = connection.scalar(select(restored.c.made_at).limit(1))
    if made_at is not None:
        what = "this store was restored or begun anew and does not hold all that was released; it signs nothing"
        yield Finding("restored", what, "`python -m node catch-up`", since=made_at)
    contradiction = alarm.standing_alarm(connection)
    if contradiction is not None:
        at = connection.scalar(select(func.max(audit_log.c.at)).where(audit_log.c.action == alarm.RAISED))
        mend = "compare with the hub's team, then `python -m node resume --author NAME --reason TEXT`"
        yield Finding("alarm", str(contradiction), mend, since=at)


def _outbox(connection: Connection, node: Node) -> Iterator[Finding]:
    box = outbox_table.c
    since = outbox.oldest_waiting(connection)
    if since is not None:
        number = sum(outbox.counts(connection)[state] for state in ("pending", "sent"))
        is_long = since < timestamp(now() - _LONG)
        mend = "`python -m node ship`, or keep `python -m node run` running; it goes out by itself when the hub answers"
        wait = "1 event waits" if number == 1 else f"{number} events wait"
        yield Finding("outbox", f"{wait} for the hub's answer", mend, is_long, since)
    refused = select(answer_table.c.answer, answer_table.c.received_at).join(
        outbox_table, box.event_id == answer_table.c.event_id
    )
    reasons: dict[str, tuple[int, str]] = {}
    for row in connection.execute(refused.where(box.state == "refused").order_by(answer_table.c.received_at)):
        said = json.loads(row.answer)
        text = f"the hub refused ({said.get('reason')}): {said.get('detail')}"
        count, first = reasons.get(text, (0, row.received_at))
        reasons[text] = count + 1, first
    for text, (count, first) in reasons.items():
        mend = "do what it says, then `python -m node ship --again`"
        yield Finding("outbox", f"{count} events {text}", mend, since=first)


def _reviewers(connection: Connection, node: Node) -> Iterator[Finding]:
    people = review.reviewers(connection)
    if len(people) < 2:
        yield Finding("reviewers", f"{len(people)} have joined and figures need two", "`python -m node review join`")
    if node.settings.secret("token").is_file():
        unknown = connection.scalars(
            select(reviewer.c.name).where(reviewer.c.enrolled_at.is_(None), reviewer.c.revoked_at.is_(None))
        )
        for name in unknown:
            mend = "`python -m node key add-reviewer`, and let two reviewers approve it"
            yield Finding("reviewers", f"the hub does not know the key of {name} yet", mend)


def _hub(node: Node) -> Iterator[Finding]:
    seen = seen_hub(node, now)
    if seen.status is None or seen.status >= 500:
        mend = "check the network and `hub_url`; events wait in the outbox and nothing is lost"
        yield Finding("hub", f"{node.settings.hub_url} does not answer", mend, needs_hand=False)
        return
    if seen.protocol is not None and not (seen.protocol.isdigit() and can_talk(int(seen.protocol))):
        what = f"the hub speaks protocol {seen.protocol[:20]}, this node {PROTOCOL}"
        yield Finding("hub", what, "bring the older side up to date")
    if seen.clock_off is not None and abs(seen.clock_off) > _LARGEST_CLOCK_DIFFERENCE:
        direction = "behind" if seen.clock_off > 0 else "ahead of"
        what = f"this machine's clock is {abs(seen.clock_off):.0f} s {direction} the hub's"
        yield Finding("clock", what, "let the machine keep time (systemd-timesyncd or chrony); ask the hub's team too")
    if all(node.settings.secret(name).is_file() for name in _ENROLLED_SECRETS):
        yield from _standing(node)
        yield from _told_together(node)
        yield from of_the_token(node)


def _told_together(node: Node) -> Iterator[Finding]:
    """Name this region's hidden figures that others' figures tell, as the hub found."""
    try:
        found = told_together(node)
    except OSError:
        return  # said of the secrets, or of the standing
    for one in found:
        what = f"{one.indicator} {one.period}: {one.figures} figures hidden here follow from what others published"
        mend = f"`python -m node withdraw` event {one.event_id[:12]} and release it coarser; ask the hub's team"
        yield Finding("figures", f"{what}, for readers of {one.audience}", mend, since=one.found_at)


def _standing(node: Node) -> Iterator[Finding]:
    try:
        ledger, key = open_ledger(node), node.hub_key()
    except OSError:
        return  # said of the secrets
    try:
        word = ledger.standing()
        if word is not None:
            check_standing(word, key)
    except TransportUnavailable as away:
        yield Finding("hub", str(away), "nothing to do; it is called again", needs_hand=False)
    except TransportRefused as refused:
        yield Finding("hub", str(refused), "ask the hub's team; a token that was taken back needs a new enrolment")
    except SignatureMismatch:
        what = "the hub's word does not bear the key learnt at enrolment"
        yield Finding("hub", what, "check `hub_url`, and ask the hub's team by telephone whether its key changed")
    else:
        if word is not None:
            with node.engine.connect() as connection:
                yield from _compared(connection, word)
    finally:
        ledger.close()


def _compared(connection: Connection, word: Standing) -> Iterator[Finding]:
    here = connection.scalar(select(event.c.id).where(event.c.sequence == word.last_sequence))
    if word.last_sequence and here is None:
        what = f"the hub holds {word.last_sequence} events of this region, more than are here"
        is_restored = connection.scalar(select(restored.c.made_at).limit(1)) is not None
        yield Finding("hub", what, "`python -m node catch-up`" if is_restored else f"this store is too old: {_RESTORE}")
    elif word.last_sequence and here != word.last_event:
        what = f"the hub holds another event {word.last_sequence} of this region"
        yield Finding("hub", what, "publish nothing, and settle with the hub's team which chain holds")
    if word.gaps:
        runs = ", ".join(str(first) if first == last else f"{first} to {last}" for first, last in word.gaps)
        what = f"the hub misses events {runs}"
        yield Finding("hub", what, "`python -m node ship` sends them again", needs_hand=False, since=word.as_of)


def _records(home: Path, clock: Callable[[], datetime] = now) -> Iterator[Finding]:
    path = records_path(home)
    if not path.is_file():
        mend = "`python -m node source load MAPPING`, unless this region releases lessons and public tables only"
        yield Finding("records", "no linked records are here", mend, needs_hand=False)
        return
    try:
        connection = open_store(path, read_only=True)
        try:
            past = connection.execute(
                "SELECT id, delete_by FROM source WHERE delete_by <= ? ORDER BY id", [clock().date()]
            ).fetchall()
        finally:
            connection.close()
    except RecordStoreBusy:
        mend = "wait until the other command has ended; if none runs, check the file's rights"
        yield Finding("records", f"{path.name} is open in another process", mend, needs_hand=False)
    except duckdb.Error:  # its message could hold a record's value
        yield Finding("records", f"{path.name} cannot be read", f"move it away, then load the sources again: {path}")
    else:
        for source, day in past:
            what = f"the rows of source {source} should have been deleted on {day}"
            yield Finding("records", what, "`python -m node run` deletes them at its start", since=str(day))
