"""The query written by hand, and the tables it and the engine both read."""

from pathlib import Path
from typing import Final

QUERY: Final = (Path(__file__).parent / "engine_hand.sql").read_text(encoding="utf-8")


def views(folder: Path) -> str:
    """Return statements that offer the Parquet files as the tables of the linked store."""
    names = ("person", "coverage", "condition", "encounter", "measurement", "treatment", "cost")
    tables = "".join(
        f"CREATE VIEW {name} AS SELECT * FROM read_parquet('{folder}/{name}.*.parquet');\n" for name in names
    )
    # Nobody told where persons lived from when to when: all live where `person` says, as the query by hand has it.
    return tables + (
        "CREATE TABLE lived_in (person_id BIGINT, municipality VARCHAR, start_date DATE, end_date DATE);\n"
    )
