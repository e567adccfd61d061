"""Tell readers of streams what is new, each from its own place on: one thread for all of them.

Readers at the same place are told together, so what is new is read once for everybody. One that takes slowly is told
the rest from its place once it has taken what it got, and keeps nobody waiting. Several hubs on one database each look
for themselves, so it does not matter which of them took something in.
"""

import logging
import random
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from connectors.streams.hall import Hall, Line
from connectors.trouble import trouble
from hub.identity.caller import Caller
from hub.identity.sessions import session_of
from hub.identity.tokens import callers_of
from hub.serving.stream import Question, batch, heartbeat, opening
from hub.serving.told import Place, heads
from schemas.codes import AUDIENCES, Audience

LOOK_SECONDS: Final = 0.25  # between two looks at what is new
BEAT_SECONDS: Final = 15.0  # between two signs of life
STRANGERS_EACH: Final = 20  # streams of one address that shows neither token nor session
_KEPT: Final = 4  # one in so many seats is for who shows a token or a session
_CHECK_SECONDS: Final = 2.0  # between two looks at whether tokens and sessions still hold
_AWAY_SECONDS: Final = 1.0  # before a database that is away is asked again
_log = logging.getLogger(__name__)


class StreamsFull(RuntimeError):
    """As many streams as this process holds; somebody else has to go first."""


class ReaderFull(RuntimeError):
    """As many streams as one reader, or one address without an account, may have open."""


class Counts(Protocol):
    """Who counts what streams do."""

    def told(self, events: int) -> None:
        """Hear how many events were given to readers."""
        ...

    def ended(self, why: str) -> None:
        """Hear that a stream ended."""
        ...


@dataclass(frozen=True, slots=True)
class Credential:
    """What somebody was let in by: a token's id, or the id of a session, which is looked at again now and then."""

    kind: str  # token or session
    name: str = field(repr=False)


@dataclass(eq=False, slots=True)
class Seat:
    """One reader of a stream: who, what was asked, and how far it was told."""

    account: str
    place: Place
    question: Question
    site: str
    credential: Credential | None
    line: Line = field(init=False)
    next_beat: float = 0.0
    knows_the_end: bool = False  # it was given the id of the end of the count

    @property
    def audience(self) -> Audience:
        """The audience it is told as."""
        return self.place.audience


