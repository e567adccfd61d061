"""Linkage without an identifier against known truth: one threshold, three public files, and a hard one of our own."""

import csv
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pytest

from connectors.sources.canonical import LINKAGE_FIELDS
from connectors.sources.mapping import read_mapping
from connectors.sources.synthetic_linkage import LinkageTruth, write_hard_linkage
from node.records.linkage_fields import read_persons
from node.records.linkage_groups import group
from node.records.linkage_model import Pair, score
from node.records.pseudonymise import Pseudonymiser
from tests.support.sources import KEY, TODAY

FEBRL = {
    "given_name": "given_name",
    "surname": "surname",
    "postcode": "postcode",
    "house_number": "street_number",
    "personal_number": "soc_sec_id",
}
FAKE = {"given_name": "first_name", "surname": "surname", "birth_date": "dob", "city": "city", "email": "email"}


class Figures(NamedTuple):
    """Pairs of rows in one group against pairs of rows of one person."""

    precision: float
    recall: float


def measured(groups: Sequence[int], truth: Sequence[object]) -> Figures:
    members = defaultdict(list)
    for place, one in enumerate(groups):
        members[one].append(truth[place])
    found = [left == right for group_ in members.values() for left, right in combinations(group_, 2)]
    pairs = sum(count * (count - 1) // 2 for count in Counter(truth).values())
    return Figures(sum(found) / len(found), sum(found) / pairs)


def table(rows: list[dict[str, str]], columns: dict[str, str]) -> pa.Table:
    texts = {name: [(row[column].strip().lower() or None) for row in rows] for name, column in columns.items()}
    found = {name: pa.array(texts.get(name, [None] * len(rows)), pa.string()) for name in LINKAGE_FIELDS}
    return pa.table({"unique_id": pa.array(range(len(rows)), pa.int64()), **found})


def linked(persons: pa.Table) -> tuple[int, ...]:
    return grouped(score(persons), [None] * persons.num_rows)


def grouped(pairs: Sequence[Pair], apart: Sequence[str | None]) -> tuple[int, ...]:
    return group(pairs, apart, [pair for pair in pairs if pair.contradiction is not None]).of


@pytest.mark.shared_data
@pytest.mark.parametrize(("name", "expected"), [("dataset1", (1.0, 0.992)), ("dataset2", (1.0, 0.985))])
def test_febrl_is_linked_at_the_one_threshold(shared_data: Path, name: str, expected: tuple[float, float]) -> None:
    file = shared_data / "b_linkage_febrl_1_2" / f"{name}.csv"
    with file.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream, skipinitialspace=True))
    for row in rows:
        day = row["date_of_birth"].strip()
        row["born"] = f"{day[:4]}-{day[4:6]}-{day[6:]}" if day else ""
    found = measured(
        linked(table(rows, {**FEBRL, "birth_date": "born"})), [row["rec_id"].split("-")[1] for row in rows]
    )
    assert found.precision >= 0.995
    assert found.recall >= 0.95
    assert found == pytest.approx(expected, abs=0.002)


@pytest.mark.shared_data
def test_a_file_without_addresses_is_linked_with_the_same_caution(shared_data: Path) -> None:
    file = shared_data / "b_linkage_splink_fake1000" / "fake_1000.csv"
    with file.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    found = measured(linked(table(rows, FAKE)), [row["cluster"] for row in rows])
    assert found == pytest.approx((1.0, 0.494), abs=0.002)  # nothing wrong, and half of it: too few fields to be sure


@pytest.fixture(scope="module")
def hard(tmp_path_factory: pytest.TempPathFactory) -> tuple[pa.Table, list[str], list[int], LinkageTruth]:
    folder = tmp_path_factory.mktemp("hard")
    truth = write_hard_linkage(folder)
    mappings = [read_mapping(folder / f"{name}.yaml", TODAY) for name in ("register", "praktijk")]
    made = {mapping.id: Pseudonymiser(KEY, "probabilistic", mapping.id) for mapping in mappings}
    persons = read_persons([(mapping, made[mapping.id], set()) for mapping in mappings])
    who = {(source, made[source].of(number)): person for (source, number), person in truth.person_of.items()}
    rows = zip(persons.source, persons.pseudonym, strict=True)
    return persons.table, list(persons.source), [who[source, pseudonym] for source, pseudonym in rows], truth


def merged(groups: Sequence[int], persons: Sequence[int], pairs: frozenset[tuple[int, int]]) -> int:
    members = defaultdict(set)
    for place, one in enumerate(groups):
        members[one].add(persons[place])
    return sum(any({left, right} <= found for found in members.values()) for left, right in pairs)


def test_no_twins_or_namesakes_are_taken_for_one_person(
    hard: tuple[pa.Table, list[str], list[int], LinkageTruth],
) -> None:
    persons, sources, who, truth = hard
    pairs = score(persons)
    groups = grouped(pairs, sources)
    assert measured(groups, who) == pytest.approx((1.0, 0.982), abs=0.002)
    assert (len(truth.twins), len(truth.namesakes)) == (209, 124)
    assert merged(groups, who, truth.twins) == merged(groups, who, truth.namesakes) == 0
    # where a source may hold a person twice, an initial or a gap can be either twin's, and a few are taken for one
    unsure = grouped(pairs, [None] * len(sources))
    assert measured(unsure, who) == pytest.approx((0.989, 0.982), abs=0.002)
    assert merged(unsure, who, truth.twins) == 12
