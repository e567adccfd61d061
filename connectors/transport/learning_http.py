"""What became of a region's own lessons, fetched page by page with the region's token."""

import msgspec

from schemas.heard import HeardLesson

from .hub_http import TIMEOUT_SECONDS, BearerToken, HubConnection


class _Page(msgspec.Struct, frozen=True):
    lessons: tuple[HeardLesson, ...]
    page: int
    pages: int


def fetch_heard(hub_url: str, region: str, token: str, timeout: float = TIMEOUT_SECONDS) -> tuple[HeardLesson, ...]:
    """Fetch what became of a region's lessons, newest first; raises TransportUnavailable or TransportRefused."""
    hub = HubConnection(hub_url, BearerToken(token), timeout)
    found: list[HeardLesson] = []
    page, pages = 1, 1
    try:
        while page <= pages:
            read: _Page = hub.call("GET", f"/api/v1/learning/lessons?region={region}&page={page}", _Page)
            found += read.lessons
            page, pages = page + 1, read.pages
    finally:
        hub.close()
    return tuple(found)
