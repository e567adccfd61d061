"""How many requests are answered: per token, and per address for those without one; fewer for what is guessed at.

The counts live in this process. Behind several processes each counts for itself, so the whole answers a multiple; what
guards a password is counted in the database (hub.identity.throttle).
"""

import time
from typing import Final

from flask import Flask, Response, request
from flask_limiter import Limiter
from limits import RateLimitItem, RateLimitItemPerMinute
from werkzeug.exceptions import TooManyRequests

from hub.identity.origin import counted

GUESSES: Final = 20  # a minute and an address: sign-ins, codes, unknown tokens, refused enrolments
_OF_THEM_DRAWINGS: Final = 50  # one in so many requests may be a drawing or a sheet, which take a processor longest
_FEWEST_DRAWINGS: Final = 10  # a minute, however few requests are answered
_ENROLMENT: Final = "enrolments.post_enrolment"
_REFUSED: Final = (403, 422)


class Limits:
    """The counters of one application."""

    def __init__(self, app: Flask, per_minute: int) -> None:
        self._limiter = Limiter(_address, app=app, storage_uri="memory://", strategy="fixed-window")
        self._requests = RateLimitItemPerMinute(per_minute)
        self._guesses = RateLimitItemPerMinute(GUESSES)
        self._drawings = RateLimitItemPerMinute(max(_FEWEST_DRAWINGS, per_minute // _OF_THEM_DRAWINGS))

    def count_request(self) -> None:
        """Count a request without a token; raises TooManyRequests."""
        self._hit(self._requests, "address", _address(), "from this address")

    def count_token(self, identifier: str) -> None:
        """Count a request with a token; raises TooManyRequests."""
        self._hit(self._requests, "token", identifier, "with this token")

    def count_drawing(self, token: str | None) -> None:
        """Count a drawing or a sheet, of a token or else of the address; raises TooManyRequests."""
        if token is not None:
            self._hit(self._drawings, "drawings of a token", token, "for drawings and sheets with this token")
        else:
            self._hit(self._drawings, "drawings", _address(), "for drawings and sheets from this address")

    def count_guess(self, what: str) -> None:
        """Count an attempt at something that lets people in; raises TooManyRequests."""
        self._hit(self._guesses, what, _address(), "of this kind from this address")

    def check_enrolment(self) -> None:
        """Turn away an address whose enrolments were refused too often; raises TooManyRequests."""
        if request.endpoint == _ENROLMENT and not self._limiter.limiter.test(self._guesses, _ENROLMENT, _address()):
            raise self._too_many(self._guesses, _ENROLMENT, _address(), "of this kind from this address")

    def note_enrolment(self, response: Response) -> Response:
        """Count a refused enrolment; those that succeed, as when many regions share an address, cost nothing."""
        if request.endpoint == _ENROLMENT and response.status_code in _REFUSED:
            self._limiter.limiter.hit(self._guesses, _ENROLMENT, _address())
        return response

    def _hit(self, item: RateLimitItem, what: str, who: str, said: str) -> None:
        if not self._limiter.limiter.hit(item, what, who):
            raise self._too_many(item, what, who, said)

    def _too_many(self, item: RateLimitItem, what: str, who: str, said: str) -> TooManyRequests:
        until = self._limiter.limiter.get_window_stats(item, what, who).reset_time
        seconds = max(1, int(until - time.time()) + 1)
        return TooManyRequests(f"Too many requests {said}; wait {seconds} seconds.", retry_after=seconds)


def _address() -> str:
    return counted(request.remote_addr)
