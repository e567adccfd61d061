"""The hub's two lines, each readable in one breath: what comes in is received, what is held is published."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from sqlalchemy import Connection

from connectors.database import writing
from hub.config import Hub
from hub.intake.keyring import keyring
from hub.intake.letters import keep_open, settle, untried_since_keys, waiting_for_keys, whole
from hub.intake.position import Place, keep_positions
from hub.intake.refusal import Refusal
from hub.intake.store import Shelf, set_aside
from hub.intake.verify import VerifiedEvent, Verifier
from hub.serving.figures import AcceptedIndicator, accepted
from schemas.codes import KEY_EVENTS, Audience
from schemas.receipt import Answer, refused

_LETTERS_AT_ONCE: Final = 16  # of at most 2 MiB each in memory
_MOST_WAITING: Final = 500  # replayed while the region waits for its answer; the schedule takes the others
Aside = Callable[[Connection, Refusal, bytes], Answer]


def receive(
    bodies: Sequence[bytes],
    hub: Hub,
    caller_region: str | None = None,
    positions: Mapping[Place, int] = MappingProxyType({}),
) -> list[Answer]:
    """Verify and store a batch of CloudEvents; return one answer per event, in their order.

    `caller_region` is the region of the caller's token; None where a broker's rights stand in for it. `positions` are
    the offsets behind the batch where it came from a broker; they are kept in the batch's last transaction. There is
    one transaction, and one more behind each key event: what follows is verified with the keys that hold after it.
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


def replay_waiting(hub: Hub) -> int:
    """Replay the letters that were last tried before their region's newest key came; return how many were accepted."""
    with hub.engine.connect() as connection:
        numbers = untried_since_keys(connection)
    return sum(answer.outcome != "refused" for answer in replay(hub, numbers).values())


def publish(hub: Hub, reader: Audience, indicator: str, period: str, region_set: str) -> tuple[AcceptedIndicator, ...]:
    """Return what a reader may see of one indicator: each region's latest figures, within one set of regions."""
    with hub.engine.connect() as connection:
        return accepted(connection, reader, indicator, period, region_set)


def _checked(verifier: Verifier, body: bytes) -> VerifiedEvent | Refusal:
    try:
        return verifier.verify(body)
    except Refusal as refusal:
        return refusal


def _taken(
    bodies: Sequence[bytes],
    hub: Hub,
    caller_region: str | None,
    aside: Aside,
    positions: Mapping[Place, int] = MappingProxyType({}),
) -> list[Answer]:
    answers: list[Answer] = []
    changed: set[str] = set()  # regions whose keys changed
    while True:
        answers += _part(bodies[len(answers) :], hub, caller_region, aside, positions, changed)
        if len(answers) == len(bodies):
            break
    for code in sorted(changed):
        with hub.engine.connect() as connection:
            waiting = waiting_for_keys(connection, code, _MOST_WAITING)
        replay(hub, waiting)
    return answers


def _part(
    bodies: Sequence[bytes],
    hub: Hub,
    caller_region: str | None,
    aside: Aside,
    positions: Mapping[Place, int],
    changed: set[str],
) -> list[Answer]:
    """Take the events up to the first key event in one transaction; none where their keys changed meanwhile."""
    with hub.engine.connect() as connection:
        keys = keyring(connection)
    checked = _checked_to_key_event(bodies, Verifier(keys, caller_region))
    answers: list[Answer] = []
    with writing(hub.engine) as connection:
        verified = [one for one in checked if isinstance(one, VerifiedEvent)]
        shelf = Shelf(connection, verified, hub.clock(), hub.key)
        if any(keys.get(code) != held for code, held in keyring(connection, _regions(checked)).items()):
            return []
        for body, one in zip(bodies, checked, strict=False):
            try:
                if isinstance(one, Refusal):
                    raise one
                answers.append(shelf.store(one))
            except Refusal as refusal:
                answers.append(aside(connection, refusal, body))
        shelf.write()
        if len(answers) == len(bodies):
            keep_positions(connection, positions)
    if answers and answers[-1].outcome == "accepted" and verified[-1].envelope.type in KEY_EVENTS:
        changed.add(verified[-1].envelope.region)
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


def _checked_to_key_event(bodies: Sequence[bytes], verifier: Verifier) -> list[VerifiedEvent | Refusal]:
    checked = []
    for body in bodies:
        checked.append(_checked(verifier, body))
        if isinstance(checked[-1], VerifiedEvent) and checked[-1].envelope.type in KEY_EVENTS:
            break
    return checked


def _regions(checked: Sequence[VerifiedEvent | Refusal]) -> set[str]:
    named = {one.region if isinstance(one, Refusal) else one.envelope.region for one in checked}
    return {code for code in named if code}
