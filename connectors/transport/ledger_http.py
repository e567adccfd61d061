"""A region's own chain as the hub holds it, fetched page by page with the region's token."""

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from schemas.canonical import canonical_bytes
from schemas.standing import Standing

from .hub_http import TIMEOUT_SECONDS, BearerToken, HubConnection, NothingThere

_PAGE: Final = 200


class Link(msgspec.Struct, frozen=True):
    """One event of the chain, unchecked: the canonical envelope; salt and payload None where they were destroyed."""

    envelope: bytes
    salt: bytes | None
    payload: bytes | None


class _Entry(msgspec.Struct, frozen=True):
    envelope: dict[str, Any]
    salt: str | None = None
    payload: dict[str, Any] | None = None


class HeldKey(msgspec.Struct, frozen=True):
    """A key that signed the chain at the places from <= place < until, as the hub says: public, hexadecimal."""

    key: str
    from_sequence: int
    until_sequence: int | None


class _Page(msgspec.Struct, frozen=True):
    entries: list[_Entry]
    next: int | None
    keys: tuple[HeldKey, ...] = ()  # a hub of before says none


class LedgerReader:
    """Read one region's chain and the hub's word on it; unchecked, both of them."""

    def __init__(self, hub_url: str, region: str, token: str, timeout: float = TIMEOUT_SECONDS) -> None:
        """Take whom to ask and as whom; nothing is connected yet."""
        self._hub = HubConnection(hub_url, BearerToken(token), timeout)
        self._region = region

    def standing(self) -> Standing | None:
        """Return the hub's signed word on the chain, None from a hub that gives none yet.

        Raises TransportUnavailable or TransportRefused.
        """
        try:
            standing: Standing = self._hub.call("GET", "/api/v1/standing", Standing)
        except NothingThere:
            return None
        return standing

    def links(self, after: int) -> Iterator[Link]:
        """Yield the events above a sequence, in order; raises TransportUnavailable or TransportRefused."""
        place: int | None = after
        while place is not None:
            path = f"/api/v1/ledger/{self._region}?after={place}&limit={_PAGE}"
            page: _Page = self._hub.call("GET", path, _Page)
            for one in page.entries:
                payload = None if one.payload is None else canonical_bytes(one.payload)
                salt = None if one.salt is None else bytes.fromhex(one.salt)
                yield Link(canonical_bytes(one.envelope), salt, payload)
            place = page.next

    def service_keys(self) -> tuple[HeldKey, ...]:
        """Return the keys that sign the chain, ended ones included; raises TransportUnavailable or TransportRefused."""
        page: _Page = self._hub.call("GET", f"/api/v1/ledger/{self._region}?limit=1", _Page)
        return page.keys

    def close(self) -> None:
        """Release connections."""
        self._hub.close()
