"""Messages of readers for this region, fetched with its token; the hub's copy of each goes once it is kept here."""

from typing import Final
from urllib.parse import quote

from schemas.message import ReaderMessage

from .hub_http import TIMEOUT_SECONDS, BearerToken, HubConnection, NothingThere

_PATH: Final = "/api/v1/messages"


class MessageReader:
    """Fetch messages and tell the hub which are kept."""

    def __init__(self, hub_url: str, token: str, timeout: float = TIMEOUT_SECONDS) -> None:
        """Take whom to ask and as whom; nothing is connected yet."""
        self._hub = HubConnection(hub_url, BearerToken(token), timeout)

    def waiting(self) -> list[ReaderMessage]:
        """Return the messages that wait at the hub, fifty at most; none from a hub that knows of none yet.

        Raises TransportUnavailable or TransportRefused.
        """
        try:
            found: list[ReaderMessage] = self._hub.call("GET", _PATH, list[ReaderMessage])
        except NothingThere:
            return []
        return found

    def kept(self, name: str) -> None:
        """Have the hub delete its copy of a message; raises TransportUnavailable or TransportRefused."""
        try:
            self._hub.call("DELETE", f"{_PATH}/{quote(name, safe='')}", dict)
        except NothingThere:
            return  # it was deleted before, and the answer got lost

    def close(self) -> None:
        """Release connections."""
        self._hub.close()
