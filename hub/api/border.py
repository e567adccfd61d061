"""What a region's call meets before it is read: are the versions neighbours, and is there room for a delivery."""
# mypy: disable-error-code="misc, no-any-unimported"

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from flask import abort, current_app, request
from werkzeug.exceptions import HTTPException, ServiceUnavailable

from schemas.codes import PROTOCOL, PROTOCOL_HEADER, can_talk

DELIVERIES_AT_ONCE: Final = 4  # of a process's 8 threads: the others go on answering readers
_RETRY_SECONDS: Final = 2
_EXTENSION: Final = "regiohelix.deliveries"
_LONGEST_NUMBER: Final = 9  # digits


class UpgradeNeeded(HTTPException):
    """A caller whose protocol is no neighbour of this hub's."""

    code = 426


def caller_protocol() -> int:
    """Return the caller's protocol: the first one where it names none. Raises BadRequest for what is no number."""
    said = request.headers.get(PROTOCOL_HEADER, "1").strip()
    if not (said.isascii() and said.isdigit() and len(said) <= _LONGEST_NUMBER):
        abort(400, f"The header {PROTOCOL_HEADER} is not a number; send the number of your protocol.")
    return int(said)


def check_protocol() -> int:
    """Return the caller's protocol, and turn away another than this hub's, the one before or the one after.

    Raises UpgradeNeeded, or BadRequest for what is no number.
    """
    number = caller_protocol()
    if not can_talk(number):
        raise UpgradeNeeded(
            f"This hub speaks protocol {PROTOCOL} and the caller protocol {number}, and only neighbours talk with each "
            f"other; bring the {'caller' if number < PROTOCOL else 'hub'} up to date."
        )
    return number


@contextmanager
def room_for_delivery() -> Iterator[None]:
    """Hold one of the few places for deliveries in work; raises ServiceUnavailable (try again) where none is free."""
    places = current_app.extensions.setdefault(_EXTENSION, threading.BoundedSemaphore(DELIVERIES_AT_ONCE))
    if not places.acquire(blocking=False):
        raise ServiceUnavailable(
            f"{DELIVERIES_AT_ONCE} deliveries are in work here; send this one in {_RETRY_SECONDS} seconds again.",
            retry_after=_RETRY_SECONDS,
        )
    try:
        yield
    finally:
        places.release()
