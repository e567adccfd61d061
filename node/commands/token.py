"""Renew this region's token at the hub two months before it ends, so that no region goes dark on a date."""

import logging
import secrets
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Final

from connectors.findings import Finding
from connectors.secret_files import write_secret
from connectors.trouble import of_file
from node.bootstrap import Node, now, open_token
from node.release import turn
from schemas.canonical import sha256_hex
from schemas.delivery import TransportRefused, TransportUnavailable
from schemas.renewal import renewal_message
from schemas.signature import KeyUnreadable, Purpose

_log = logging.getLogger(__name__)
RENEW: Final = timedelta(days=60)  # before its end
LATE: Final = timedelta(days=30)  # before its end, from when somebody should look why it was not renewed
NEXT, FORMER = "token.next", "token.former"  # beside secrets/token
_TOKEN_BYTES: Final = 32
_EVERY: Final = timedelta(days=1)


class Renewals:
    """Look at the token's end once a day; what went wrong is tried again at the next call."""

    def __init__(self, node: Node, clock: Callable[[], datetime] = now) -> None:
        """Take whose token."""
        self._node, self._clock = node, clock
        self._looked_at: datetime | None = None

    def go(self) -> None:
        """Renew the token where that is due; what stands in the way costs a line in the log."""
        at = self._clock()
        if self._looked_at is not None and abs(at - self._looked_at) < _EVERY:
            return
        try:
            until = renew(self._node, at)
        except TransportUnavailable as error:
            _log.debug("The end of this region's token is still to be looked at; %s", error)  # shipping says it too
        except (TransportRefused, KeyUnreadable) as error:
            _log.warning("The end of this region's token is still to be looked at; %s", error)
        except OSError as error:
            _log.warning("The end of this region's token is still to be looked at. %s", of_file(error))
        else:
            self._looked_at = at
            if until is not None:
                _log.info("The region's token at the hub is renewed; the next one holds until %s", f"{until:%Y-%m-%d}")


def renew(node: Node, at: datetime) -> datetime | None:
    """Renew the token in its last two months and return when the next one ends; None where there was nothing to do.

    The next one is kept before the hub hears of it: killed anywhere, this goes on with the same one. The former is kept
    as well, for a hub restored from a backup that does not know the next. Raises TransportUnavailable,
    TransportRefused, KeyUnreadable or an OSError of a secret's file.
    """
    with turn.holding(node.settings.home / "token.lock") as mine:
        if not mine:
            return None
        try:
            ends = _ends(node)
        except TransportRefused:
            if not node.settings.secret(FORMER).is_file():
                raise
            return _stated(node, FORMER, node.secret("token"))
        if ends is None or ends - at > RENEW:
            return None
        following = node.settings.secret(NEXT)
        if not following.is_file():
            write_secret(following, secrets.token_urlsafe(_TOKEN_BYTES).encode())
        token = node.secret(NEXT)
        try:
            until = _stated(node, "token", token)
        except TransportRefused:
            following.unlink()  # the hub may know it as one that holds no longer: the next try makes another
            raise
        write_secret(node.settings.secret(FORMER), node.secret("token"))
        write_secret(node.settings.secret("token"), token)
        following.unlink()
        return until


def _ends(node: Node) -> datetime | None:
    hub = open_token(node, "token")
    try:
        return hub.ends()
    finally:
        hub.close()


def _stated(node: Node, shown: str, token: bytes) -> datetime:
    """Have a token hold by its hash, showing another one that holds."""
    digest = sha256_hex(token)
    proof = node.service_key().sign(Purpose.RENEWAL, renewal_message(node.settings.region, digest))
    hub = open_token(node, shown)
    try:
        return hub.renew(digest, proof)
    finally:
        hub.close()


def of_the_token(node: Node) -> Iterator[Finding]:
    """Find a token that should have been renewed by now; one that holds no longer is told of the hub."""
    try:
        ends = _ends(node)
    except (OSError, TransportRefused):
        return  # said of the secrets, or of the standing
    if ends is not None and ends - now() <= LATE:
        what = f"this region's token at the hub ends on {ends:%Y-%m-%d} and was not renewed"
        mend = "`python -m node ship` renews it and says what is in the way; else ask the hub's team for another"
        yield Finding("hub", what, mend)
