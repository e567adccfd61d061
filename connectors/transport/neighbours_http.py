"""What other regions published, and what the hub found of it all together, fetched with this region's token."""

from typing import Final
from urllib.parse import quote, urlencode

from schemas.delivery import TransportRefused, TransportUnavailable
from schemas.joint import Neighbourhood, NeighbourhoodPage, Reopened

from .hub_http import BearerToken, HubConnection, NothingThere

_TIMEOUT_SECONDS: Final = 120.0  # an answer of an older hub can hold the figures of all regions
_TRIES: Final = 5  # what comes while pages are turned makes reading begin again
_MOST_PAGES: Final = 10_000


def fetch_neighbourhood(hub_url: str, token: str, indicator: str, period: str) -> Neighbourhood:
    """Fetch all that the hub shows this region of an indicator and period, page by page.

    An older hub, which has no pages, gives it in one answer. Raises TransportUnavailable or TransportRefused.
    """
    connection = HubConnection(hub_url, BearerToken(token), _TIMEOUT_SECONDS)
    try:
        path = f"/api/v1/indicators/{quote(indicator, safe='')}/publications"
        for _ in range(_TRIES):
            found = _turned(connection, path, period)
            if found is not None:
                return found
    finally:
        connection.close()
    raise TransportUnavailable("What regions publish changes while the hub's pages are turned; try again in a minute.")


def _turned(connection: HubConnection, path: str, period: str) -> Neighbourhood | None:
    """Turn all pages; None where something came meanwhile, so that they do not fit together."""
    first = _page(connection, path, {"period": period})
    if isinstance(first, Neighbourhood):
        return first
    publications, page = list(first.publications), first
    for _ in range(_MOST_PAGES):
        if page.next is None:
            return Neighbourhood(tuple(publications), first.sets)
        after: NeighbourhoodPage = connection.call(
            "GET", _address(path, {"period": period, "after": page.next}), NeighbourhoodPage
        )
        if after.scope != first.scope:
            return None
        publications += after.publications
        page = after
    raise TransportRefused(f"The hub's pages of {path} do not end; tell who keeps the hub.")


def _page(connection: HubConnection, path: str, asked: dict[str, str]) -> NeighbourhoodPage | Neighbourhood:
    try:
        page: NeighbourhoodPage = connection.call("GET", _address(path, asked), NeighbourhoodPage)
    except NothingThere:  # a hub of before there were pages
        whole: Neighbourhood = connection.call("GET", f"{path}?{urlencode(asked)}", Neighbourhood)
        return whole
    return page


def _address(path: str, asked: dict[str, str]) -> str:
    return f"{path}/pages?{urlencode(asked)}"


def fetch_reopened(hub_url: str, token: str) -> tuple[Reopened, ...]:
    """Fetch where figures that this region hid follow from what others published, as the hub found.

    An older hub says nothing of it. Raises TransportUnavailable or TransportRefused.
    """
    connection = HubConnection(hub_url, BearerToken(token))
    try:
        found: tuple[Reopened, ...] = connection.call("GET", "/api/v1/reopened", tuple[Reopened, ...])
    except NothingThere:
        return ()
    finally:
        connection.close()
    return found
