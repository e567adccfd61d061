"""The hub's two lines, each readable in one breath: what comes in is received, what is held is published."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from connectors.database import writing
from hub.config import Hub
from hub.intake.keyring import keyring
from hub.intake.position import Place, keep_positions
from hub.intake.refusal import Refusal
from hub.intake.store import Shelf, set_aside
from hub.intake.verify import VerifiedEvent, Verifier
from hub.serving.figures import AcceptedIndicator, accepted
from schemas.codes import KEY_EVENTS, Audience
from schemas.receipt import Answer


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
    answers: list[Answer] = []
    while True:
        rest = bodies[len(answers) :]
        answers += _received(rest, hub, caller_region, positions)
        if len(answers) == len(bodies):
            return answers


def publish(hub: Hub, reader: Audience, indicator: str, period: str, region_set: str) -> tuple[AcceptedIndicator, ...]:
    """Return what a reader may see of one indicator: each region's latest figures, within one set of regions."""
    with hub.engine.connect() as connection:
        return accepted(connection, reader, indicator, period, region_set)


def _checked(verifier: Verifier, body: bytes) -> VerifiedEvent | Refusal:
    try:
        return verifier.verify(body)
    except Refusal as refusal:
        return refusal


def _received(
    bodies: Sequence[bytes], hub: Hub, caller_region: str | None, positions: Mapping[Place, int]
) -> list[Answer]:
    """Take the events up to the first key event in one transaction; none where their keys changed meanwhile."""
    with hub.engine.connect() as connection:
        keys = keyring(connection)
    checked = _checked_to_key_event(bodies, Verifier(keys, caller_region))
    answers: list[Answer] = []
    with writing(hub.engine) as connection:
        now = hub.clock()
        verified = [one for one in checked if isinstance(one, VerifiedEvent)]
        shelf = Shelf(connection, verified, now, hub.key)
        if any(keys.get(code) != held for code, held in keyring(connection, _regions(checked)).items()):
            return []
        for body, one in zip(bodies, checked, strict=False):
            try:
                if isinstance(one, Refusal):
                    raise one
                answers.append(shelf.store(one))
            except Refusal as refusal:
                answers.append(set_aside(connection, refusal, body, caller_region, now, hub.key))
        shelf.write()
        if len(answers) == len(bodies):
            keep_positions(connection, positions)
    return answers


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
