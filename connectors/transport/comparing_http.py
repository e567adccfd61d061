"""What a hub says of comparisons with figures of a region: until when others wait, and whether there are figures."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import quote, urlencode

import msgspec

from schemas.awaited import AwaitedFigures

from .hub_http import BearerToken, HubConnection, NothingThere

_SECONDS = 5.0  # somebody waits for the page


class _Profile(msgspec.Struct, frozen=True):
    awaited: tuple[AwaitedFigures, ...] = ()


class _Comparison(msgspec.Struct, frozen=True):
    period: str


class ComparisonReader:
    """The comparisons of one region's set at its hub, read with the region's token."""

    def __init__(self, hub_url: str, region: str, region_set: str, token: Callable[[], str]) -> None:
        self._hub_url, self._region, self._region_set, self._token = hub_url, region, region_set, token

    def awaited(self) -> tuple[AwaitedFigures, ...]:
        """Return the region's figures that others do not see yet; raises TransportUnavailable or TransportRefused."""
        with self._hub() as hub:
            found: _Profile = hub.call("GET", f"/api/v1/regions/{quote(self._region, safe='')}/profile", _Profile)
        return found.awaited

    def has_figures(self, indicator: str, period: str) -> bool:
        """Tell whether any region has figures in a comparison; raises TransportUnavailable or TransportRefused."""
        asked = urlencode({"period": period, "set": self._region_set})
        with self._hub() as hub:
            try:
                hub.call("GET", f"/api/v1/indicators/{quote(indicator, safe='')}/comparison?{asked}", _Comparison)
            except NothingThere:
                return False
        return True

    @contextmanager
    def _hub(self) -> Iterator[HubConnection]:
        hub = HubConnection(self._hub_url, BearerToken(self._token()), _SECONDS)
        try:
            yield hub
        finally:
            hub.close()
