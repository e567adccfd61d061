"""A renewed key links the same persons, and nobody who objected is counted, whatever the extract."""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.sources.mapping import Objections
from connectors.sources.synthetic_people import valid_numbers
from node.records.linkage_groups import group
from node.records.linkage_model import MODEL, Pair
from node.records.load import load, writing_store
from node.records.objections import object_everywhere
from node.records.pseudonymise import Pseudonymiser, Wrapping
from node.records.store import open_store, records_path
from tests.support.sources import KEY, TODAY, register_file, source, visits_file, written

NUMBERS = [str(number) for number in valid_numbers(np.random.default_rng(7), 12)]
_key = st.binary(min_size=32, max_size=32)


@given(st.lists(_key, min_size=1, max_size=4), st.lists(st.sampled_from(NUMBERS), min_size=1))
def test_renewed_keys_tell_the_same_persons_apart(keys: list[bytes], numbers: list[str]) -> None:
    before, after = Pseudonymiser(keys[:1], "bsn", "a"), Pseudonymiser(keys, "bsn", "another")
    for one in numbers:
        wrapped = before.of(one)
        assert wrapped is not None
        for key in keys[1:]:
            wrapped = Wrapping(key).of(wrapped)
        assert after.of(one) == wrapped
    assert len({after.of(one) for one in numbers}) == len(set(numbers))


@settings(max_examples=8, deadline=None)
@given(
    st.sets(st.sampled_from(NUMBERS), min_size=1),
    st.lists(st.sampled_from(NUMBERS), max_size=20),
    st.sets(st.sampled_from(NUMBERS)),
    st.sets(st.sampled_from(NUMBERS)),
)
def test_nobody_who_objected_is_ever_counted(
    register: set[str], visits: list[str], listed: set[str], everywhere: set[str]
) -> None:
    persons = "bsn;born;sex\n" + "".join(f"{one};01-02-1950;V\n" for one in sorted(register))
    seen = "bsn;date\n" + "".join(f"{one};0{1 + i % 9}-01-2024\n" for i, one in enumerate([*visits, NUMBERS[0]]))
    objecting = {"file": "objected.csv", "column": "bsn"}
    with TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        first = written(Path(folder) / "a", source(register_file(), id="register"), persons=persons)
        document = source(visits_file(), id="clinic", objections=objecting)
        second = written(Path(folder) / "b", document, visits=seen, objected="bsn\n" + "\n".join(sorted(listed)))
        reports = [load(home, one, KEY, None, TODAY) for one in (first, second)]
        _object(home, Path(folder), everywhere)
        reports += [load(home, one, KEY, None, TODAY) for one in (first, second)]
        for report in reports:
            for file in report.files:
                assert file.read == file.loaded + file.rejected + file.duplicates + file.objected + file.outside
        held = _pseudonyms(home, "SELECT pseudonym FROM identity")
        visited = _pseudonyms(home, "SELECT pseudonym FROM identity JOIN encounter USING (person_id)")
    of = Pseudonymiser(KEY, "bsn", "").of
    assert held == {of(one) for one in register - everywhere}
    assert visited == {of(one) for one in ({*visits, NUMBERS[0]} & register) - everywhere - listed}


@given(st.data())
def test_no_group_holds_what_must_stay_apart(data: st.DataObject) -> None:
    size = data.draw(st.integers(2, 8))
    place = st.integers(0, size - 1)
    both = st.tuples(place, place).filter(lambda two: two[0] < two[1])
    chance = st.sampled_from((0.5, 0.991, 0.999, 0.99999, 1.0))
    against = st.sampled_from((None, None, "given name"))
    made = st.builds(lambda two, p, why: Pair(*two, p, MODEL, why), both, chance, against)
    pairs = data.draw(st.lists(made, unique_by=lambda one: (one.left, one.right)))
    apart = data.draw(st.lists(st.sampled_from((None, "a", "b")), min_size=size, max_size=size))
    contradictions = [one for one in pairs if one.contradiction]
    groups = group(pairs, apart, contradictions)
    assert all(groups.of[one.left] != groups.of[one.right] for one in contradictions)
    for name in ("a", "b"):
        members = [groups.of[i] for i in range(size) if apart[i] == name]
        assert len(members) == len(set(members))
    assert groups == group(list(reversed(pairs)), apart, contradictions)


def _object(home: Path, folder: Path, persons: set[str]) -> None:
    (folder / "everywhere.csv").write_text("bsn\n" + "\n".join(sorted(persons)), encoding="utf-8")
    with writing_store(home) as connection:
        object_everywhere(connection, folder / "everywhere.csv", Objections("l", "bsn"), KEY, "bsn", None)


def _pseudonyms(home: Path, query: str) -> set[bytes]:
    connection = open_store(records_path(home), read_only=True)
    try:
        return {row[0] for row in connection.execute(query).fetchall()}
    finally:
        connection.close()
