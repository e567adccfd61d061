"""Browsers in which somebody signed in before: a signed cookie names the account, and opens nothing.

It only spares its browser the wait that strangers can cause for a name. The mark is an HMAC-SHA-256 (RFC 2104) over
account and kept passphrase, under a secret of the node: a new passphrase ends it everywhere.
"""

import hashlib
import hmac
import re
from typing import Final

from sqlalchemy import Connection, select

from node.tables import desk_account

AGE: Final = 365 * 24 * 3600  # seconds that a browser keeps it
_FORM: Final = re.compile(r"([0-9a-f]{32})\.([0-9a-f]{64})")


def mark_of(connection: Connection, account: str, secret: bytes) -> str:
    """Return what the cookie of an account holds."""
    kept = connection.scalar(select(desk_account.c.passphrase).where(desk_account.c.id == account))
    signed = f"desk known browser\0{account}\0{kept or ''}".encode()
    return f"{account}.{hmac.new(secret, signed, hashlib.sha256).hexdigest()}"


def account_of(connection: Connection, cookie: str, secret: bytes) -> tuple[str, str] | None:
    """Return id and name of the account that a cookie names; None where it is none of ours, or of before."""
    form = _FORM.fullmatch(cookie)
    if form is None or not hmac.compare_digest(mark_of(connection, form[1], secret), cookie):
        return None
    chosen = select(desk_account.c.id, desk_account.c.name).where(desk_account.c.id == form[1])
    row = connection.execute(chosen.where(desk_account.c.passphrase.is_not(None))).one_or_none()
    return None if row is None else (row.id, row.name)
