"""Write two invented extracts without a shared identifier, as hard to link as real ones, with the truth beside them.

Households share an address and an insurer number; in them live twins, and parents and children of one name. The second
extract has slips of the pen, moves, married names, swapped days and months, and gaps. No person in it exists; the same
seed gives the same files to the last byte.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import yaml

_GIVEN: Final = {
    "V": "Anna Emma Emmy Maria Sanne Sara Sarah Julia Julie Lotte Lot Eva Noor Noa Fleur Lisa Lise Femke Tess Tessa "
    "Iris Roos Anouk Mila Saar Evi Yara Fenna Liv Sofie Johanna Wilhelmina Cornelia Hendrika Fatima Aylin Zeynep Ilse",
    "M": "Jan Johan Johannes Piet Pieter Daan Sem Sam Lucas Luuk Luca Finn Bram Thijs Thomas Tim Tom Lars Jesse Milan "
    "Mees Noah Levi Max Stijn Ruben Hugo Willem Cornelis Hendrik Gerrit Mohamed Yusuf Emre Klaas Joris Joost Koen",
}
_STEMS: Final = [
    "Berg",
    "Dijk",
    "Bakker",
    "Visser",
    "Smit",
    "Meijer",
    "Boer",
    "Mulder",
    "Groot",
    "Bos",
    "Vos",
    "Peters",
    "Hendriks",
    "Leeuwen",
    "Dekker",
    "Brouwer",
    "Wit",
    "Dijkstra",
    "Smits",
    "Graaf",
    "Meer",
    "Linden",
    "Kok",
    "Jacobs",
    "Haan",
    "Vermeulen",
    "Heuvel",
    "Veen",
    "Broek",
    "Bruijn",
    "Heijden",
    "Schouten",
    "Beek",
    "Willems",
    "Vliet",
    "Hoekstra",
    "Maas",
    "Verhoeven",
    "Koster",
    "Dam",
    "Prins",
    "Blom",
    "Huisman",
    "Kuipers",
    "Veenstra",
    "Kramer",
    "Postma",
    "Timmer",
    "Wolters",
    "Groen",
]
_BEFORE: Final = ("", "de ", "van ", "van de ", "van der ", "ter ")
_AFTER: Final = ("", "", "", "ma", "stra", "sen")
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
_HEADER: Final = (
    "nummer", "voornaam", "achternaam", "geboortedatum", "geslacht", "postcode", "huisnummer", "verzekerdennummer",
)  # fmt: skip
_FIELDS: Final = {
    "given_name": "voornaam",
    "surname": "achternaam",
    "birth_date": "geboortedatum",
    "sex": "geslacht",
    "postcode": "postcode",
    "house_number": "huisnummer",
    "insurer_number": "verzekerdennummer",
}


@dataclass(frozen=True)
class LinkagePerson:
    """One invented person as an extract writes him: texts, a birth date as dd-mm-yyyy, '' where a field is missing."""

    given_name: str
    surname: str
    birth_date: str
    sex: str
    postcode: str
    house_number: str
    insurer_number: str


@dataclass(frozen=True)
class LinkageTruth:
    """Who is who: the person behind every (source, number), and which persons are twins or namesakes of each other."""

    person_of: dict[tuple[str, str], int]
    twins: frozenset[tuple[int, int]]
    namesakes: frozenset[tuple[int, int]]


def write_hard_linkage(folder: Path, persons: int = 4000, seed: int = 1969) -> LinkageTruth:
    """Write `register.csv` and `praktijk.csv` with a mapping each, and return who is who.

    About nine in ten persons are in each; of twenty households two have twins and one has two namesakes.
    """
    rng = np.random.default_rng(seed)
    people, twins, namesakes = _people(rng, persons)
    folder.mkdir(parents=True, exist_ok=True)
    person_of: dict[tuple[str, str], int] = {}
    for source, start, is_worn in (("register", 100_000, False), ("praktijk", 500_000, True)):
        chosen = [i for i in rng.permutation(len(people)).tolist() if rng.random() < 0.9]
        rows = []
        for place, number in enumerate(chosen):
            written = _worn(rng, people[number]) if is_worn else people[number]
            person_of[source, str(start + place)] = number
            rows.append((str(start + place), *_texts(written)))
        _write(folder, source, rows)
    return LinkageTruth(person_of, frozenset(twins), frozenset(namesakes))


def _texts(person: LinkagePerson) -> tuple[str, ...]:
    return tuple(getattr(person, field) for field in _FIELDS)


def _people(
    rng: np.random.Generator, persons: int
) -> tuple[list[LinkagePerson], list[tuple[int, int]], list[tuple[int, int]]]:
    people: list[LinkagePerson] = []
    twins, namesakes = [], []
    while len(people) < persons:
        household = list(_household(rng))
        first = len(people)
        kind = rng.random()
        if kind < 0.1:  # two children of one birth
            child = _child(rng, household[0])
            names = rng.permutation(_GIVEN[child.sex].split())[:2].tolist()
            household += [replace(child, given_name=names[0]), replace(child, given_name=names[1])]
            twins.append((first + len(household) - 2, first + len(household) - 1))
        elif kind < 0.16:  # a child of its parent's name
            child = replace(_child(rng, household[0]), given_name=household[0].given_name, sex=household[0].sex)
            household.append(child)
            namesakes.append((first, first + len(household) - 1))
        people += household
    return people, twins, namesakes


def _household(rng: np.random.Generator) -> Iterator[LinkagePerson]:
    surname = _surname(rng)
    postcode = f"{rng.integers(1000, 1060)}{_letter(rng).upper()}{_letter(rng).upper()}"
    house, insurer = str(rng.integers(1, 150)), str(rng.integers(10_000_000, 99_999_999))
    for sex in ("M", "V")[: int(rng.integers(1, 3))]:
        year = int(rng.integers(1935, 1990))
        yield LinkagePerson(_given(rng, sex), surname, _day(rng, year), sex, postcode, house, insurer)


def _child(rng: np.random.Generator, parent: LinkagePerson) -> LinkagePerson:
    sex = str(rng.choice(["V", "M"]))
    year = int(parent.birth_date[-4:]) + int(rng.integers(19, 40))
    return replace(parent, given_name=_given(rng, sex), sex=sex, birth_date=_day(rng, year))


def _given(rng: np.random.Generator, sex: str) -> str:
    names = _GIVEN[sex].split()
    weights = 1 / np.arange(2, len(names) + 2)
    return str(rng.choice(names, p=weights / weights.sum()))


def _surname(rng: np.random.Generator) -> str:
    weights = 1 / np.arange(3, len(_STEMS) + 3)
    stem = str(rng.choice(_STEMS, p=weights / weights.sum()))
    return f"{rng.choice(_BEFORE)}{stem}{rng.choice(_AFTER)}"


def _day(rng: np.random.Generator, year: int) -> str:
    return f"{rng.integers(1, 29):02d}-{rng.integers(1, 13):02d}-{year}"


def _letter(rng: np.random.Generator) -> str:
    return _LETTERS[int(rng.integers(0, len(_LETTERS)))]


def _worn(rng: np.random.Generator, person: LinkagePerson) -> LinkagePerson:
    """Return a person as a busy desk wrote him down, some of it long ago."""
    changed: dict[str, str] = {}
    if rng.random() < 0.08:  # moved since
        changed |= {"postcode": f"{rng.integers(1000, 1060)}{_letter(rng).upper()}{_letter(rng).upper()}"}
        changed |= {"house_number": str(rng.integers(1, 150))}
    if person.sex == "V" and rng.random() < 0.06:  # known by another name
        changed["surname"] = _surname(rng)
    if rng.random() < 0.03:
        day, month, year = person.birth_date.split("-")
        changed["birth_date"] = f"{month}-{day}-{year}" if int(day) <= 12 else person.birth_date
    elif rng.random() < 0.03:
        place = int(rng.choice([1, 9]))
        changed["birth_date"] = person.birth_date[:place] + str(rng.integers(1, 9)) + person.birth_date[place + 1 :]
    for field in ("given_name", "surname"):
        text = changed.get(field, getattr(person, field))
        if rng.random() < 0.06:
            changed[field] = _slip(rng, text)
        elif field == "given_name" and rng.random() < 0.05:
            changed[field] = text[0]
    if rng.random() < 0.1:  # another insurer since
        changed["insurer_number"] = str(rng.integers(10_000_000, 99_999_999))
    for field, share in (("given_name", 0.03), ("birth_date", 0.02), ("postcode", 0.03), ("insurer_number", 0.15)):
        if rng.random() < share:
            changed[field] = ""
    return replace(person, **changed)


def _slip(rng: np.random.Generator, text: str) -> str:
    place = int(rng.integers(1, max(2, len(text))))
    kind = int(rng.integers(0, 3))
    if kind == 0:
        return text[:place] + _letter(rng) + text[place:]
    if kind == 1:
        return text[:place] + text[place + 1 :]
    return text[:place] + _letter(rng) + text[place + 1 :]


def _write(folder: Path, source: str, rows: list[tuple[str, ...]]) -> None:
    with (folder / f"{source}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\n")
        writer.writerow(_HEADER)
        writer.writerows(rows)
    (folder / f"{source}.yaml").write_text(yaml.safe_dump(_mapping(source), sort_keys=False), encoding="utf-8")


def _mapping(source: str) -> dict[str, Any]:
    linked: dict[str, dict[str, Any]] = {name: {"column": column} for name, column in _FIELDS.items()}
    linked["sex"]["codes"] = {"V": "f", "M": "m"}
    sex = {"column": "geslacht", "codes": {"V": "f", "M": "m"}}
    return {
        "id": source,
        "kind": "csv",
        "legal": {
            "controller": f"Invented {source}",
            "purpose": "Trying out linkage",
            "legal_basis": "None needed: no person in it exists",
            "agreement": "none",
            "linkage": "probabilistic",
            "linkage_fields": list(_FIELDS),
            "permitted_indicators": ["all"],
            "delete_by": "2099-12-31",
        },
        "unique_persons": True,
        "files": [
            {
                "file": f"{source}.csv",
                "record": "person",
                "separator": ";",
                "date_format": "%d-%m-%Y",
                "fields": {"person_id": {"column": "nummer"}, "birth_date": {"column": "geboortedatum"}, "sex": sex},
                "linkage": linked,
            }
        ],
    }
