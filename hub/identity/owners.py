"""Who owns what outlives a visit, a subscription say: a region, a partner or one account; and what they may read now.

A region's people share what is the region's, whoever of them made it. What an owner may read is asked anew each time:
it ends with the last token that holds and the last person who may sign in.
"""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection, select

from hub.audit import utc_text
from hub.identity.caller import REGION_ROLE, Caller, bearer, person
from hub.identity.tables import account, account_role, token
from hub.identity.tokens import account_owner, is_subscriber, region_owner
from schemas.codes import AUDIENCES, Audience


def owners_of(caller: Caller) -> tuple[str, ...]:
    """Return for whom a caller may act, the most fitting first; nothing for who is no region, partner or reader."""
    name = caller.name or ""
    if caller.scopes:
        return (name,) if is_subscriber(name) or name.startswith(account_owner("")) else ()
    if not name or caller.audience == "public":
        return ()
    return (*(region_owner(code) for code in sorted(caller.regions)), account_owner(name))


def reads(connection: Connection, owner: str, now: datetime) -> Audience | None:
    """Return what an owner may read now, None where neither a token holds nor a person may sign in for them."""
    return max(_ways(connection, owner, now), key=AUDIENCES.index, default=None)


def _ways(connection: Connection, owner: str, now: datetime) -> Iterator[Audience]:
    held = select(token.c.scopes, token.c.expires_at).where(token.c.owner == owner, token.c.revoked_at.is_(None))
    for row in connection.execute(held):
        if row.expires_at is None or row.expires_at > utc_text(now):
            yield bearer(owner, frozenset(row.scopes.split())).audience
    kind, _, name = owner.partition(" ")
    enabled = select(account_role.c.account, account_role.c.role).join(account)
    enabled = enabled.where(account.c.disabled_at.is_(None))
    if kind == "account":
        roles = frozenset(row.role for row in connection.execute(enabled.where(account.c.name == name)))
        if roles:
            yield person(name, roles).audience
    elif kind == "region":
        role = f"{REGION_ROLE}{name}"
        if connection.execute(enabled.where(account_role.c.role == role).limit(1)).first() is not None:
            yield person("", frozenset({role})).audience
