"""Accounts of people: made by the operator, with roles, without a password until the person sets one."""

import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, Engine, delete, insert, or_, select, update

from connectors.database import writing
from hub.audit import OPERATOR, record, utc_text
from hub.identity.caller import checked_roles
from hub.identity.passwords import hash_password
from hub.identity.sessions import end_sessions_of, session_counts
from hub.identity.tables import account, account_code, account_role
from hub.identity.throttle import forget_attempts
from hub.identity.tokens import account_owner, revoke_tokens_of
from schemas.canonical import sha256_hex
from schemas.refused import Refused

CODE_HOLDS: Final = timedelta(hours=72)
_CODE_BYTES: Final = 32
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{1,63}")
_EMAIL: Final = re.compile(r"[^@\s\x00-\x1f]{1,64}@[^@\s\x00-\x1f]{1,189}")


class AccountNameWrong(Refused, ValueError):
    """An account name in a form we do not use."""


class EmailWrong(Refused, ValueError):
    """An e-mail address that cannot be one."""


class AccountExists(Refused, ValueError):
    """An account name or e-mail address that is taken."""


class AccountUnknown(Refused, LookupError):
    """An account name that no account has."""


class CodeUnknown(PermissionError):
    """A password-setting code that this hub did not give out, or that was used or is too old."""


@dataclass(frozen=True, slots=True)
class KeptAccount:
    """What the operator sees of an account."""

    name: str
    email: str
    roles: tuple[str, ...]
    has_password: bool
    is_at_provider: bool
    made_at: str
    disabled_at: str | None
    sessions: int


def add_account(
    connection: Connection, name: str, email: str, roles: Iterable[str], now: datetime, by: str = OPERATOR, **where: str
) -> None:
    """Make an account without a password; `by` and `where` (an origin) go into the log, here and below.

    Raises AccountNameWrong, EmailWrong, RoleUnknown or AccountExists.
    """
    wanted = checked_roles(roles)
    if not is_account_name(name):
        raise AccountNameWrong("An account name has 2 to 64 small letters, digits, dots, dashes and underscores.")
    address = email.strip().casefold()
    if not _EMAIL.fullmatch(address):
        raise EmailWrong("The e-mail address has another form; write it like name@example.nl.")
    if connection.scalar(select(account.c.name).where(or_(account.c.name == name, account.c.email == address))):
        raise AccountExists(f"An account named {name}, or with its e-mail address, is there; see: user list")
    connection.execute(insert(account).values(name=name, email=address, made_at=utc_text(now)))
    _keep_roles(connection, name, wanted)
    record(connection, now, by, "account made", account=name, roles=" ".join(sorted(wanted)), **where)


def is_account_name(text: str) -> bool:
    """Tell whether a text has the form of an account name."""
    return _NAME.fullmatch(text) is not None


def kept_accounts(connection: Connection) -> Sequence[KeptAccount]:
    """Return every account, by name."""
    roles: dict[str, list[str]] = {}
    for row in connection.execute(select(account_role).order_by(account_role.c.role)):
        roles.setdefault(row.account, []).append(row.role)
    counts = session_counts(connection)
    return tuple(
        KeptAccount(
            row.name,
            row.email,
            tuple(roles.get(row.name, ())),
            row.password is not None,
            row.subject is not None,
            row.made_at,
            row.disabled_at,
            counts.get(row.name, 0),
        )
        for row in connection.execute(select(account).order_by(account.c.name))
    )


def set_roles(
    connection: Connection, name: str, roles: Iterable[str], now: datetime, by: str = OPERATOR, **where: str
) -> None:
    """Give an account these roles and no others, from the next request on; raises AccountUnknown or RoleUnknown."""
    wanted = checked_roles(roles)
    check_account(connection, name)
    before = connection.scalars(select(account_role.c.role).where(account_role.c.account == name)).all()
    connection.execute(delete(account_role).where(account_role.c.account == name))
    _keep_roles(connection, name, wanted)
    record(
        connection,
        now,
        by,
        "roles changed",
        account=name,
        before=" ".join(sorted(before)),
        roles=" ".join(sorted(wanted)),
        **where,
    )


