"""Small extracts that change from load to load, through the released loader: a register, a practice and a payer."""

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from node.records.load import load
from node.records.store import delete_expired
from tests.support.sources import KEY, TODAY, legal, register_file, source, visits_file, written

GONE = date(2027, 2, 1)
"""A day on which the payer's rows must be deleted and nobody else's."""

_COLUMNS = {
    "persons": "bsn;born;sex;town;died",
    "insured": "bsn;from;to",
    "stays": "bsn;town;from;to",
    "moves": "bsn;town;from;to",
    "conditions": "bsn;system;code;date",
    "visits": "bsn;type;urgency;date",
    "measured": "bsn;code;date;value",
    "costs": "bsn;category;date;amount",
}
_TOWNS = ("GM0363", "GM0310", "GM0344")  # the last is no area of the node
_FILES = {
    "register": ("persons", "insured", "stays"),
    "practice": ("conditions", "visits", "measured"),
    "payer": ("costs", "moves"),
}


def _numbers(count: int) -> list[str]:
    """Return invented citizen service numbers that pass the 11-test."""
    found = []
    for start in range(10_000_000, 99_999_999, 1_234_567):
        digits = [int(digit) for digit in str(start)]
        last = sum(weight * digit for weight, digit in zip(range(9, 1, -1), digits, strict=True)) % 11
        if last < 10:
            found.append(f"{start}{last}")
    return found[:count]


@dataclass
class Extracts:
    """What each file holds now, one text per row; `steps` change it and load it."""

    home: Path
    chance: random.Random
    people: int = 12
    rows: dict[str, list[str]] = field(default_factory=dict)
    objecting: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.numbers = _numbers(self.people)
        self.rows = {
            name: [self._row(name, who) for who in self.numbers for _ in range(often)]
            for name, often in zip(_COLUMNS, (1, 1, 2, 1, 2, 3, 3, 2), strict=True)
        }

    def load(self, name: str) -> None:
        """Load one source as its files are now."""
        texts = {one: "\n".join([_COLUMNS[one], *self.rows[one]]) + "\n" for one in _FILES[name]}
        document = _document(name, bool(self.objecting))
        texts |= {"objections": "\n".join(["bsn", *self.objecting]) + "\n"} if self.objecting else {}
        load(self.home, written(self.home.parent / name, document, **texts), KEY, None, TODAY)

    def change(self, name: str) -> None:
        """Leave some rows of a source out, correct some, and add some."""
        for one in _FILES[name]:
            rows = [row for row in self.rows[one] if self.chance.random() > 0.1]
            for place, row in enumerate(rows):
                if self.chance.random() < 0.1:
                    rows[place] = self._row(one, row.split(";")[0])
            missing = [who for who in self.numbers if not any(row.startswith(who) for row in rows)]
            more = missing if one == "persons" else self.chance.choices(self.numbers, k=3)
            self.rows[one] = rows + [self._row(one, who) for who in more if self.chance.random() < 0.6]
            self.chance.shuffle(self.rows[one])

    def object(self) -> None:
        """Let somebody object to the use of what the practice knows."""
        self.objecting = sorted({*self.objecting, self.chance.choice(self.numbers)})

    def expire(self) -> None:
        """Let the payer's date of deletion come."""
        delete_expired(self.home, GONE)

    def _row(self, name: str, who: str) -> str:
        chance = self.chance
        seen, code = self._day(2023, 2), chance.choice([("icpc", "T90"), ("icpc", "T89"), ("omop", "192671")])
        died = chance.choice(["", "", self._day(2023, 2)])
        values: dict[str, tuple[str, ...]] = {
            "persons": (self._day(1930, 94), chance.choice("VM"), chance.choice(_TOWNS[:2]), died),
            "insured": (self._day(2022, 2), self._day(2024, 2)),
            "stays": (chance.choice(_TOWNS), self._day(2022, 3), self._day(2024, 2)),
            "moves": (chance.choice(_TOWNS), self._day(2022, 3), self._day(2024, 2)),
            "conditions": (*code, self._day(2022, 3)),
            "visits": (chance.choice(["gp", "ed", "admission"]), chance.choice(["acute", "planned", ""]), seen),
            "measured": (chance.choice(["SRH", "PREM", "HBA1C"]), seen, chance.choice(["1", "2,5", "4", ""])),
            "costs": (chance.choice(["gp", "hospital"]), seen, f"{chance.randrange(1, 9999)},25"),
        }
        return ";".join((who, *values[name]))

    def _day(self, first_year: int, years: int) -> str:
        day = date(first_year, 1, 1) + timedelta(days=self.chance.randrange(365 * years))
        return day.strftime("%d-%m-%Y")


def _document(name: str, has_objections: bool) -> dict[str, Any]:
    coded = {"code_system": {"column": "system"}, "code": {"column": "code"}}
    stays = {"municipality": {"column": "town"}, "start_date": {"column": "from"}, "end_date": {"column": "to"}}
    fields: dict[str, tuple[str, dict[str, Any]]] = {
        "persons": (
            "person",
            {
                "birth_date": {"column": "born"}, "sex": {"column": "sex", "codes": {"V": "f", "M": "m"}},
                "municipality": {"column": "town"}, "death_date": {"column": "died"},
            },
        ),
        "insured": ("coverage", {"start_date": {"column": "from"}, "end_date": {"column": "to"}}),
        "stays": ("residence", stays),
        "moves": ("residence", stays),
        "conditions": ("condition", coded | {"start_date": {"column": "date"}}),
        "visits": (
            "encounter",
            {
                "encounter_type": {"column": "type"}, "urgency": {"column": "urgency"},
                "start_date": {"column": "date"},
            },
        ),
        "measured": (
            "measurement",
            {
                "code_system": {"constant": "local"}, "code": {"column": "code"}, "measured_on": {"column": "date"},
                "value": {"column": "value"},
            },
        ),
        "costs": (
            "cost",
            {
                "category": {"column": "category"}, "start_date": {"column": "date"}, "amount": {"column": "amount"},
            },
        ),
    }  # fmt: skip
    files = [
        (register_file if one == "persons" else visits_file)(
            file=f"{one}.csv",
            record=fields[one][0],
            fields={"person_id": {"column": "bsn"}} | fields[one][1],
            decimal=",",
        )
        for one in _FILES[name]
    ]
    more: dict[str, Any] = {"objections": {"file": "objections.csv", "column": "bsn"}} if has_objections else {}
    until = "2027-01-01" if name == "payer" else "2030-01-01"
    return source(*files, id=name, legal=legal(delete_by=until), **more)
