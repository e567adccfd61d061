"""The way in, readable in one breath: what comes is received; what was refused is replayed once it may hold.

People decide here too: which letters are tried again, and whose keys count.

The way out needs no function here: readers' pages ask `hub.serving` for what is held.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from sqlalchemy import Connection

from connectors.database import writing
from hub.audit import OPERATOR, record
from hub.config import Hub
from hub.intake import approval
from hub.intake.letters import keep_open, open_numbers, settle, untried_since_keys, waiting_for_keys, whole
from hub.intake.position import Place
from hub.intake.refusal import Refusal
from hub.intake.store import set_aside
from hub.intake.take import Aside, take
from hub.intake.verify import KeysNotApproved
from schemas.receipt import Answer, refused

_LETTERS_AT_ONCE: Final = 16  # of at most 2 MiB each in memory
_MOST_WAITING: Final = 500  # replayed while the region waits for its answer; the schedule takes the others


def receive(
    bodies: Sequence[bytes],
    hub: Hub,
    caller_region: str | None = None,
    positions: Mapping[Place, int] = MappingProxyType({}),
) -> list[Answer]:
    """Verify and store a batch of CloudEvents; return one answer per event, in their order.

    `caller_region` is the region of the caller's token; None where a broker's rights stand in for it. `positions` are
    the offsets behind the batch where it came from a broker; they are kept in the batch's last transaction.
    Large batches and key events make more than one; see hub.intake.take.
    """

    def aside(connection: Connection, refusal: Refusal, body: bytes) -> Answer:
        return set_aside(connection, refusal, body, caller_region, hub.clock(), hub.key)

    return _taken(bodies, hub, caller_region, aside, positions)


def replay(hub: Hub, numbers: Sequence[int]) -> dict[int, Answer]:
    """Verify open dead letters again from their kept bytes and store what holds now; return the answer to each.

    A letter stays open, with the reason that holds now, where its event is refused again.
    """
    answers: dict[int, Answer] = {}
    for place in range(0, len(numbers), _LETTERS_AT_ONCE):
        with hub.engine.connect() as connection:
            letters = whole(connection, numbers[place : place + _LETTERS_AT_ONCE])
        for code in sorted({letter.region for letter in letters}, key=str):
            answers |= _replayed(hub, code, {one.id: one.body for one in letters if one.region == code})
    with writing(hub.engine) as connection:
        settle(connection, hub.clock())
    return answers


def replay_for(hub: Hub, numbers: Sequence[int], by: str = OPERATOR, **where: str) -> dict[int, Answer]:
    """Replay as somebody asked for; `by` and `where` (an origin) go into the log with what came of it."""
    answers = replay(hub, numbers)
    with writing(hub.engine) as connection:
        for number, answer in answers.items():
            told = {"number": number, "outcome": answer.outcome, "refused_for": answer.reason or ""}
            record(connection, hub.clock(), by, "dead letter replayed", **told, **where)
    return answers


def approve(hub: Hub, code: str, fingerprint: str, by: str = OPERATOR, **where: str) -> int:
    """Let a region's keys count and replay what waited for them; return how many events that let in.

    A fingerprint that does not fit is logged too. Raises NothingToApprove or FingerprintMismatch.
    """
    try:
        with writing(hub.engine) as connection:
            approval.approve(connection, code, fingerprint, hub.clock(), by, **where)
    except approval.FingerprintMismatch:
        with writing(hub.engine) as connection:
            record(connection, hub.clock(), by, "fingerprint refused", region=code, **where)
        raise
    with hub.engine.connect() as connection:
        waiting = open_numbers(connection, code, KeysNotApproved.reason)
    return sum(answer.outcome != "refused" for answer in replay(hub, waiting).values())


def replay_waiting(hub: Hub) -> int:
    """Replay the letters that were last tried before their region's newest key came; return how many were accepted."""
    with hub.engine.connect() as connection:
        numbers = untried_since_keys(connection)
    return sum(answer.outcome != "refused" for answer in replay(hub, numbers).values())


def _taken(
    bodies: Sequence[bytes],
    hub: Hub,
    caller_region: str | None,
    aside: Aside,
    positions: Mapping[Place, int] = MappingProxyType({}),
) -> list[Answer]:
    changed: set[str] = set()  # regions whose keys changed
    answers = take(bodies, hub, caller_region, aside, positions, changed)
    for code in sorted(changed):
        with hub.engine.connect() as connection:
            waiting = waiting_for_keys(connection, code, _MOST_WAITING)
        replay(hub, waiting)
    return answers


def _replayed(hub: Hub, code: str | None, letters: Mapping[int, bytes]) -> dict[int, Answer]:
    numbers: dict[bytes, list[int]] = {}
    for number, body in letters.items():
        numbers.setdefault(body, []).append(number)

    def aside(connection: Connection, refusal: Refusal, body: bytes) -> Answer:
        keep_open(connection, numbers[body], refusal, hub.clock())
        return refused(refusal.event_id, refusal.reason, refusal.detail, hub.key)

    answers = _taken(list(numbers), hub, code, aside)
    pairs = zip(numbers.values(), answers, strict=True)
    return {number: answer for group, answer in pairs for number in group}