class Feeder:
    """Holds the places of all readers of this process and tells them what is new."""

    def __init__(
        self,
        engine: Engine,
        now: Callable[[], datetime],
        hall: Hall,
        counts: Counts,
        most: int,
        most_each: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take the database, where connections are held, and how many there may be in all and of one reader."""
        self._engine, self._now, self._hall, self._counts, self._clock = engine, now, hall, counts, clock
        self._most, self._most_each = most, most_each
        self._lock = threading.Lock()
        self._seats: set[Seat] = set()
        self._of_account: Counter[str] = Counter()
        self._strangers = 0
        self._wake = threading.Event()
        self._is_closing = False
        self._checked = -_CHECK_SECONDS
        self._thread = threading.Thread(target=self._run, name="feeder", daemon=True)

    def open(self) -> None:
        """Begin to tell."""
        self._thread.start()

    def close(self, timeout: float = 5.0) -> None:
        """Stop telling; the hall ends the streams."""
        self._is_closing = True
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(timeout)

    def readers(self) -> Mapping[Audience, int]:
        """Return how many streams each audience has open."""
        with self._lock:
            found = Counter(one.audience for one in self._seats)
        return {one: found[one] for one in AUDIENCES}

    def reserve(
        self, account: str, place: Place, question: Question, site: str, credential: Credential | None = None
    ) -> Seat:
        """Return a seat for a reader, which its line gives up; raises StreamsFull or ReaderFull."""
        seat = Seat(account, place, question, site, credential)
        seat.line = Line(lambda why: self._leave(seat, why), self._wake.set)
        with self._lock:
            self._check_room(account, is_stranger=credential is None)
            self._seats.add(seat)
            self._of_account[account] += 1
            self._strangers += credential is None
        return seat

    def _check_room(self, account: str, is_stranger: bool) -> None:
        if self._is_closing or len(self._seats) >= self._most:
            raise StreamsFull("This hub holds as many streams as it can; come back later.")
        held = self._of_account[account]
        if is_stranger and held >= min(STRANGERS_EACH, self._most_each):
            raise ReaderFull(f"There are {held} streams open from this address; close one first, or show a token.")
        if held >= self._most_each:
            raise ReaderFull(f"There are {held} streams open for this reader; close one first.")
        if is_stranger and self._strangers >= self._most - self._most // _KEPT:
            raise StreamsFull("The other streams of this hub are for readers with an account; come back later.")

    def begin(self, seat: Seat) -> bytes:
        """Return what a reader's stream begins with."""
        seat.next_beat = self._clock() + BEAT_SECONDS
        seat.line.and_tell = True  # once it is held
        return opening(seat.place, random.random())  # noqa: S311  # nosec B311 - spreads who comes back when

    def look(self) -> bool:
        """Tell once whatever is to be told; return whether there is more for somebody who has taken all."""
        seats = self._held()
        self._check(seats)
        if not seats:
            return False
        ends = heads(self._engine)
        behind: dict[tuple[Place, str], list[Seat]] = defaultdict(list)
        for seat in seats:
            end = ends[seat.audience]
            if seat.place.era != end.era or seat.place.number > end.number:  # its database was put back meanwhile
                seat.place = end._replace(number=0)
            if seat.place.number < end.number and seat.line.is_drained:
                behind[seat.place, seat.site].append(seat)
        for (place, site), group in behind.items():
            self._tell(place, site, group, ends[place.audience])
        for seat in seats:
            if not seat.knows_the_end and seat.place == ends[seat.audience] and seat.line.is_drained:
                seat.knows_the_end = True
                self._hall.send([seat.line], heartbeat(seat.place))
        return any(one.line.is_drained and one.place.number < ends[one.audience].number for one in self._held())

    def beat(self) -> None:
        """Give a sign of life to those who heard nothing for a while, with the id to go on from."""
        now = self._clock()
        for seat in self._held():
            if seat.next_beat <= now and seat.line.is_drained:
                seat.next_beat = now + BEAT_SECONDS
                self._hall.send([seat.line], heartbeat(seat.place))

    def _tell(self, place: Place, site: str, group: Sequence[Seat], end: Place) -> None:
        with self._engine.connect() as connection:
            found = batch(connection, place, site, any(not one.question.is_for_all for one in group))
        asking: dict[Question, list[Seat]] = defaultdict(list)
        for seat in group:
            asking[seat.question].append(seat)
        beat = self._clock() + BEAT_SECONDS
        for question, seats in asking.items():
            told = [data for one in found.events if (data := one.for_question(question))]
            for seat in seats:
                seat.place = place._replace(number=found.last)
                seat.line.and_tell = found.last < end.number
                if told:
                    seat.next_beat = beat
            if told:
                self._hall.send([seat.line for seat in seats], b"".join(told))
                self._counts.told(len(told) * len(seats))

    def _check(self, seats: Sequence[Seat]) -> None:
        """Let go of those whose token or session holds no longer, or stands for another audience now."""
        shown = {one.credential for one in seats if one.credential is not None}
        if not shown or self._clock() - self._checked < _CHECK_SECONDS:
            return
        self._checked = self._clock()
        holding: dict[Credential, Caller] = {}
        with self._engine.connect() as connection:
            tokens = callers_of(connection, [one.name for one in shown if one.kind == "token"], self._now())
            holding |= {Credential("token", name): caller for name, caller in tokens.items()}
            for one in shown:
                found = session_of(connection, one.name, self._now()) if one.kind == "session" else None
                if found is not None:
                    holding[one] = found.caller
        for seat in seats:
            if seat.credential is not None:
                caller = holding.get(seat.credential)
                if caller is None or caller.audience != seat.audience:
                    self._hall.let_go(seat.line, "access")

    def _held(self) -> list[Seat]:
        with self._lock:
            return [one for one in self._seats if not one.line.over]

    def _leave(self, seat: Seat, why: str) -> None:
        with self._lock:
            self._seats.discard(seat)
            self._strangers -= seat.credential is None
            self._of_account[seat.account] -= 1
            if not self._of_account[seat.account]:
                del self._of_account[seat.account]
        self._counts.ended(why)

    def _run(self) -> None:
        while not self._is_closing:
            self._wake.wait(LOOK_SECONDS if self._held() else None)
            self._wake.clear()
            try:
                self.beat()
                while not self._is_closing and self.look():
                    pass
            except SQLAlchemyError as error:  # its text could hold what was to be told
                _log.warning("Streams wait. The hub's database: %s", trouble(error).sentence)
                time.sleep(_AWAY_SECONDS)
            except (
                Exception
            ) as error:  # one thing that cannot be told ends no stream; what it held stays out of the log
                _log.error("Streams wait: telling ended with %s", type(error).__name__)
                time.sleep(_AWAY_SECONDS)
