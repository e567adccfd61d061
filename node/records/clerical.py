"""Let a clerk judge a sample of pairs: encrypted, for the owner only, and gone on its date.

The sample holds names and addresses, since without them nobody can judge; it is the one place outside memory where they
are, under a key of its own that is destroyed with it. What stays are verdicts and counts.
"""

import os
from dataclasses import dataclass
from datetime import date, timedelta
from math import sqrt
from pathlib import Path
from typing import Final, Literal

import duckdb
import msgspec
import numpy as np
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from connectors.sources.canonical import LINKAGE_FIELDS
from schemas.codes import Language
from schemas.refused import Refused

from .in_dutch import percent_told
from .link_persons import Compared

Stratum = Literal["linked", "apart"]
Verdict = Literal["same", "different", "unsure"]
SAMPLE_KEY: Final = "linkage-sample"  # among the secrets
LONGEST_DAYS: Final = 90
_NONCE: Final = 12  # bytes, NIST SP 800-38D
_SEED: Final = 1969
_Z_95: Final = 1.959963984540054


class SampleExpired(Refused, LookupError):
    """A sample whose date has come."""


class SampleMissing(Refused, LookupError):
    """No sample to judge."""


class SampleUnreadable(Refused, ValueError):
    """A sample that its key does not open."""


class _Head(msgspec.Struct, frozen=True):
    sample: str
    expires_on: date


class SampledPair(msgspec.Struct, frozen=True):
    """One pair as a clerk sees it; `stratum` says what the linkage made of it. The repr holds no data."""

    number: int
    stratum: Stratum
    sources: tuple[str, str]
    fields: dict[str, tuple[str | None, str | None]]

    def rows(self) -> tuple[tuple[str, str, str, bool], ...]:
        """Return each field with both values (`-` where there is none) and whether they agree: all that is shown."""
        return tuple((name, left or "-", right or "-", left == right) for name, (left, right) in self.fields.items())

    def __repr__(self) -> str:
        return f"SampledPair({self.number})"


class Sample(msgspec.Struct, frozen=True):
    """The pairs to judge, and how many pairs each stratum has in all. The repr holds no data."""

    sample: str
    sizes: dict[Stratum, int]
    pairs: tuple[SampledPair, ...]

    def __repr__(self) -> str:
        return f"Sample({self.sample})"


@dataclass(frozen=True)
class Judged:
    """What the clerk found in one stratum of `size` pairs; Wilson's 95% interval of the share that is one person."""

    stratum: Stratum
    size: int
    same: int
    judged: int
    unsure: int

    @property
    def different(self) -> int:
        """Return how many of the judged pairs are two persons."""
        return self.judged - self.same

    @property
    def interval(self) -> tuple[float, float] | None:
        """Return the interval, None before anything was judged."""
        return wilson(self.same, self.judged) if self.judged else None


@dataclass(frozen=True)
class Judgement:
    """What the clerk found of the pairs that were linked, and of the candidates that were kept apart."""

    linked: Judged
    apart: Judged | None

    @property
    def precision(self) -> float:
        """Return the share of the judged linked pairs that are one person."""
        return self.linked.same / self.linked.judged

    @property
    def recall(self) -> float | None:
        """Return the share of the true pairs that were linked, among all candidates; None where `apart` was not judged.

        Each stratum's share is weighted by its size (a stratified estimate, Cochran, Sampling Techniques, 1977, ch. 5).
        """
        if self.apart is None or not self.apart.judged:
            return None
        found, missed = self.linked.size * self.precision, self.apart.size * self.apart.same / self.apart.judged
        return found / (found + missed) if found + missed else None

    def lines(self, lang: Language = "en") -> tuple[str, ...]:
        """Return the judgement as lines for a terminal."""
        low, high = self.linked.interval or (0.0, 1.0)
        if lang == "nl":
            precise, least, most = (percent_told(one, lang) for one in (self.precision, low, high))
            told = [
                f"zoals een medewerker oordeelde: precisie {precise} (95%-interval {least} tot {most}, uit "
                f"{self.linked.judged} van {self.linked.size} gekoppelde paren, nog {self.linked.unsure} onzeker)"
            ]
            if self.recall is not None and self.apart is not None:
                told.append(
                    f"zoals een medewerker oordeelde: {percent_told(self.recall, lang)} gevonden, uit "
                    f"{self.apart.judged} paren die niet gekoppeld zijn"
                )
            return tuple(told)
        told = [
            f"as a clerk judged: precision {self.precision:.1%} (95% interval {low:.1%} to {high:.1%}, from "
            f"{self.linked.judged} of {self.linked.size} linked pairs, {self.linked.unsure} more unsure)"
        ]
        if self.recall is not None and self.apart is not None:
            told.append(f"as a clerk judged: recall {self.recall:.1%}, from {self.apart.judged} pairs kept apart")
        return tuple(told)


def wilson(part: int, whole: int) -> tuple[float, float]:
    """Return Wilson's 95% score interval of part / whole, whole > 0 (Wilson, JASA 22 (1927) 209-212).

    With p = x/n: (p + z^2/2n +/- z sqrt(p(1-p)/n + z^2/4n^2)) / (1 + z^2/n).
    """
    share, square = part / whole, _Z_95**2
    middle, spread = share + square / (2 * whole), _Z_95 * sqrt(share * (1 - share) / whole + square / (4 * whole**2))
    return max(0.0, (middle - spread) / (1 + square / whole)), min(1.0, (middle + spread) / (1 + square / whole))


def sample_path(home: Path) -> Path:
    """Return where the sample lies, while there is one."""
    return home / "linkage-sample.enc"


