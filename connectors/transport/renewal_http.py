"""When this region's token ends at the hub, and the next one in its place: named by its hash, never shown."""

from collections.abc import Callable
from datetime import datetime

import msgspec

from .hub_http import TIMEOUT_SECONDS, BearerToken, HubConnection


class _Caller(msgspec.Struct, frozen=True):
    token_expires_at: datetime | None = None  # a hub of before says none


class _Renewed(msgspec.Struct, frozen=True):
    expires_at: datetime


class TokenAtHub:
    """The region's token as the hub knows it."""

    def __init__(self, hub_url: str, token: str | Callable[[], str], timeout: float = TIMEOUT_SECONDS) -> None:
        """Take whom to ask and as whom; nothing is connected yet."""
        self._hub = HubConnection(hub_url, BearerToken(token), timeout)

    def ends(self) -> datetime | None:
        """Return when the token ends, None from a hub that does not say.

        Raises TransportUnavailable or TransportRefused.
        """
        caller: _Caller = self._hub.call("GET", "/api/v1/session", _Caller)
        return caller.token_expires_at

    def renew(self, token_sha256: str, proof: str) -> datetime:
        """Have the next token hold, by its hash and the service key's signature, and return when it ends.

        Asked again with the same hash, nothing is made anew. Raises TransportUnavailable or TransportRefused.
        """
        body = msgspec.json.encode({"token_sha256": token_sha256, "proof": proof})
        renewed: _Renewed = self._hub.call("POST", "/api/v1/enrolments/renewal", _Renewed, body)
        return renewed.expires_at

    def close(self) -> None:
        """Release connections."""
        self._hub.close()
