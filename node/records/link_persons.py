"""Find out who is who between sources without a shared identifier, keep that as pseudonyms, and load the sources.

Names, dates and addresses are in memory while persons are compared, and nowhere else; what is kept is which pseudonyms
are one person, and counts.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

import duckdb
import msgspec
import pyarrow as pa

from connectors.sources.mapping import SourceMapping, read_mapping
from schemas.codes import Language

from .identity_tables import check_keys
from .in_dutch import percent_told, rule_in_dutch
from .ingest import Progress
from .linkage_fields import ComparedPersons, read_persons
from .linkage_groups import Groups, group
from .linkage_model import MODEL, RULES, THRESHOLD, Pair, require_installed, score
from .load import LoadReport, load_within, no_share, writing_store
from .objections import EVERY_SOURCE, listed_in, objecting_everywhere
from .pseudonymise import Pseudonymiser, PseudonymKeys, key_chain

_RANK: Final = {"bsn": 0, "pseudonym": 1, "probabilistic": 2, "none": 2}


class LinkageIncomplete(ValueError):
    """A linkage without a source that the last one had, whose persons would come loose."""


class LinkageReport(msgspec.Struct, frozen=True):
    """The account of one linkage, counts only; it stays in the region.

    `pairs` counts by rule the pairs that were followed; shares are in thousandths, as the model estimates them.
    `persons_by_sources["2"]` persons were found in two sources. `objected` were left out of all of it.
    """

    made_on: str
    sources: dict[str, int]  # persons compared
    pairs: dict[str, int]
    contradicted: int
    undecided: int
    crowded: int
    persons_by_sources: dict[str, int]
    objected: int
    threshold: float = THRESHOLD
    precision_permille: int | None = None
    recall_permille: int | None = None

    def lines(self, lang: Language = "en") -> tuple[str, ...]:
        """Return the account as lines for a terminal."""
        return self._in_dutch() if lang == "nl" else self._in_english()

    def _in_dutch(self) -> tuple[str, ...]:
        compared = ", ".join(f"{source} {persons}" for source, persons in self.sources.items())
        found = [f"Koppeling van {self.made_on}: personen vergeleken: {compared}; grens {self.threshold}"]
        found += [f"paren door {rule_in_dutch(rule)}: {count}" for rule, count in self.pairs.items()]
        found += [
            f"paren niet gevolgd: {self.contradicted} tegengesproken door voornaam of geboortedatum, {self.undecided} "
            f"met een even waarschijnlijk ander, {self.crowded} waarvan een zekerder paar de plaats innam",
            "personen naar aantal bronnen: "
            + ", ".join(f"in {number}: {persons}" for number, persons in self.persons_by_sources.items()),
            f"personen weggelaten, omdat zij bezwaar maakten: {self.objected}",
            f"zoals het model schat: precisie {_percent(self.precision_permille, 'nl')}, gevonden van de vergeleken "
            f"paren {_percent(self.recall_permille, 'nl')}",
        ]
        return tuple(found)

    def _in_english(self) -> tuple[str, ...]:
        compared = ", ".join(f"{source} {persons}" for source, persons in self.sources.items())
        found = [f"Linkage of {self.made_on}: persons compared: {compared}; threshold {self.threshold}"]
        found += [f"pairs by {rule}: {count}" for rule, count in self.pairs.items()]
        found += [
            f"pairs not followed: {self.contradicted} contradicted by first name or birth date, {self.undecided} "
            f"with a rival as likely, {self.crowded} whose place was taken by a surer pair",
            "persons by number of sources: "
            + ", ".join(f"in {number}: {persons}" for number, persons in self.persons_by_sources.items()),
            f"persons left out, since they objected: {self.objected}",
            f"as the model estimates: precision {_percent(self.precision_permille)}, recall among compared pairs "
            f"{_percent(self.recall_permille)}",
        ]
        return tuple(found)


def _percent(permille: int | None, lang: Language = "en") -> str:
    if permille is None:
        return "onbekend" if lang == "nl" else "not known"
    return percent_told(permille / 1000, lang)


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
        connection.execute("DELETE FROM clerical_decision")
        connection.execute("DELETE FROM linkage_run")
        connection.execute("INSERT INTO linkage_run VALUES (?, ?)", [today, msgspec.json.encode(report).decode()])
        loaded = tuple(
            load_within(connection, mapping, keys, tell, today, no_share, division_year) for mapping in mappings
        )
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


def last_report(connection: duckdb.DuckDBPyConnection) -> LinkageReport | None:
    """Return the account of the last linkage; None where there was none."""
    known = connection.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = 'linkage_run'").fetchall()
    rows = connection.execute("SELECT report FROM linkage_run").fetchall() if known else []
    return msgspec.json.decode(rows[0][0], type=LinkageReport) if rows else None


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
    by_rule = Counter(pair.rule for pair in linked)
    by_sources = Counter(len(sources) for sources in sources_of.values())
    free = [pair for pair in compared.pairs if pair.contradiction is None]
    sure = sum(pair.probability for pair in linked)
    likely = sum(pair.probability for pair in free if groups.of[pair.left] not in objecting)
    compared_now = Counter(source for place, source in enumerate(persons.source) if groups.of[place] not in objecting)
    return LinkageReport(
        made_on=today.isoformat(),
        sources={mapping.id: compared_now[mapping.id] for mapping in compared.mappings},
        pairs={rule: by_rule[rule] for rule in (*(name for name, _ in RULES), MODEL) if by_rule[rule]},
        contradicted=groups.contradicted,
        undecided=groups.undecided,
        crowded=groups.crowded,
        persons_by_sources={str(number): by_sources[number] for number in sorted(by_sources)},
        objected=sum(persons.left_out.values()) + len(objecting),
        precision_permille=int(1000 * sure / len(linked)) if linked else None,
        recall_permille=int(1000 * sure / likely) if likely else None,
    )
