"""Where a request came from: exact enough to count requests, coarse enough to keep in a log."""

from ipaddress import ip_address, ip_network
from typing import Final

UNKNOWN: Final = "unknown"
_LOGGED_BITS: Final = {4: 24, 6: 48}
_COUNTED_BITS: Final = {4: 32, 6: 64}  # one IPv6 subscriber has a whole /64 to choose addresses from


def logged(address: str | None) -> str:
    """Return the network to write in the log: enough to see a pattern, not enough to name a household."""
    return _cut(address, _LOGGED_BITS)


def counted(address: str | None) -> str:
    """Return the network whose requests are counted together."""
    return _cut(address, _COUNTED_BITS)


def _cut(address: str | None, bits: dict[int, int]) -> str:
    try:
        found = ip_address((address or "").partition("%")[0])
    except ValueError:
        return UNKNOWN
    mapped = getattr(found, "ipv4_mapped", None)
    found = mapped or found
    return str(ip_network((found, bits[found.version]), strict=False))
