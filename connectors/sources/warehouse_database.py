"""A region's own PostgreSQL in which its linked records are: one transaction that sees one moment and keeps nothing."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import NullPool

from . import SourceRefused
from .database_snapshot import rolled_back


@contextmanager
def warehouse(address: str, schema: str, place: str) -> Iterator[Connection]:
    """Open the warehouse at an address, `schema` first on its search path; what is made in it is rolled back.

    `place` is where the address is kept, for messages, which never hold the address itself. Raises SourceRefused where
    it is no PostgreSQL address, or nobody answers.
    """
    try:
        url = make_url(address)
    except ArgumentError:
        raise SourceRefused(f"{place}: {_FORM}") from None
    if url.get_backend_name() != "postgresql":
        raise SourceRefused(f"{place}: {_FORM}")
    engine = create_engine(
        url.set(drivername="postgresql+psycopg"),
        poolclass=NullPool,
        hide_parameters=True,
        isolation_level="REPEATABLE READ",
        connect_args={"options": f"-c search_path={schema}"},
    )
    try:
        with rolled_back(engine, place, "warehouse") as connection:
            yield connection
    finally:
        engine.dispose()


_FORM = "does not hold a PostgreSQL address; write it as postgresql://user:password@host/database."