def disable_account(connection: Connection, name: str, now: datetime, by: str = OPERATOR, **where: str) -> None:
    """Shut an account, its sessions, codes and tokens; raises AccountUnknown."""
    check_account(connection, name)
    connection.execute(update(account).where(account.c.name == name).values(disabled_at=utc_text(now)))
    connection.execute(delete(account_code).where(account_code.c.account == name))
    end_sessions_of(connection, name, now, by, **where)
    revoke_tokens_of(connection, account_owner(name), now, by, **where)
    record(connection, now, by, "account disabled", account=name, **where)


def enable_account(connection: Connection, name: str, now: datetime, by: str = OPERATOR, **where: str) -> None:
    """Open an account again; its sessions and tokens stay ended. Raises AccountUnknown."""
    check_account(connection, name)
    connection.execute(update(account).where(account.c.name == name).values(disabled_at=None))
    record(connection, now, by, "account enabled", account=name, **where)


def issue_code(connection: Connection, name: str, now: datetime, by: str = OPERATOR, **where: str) -> str:
    """Return a code with which the person sets a password, once, within 72 hours; earlier codes end.

    Raises AccountUnknown.
    """
    check_account(connection, name)
    connection.execute(delete(account_code).where(account_code.c.account == name))
    code = secrets.token_urlsafe(_CODE_BYTES)
    connection.execute(
        insert(account_code).values(
            sha256=sha256_hex(code.encode()), account=name, expires_at=utc_text(now + CODE_HOLDS)
        )
    )
    forget_attempts(connection, name)
    record(connection, now, by, "password code made", account=name, **where)
    return code


def use_code(engine: Engine, code: str, password: str, now: datetime, origin: str) -> str:
    """Set a password with a code, end the account's sessions, and return its name.

    Raises CodeUnknown, or PasswordUnfit, after which the code still holds.
    """
    with engine.connect() as connection:
        name = _of_code(connection, code, now)
    # outside the transaction: hashing takes long on purpose, and holds no lock meanwhile
    hashed = hash_password(password, name)
    with writing(engine) as connection:
        name = _of_code(connection, code, now)
        _keep_password(connection, name, hashed, now, origin)
        connection.execute(delete(account_code).where(account_code.c.account == name))
    return name


def set_password(connection: Connection, name: str, password: str, now: datetime, origin: str) -> None:
    """Set an account's password and end its sessions; raises AccountUnknown or PasswordUnfit."""
    check_account(connection, name)
    _keep_password(connection, name, hash_password(password, name), now, origin)


def _of_code(connection: Connection, code: str, now: datetime) -> str:
    """Return whose code this is, locked where the caller writes; raises CodeUnknown."""
    digest = sha256_hex(code.strip().encode(errors="replace"))
    holds = (account_code.c.sha256 == digest, account_code.c.expires_at > utc_text(now))
    wanted = select(account_code.c.account).join(account).where(*holds, account.c.disabled_at.is_(None))
    name = connection.scalar(wanted.with_for_update())
    if name is None:
        raise CodeUnknown("The code is not known, was used, or is older than 72 hours; ask for a new one.")
    return str(name)


def _keep_password(connection: Connection, name: str, hashed: str, now: datetime, origin: str) -> None:
    connection.execute(update(account).where(account.c.name == name).values(password=hashed))
    end_sessions_of(connection, name, now, name)
    forget_attempts(connection, name)
    record(connection, now, name, "password set", origin=origin)


def check_account(connection: Connection, name: str) -> None:
    """Check that an account is there; raises AccountUnknown."""
    if connection.scalar(select(account.c.name).where(account.c.name == name)) is None:
        raise AccountUnknown(f"There is no account {name[:64]}; see: python -m hub user list")


def _keep_roles(connection: Connection, name: str, roles: frozenset[str]) -> None:
    connection.execute(insert(account_role), [{"account": name, "role": role} for role in sorted(roles)])
