"""How often somebody may try to get in, counted so that nobody can use up the tries of others.

Each try costs 32 MiB and a tenth of a second. A stranger is counted by the address they come from, a browser that
signed in before by its account, and the holder of an invitation by its link.
"""

import hashlib
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any, Final

_MINUTE: Final = timedelta(minutes=1)
_KEPT: Final = timedelta(minutes=5)
_MOST_OF_ALL: Final = 300  # a minute, over all addresses of strangers: half a processor
_V6_NETWORK: Final = 64  # bits: one subscriber has all addresses of such a network


@dataclass(frozen=True, slots=True)
class Trier:
    """Whose tries are counted together, how many they have, and in what time."""

    id: str
    most: int
    span: timedelta
    is_stranger: bool = False


def stranger(address: str) -> Trier:
    """Return who comes from an address: all of them together have ten tries a minute."""
    return Trier(f"from {address}", 10, _MINUTE, is_stranger=True)


def known_browser(account: str) -> Trier:
    """Return the browsers in which an account signed in before: five tries in five minutes."""
    return Trier(f"browser {account}", 5, _KEPT)


def link_holder(token: str) -> Trier:
    """Return who has a link of an invitation: ten tries a minute."""
    return Trier(f"link {hashlib.sha256(token.encode()).hexdigest()}", 10, _MINUTE)


def address_of(environ: dict[str, Any], is_behind: bool) -> str:
    """Return where a request comes from; of IPv6 its network of 64 bits.

    Behind a web server it is the last address in X-Forwarded-For, which that server wrote.
    """
    near = environ.get("REMOTE_ADDR", "")
    told = environ.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip() if is_behind else ""
    for text in (told, near):
        try:
            found = ip_address(text)
        except ValueError:
            continue
        is_wide = isinstance(found, IPv6Address) and found.ipv4_mapped is None
        return str(ip_network((found, _V6_NETWORK), strict=False)) if is_wide else str(found)
    return "nowhere"


class Pace:
    """The tries of the last minutes."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        """Begin with none."""
        self._clock, self._tries, self._lock = clock, deque[tuple[datetime, Trier]](), threading.Lock()

    def is_free(self, who: Trier) -> bool:
        """Count a try, and tell whether it may go on; one that may not is not counted."""
        now = self._clock()
        with self._lock:
            while self._tries and now - self._tries[0][0] > _KEPT:
                self._tries.popleft()
            own = sum(one == who and now - at <= who.span for at, one in self._tries)
            all_ = sum(one.is_stranger and now - at <= _MINUTE for at, one in self._tries)
            if own >= who.most or (who.is_stranger and all_ >= _MOST_OF_ALL):
                return False
            self._tries.append((now, who))
            return True
