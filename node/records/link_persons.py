"""Find out who is who between sources without a shared identifier, keep that as pseudonyms, and load the sources.

Names, dates and addresses are in memory while persons are compared, and nowhere else; what is kept is which pseudonyms
are one person, and counts.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

import duckdb
import msgspec
import pyarrow as pa

from connectors.sources.mapping import SourceMapping, read_mapping
from schemas.refused import Refused

from .identity_tables import check_keys
from .ingest import Progress
from .linkage_fields import ComparedPersons, compared_fields, read_persons
from .linkage_groups import Groups, group
from .linkage_model import MODEL, RULES, Pair, require_installed, score
from .linkage_report import LinkageReport, LinkedBetween
from .load import LoadReport, load_within, no_share, writing_store
from .objections import EVERY_SOURCE, listed_in, objecting_everywhere
from .pseudonymise import Pseudonymiser, PseudonymKeys, key_chain

_RANK: Final = {"bsn": 0, "pseudonym": 1, "probabilistic": 2, "none": 2}


class LinkageIncomplete(Refused, ValueError):
    """A linkage without a source that the last one had, whose persons would come loose."""


@dataclass(frozen=True)
class Compared:
    """Persons, candidate pairs and groups, in memory; the repr holds no data."""

    mappings: tuple[SourceMapping, ...]
    persons: ComparedPersons = field(repr=False)
    pairs: tuple[Pair, ...] = field(repr=False)
    groups: Groups = field(repr=False)

    def linked(self, pair: Pair) -> bool:
        """Tell whether both sides of a pair ended as one person."""
        return self.groups.of[pair.left] == self.groups.of[pair.right]


def link_persons(
    home: Path,
    mapping_files: Sequence[Path],
    pseudonym_keys: PseudonymKeys,
    tell: Progress,
    today: date,
    division_year: int | None = None,
) -> tuple[LinkageReport, tuple[LoadReport, ...]]:
    """Compare the persons of these sources and load them, all in one transaction.

    Raises SourceRefused, LinkageNotInstalled, TooLittleToCompare, LinkageIncomplete, PseudonymKeysDiffer and
    RecordStoreBusy, and then nothing changed.
    """
    keys = key_chain(pseudonym_keys)
    mappings = tuple(read_mapping(file, today) for file in mapping_files)
    require_installed()
    with writing_store(home) as connection:
        check_keys(connection, len(keys))
        _require_all(connection, mappings)
        compared = compare(mappings, keys, tell)
        objecting = _pass_on_objections(connection, compared)
        _keep(connection, compared, objecting)
        report = _report(compared, objecting, today)
        loaded = tuple(
            load_within(connection, mapping, keys, tell, today, no_share, division_year) for mapping in mappings
        )
        # after the loads, so that a later one is told from these
        report = msgspec.structs.replace(report, finished_at=datetime.now(UTC))
        connection.execute("DELETE FROM clerical_decision")
        connection.execute("DELETE FROM linkage_run")
        connection.execute("INSERT INTO linkage_run VALUES (?, ?)", [today, msgspec.json.encode(report).decode()])
    return report, loaded


def compare(mappings: Sequence[SourceMapping], keys: tuple[bytes, ...], tell: Progress) -> Compared:
    """Read the linkage fields of the sources, score pairs and group them: the same input gives the same groups."""
    reading = []
    for mapping in mappings:
        tell(f"{mapping.id}: reading linkage fields")
        pseudonymiser = Pseudonymiser(keys, mapping.legal.linkage, mapping.id)
        reading.append((mapping, pseudonymiser, listed_in(mapping, pseudonymiser)))
    persons = read_persons(reading)
    tell(f"comparing {len(persons.source)} persons")
    pairs = score(persons.table)
    unique = {one.id for one in mappings if one.unique_persons or one.legal.linkage in {"bsn", "pseudonym"}}
    apart = [source if source in unique else None for source in persons.source]
    groups = group(pairs, apart, [pair for pair in pairs if pair.contradiction is not None])
    return Compared(tuple(mappings), persons, pairs, groups)


def _require_all(connection: duckdb.DuckDBPyConnection, mappings: Sequence[SourceMapping]) -> None:
    rows = connection.execute("SELECT DISTINCT source FROM same_person ORDER BY source").fetchall()
    missing = [source for (source,) in rows if source not in {mapping.id for mapping in mappings}]
    if missing:
        raise LinkageIncomplete(
            f"Source {missing[0]} was in the last linkage and its mapping is not named now, so its persons would come "
            "loose; name the mappings of all sources that are compared."
        )


def _pass_on_objections(connection: duckdb.DuckDBPyConnection, compared: Compared) -> frozenset[int]:
    """Let the region's list hold for whoever was found to be somebody on it; return the groups that objected."""
    everywhere = objecting_everywhere(connection)
    persons, of = compared.persons, compared.groups.of
    at: Mapping[int, list[bytes]] = defaultdict(list)
    for place, pseudonym in enumerate(persons.pseudonym):
        if pseudonym in everywhere:
            at[of[place]].append(pseudonym)
    found = [
        (pseudonym, objected)
        for place, pseudonym in enumerate(persons.pseudonym)
        for objected in at.get(of[place], ())
        if pseudonym not in everywhere
    ]
    meant = {"pseudonym": pa.array([one for one, _ in found], pa.binary())}
    connection.register("meant", pa.table({**meant, "listed": pa.array([one for _, one in found], pa.binary())}))
    connection.execute(
        f"""INSERT INTO objection SELECT DISTINCT '{EVERY_SOURCE}', meant.pseudonym, objection.named
        FROM meant JOIN objection ON objection.pseudonym = listed WHERE objection.source = '{EVERY_SOURCE}'"""  # nosec B608  # noqa: S608
    )
    connection.unregister("meant")
    return frozenset(at)


