"""Asking a hub over HTTPS: one session, polite retries, every refusal as one sentence."""

import warnings
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import BaseHTTPResponse
from urllib3.util import Retry

from .errors import AnswerNotUnderstood, HubUnreachable, refusal

TIMEOUTS: Final = (10.0, 60.0)  # seconds to connect, and between two pieces of the answer
_AGAIN: Final = (429, 502, 503, 504)
_LONGEST_WAIT: Final = 60.0  # seconds, whatever a hub asks for
_LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")


class TokenEndsSoon(UserWarning):
    """The token ends within a month; the hub's team gives another."""


class _Patience(Retry):
    """Waits as long as the hub asks for, up to a minute."""

    def get_retry_after(self, response: BaseHTTPResponse) -> float | None:
        """Return the seconds that the hub asks for."""
        asked = super().get_retry_after(response)
        return None if asked is None else min(asked, _LONGEST_WAIT)


class Asking:
    """One session with a hub, as the reader that the token stands for, or as a member of the public without one.

    A question is asked at most `tries` times: again where the hub is away for a moment or asks to wait.
    """

    def __init__(self, address: str, token: str | None = None, tries: int = 4) -> None:
        """Take the hub's address, such as https://hub.example.nl; raises ValueError where a token would go in clear."""
        parts = urlsplit(address)
        if parts.scheme not in ("https", "http") or not parts.hostname:
            raise ValueError("The hub's address is no web address; write it as https://hub.example.nl.")
        if parts.username is not None or parts.password is not None:
            raise ValueError("The hub's address holds a name or password, which would stand in messages; leave it out.")
        if token is not None and parts.scheme == "http" and parts.hostname not in _LOOPBACK:
            raise ValueError("A token would travel in clear text; give the hub's address as https://.")
        self._address = address.rstrip("/")
        self._told_end = False
        self._session = requests.Session()
        self._session.trust_env = token is None  # a .netrc of this machine would take the token's place
        self._session.headers.update({"Accept": "application/json", "User-Agent": "regiohelix-client"})
        if token is not None:
            self._session.headers["Authorization"] = f"Bearer {token}"
        patience = _Patience(
            total=max(0, tries - 1), status_forcelist=_AGAIN, allowed_methods=("GET",), backoff_factor=0.5,
            raise_on_status=False, respect_retry_after_header=True,
        )  # fmt: skip
        for scheme in ("https://", "http://"):
            self._session.mount(scheme, HTTPAdapter(max_retries=patience))

    def __enter__(self) -> Self:
        """Give the hub itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close its connections."""
        self.close()

    def __repr__(self) -> str:
        return f"Hub({self._address!r})"

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def _pages(self, name: str, asked: Mapping[str, Any], most: int | None) -> tuple[list[Any], Mapping[str, Any]]:
        """Return what stands on the pages of a list, at most so many, and what the hub last said beside them."""
        found: list[Any] = []
        page, pages = 1, 1
        told: Any = {}
        while page <= pages and (most is None or len(found) < most):
            told = self._get(f"/api/v1/{name}", {**asked, "page": page})
            here = listed(told, name)
            found += here
            pages, page = number(told, "pages", 1), page + 1
            if not here:
                break
        return found[:most], told

    def _get(self, path: str, asked: Mapping[str, Any] | None = None) -> Any:
        given = {name: value for name, value in (asked or {}).items() if value is not None}
        try:
            answer = self._session.get(self._address + path, params=given, timeout=TIMEOUTS)
        except requests.RequestException as error:
            raise HubUnreachable(f"{self._address} does not answer; check the address, or try later.") from error
        ends = answer.headers.get("Regiohelix-Token-Ends")
        if ends is not None and not self._told_end:
            self._told_end = True
            warnings.warn(
                f"The token for {self._address} ends on {ends[:10]}; ask the hub's team for another.",
                TokenEndsSoon, stacklevel=4,
            )  # fmt: skip
        try:
            told = answer.json()
        except ValueError:
            told = None
        if not answer.ok:
            raise refusal(answer.status_code, told)
        if told is None:
            raise AnswerNotUnderstood(f"{self._address} does not answer in JSON; check whether it is a hub's address.")
        return told


def listed(told: Any, name: str) -> list[Any]:
    """Return a list of an answer; raises AnswerNotUnderstood."""
    rows = told.get(name) if isinstance(told, Mapping) else None
    if not isinstance(rows, list):
        raise AnswerNotUnderstood(f"The hub's answer holds no {name}; check its address, or update the client.")
    return rows


def number(told: Mapping[str, Any], name: str, without: int) -> int:
    """Return a whole number of an answer, `without` where it has none; raises AnswerNotUnderstood."""
    value = told.get(name, without)
    if not isinstance(value, int) or isinstance(value, bool):
        raise AnswerNotUnderstood(f"The hub's answer has no number as its {name}; check its address.")
    return value
