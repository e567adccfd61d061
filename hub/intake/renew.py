"""Renew a region's token before it ends: its node makes the next one itself and shows only the hash, signed.

Whoever holds a stolen token cannot go on with it: the service key signs for the next. What was overheard renews nothing
either, since the hash says which token is meant and the hub never learns it. The former token holds to its own end, so
a lost answer costs nothing, nor does a node that is restored from a backup of before.
"""

import hmac
from datetime import datetime

from sqlalchemy import Connection, select

from hub.audit import utc_text
from hub.identity.tables import token
from hub.identity.token_ends import RENEWABLE
from hub.identity.tokens import keep_token
from hub.tables import key, region
from schemas.refused import Refused
from schemas.renewal import renewal_message
from schemas.signature import PublicKey, Purpose, SignatureMismatch


class TokenHoldsOn(Refused, ValueError):
    """A token whose end is too far away to renew it."""


class RenewalProofMismatch(Refused, PermissionError):
    """A renewal that no service key of the region signed which holds now."""


class RenewedTokenUnfit(Refused, ValueError):
    """A hash under which this hub keeps another token, or one that was taken back."""


def renew(connection: Connection, code: str, shown: str, digest: str, proof: str, now: datetime) -> str:
    """Keep the next token of a region, named by its SHA-256, beside the one shown; return when the next one ends.

    The next has name, owner and scopes of the one shown (by its id), and holds for a year. Asked again with the same
    hash, nothing is made anew. Raises RenewalProofMismatch, TokenHoldsOn or RenewedTokenUnfit.
    """
    connection.execute(select(region.c.code).where(region.c.code == code).with_for_update()).all()
    _check_proof(connection, code, digest, proof)
    former = connection.execute(select(token).where(token.c.id == shown)).one()
    kept = connection.execute(select(token).where(token.c.sha256 == digest)).one_or_none()
    if kept is not None:
        holds = kept.revoked_at is None and (kept.expires_at or "") > utc_text(now)
        if not (holds and hmac.compare_digest(kept.owner.encode(), former.owner.encode())):
            raise RenewedTokenUnfit("The next token is known here and holds no longer; make another one.")
        return str(kept.expires_at)
    if former.expires_at is not None and former.expires_at > utc_text(now + RENEWABLE):
        raise TokenHoldsOn(
            f"The token holds until {former.expires_at[:10]}; renew it in the last {RENEWABLE.days} days before."
        )
    made = keep_token(connection, now, digest, former.name, former.owner, former.scopes.split(), None, code)
    until: str = connection.execute(select(token.c.expires_at).where(token.c.id == made)).scalar_one()
    return until


def _check_proof(connection: Connection, code: str, digest: str, proof: str) -> None:
    holding = select(key.c.hex).where(key.c.region == code, key.c.use == "service", key.c.until_sequence.is_(None))
    message = renewal_message(code, digest)
    for hex_ in connection.scalars(holding):
        try:
            PublicKey(hex_).verify(Purpose.RENEWAL, message, proof)
        except SignatureMismatch:
            continue
        return
    raise RenewalProofMismatch("No service key of this region that holds signed the renewal; sign it with that key.")
