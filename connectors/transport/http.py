"""The transport over HTTP: batches of CloudEvents pushed to the hub, which answers each event at once."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

import msgspec

from schemas.cloudevents import BATCH_MEDIA_TYPE
from schemas.delivery import Parcel, TransportRefused, TransportUnavailable
from schemas.receipt import Answer
from schemas.standing import Standing

from .hub_http import TIMEOUT_SECONDS, BearerToken, HubConnection, NothingThere

BATCH_EVENTS: Final = 200  # as many as an outbox hands over at once
BATCH_BYTES: Final = 4 * 1024 * 1024


class HttpSender:
    """Push parcels to the hub's API as the region whose token it is.

    Answers that were lost on the way back are asked for by `collect`, so an interrupted call needs no new sending.
    """

    def __init__(self, hub_url: str, token: str | Callable[[], str], timeout: float = TIMEOUT_SECONDS) -> None:
        self._hub = HubConnection(hub_url, BearerToken(token), timeout)
        self._answered: list[Answer] = []  # got by a call that failed later on
        self._unanswered: dict[str, int] = {}  # event id -> its place in the chain

    def send(self, parcels: Sequence[Parcel]) -> Sequence[Answer]:
        """Push the parcels in order and return one answer each; raises TransportUnavailable or TransportRefused."""
        answers: list[Answer] = []
        for batch in batches(parcels):
            try:
                answers += self._push(batch)
            except (TransportUnavailable, TransportRefused) as error:
                self._answered += answers
                if isinstance(error, TransportUnavailable):
                    self._unanswered |= {parcel.event_id: _sequence(parcel) for parcel in batch}
                raise
        return answers

    def collect(self) -> Sequence[Answer]:
        """Return the answers that earlier failures kept back; raises TransportUnavailable or TransportRefused."""
        if self._unanswered:
            after = min(self._unanswered.values()) - 1
            listed = self._hub.call("GET", f"/api/v1/receipts?after={after}", list[Answer])
            self._answered += [answer for answer in listed if answer.event_id in self._unanswered]
            # What is not listed never arrived: the outbox still has it and sends it again.
            self._unanswered.clear()
        answered, self._answered = self._answered, []
        return answered

    def standing(self) -> Standing | None:
        """Return the hub's word on this region's chain, None from a hub that gives none yet; raises as `send`."""
        try:
            standing: Standing = self._hub.call("GET", "/api/v1/standing", Standing)
        except NothingThere:
            return None
        return standing

    def close(self) -> None:
        """Release connections."""
        self._hub.close()

    def _push(self, batch: Sequence[Parcel]) -> list[Answer]:
        body = b"[" + b",".join(parcel.body for parcel in batch) + b"]"
        answers: list[Answer] = self._hub.call("POST", "/api/v1/events", list[Answer], body, BATCH_MEDIA_TYPE)
        if len(answers) != len(batch):
            raise TransportRefused(
                f"The hub gave {len(answers)} answers to {len(batch)} events; "
                "check that both sides run matching versions."
            )
        for parcel in batch:
            self._unanswered.pop(parcel.event_id, None)
        return answers


def batches(parcels: Sequence[Parcel]) -> Iterator[list[Parcel]]:
    """Cut parcels into runs of at most BATCH_EVENTS and BATCH_BYTES; one parcel larger than that goes by itself."""
    batch: list[Parcel] = []
    size = 0
    for parcel in parcels:
        grown = size + len(parcel.body) + 1
        if batch and (len(batch) == BATCH_EVENTS or grown > BATCH_BYTES):
            yield batch
            batch, grown = [], len(parcel.body) + 1
        batch.append(parcel)
        size = grown
    if batch:
        yield batch


class _Placed(msgspec.Struct, frozen=True):
    """What this transport reads of an event: its place in the region's chain."""

    sequence: int = 1


def _sequence(parcel: Parcel) -> int:
    return msgspec.json.decode(parcel.body, type=_Placed).sequence
