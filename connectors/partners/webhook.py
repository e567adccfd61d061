"""Post to an address that a subscriber wrote: looked up once, checked, and connected to exactly where it was checked.

No redirect is followed, no proxy of the environment is used, and nothing of the answer is read but its status. One
deadline holds for the whole attempt, however slowly the other side drips.
"""

import http.client
import io
import socket
import ssl
import time
from collections.abc import Callable, Collection, Mapping
from typing import Any, Final, Literal, NamedTuple

from connectors.outside import AddressRefused, Place, is_callable, place_of

SECONDS: Final = 15.0  # for one attempt, from looking up until the status
_CONNECT_SECONDS: Final = 5.0  # for one of the places that a name leads to
_MOST_BYTES: Final = 64 * 1024  # of an answer's headers

Trouble = Literal["", "address", "unresolved", "unreachable", "certificate", "too_slow", "unreadable"]
Resolve = Callable[..., list[tuple[Any, ...]]]


class Answer(NamedTuple):
    """What came of an attempt: the status where there was one, else the trouble; milliseconds that it took."""

    status: int | None
    trouble: Trouble
    milliseconds: int


class _TooMuch(OSError):
    """An answer whose headers have no end."""


class WebhookPoster:
    """Posts to subscribers; one may be used by many threads."""

    def __init__(
        self,
        named: Collection[str] = (),
        resolve: Resolve = socket.getaddrinfo,
        seconds: float = SECONDS,
        trusted: ssl.SSLContext | None = None,
    ) -> None:
        """Take the hosts that the operator named, and how names are looked up and certificates are trusted."""
        self._named = frozenset(named)
        self._resolve = resolve
        self._seconds = seconds
        self._trusted = trusted or ssl.create_default_context()

    def post(self, address: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Post once and return what came of it; raises nothing that the other side could bring about."""
        begun = time.monotonic()
        status, trouble = self._tried(address, headers, body, begun + self._seconds)
        return Answer(status, trouble, round((time.monotonic() - begun) * 1000))

    def _tried(
        self, address: str, headers: Mapping[str, str], body: bytes, deadline: float
    ) -> tuple[int | None, Trouble]:
        try:
            place = place_of(address, self._named)
            with _Timed(self._connected(place, deadline), deadline) as timed:
                if place.scheme == "https":
                    timed.secure(self._trusted, place.host)
                return _exchange(timed, place, headers, body), ""
        except AddressRefused:
            return None, "address"
        except (socket.gaierror, UnicodeError):
            return None, "unresolved"
        except TimeoutError:
            return None, "too_slow"
        except ssl.SSLError:
            return None, "certificate"
        except (http.client.HTTPException, _TooMuch, ValueError):
            return None, "unreadable"
        except OSError:
            return None, "unreachable"

    def _connected(self, place: Place, deadline: float) -> socket.socket:
        found = self._resolve(place.host, place.port, type=socket.SOCK_STREAM)
        # one place inside is enough to refuse them all: a name that leads to both is after something
        if not all(is_callable(str(where[0]).partition("%")[0], place.is_named) for *_, where in found):
            raise AddressRefused("inside")
        last: OSError = ConnectionError("a name without an address")
        for family, kind, protocol, _, where in found:
            made = socket.socket(family, kind, protocol)
            try:
                made.settimeout(min(_CONNECT_SECONDS, _left(deadline)))
                made.connect(where)
            except OSError as error:
                made.close()
                last = error
            else:
                return made
        raise last


class _Timed:
    """A socket of which every step ends by one deadline, and which gives no more than so many bytes."""

    def __init__(self, made: socket.socket, deadline: float) -> None:
        self._socket, self._deadline, self._room = made, deadline, _MOST_BYTES

    def __enter__(self) -> "_Timed":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def secure(self, trusted: ssl.SSLContext, host: str) -> None:
        """Go on over TLS with whoever has a certificate for the host."""
        self._socket.settimeout(_left(self._deadline))
        self._socket = trusted.wrap_socket(self._socket, server_hostname=host)

    def sendall(self, data: bytes) -> None:
        """Send everything."""
        self._socket.settimeout(_left(self._deadline))
        self._socket.sendall(data)

    def makefile(self, _mode: str) -> io.BufferedReader:
        """Return what comes, as http.client reads it."""
        return io.BufferedReader(_Incoming(self))

    def into(self, room: Any) -> int:
        """Read what is there into a buffer and return how many bytes that were."""
        self._socket.settimeout(_left(self._deadline))
        got = self._socket.recv_into(room)
        self._room -= got
        if self._room < 0:
            raise _TooMuch("an answer without an end")
        return got

    def close(self) -> None:
        """Leave."""
        self._socket.close()


class _Incoming(io.RawIOBase):
    def __init__(self, timed: _Timed) -> None:
        self._timed = timed

    def readable(self) -> bool:
        return True

    def readinto(self, room: Any) -> int:
        return self._timed.into(room)


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError("the time for this attempt is over")
    return left


def _exchange(timed: _Timed, place: Place, headers: Mapping[str, str], body: bytes) -> int:
    host = f"[{place.host}]" if ":" in place.host else place.host
    usual = {"https": 443, "http": 80}[place.scheme]
    connection = http.client.HTTPConnection(place.host, place.port)
    connection.sock = timed  # connected already, where it was checked
    connection.putrequest("POST", place.target, skip_host=True, skip_accept_encoding=True)
    connection.putheader("Host", host if place.port == usual else f"{host}:{place.port}")
    for name, value in {**headers, "Content-Length": str(len(body)), "Connection": "close"}.items():
        connection.putheader(name, value)
    connection.endheaders(body)
    with http.client.HTTPResponse(timed, method="POST") as response:  # type: ignore[arg-type]
        response.begin()
        return response.status
