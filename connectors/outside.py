"""Which addresses that somebody else wrote the hub may call: over https, outside the hub's own network.

What an address leads to is only known when it is looked up, and may be another place a second later. So its form is
checked when it is written down (`place_of`), and every place it leads to once more at the moment of connecting
(`is_callable`), with the connection made to that very place.
"""

import re
from collections.abc import Collection
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final, Literal, NamedTuple
from urllib.parse import urlsplit

LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")  # this machine, as a host is named
LONGEST: Final = 500  # characters of an address
_PORTS: Final = frozenset({443, 8443})
_NAMED_PORTS: Final = _PORTS | {80}  # of a host that is named without a port
_PLAIN: Final = re.compile(r"[!-~]+")  # no blank, no control sign, nothing outside ASCII
_NAME: Final = re.compile(r"(?=.{1,253}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z]([a-z0-9-]{0,61}[a-z0-9])?\Z")
_ENTRY: Final = re.compile(r"(?:\[(?P<inner>[0-9a-f:.]+)\]|(?P<host>[a-z0-9.-]+))(?::(?P<port>[0-9]{1,5}))?")
_USUAL: Final = {"https": 443, "http": 80}
_NAT64: Final = IPv6Network("64:ff9b::/96")
_TUNNELS: Final = (ip_network("2002::/16"), ip_network("2001::/32"), ip_network("::/96"))  # 6to4, Teredo, old form
# Of IPv6 only what is given out for the whole internet is outside; the other lines are within it, or of IPv4, and lead
# to translators, relays, segment routing or examples. Written out: what `is_global` says depends on Python's version.
_OUTSIDE: Final = IPv6Network("2000::/3")
_NOT_OUTSIDE: Final = tuple(
    map(ip_network, ("2001:db8::/32", "3fff::/20", "192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15", "240.0.0.0/4"))
)
# Addresses at which clouds tell a machine its secrets; the first is the only one that is not private anyway.
_TELLS_SECRETS: Final = frozenset(map(ip_address, ("168.63.129.16", "169.254.169.254", "fd00:ec2::254")))

Why = Literal["form", "scheme", "user", "port", "inside"]


class Place(NamedTuple):
    """What an address says: `is_named` where the operator named it as one of their own network."""

    scheme: str
    host: str
    port: int
    target: str  # path and query
    is_named: bool


class AddressRefused(ValueError):
    """An address that is not called; `why` says so in a word, the text in a sentence."""

    def __init__(self, why: Why) -> None:
        """Take the word."""
        super().__init__(SAID[why])
        self.why: Why = why


SAID: Final[dict[Why, str]] = {
    "form": f"The address has another form; write it like https://example.nl/hook, at most {LONGEST} signs.",
    "scheme": "The address starts with https://; http:// is for hosts that the hub's operator named.",
    "user": "The address holds a name or password; leave it out: messages are signed.",
    "port": "The address has another port than 443 or 8443; ask the hub's operator to name the host with it.",
    "inside": "The address leads into a closed network; ask the hub's operator to name the host.",
}


def place_of(address: str, named: Collection[str] = ()) -> Place:
    """Return what an address says without looking anything up; `named` are places of the operator's own network.

    Each is in the form of `named_place`: `host:port`, or a host alone for ports 443, 8443 and 80. They may be called
    over http and at private addresses. Raises AddressRefused.
    """
    if len(address) > LONGEST or not _PLAIN.fullmatch(address) or "\\" in address:
        raise AddressRefused("form")
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise AddressRefused("form") from error
    if "@" in parts.netloc:
        raise AddressRefused("user")
    literal = _literal(host)
    if parts.fragment or (literal is None and not _NAME.match(host)):
        raise AddressRefused("form")
    if parts.scheme not in _USUAL:
        raise AddressRefused("scheme")
    port = port if port is not None else _USUAL[parts.scheme]
    is_named = _placed(host, port) in named or (host in named and port in _NAMED_PORTS)
    if parts.scheme != "https" and not is_named:
        raise AddressRefused("port" if host in named else "scheme")
    if not is_named and port not in _PORTS:
        raise AddressRefused("port")
    if literal is not None and not is_callable(host, is_named):
        raise AddressRefused("inside")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Place(parts.scheme, host, port, target, is_named)


def named_place(text: str) -> str:
    """Return what an operator names, a host or `host:port`, in its one form; raises ValueError for anything else.

    An IPv6 address stands in brackets before a port.
    """
    entry = text.strip().casefold()
    if _literal(entry) is not None:
        return str(ip_address(entry))
    found = _ENTRY.fullmatch(entry)
    if found is None:
        raise ValueError("no host, and no host with a port")
    host, port = found["inner"] or found["host"], found["port"]
    if not (_NAME.match(host) or _literal(host)) or not 0 < int(port or 1) < 1 << 16:
        raise ValueError("no host, and no host with a port")
    host = host if _literal(host) is None else str(ip_address(host))
    return host if port is None else _placed(host, int(port))


def lacking_port(address: str, named: Collection[str]) -> str | None:
    """Return the `host:port` of an address whose host is named, but not with this port; None for any other."""
    parts = urlsplit(address)
    host, port = parts.hostname or "", parts.port or _USUAL.get(parts.scheme, 0)
    if host not in named or port in _NAMED_PORTS or _placed(host, port) in named:
        return None
    return _placed(host, port)


def is_callable(text: str, is_named: bool = False) -> bool:
    """Tell whether an IP address may be called; at a named host also a private or loopback one.

    Link-local, multicast, unspecified and metadata addresses never are.
    """
    address = ip_address(text)
    if isinstance(address, IPv6Address):
        if address.scope_id is not None:
            return False
        inner = address.ipv4_mapped or (IPv4Address(int(address) & 0xFFFFFFFF) if address in _NAT64 else None)
        if inner is not None:
            return is_callable(str(inner), is_named)
        is_loopback_or_none = address.is_loopback or address.is_unspecified
        if not is_loopback_or_none and any(address in tunnel for tunnel in _TUNNELS):
            return False
    if address in _TELLS_SECRETS or address.is_link_local or address.is_multicast or address.is_unspecified:
        return False
    is_inside = any(address in one for one in _NOT_OUTSIDE if one.version == address.version)
    if isinstance(address, IPv6Address):
        is_inside = is_inside or address not in _OUTSIDE
    return (address.is_global and not is_inside) or (is_named and (address.is_private or address.is_loopback))


def _placed(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _literal(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None
