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
from schemas.codes import Audience
from schemas.receipt import Answer


def receive(
    bodies: Sequence[bytes],
    hub: Hub,
    caller_region: str | None = None,
    positions: Mapping[Place, int] = MappingProxyType({}),
) -> list[Answer]:
    """Verify and store a batch of CloudEvents in one transaction; return one answer per event, in their order.

    `caller_region` is the region of the caller's token; None where a broker's rights stand in for it. `positions` are
    the offsets behind the batch where it came from a broker; they are kept in the same transaction.
    """
    with hub.engine.connect() as connection:
        verifier = Verifier(keyring(connection), caller_region)
    checked = [_checked(verifier, body) for body in bodies]
    answers = []
    with writing(hub.engine) as connection:
        now = hub.clock()
        shelf = Shelf(connection, (one for one in checked if isinstance(one, VerifiedEvent)), now, hub.key)
        for body, one in zip(bodies, checked, strict=True):
            try:
                if isinstance(one, Refusal):
                    raise one
                answers.append(shelf.store(one))
            except Refusal as refusal:
                answers.append(set_aside(connection, refusal, body, caller_region, now, hub.key))
        shelf.write()
        keep_positions(connection, positions)
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
