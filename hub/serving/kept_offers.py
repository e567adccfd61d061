"""What can be compared, kept until a region's chain changes or a day begins: finding it reads every figure's place."""

from datetime import UTC, datetime
from typing import Final

from sqlalchemy import Connection

from hub.serving.chains import Chains, chains
from hub.serving.figures import Offer, offers
from hub.serving.remembered import remembered
from schemas.codes import Audience

_OFFER_BYTES: Final = 300  # that an offer takes in memory beside its periods, or a little less
_PERIOD_BYTES: Final = 70


def kept_offers(
    connection: Connection,
    reader: Audience,
    now: datetime,
    known_on: str | None = None,
    indicator: str | None = None,
    standing: Chains | None = None,
) -> tuple[Offer, ...]:
    """Return what `hub.serving.figures.offers` returns, from memory where nothing changed since."""
    mark = (standing or chains(connection)).mark
    memory, key = remembered(connection), ("offers", reader, now.astimezone(UTC).date(), known_on, indicator)
    found: tuple[Offer, ...] | None = memory.get(key, mark)
    if found is None:
        found = offers(connection, reader, now, known_on, indicator)
        memory.keep(key, mark, found, sum(_OFFER_BYTES + _PERIOD_BYTES * len(one.periods) for one in found))
    return found
