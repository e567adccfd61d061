"""The account of a linkage: counts and shares, by rule and by pair of sources; it stays in the region."""

from datetime import datetime
from typing import Final

import duckdb
import msgspec

from schemas.codes import Language
from schemas.text import Text

from .in_dutch import percent_told, rule_in_dutch
from .linkage_model import THRESHOLD

_FIELDS: Final = {
    "given_name": Text("voornaam", "given name"), "surname": Text("achternaam", "surname"),
    "birth_date": Text("geboortedatum", "birth date"), "sex": Text("geslacht", "sex"),
    "postcode": Text("postcode", "postcode"), "house_number": Text("huisnummer", "house number"),
    "insurer_number": Text("polisnummer", "insurer number"),
    "personal_number": Text("persoonsnummer", "personal number"),
    "city": Text("woonplaats", "city"), "email": Text("e-mailadres", "e-mail"),
}  # fmt: skip


class LinkedBetween(msgspec.Struct, frozen=True):
    """What was linked between two sources, or within one that may hold a person twice: the pairs followed, by rule.

    `precision_permille` is the model's estimate of the share of them that is one person.
    """

    sources: tuple[str, str]
    pairs: dict[str, int]
    precision_permille: int

    def told(self) -> Text:
        """Return it in words."""
        one, other = self.sources
        nl_share, en_share = permille_told(self.precision_permille, "nl"), permille_told(self.precision_permille)
        nl = ", ".join(f"{count} door {rule_in_dutch(rule)}" for rule, count in self.pairs.items())
        en = ", ".join(f"{count} by {rule}" for rule, count in self.pairs.items())
        return Text(
            f"paren tussen {one} en {other}: {nl}; precisie volgens het model {nl_share}",
            f"pairs between {one} and {other}: {en}; precision by the model {en_share}",
        )


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
    fields: dict[str, tuple[str, ...]] = {}  # by source, in the order in which they are compared
    between: tuple[LinkedBetween, ...] = ()
    finished_at: datetime | None = None  # None in accounts from before this was kept, as the two above are empty

    def lines(self, lang: Language = "en") -> tuple[str, ...]:
        """Return the account as lines for a terminal."""
        return self._in_dutch() if lang == "nl" else self._in_english()

    def _by_source(self, lang: Language) -> list[str]:
        what = "vergeleken velden van" if lang == "nl" else "fields compared of"
        return [
            f"{what} {source}: {', '.join(field_told(name, lang) for name in names)}"
            for source, names in self.fields.items()
        ]

    def _in_dutch(self) -> tuple[str, ...]:
        compared = ", ".join(f"{source} {persons}" for source, persons in self.sources.items())
        found = [f"Koppeling van {self.made_on}: personen vergeleken: {compared}; grens {self.threshold}"]
        found += self._by_source("nl")
        found += [f"paren door {rule_in_dutch(rule)}: {count}" for rule, count in self.pairs.items()]
        found += [one.told().nl for one in self.between]
        found += [
            f"paren niet gevolgd: {self.contradicted} tegengesproken door voornaam of geboortedatum, {self.undecided} "
            f"met een even waarschijnlijk ander, {self.crowded} waarvan een zekerder paar de plaats innam",
            "personen naar aantal bronnen: "
            + ", ".join(f"in {number}: {persons}" for number, persons in self.persons_by_sources.items()),
            f"personen weggelaten, omdat zij bezwaar maakten: {self.objected}",
            f"zoals het model schat: precisie {permille_told(self.precision_permille, 'nl')}, gevonden van de "
            f"vergeleken paren {permille_told(self.recall_permille, 'nl')}",
        ]
        return tuple(found)

    def _in_english(self) -> tuple[str, ...]:
        compared = ", ".join(f"{source} {persons}" for source, persons in self.sources.items())
        found = [f"Linkage of {self.made_on}: persons compared: {compared}; threshold {self.threshold}"]
        found += self._by_source("en")
        found += [f"pairs by {rule}: {count}" for rule, count in self.pairs.items()]
        found += [one.told().en for one in self.between]
        found += [
            f"pairs not followed: {self.contradicted} contradicted by first name or birth date, {self.undecided} "
            f"with a rival as likely, {self.crowded} whose place was taken by a surer pair",
            "persons by number of sources: "
            + ", ".join(f"in {number}: {persons}" for number, persons in self.persons_by_sources.items()),
            f"persons left out, since they objected: {self.objected}",
            f"as the model estimates: precision {permille_told(self.precision_permille)}, recall among compared pairs "
            f"{permille_told(self.recall_permille)}",
        ]
        return tuple(found)


def field_told(name: str, lang: Language) -> str:
    """Return the name of a linkage field as a reader knows it."""
    return _FIELDS[name].told(lang) if name in _FIELDS else name


def permille_told(permille: int | None, lang: Language = "en") -> str:
    """Return a share in thousandths as a reader of the language writes it; words where it is not known."""
    if permille is None:
        return "onbekend" if lang == "nl" else "not known"
    return percent_told(permille / 1000, lang)


def last_report(connection: duckdb.DuckDBPyConnection) -> LinkageReport | None:
    """Return the account of the last linkage; None where there was none."""
    known = connection.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = 'linkage_run'").fetchall()
    rows = connection.execute("SELECT report FROM linkage_run").fetchall() if known else []
    return msgspec.json.decode(rows[0][0], type=LinkageReport) if rows else None
