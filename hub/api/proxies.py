"""Believe a proxy's word on where a request came from, and only the word of a proxy that the settings name."""

from collections.abc import Callable, Iterable
from ipaddress import ip_address
from typing import Any, Final

from hub.config import Networks

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
_FOR: Final = "HTTP_X_FORWARDED_FOR"
_PROTO: Final = "HTTP_X_FORWARDED_PROTO"


def behind_proxies(app: Wsgi, trusted: Networks) -> Wsgi:
    """Return an application that knows the reader's own address and scheme where a trusted proxy stands in front.

    The address is the last one in X-Forwarded-For that is no trusted proxy's: what stands before it, the reader
    wrote. From anybody else the headers are dropped.
    """

    def call(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        passed, scheme = environ.pop(_FOR, ""), environ.pop(_PROTO, "")
        if _is_among(environ.get("REMOTE_ADDR", ""), trusted):
            for one in reversed([part.strip() for part in str(passed).split(",") if part.strip()]):
                if not _is_address(one):
                    break
                environ["REMOTE_ADDR"] = one
                if not _is_among(one, trusted):
                    break
            if scheme in ("http", "https"):
                environ["wsgi.url_scheme"] = scheme
        return app(environ, start_response)

    return call


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _is_among(text: str, trusted: Networks) -> bool:
    return _is_address(text) and any(ip_address(text) in network for network in trusted)
