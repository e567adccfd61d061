"""Look at a hub from outside, as a doctor does: does it answer, in which protocol, and is its clock ours."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

import requests

from schemas.codes import PROTOCOL, PROTOCOL_HEADER

_PATIENCE_SECONDS: Final = 10.0


@dataclass(frozen=True, slots=True)
class Seen:
    """What a hub showed: `status` None where nothing answered; its protocol and clock where it told them.

    `clock_off` is by how many seconds its clock is ahead of ours.
    """

    status: int | None
    protocol: str | None = None
    clock_off: float | None = None


def probe(hub_url: str, clock: Callable[[], datetime], timeout: float = _PATIENCE_SECONDS) -> Seen:
    """Ask a hub for a sign of life; whatever goes wrong is part of the answer."""
    headers = {PROTOCOL_HEADER: str(PROTOCOL)}
    try:
        answer = requests.get(f"{hub_url.rstrip('/')}/healthz", headers=headers, timeout=timeout, allow_redirects=False)
    except (requests.RequestException, ValueError):
        return Seen(None)
    return Seen(answer.status_code, answer.headers.get(PROTOCOL_HEADER), _off(answer.headers.get("Date", ""), clock()))


def _off(date: str, now: datetime) -> float | None:
    try:
        said = parsedate_to_datetime(date)
    except ValueError:
        return None
    return (said.replace(tzinfo=said.tzinfo or UTC) - now).total_seconds()
