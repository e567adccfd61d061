"""Who proves what: one process at a time per indicator and period, and only who still holds it may keep the outcome.

A claim ends by itself, so that what a killed process had begun is taken up by another.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, Connection, Engine, delete, insert, update
from sqlalchemy.exc import IntegrityError

from connectors.database import writing
from hub.audit import utc_text
from hub.tables import proof_claim

LASTS: Final = timedelta(seconds=120)  # without a sign of life
_RENEWED: Final = timedelta(seconds=20)


@dataclass
class Claim:
    """One process's claim on an indicator and period."""

    engine: Engine = field(repr=False)
    indicator: str
    period: str
    token: str
    clock: Callable[[], datetime] = field(repr=False)
    renewed: datetime

    def renew(self) -> None:
        """Give a sign of life where the last is a while ago."""
        now = self.clock()
        if now - self.renewed >= _RENEWED:
            with writing(self.engine) as connection:
                connection.execute(update(proof_claim).where(*self._mine()).values(until=utc_text(now + LASTS)))
            self.renewed = now

    def spend(self, connection: Connection) -> bool:
        """End the claim in the transaction that keeps its outcome; False: another holds it, so keep nothing."""
        return connection.execute(delete(proof_claim).where(*self._mine())).rowcount == 1

    def drop(self) -> None:
        """End the claim without an outcome."""
        with writing(self.engine) as connection:
            self.spend(connection)

    def _mine(self) -> tuple[ColumnElement[bool], ...]:
        here = proof_claim.c
        return here.indicator == self.indicator, here.period == self.period, here.token == self.token


def claim(engine: Engine, indicator: str, period: str, clock: Callable[[], datetime]) -> Claim | None:
    """Claim an indicator and period; None where another process has it."""
    now, token = clock(), secrets.token_hex(16)
    place = {"indicator": indicator, "period": period}
    try:
        with writing(engine) as connection:
            ended = (
                *(proof_claim.c[name] == value for name, value in place.items()),
                proof_claim.c.until < utc_text(now),
            )
            connection.execute(delete(proof_claim).where(*ended))
            connection.execute(insert(proof_claim).values(**place, token=token, until=utc_text(now + LASTS)))
    except IntegrityError:
        return None
    return Claim(engine, indicator, period, token, clock, now)
