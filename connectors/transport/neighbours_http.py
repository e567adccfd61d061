"""What other regions published, and what the hub found of it all together, fetched with this region's token."""

from typing import Final
from urllib.parse import quote, urlencode

from schemas.joint import Neighbourhood, Reopened

from .hub_http import BearerToken, HubConnection, NothingThere

_TIMEOUT_SECONDS: Final = 120.0  # an answer can hold the figures of all regions


def fetch_neighbourhood(hub_url: str, token: str, indicator: str, period: str) -> Neighbourhood:
    """Fetch all that the hub shows this region of an indicator and period.

    Raises TransportUnavailable or TransportRefused.
    """
    connection = HubConnection(hub_url, BearerToken(token), _TIMEOUT_SECONDS)
    try:
        path = f"/api/v1/indicators/{quote(indicator, safe='')}/publications?{urlencode({'period': period})}"
        found: Neighbourhood = connection.call("GET", path, Neighbourhood)
        return found
    finally:
        connection.close()


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