def _keep(connection: duckdb.DuckDBPyConnection, compared: Compared, objecting: frozenset[int]) -> None:
    """Keep under which pseudonym each person goes: a BSN's first, then one in use, then the lowest."""
    in_use = {pseudonym for (pseudonym,) in connection.execute("SELECT pseudonym FROM identity").fetchall()}
    rank = {mapping.id: _RANK[mapping.legal.linkage] for mapping in compared.mappings}
    persons, of = compared.persons, compared.groups.of
    head: dict[int, tuple[int, bool, bytes]] = {}
    for place, (source, pseudonym) in enumerate(zip(persons.source, persons.pseudonym, strict=True)):
        candidate = (rank[source], pseudonym not in in_use, pseudonym)
        head[of[place]] = min(head.get(of[place], candidate), candidate)
    kept = [place for place in range(len(of)) if of[place] not in objecting]
    kept.sort(key=lambda place: persons.pseudonym[place])  # so that no row's place tells of a name
    columns = {
        "source": pa.array([persons.source[place] for place in kept], pa.string()),
        "pseudonym": pa.array([persons.pseudonym[place] for place in kept], pa.binary()),
        "person": pa.array([head[of[place]][2] for place in kept], pa.binary()),
    }
    connection.register("found", pa.table(columns))
    connection.execute("DELETE FROM same_person")
    connection.execute("INSERT INTO same_person SELECT source, pseudonym, person FROM found")
    connection.unregister("found")


def _report(compared: Compared, objecting: frozenset[int], today: date) -> LinkageReport:
    persons, groups = compared.persons, compared.groups
    sources_of: Mapping[int, set[str]] = defaultdict(set)
    for place, source in enumerate(persons.source):
        if groups.of[place] not in objecting:
            sources_of[groups.of[place]].add(source)
    linked = [pair for pair in groups.linked if groups.of[pair.left] not in objecting]
    by_sources = Counter(len(sources) for sources in sources_of.values())
    free = [pair for pair in compared.pairs if pair.contradiction is None]
    sure = sum(pair.probability for pair in linked)
    likely = sum(pair.probability for pair in free if groups.of[pair.left] not in objecting)
    compared_now = Counter(source for place, source in enumerate(persons.source) if groups.of[place] not in objecting)
    return LinkageReport(
        made_on=today.isoformat(),
        sources={mapping.id: compared_now[mapping.id] for mapping in compared.mappings},
        pairs=_by_rule(linked),
        contradicted=groups.contradicted,
        undecided=groups.undecided,
        crowded=groups.crowded,
        persons_by_sources={str(number): by_sources[number] for number in sorted(by_sources)},
        objected=sum(persons.left_out.values()) + len(objecting),
        precision_permille=int(1000 * sure / len(linked)) if linked else None,
        recall_permille=int(1000 * sure / likely) if likely else None,
        fields={mapping.id: compared_fields(mapping) for mapping in compared.mappings},
        between=_between(persons, linked),
    )


def _between(persons: ComparedPersons, linked: Sequence[Pair]) -> tuple[LinkedBetween, ...]:
    """Count the followed pairs of every two sources, by rule."""
    at: Mapping[tuple[str, str], list[Pair]] = defaultdict(list)
    for pair in linked:
        one, other = sorted((persons.source[pair.left], persons.source[pair.right]))
        at[one, other].append(pair)
    return tuple(
        LinkedBetween(sources, _by_rule(pairs), int(1000 * sum(pair.probability for pair in pairs) / len(pairs)))
        for sources, pairs in sorted(at.items())
    )


def _by_rule(pairs: Sequence[Pair]) -> dict[str, int]:
    found = Counter(pair.rule for pair in pairs)
    return {rule: found[rule] for rule in (*(name for name, _ in RULES), MODEL) if found[rule]}
