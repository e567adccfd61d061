"""What the kept tables of a plan are called, and their columns: a name is a hash of what is in the table."""

import hashlib
from typing import Any, Final

from sqlalchemy import BigInteger, Date, Integer, SmallInteger, String, column, table
from sqlalchemy.sql.expression import TableClause

from node.records import kept

from .fuse import Gathering, Plan
from .fused import all_numbers
from .pieces import looked_at

_VERSION: Final = 7
"""To be raised whenever the statements of a plan count otherwise, so that nothing counted before is used again."""


_WIDTHS: Final = ((SmallInteger, 15), (Integer, 31), (BigInteger, 63))
"""Types of whole numbers, and how many bits each has beside its sign."""


class Names:
    """What a plan's tables and cells are called: by hashes of what they hold, worked out once."""

    def __init__(self, made: Plan) -> None:
        self.plan = made
        self.numbers = all_numbers(made)
        self.places = range(len(made.frames))
        self.gatherings = [
            f"kept_gathering_{hash_of((one.record, one.span, one.patterns, one.amounts, one.cuts, one.areas))[:24]}"
            for one in made.gatherings
        ]
        self.people = f"kept_people_{hash_of((made.frames, made.areas, made.ages))[:24]}"
        self.stretch = looked_at(made.gatherings)
        self.away = None if self.stretch is None else f"kept_away_{hash_of((self.stretch, made.areas))[:24]}"
        numbers = [(one.what, sorted(map(repr, one.needs)), one.pattern, one.amount) for one in self.numbers]
        self.cells = hash_of((self.people, self.gatherings, numbers))
        self.paid = hash_of((self.cells, "paid"))

    @property
    def tables(self) -> tuple[str, ...]:
        """Return the names of the tables."""
        return (*self.gatherings, self.people, *([self.away] if self.away else []))


def gathering_table(name: str, one: Gathering) -> TableClause:
    """Return the kept table of a gathering."""
    amounts = [
        column(f"a{number}", Integer if amount.count == "records" else BigInteger)
        for number, amount in enumerate(one.amounts)
    ]
    # As narrow as they can be: what is read of a table costs by its width.
    codes = ("code",) if one.distinct else ()
    flags = next(kind for kind, bits in _WIDTHS if len(one.patterns) <= bits)
    return table(
        name, column("source", String), *(column(beside, String) for beside in (*kept_beside(one), *codes)),
        column("person_id", BigInteger), column("part", Integer), column("flags", flags), *amounts,
    )  # fmt: skip


def kept_as(one: Gathering) -> str:
    """Return the kind of record whose changes a gathering's kept rows follow, as `node.records.kept` has it."""
    if one.record == "death":
        return "person"
    if one.patterns[0].again is not None:
        return kept.of_any_source(one.record)
    return kept.of_observed(one.record) if one.is_observed else one.record


def is_by_source(one: Gathering) -> bool:
    """Tell whether each row of a gathering is of one source's records; else it is about a person, of any source's."""
    return kept_as(one) in (one.record, kept.of_observed(one.record))


def kept_beside(one: Gathering) -> tuple[str, ...]:
    """Return the columns by which the rows of a gathering are kept apart: of money, who was paid."""
    return ("organisation",) if any(amount.count == "amount_sum" for amount in one.amounts) else ()


def people_table(name: str) -> TableClause:
    """Return the kept table of persons."""
    return table(
        name, column("source", String), column("person_id", BigInteger), column("part", Integer),
        column("cell", Integer), column("days", Integer),
    )  # fmt: skip


def away_table(name: str) -> TableClause:
    """Return the kept table of the days on which persons are not observed."""
    return table(
        name, column("source", String), column("person_id", BigInteger), column("part", Integer),
        column("start_date", Date), column("end_date", Date),
    )  # fmt: skip


def hash_of(content: Any) -> str:
    """Return a hash of what is kept or of what it was counted from."""
    return hashlib.sha256(repr((_VERSION, content)).encode()).hexdigest()
