"""How far the hub has read a broker's topics, kept in the transaction that stores what was read."""

from collections.abc import Mapping

from sqlalchemy import Connection, Engine, insert, select, update

from hub.tables import transport_position as table

Place = tuple[str, int]  # topic, partition


class StoredPositions:
    """The offsets to read next, as the receiver asks for them when it is given a partition."""

    def __init__(self, engine: Engine) -> None:
        """Read from this database."""
        self._engine = engine

    def load(self, topic: str, partition: int) -> int | None:
        """Return the offset to read next, or None when nothing was ever read."""
        with self._engine.connect() as connection:
            return connection.scalar(
                select(table.c.next_offset).where(table.c.topic == topic, table.c.partition == partition)
            )


def keep_positions(connection: Connection, positions: Mapping[Place, int]) -> None:
    """Keep the offsets to read next; in sorted order, so two receivers never wait for each other."""
    for (topic, partition), next_offset in sorted(positions.items()):
        place = (table.c.topic == topic) & (table.c.partition == partition)
        changed = connection.execute(update(table).where(place).values(next_offset=next_offset))
        if not changed.rowcount:
            connection.execute(insert(table).values(topic=topic, partition=partition, next_offset=next_offset))