def draw(compared: Compared, linked: int, apart: int) -> Sample:
    """Draw pairs to judge, so many that were linked and so many candidates that were not, the same ones each time."""
    strata: dict[Stratum, list[int]] = {"linked": [], "apart": []}
    for place, pair in enumerate(compared.pairs):
        strata["linked" if compared.linked(pair) else "apart"].append(place)
    random = np.random.default_rng(_SEED)
    sizes: dict[Stratum, int] = {}
    chosen: list[tuple[Stratum, int]] = []
    wanted_of: dict[Stratum, int] = {"linked": linked, "apart": apart}
    for stratum, wanted in wanted_of.items():
        places = strata[stratum]
        sizes[stratum] = len(places)
        chosen += [(stratum, places[i]) for i in random.permutation(len(places))[:wanted].tolist()]
    order = random.permutation(
        len(chosen)
    ).tolist()  # so that its place does not tell the clerk what was made of a pair
    pairs = tuple(_sampled(compared, number + 1, *chosen[i]) for number, i in enumerate(order))
    return Sample(os.urandom(8).hex(), sizes, pairs)


def _sampled(compared: Compared, number: int, stratum: Stratum, place: int) -> SampledPair:
    pair, persons = compared.pairs[place], compared.persons
    rows = persons.table.take([pair.left, pair.right]).to_pydict()
    fields = {name: (rows[name][0], rows[name][1]) for name in LINKAGE_FIELDS if any(rows[name])}
    return SampledPair(number, stratum, (persons.source[pair.left], persons.source[pair.right]), fields)


def expiry(compared: Compared, today: date, days: int) -> date:
    """Return when a sample made today must be gone: after `days`, and no later than its sources' own dates."""
    return min(today + timedelta(days=days), *(mapping.legal.delete_by for mapping in compared.mappings))


def write_sample(home: Path, sample: Sample, key: bytes, expires_on: date) -> None:
    """Write the sample encrypted (AES-256-GCM, its date authenticated), readable by its owner only."""
    head = msgspec.json.encode(_Head(sample.sample, expires_on))
    nonce = os.urandom(_NONCE)
    sealed = AESGCM(key).encrypt(nonce, msgspec.json.encode(sample), head)
    path = sample_path(home)
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(head + b"\n" + nonce + sealed)


def read_sample(home: Path, key: bytes, today: date) -> Sample:
    """Read the sample; raises SampleMissing, SampleExpired or SampleUnreadable."""
    path = sample_path(home)
    if not path.is_file():
        raise SampleMissing("There is no sample to judge; make one with `python -m node linkage sample MAPPING...`.")
    head, _, sealed = path.read_bytes().partition(b"\n")
    try:
        if msgspec.json.decode(head, type=_Head).expires_on <= today:
            raise SampleExpired("The sample's date has come, so it is not shown; make a new one.")
        opened = AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], head)
    except (msgspec.MsgspecError, InvalidTag, ValueError) as error:
        raise SampleUnreadable(f"{path.name}: its key does not open it; delete it and make a new one.") from error
    return msgspec.json.decode(opened, type=Sample)


def sample_expires(home: Path) -> date | None:
    """Return the date on which the sample goes; None where there is none. One that cannot be read went long ago."""
    path = sample_path(home)
    if not path.is_file():
        return None
    try:
        return msgspec.json.decode(path.read_bytes().partition(b"\n")[0], type=_Head).expires_on
    except msgspec.MsgspecError:
        return date.min


def delete_sample(home: Path) -> bool:
    """Delete the sample and overwrite its key; tell whether there was one."""
    path, key = sample_path(home), home / "secrets" / SAMPLE_KEY
    is_there = path.is_file()
    if key.is_file():
        with key.open("r+b") as file:
            file.write(os.urandom(key.stat().st_size))
            file.flush()
            os.fsync(file.fileno())
        key.unlink()
    path.unlink(missing_ok=True)
    return is_there


def keep_verdict(connection: duckdb.DuckDBPyConnection, sample: Sample, pair: SampledPair, verdict: Verdict) -> None:
    """Keep what the clerk found of one pair, in the place of what he found before."""
    connection.execute("DELETE FROM clerical_decision WHERE sample <> ? OR pair = ?", [sample.sample, pair.number])
    connection.execute(
        "INSERT INTO clerical_decision VALUES (?, ?, ?, ?, ?)",
        [sample.sample, pair.number, pair.stratum, sample.sizes[pair.stratum], verdict],
    )


def drop_verdict(connection: duckdb.DuckDBPyConnection, sample: Sample, number: int) -> None:
    """Forget what the clerk found of one pair, so that it is asked again."""
    connection.execute("DELETE FROM clerical_decision WHERE sample = ? AND pair = ?", [sample.sample, number])


def judged_pairs(connection: duckdb.DuckDBPyConnection, sample: str) -> set[int]:
    """Return the numbers of the pairs that were judged."""
    rows = connection.execute("SELECT pair FROM clerical_decision WHERE sample = ?", [sample]).fetchall()
    return {int(number) for (number,) in rows}


def judged(connection: duckdb.DuckDBPyConnection) -> Judgement | None:
    """Return what the clerk found, None where no linked pair was judged."""
    known = connection.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = 'clerical_decision'").fetchall()
    rows = (
        connection.execute(
            """SELECT stratum, max(size), count(*) FILTER (WHERE verdict = 'same'),
            count(*) FILTER (WHERE verdict <> 'unsure'), count(*) FILTER (WHERE verdict = 'unsure')
            FROM clerical_decision GROUP BY stratum"""
        ).fetchall()
        if known
        else []
    )
    found = {stratum: Judged(stratum, int(size), same, of, unsure) for stratum, size, same, of, unsure in rows}
    linked = found.get("linked")
    return None if linked is None or not linked.judged else Judgement(linked, found.get("apart"))
