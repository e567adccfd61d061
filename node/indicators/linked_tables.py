"""The tables of the linked store as statements name them; a warehouse offers tables or views of the same form."""

from typing import Any, Final

from sqlalchemy import BigInteger, Date, FromClause, Numeric, String, TableClause, column, select, table


def _table(name: str, **columns: Any) -> TableClause:
    return table(name, column("person_id", BigInteger), *(column(key, kind) for key, kind in columns.items()))


PERSON: Final = _table("person", birth_date=Date, sex=String, municipality=String, death_date=Date)
COVERAGE: Final = _table("coverage", start_date=Date, end_date=Date)
LIVED_IN: Final = _table("lived_in", municipality=String, start_date=Date, end_date=Date)
DEAD: Final = PERSON.alias("dead")
RECORDS: Final[dict[str, FromClause]] = {
    "condition": _table("condition", code_system=String, code=String, start_date=Date, end_date=Date),
    "encounter": _table(
        "encounter", encounter_type=String, start_date=Date, end_date=Date, urgency=String, code_system=String,
        code=String,
    ),
    "measurement": _table("measurement", code_system=String, code=String, measured_on=Date, value=Numeric(18, 4)),
    "treatment": _table("treatment", code_system=String, code=String, start_date=Date),
    "cost": _table(
        "cost", category=String, start_date=Date, amount_cents=BigInteger, organisation=String, source=String
    ),
    "death": select(DEAD.c.person_id, DEAD.c.death_date.label("start_date")).subquery("death"),
}  # fmt: skip
TYPE_COLUMN: Final = {"encounter": "encounter_type", "cost": "category"}
