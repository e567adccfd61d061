"""Accounts of the desk's pages: invited by name and role, a passphrase of their own, sessions that end.

Passphrases are kept as scrypt (RFC 7914; N = 2^15, r = 8, p = 1: 32 MiB each), links and sessions as SHA-256.
"""

import hashlib
import hmac
import secrets
import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal, NamedTuple, get_args

from sqlalchemy import Connection, Engine, Row, delete, insert, select, update

from connectors.database import writing
from node.audit import AuditEntry, record, timestamp
from node.release.person import check_name, same_person
from node.release.refusal import ReleaseRefused
from node.tables import desk_account, desk_link, desk_session

Role = Literal["scientist", "reviewer", "officer", "author"]
ROLES: Final[tuple[Role, ...]] = get_args(Role)
SHORTEST: Final = 12  # characters of a passphrase
_LONGEST: Final = 200
_IDLE: Final = timedelta(minutes=60)
_WHOLE: Final = timedelta(hours=10)
_TRIES: Final = 5  # wrong passphrases before an account waits: 1, 2, 4, 8 minutes, at most ten
_LONGEST_WAIT: Final = timedelta(minutes=10)  # anyone who knows a name can cause it
_N, _R, _P = 2**15, 8, 1
_AT_ONCE: Final = threading.BoundedSemaphore(2)  # each takes 32 MiB
_NOBODY: Final = f"{'00' * 16}:{'00' * 64}"  # what is compared where there is no account: it takes as long


class DeskRefused(ReleaseRefused):
    """Something asked of the desk's accounts that cannot be; the message says what to do."""


class LinkUnknown(DeskRefused):
    """A link that was used, replaced or has expired."""


@dataclass(frozen=True, slots=True)
class Account:
    """Someone who may use the desk: `has_joined` once the link was used, `ended_at` once the operator ended it."""

    id: str
    name: str
    role: Role
    organisation: str
    has_joined: bool
    ended_at: str | None


class Session(NamedTuple):
    """Whose session it is; `is_stale` where `touch` is due: noting every request would make every reader a writer."""

    account: Account
    is_stale: bool


def invite(
    connection: Connection, name: str, role: Role, organisation: str, hours: int, entry: AuditEntry
) -> tuple[Account, str]:
    """Make an account, or renew the link of one with this name and role, and return it with the link's token.

    A renewed link ends the sessions and, once it is used, the passphrase there was. Raises DeskRefused.
    """
    check_name(name)
    check_name(organisation)
    if not name.strip() or len(name) > _LONGEST or len(organisation) > _LONGEST:
        raise DeskRefused(f"A name of 1 to {_LONGEST} characters is needed; write it as colleagues know it.")
    if role == "reviewer" and not organisation.strip():
        raise DeskRefused("A reviewer signs for an organisation that owns data; name it with --organisation.")
    known = next((one for one in accounts(connection) if same_person(one.name, name)), None)
    if known is not None and (known.role, known.organisation) != (role, organisation):
        raise DeskRefused(
            f"{known.name} is {known.role} here{f' for {known.organisation}' if known.organisation else ''}; invite "
            "with that same role and organisation to renew the link, or use another name."
        )
    identity = secrets.token_hex(16) if known is None else known.id
    if known is None:
        connection.execute(
            insert(desk_account).values(
                id=identity, name=name, role=role, organisation=organisation, failures=0, added_at=timestamp(entry.at)
            )
        )
    else:
        back = {"ended_at": None, "failures": 0, "blocked_until": None}
        connection.execute(update(desk_account).where(desk_account.c.id == identity).values(back))
        _sign_out_everywhere(connection, identity)
    token = secrets.token_urlsafe(32)
    until = timestamp(entry.at + timedelta(hours=hours))
    connection.execute(insert(desk_link).values(id=_hash(token), account=identity, expires_at=until))
    record(connection, entry)
    return _account(connection, identity), token


def end(connection: Connection, name: str, entry: AuditEntry) -> None:
    """End an account: its sessions and links end at once, its name stays in the audit log. Raises DeskRefused."""
    known = next((one for one in accounts(connection) if same_person(one.name, name) and one.ended_at is None), None)
    if known is None:
        raise DeskRefused(f"There is no account of {name} here; `python -m node desk list` names them.")
    connection.execute(
        update(desk_account).where(desk_account.c.id == known.id).values(ended_at=timestamp(entry.at), passphrase=None)
    )
    _sign_out_everywhere(connection, known.id)
    record(connection, entry)


def accounts(connection: Connection) -> tuple[Account, ...]:
    """Return every account in order of name, ended ones too."""
    return tuple(map(_read, connection.execute(select(desk_account).order_by(desk_account.c.name))))


def invited(connection: Connection, token: str, now: datetime) -> Account:
    """Return whose link this is; raises LinkUnknown."""
    row = connection.execute(select(desk_link).where(desk_link.c.id == _hash(token))).one_or_none()
    if row is None or row.expires_at <= timestamp(now):
        raise LinkUnknown("This link was used, replaced or has expired; ask the node's operator for a new one.")
    return _account(connection, row.account)


