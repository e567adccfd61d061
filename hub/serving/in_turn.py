"""Answers that take long: worked out once for all who ask the same, few at a time, and kept while nothing came.

A page over all regions takes a processor for a while, so it waits for its turn. What is kept needs none.
"""

from collections.abc import Callable, Hashable
from datetime import datetime
from typing import Any, Final, TypeVar

import msgspec
from sqlalchemy import Connection, func, select

from hub.audit import utc_text
from hub.serving.chains import chains
from hub.serving.remembered import Remembered, remembered
from hub.serving.turns import Turns
from hub.tables import joint_audit, shown_total
from hub.tables.search import search_item

_IN_MEMORY: Final = 4  # bytes for each byte of an answer as JSON, or a little less
_BESIDE: Final = 500  # bytes that a question takes besides its answer, which may be empty
_MINUTE: Final = len("2026-01-31T12:00")  # what is due, or dark, is looked at anew by the minute
_turns: Final = Turns(at_most=4, at_once=2)  # a server's other threads answer what is kept or takes no time
_Answer = TypeVar("_Answer")


def in_turn(
    connection: Connection, asked: Hashable, now: datetime, work: Callable[[], _Answer], *, is_kept: bool = True
) -> _Answer:
    """Return the answer to what is `asked`, from memory where nothing came since; else worked out when its turn comes.

    `asked` says everything that the answer depends on but the hub's store and the time. Raises HubBusy where too many
    wait already or the turn does not come soon, and what `work` raises. Work never asks for another turn.
    """
    memory, mark = remembered(connection), (_mark(connection), utc_text(now)[:_MINUTE])
    found: tuple[_Answer] | None = memory.get(asked, mark) if is_kept else None
    if found is not None:
        return found[0]
    with _turns.taken():
        return _worked_out(memory, asked, mark, work, is_kept)


def _worked_out(
    memory: Remembered, asked: Hashable, mark: Hashable, work: Callable[[], _Answer], is_kept: bool
) -> _Answer:
    found: tuple[_Answer] | None = memory.get(asked, mark) if is_kept else None  # who went before may have asked it
    if found is not None:
        return found[0]
    made = work()
    if is_kept:
        memory.keep(asked, mark, (made,), _size(made))
    return made


def _size(made: Any) -> int:
    own = len(made) if isinstance(made, bytes) else _IN_MEMORY * len(msgspec.json.encode(made))
    return own + _BESIDE


def _mark(connection: Connection) -> Hashable:
    """Return what is the same while no event came, nothing was destroyed, and the hub worked nothing out itself."""
    item, proof = search_item.c, joint_audit.c
    words = connection.execute(select(func.count(), func.max(item.id))).one()
    proofs = connection.execute(select(func.count(), func.max(proof.audited_at))).one()
    return chains(connection).mark, *words, *proofs, connection.scalar(select(func.max(shown_total.c.id)))
