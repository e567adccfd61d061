"""Calls to the hub's HTTP API: one way to reach it and one way to tell what went wrong."""

from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec
import requests
from requests.auth import AuthBase

from schemas.codes import PROTOCOL, PROTOCOL_HEADER, can_talk
from schemas.delivery import TransportRefused, TransportUnavailable
from schemas.heads import Heads

TIMEOUT_SECONDS: Final = 30.0
DETAIL_CHARACTERS: Final = 300
_Shape = Any  # what msgspec is told to decode an answer into


class NothingThere(TransportRefused):
    """An address that this hub does not have."""


class BearerToken(AuthBase):
    """A region's token; as requests' own kind of login, so that no .netrc on the machine can replace it."""

    def __init__(self, token: str | Callable[[], str]) -> None:
        """Take the token, or what reads it anew for each call: it is renewed while a node runs."""
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Put the token on the request."""
        request.headers["Authorization"] = f"Bearer {self._shown()}"
        return request

    def __repr__(self) -> str:
        """Give a text without the token."""
        return "BearerToken(***)"

    def struck_from(self, text: str) -> str:
        """Return the text with the token made unreadable."""
        shown = self._shown()
        return text.replace(shown, "***") if shown else text

    def _shown(self) -> str:
        return self._token if isinstance(self._token, str) else self._token()


class HubConnection:
    """One hub's API as seen by one caller; connections are kept open between calls."""

    def __init__(self, hub_url: str, token: BearerToken | None = None, timeout: float = TIMEOUT_SECONDS) -> None:
        self._root = hub_url.rstrip("/")
        self._token = token
        self._timeout = timeout
        self._session = requests.Session()

    def call(
        self, method: str, path: str, shape: _Shape, body: bytes | None = None, media_type: str = "application/json"
    ) -> Any:
        """Call the API and return the answer's JSON decoded into `shape`.

        Raises TransportUnavailable for a hub that is away, busy (429) or in trouble (5xx), and TransportRefused for
        every other answer that is not a success in that shape.
        """
        headers = {"Accept": "application/json", PROTOCOL_HEADER: str(PROTOCOL)}
        headers |= {"Content-Type": media_type} if body is not None else {}
        try:
            answer = self._session.request(
                method,
                self._root + path,
                data=body,
                headers=headers,
                auth=self._token,
                timeout=self._timeout,
                allow_redirects=False,  # a redirect would take the token to somewhere nobody named
            )
        except requests.RequestException as error:
            raise self._unreached(error) from None  # its text may hold the address with a password in it
        self._check_protocol(answer)
        if not answer.ok or answer.is_redirect:
            raise self._refusal(path, answer)
        try:
            return msgspec.json.decode(answer.content, type=shape)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise TransportRefused(
                f"{self._name()} answered {path} with something this version cannot read; "
                "check that the address is a hub's and that both sides run matching versions."
            ) from None

    def close(self) -> None:
        """Release connections."""
        self._session.close()

    def _name(self) -> str:
        parts = urlsplit(self._root)
        port = f":{parts.port}" if parts.port else ""
        return f"The hub at {parts.scheme}://{parts.hostname}{port}"

    def _unreached(self, error: requests.RequestException) -> TransportUnavailable | TransportRefused:
        if isinstance(error, ValueError):  # requests' errors about an address it cannot use are ValueErrors too
            return TransportRefused("The hub's address cannot be used; give it as https://name or https://name:port.")
        if isinstance(error, requests.exceptions.SSLError):
            return TransportUnavailable(f"{self._name()} showed no certificate that this machine trusts; check both.")
        if isinstance(error, requests.Timeout):
            return TransportUnavailable(f"{self._name()} did not answer within {self._timeout:g} s; try again later.")
        return TransportUnavailable(f"{self._name()} cannot be reached; check the address and the network.")

    def _check_protocol(self, answer: requests.Response) -> None:
        said = answer.headers.get(PROTOCOL_HEADER)  # absent: something on the way answers, or an early hub
        if said is not None and not (said.isascii() and said.isdigit() and can_talk(int(said))):
            number = said if said.isascii() and said.isdigit() and len(said) < 6 else "of no known form"
            raise TransportRefused(
                f"{self._name()} speaks protocol {number} and this node protocol {PROTOCOL}; "
                "they understand neighbours only, so bring the older side up to date."
            )

    def _refusal(self, path: str, answer: requests.Response) -> TransportUnavailable | TransportRefused:
        text = f"{self._name()} answered {path} with {answer.status_code}: {self._detail(answer)}"
        if answer.status_code == HTTPStatus.TOO_MANY_REQUESTS or answer.status_code >= 500:
            return TransportUnavailable(text, _retry_after(answer))
        return NothingThere(text) if answer.status_code == HTTPStatus.NOT_FOUND else TransportRefused(text)

    def _detail(self, answer: requests.Response) -> str:
        try:
            problem = msgspec.json.decode(answer.content, type=_Problem)
        except (msgspec.DecodeError, UnicodeDecodeError):
            problem = _Problem()
        text = " ".join((problem.detail or problem.title or answer.reason or "it gave no reason").split())
        if self._token is not None:
            text = self._token.struck_from(text)
        return text[:DETAIL_CHARACTERS].rstrip(".") + "."


class _Problem(msgspec.Struct, frozen=True):
    """What this side reads of a problem report (RFC 9457)."""

    title: str | None = None
    detail: str | None = None


def _retry_after(answer: requests.Response) -> float | None:
    """Return the seconds of Retry-After, which is a number or a date (RFC 9110, 10.2.3); None for anything else."""
    said = answer.headers.get("Retry-After", "").strip()
    if said.isascii() and said.isdigit():
        return float(said[:9])
    try:
        moment = parsedate_to_datetime(said)
    except ValueError:
        return None
    return max(0.0, (moment.replace(tzinfo=moment.tzinfo or UTC) - datetime.now(UTC)).total_seconds())


def enrol(hub_url: str, request: dict[str, Any], timeout: float = TIMEOUT_SECONDS) -> dict[str, Any]:
    """Ask the hub to enrol a region and return its answer; raises TransportUnavailable or TransportRefused."""
    answer: dict[str, Any] = _once(hub_url, timeout, "POST", "/api/v1/enrolments", dict, msgspec.json.encode(request))
    return answer


def fetch_definitions(hub_url: str, timeout: float = TIMEOUT_SECONDS) -> list[dict[str, Any]]:
    """Fetch the hub's definitions of indicators; raises TransportUnavailable or TransportRefused."""
    definitions: list[dict[str, Any]] = _once(hub_url, timeout, "GET", "/api/v1/definitions", list[dict[str, Any]])
    return definitions


def fetch_heads(hub_url: str, days: int | None, timeout: float = TIMEOUT_SECONDS) -> tuple[Heads, ...]:
    """Fetch the hub's live signed heads for None, else those it kept on the last so many days, in one request.

    Nothing from a hub that keeps no heads. Raises TransportUnavailable or TransportRefused.
    """
    try:
        if days is None:
            return (_once(hub_url, timeout, "GET", "/api/v1/heads", Heads),)
        kept: tuple[Heads, ...] = _once(hub_url, timeout, "GET", f"/api/v1/heads?days={days}", tuple[Heads, ...])
    except NothingThere:
        return ()
    return kept


def _once(hub_url: str, timeout: float, method: str, path: str, shape: _Shape, body: bytes | None = None) -> Any:
    connection = HubConnection(hub_url, timeout=timeout)
    try:
        return connection.call(method, path, shape, body)
    finally:
        connection.close()