def join(engine: Engine, token: str, passphrase: str, entry: AuditEntry) -> Account:
    """Set the passphrase that a link's owner chose, and use all their links up; raises LinkUnknown or DeskRefused.

    The entry's actor is replaced by the account's name.
    """
    with engine.connect() as connection:
        account = invited(connection, token, entry.at)
    if not SHORTEST <= len(passphrase) <= _LONGEST:
        raise DeskRefused(f"A passphrase of {SHORTEST} to {_LONGEST} characters is needed; a few words are easy.")
    if same_person(passphrase, account.name):
        raise DeskRefused("The passphrase is your name; choose a few other words.")
    salt = secrets.token_bytes(16)
    kept = f"{salt.hex()}:{_stretched(passphrase, salt).hex()}"  # before the store is locked: it takes long on purpose
    with writing(engine) as connection:
        account = invited(connection, token, entry.at)
        _sign_out_everywhere(connection, account.id)
        fresh = {"passphrase": kept, "failures": 0, "blocked_until": None}
        connection.execute(update(desk_account).where(desk_account.c.id == account.id).values(fresh))
        record(connection, AuditEntry(account.name, entry.action, account.id, entry.at))
        return _account(connection, account.id)


def check_passphrase(
    engine: Engine, name: str, passphrase: str, now: datetime, known: str | None = None
) -> Account | None:
    """Return whose name and passphrase these are, None where they are nobody's; a wrong one is counted.

    Too many wrong ones make the account wait, and then a right one is refused as well: but for `known`, the account
    that signed in before in the browser that asks.
    """
    with engine.connect() as connection:
        row = next((one for one in connection.execute(select(desk_account)) if same_person(one.name, name)), None)
    kept = None if row is None or row.ended_at is not None else row.passphrase
    salt, _, digest = (kept or _NOBODY).partition(":")
    # before the store is locked: it takes long on purpose, and others have to write meanwhile
    is_right = hmac.compare_digest(_stretched(passphrase[:_LONGEST], bytes.fromhex(salt)).hex(), digest)
    if row is None or not kept:
        return None
    with writing(engine) as connection:
        # locked, so that guesses at the same time are all counted
        held = connection.execute(select(desk_account).where(desk_account.c.id == row.id).with_for_update()).one()
        if (held.passphrase, held.ended_at) != (kept, None):
            return None  # it became another meanwhile
        return _counted(connection, held, is_right, now, known)


def _counted(connection: Connection, row: Row[Any], is_right: bool, now: datetime, known: str | None) -> Account | None:
    """Let somebody in with the right passphrase, unless the account waits; count a wrong one."""
    waits = row.id != known and row.blocked_until is not None and row.blocked_until > timestamp(now)
    if is_right and not waits:
        free = {"failures": 0, "blocked_until": None}
        connection.execute(update(desk_account).where(desk_account.c.id == row.id).values(free))
        return _read(row)
    if not waits:
        failures = row.failures + 1
        wait = min(timedelta(minutes=1) * 2 ** min(max(failures - _TRIES, 0), 6), _LONGEST_WAIT)
        until = timestamp(now + wait) if failures >= _TRIES else None
        change = {"failures": failures, "blocked_until": until}
        connection.execute(update(desk_account).where(desk_account.c.id == row.id).values(change))
        record(connection, AuditEntry(row.name, "desk.sign_in_failed", row.id, now, f"{failures} in a row"))
    return None


def begin_session(connection: Connection, account: Account, entry: AuditEntry) -> str:
    """Begin a session and return what its cookie holds."""
    token = secrets.token_urlsafe(32)
    at = timestamp(entry.at)
    connection.execute(insert(desk_session).values(id=_hash(token), account=account.id, begun_at=at, seen_at=at))
    connection.execute(delete(desk_session).where(desk_session.c.begun_at < timestamp(entry.at - _WHOLE)))
    record(connection, AuditEntry(account.name, entry.action, account.id, entry.at))
    return token


def session(connection: Connection, token: str, now: datetime) -> Session | None:
    """Return the session of a cookie; None where there is none, it idled for an hour, or is ten hours old."""
    chosen = select(desk_session.c.account, desk_session.c.begun_at, desk_session.c.seen_at)
    row = connection.execute(chosen.where(desk_session.c.id == _hash(token))).one_or_none()
    if row is None or now - _moment(row.seen_at) > _IDLE or now - _moment(row.begun_at) > _WHOLE:
        return None
    account = _account(connection, row.account)
    return None if account.ended_at is not None else Session(account, now - _moment(row.seen_at) > _IDLE / 12)


def touch(connection: Connection, token: str, now: datetime) -> None:
    """Note that a session is used."""
    connection.execute(
        update(desk_session).where(desk_session.c.id == _hash(token)).values(seen_at=timestamp(now))
    )  # fmt: skip


def end_session(connection: Connection, token: str) -> None:
    """End a session."""
    connection.execute(delete(desk_session).where(desk_session.c.id == _hash(token)))


def _sign_out_everywhere(connection: Connection, identity: str) -> None:
    connection.execute(delete(desk_link).where(desk_link.c.account == identity))
    connection.execute(delete(desk_session).where(desk_session.c.account == identity))


def _account(connection: Connection, identity: str) -> Account:
    return _read(connection.execute(select(desk_account).where(desk_account.c.id == identity)).one())


def _read(row: Row[Any]) -> Account:
    return Account(row.id, row.name, row.role, row.organisation, row.passphrase is not None, row.ended_at)


def _stretched(passphrase: str, salt: bytes) -> bytes:
    with _AT_ONCE:
        return hashlib.scrypt(
            passphrase.encode(), salt=salt, n=_N, r=_R, p=_P, maxmem=256 * _N * _R, dklen=64
        )  # fmt: skip


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
