"""Linkage as commands and pages see it: how sources are linked, and a clerk's sample, one pair at a time.

A pair shows names and addresses, since nobody can judge without: only the one that is to be judged now is handed out,
and each time that it is, the audit log says to whom.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Final, get_args

import duckdb
from sqlalchemy import Engine

from connectors.database import writing
from node.audit import AuditEntry, record
from node.config import Settings
from node.records import clerical
from node.records.clerical import (
    Judged,
    Judgement,
    Sample,
    SampledPair,
    SampleExpired,
    SampleMissing,
    SampleUnreadable,
    Verdict,
)
from node.records.in_dutch import LINKED_BY, percent_told, rule_in_dutch
from node.records.linkage_report import LinkageReport, LinkedBetween, field_told, permille_told
from node.records.linked import Linked, SharedPersons, Stale, linked
from node.records.load import writing_store
from node.records.store import open_store, records_path
from schemas.refused import Refused

__all__ = [
    "LINKED_BY", "Judged", "Judgement", "LinkageReport", "Linked", "LinkedBetween", "SampleExpired", "SampleMissing",
    "SampleUnreadable", "SampledPair", "SharedPersons", "Stale", "Verdict", "field_told", "percent_told",
    "permille_told", "rule_in_dutch",
]  # fmt: skip
VERDICTS: Final[tuple[Verdict, ...]] = get_args(Verdict)


class PairPassed(Refused, LookupError):
    """A pair that is not the one to judge now, or not the last that was judged."""


@dataclass(frozen=True)
class Review:
    """How far the judging of a sample is: `judged` are numbers of pairs. The repr holds no data."""

    sample: Sample = field(repr=False)
    judged: frozenset[int]
    expires_on: date

    @property
    def next(self) -> SampledPair | None:
        """Return the pair to judge now, None where all were."""
        return next((pair for pair in self.sample.pairs if pair.number not in self.judged), None)

    @property
    def last(self) -> int | None:
        """Return the number of the pair that was judged last, which can be taken back; they are judged in order."""
        return max(self.judged, default=None)


def linkage(home: Path) -> Linked | None:
    """Return how the loaded sources are linked, None where nothing was loaded; raises RecordStoreBusy."""
    if not records_path(home).is_file():
        return None
    with _reading(home) as records:
        return linked(records)


def is_judged(home: Path) -> bool:
    """Tell whether somebody judged a linked pair of the last linkage; raises RecordStoreBusy."""
    with _reading(home) as records:
        return clerical.judged(records) is not None


def reviewing(settings: Settings, secret: Callable[[str], bytes], today: date) -> Review:
    """Open the sample and see how far it is; raises SampleMissing, SampleExpired, SampleUnreadable, RecordStoreBusy."""
    home = settings.home
    expires_on = clerical.sample_expires(home)
    if expires_on is None or not settings.secret(clerical.SAMPLE_KEY).is_file():
        raise SampleMissing("There is no sample to judge; make one with `python -m node linkage sample MAPPING...`.")
    sample = clerical.read_sample(home, secret(clerical.SAMPLE_KEY), today)
    with _reading(home) as records:
        return Review(sample, frozenset(clerical.judged_pairs(records, sample.sample)), expires_on)


def shown(engine: Engine, review: Review, actor: str, at: datetime) -> SampledPair | None:
    """Hand out the pair to judge now, and write down to whom; None where all were judged."""
    if (pair := review.next) is not None:
        with writing(engine) as connection:
            record(connection, AuditEntry(actor, "linkage.shown", review.sample.sample, at, f"pair {pair.number}"))
    return pair


def judge(
    home: Path, engine: Engine, review: Review, number: int, verdict: Verdict, actor: str, at: datetime
) -> None:  # fmt: skip
    """Keep what somebody found of the pair that is to be judged now; raises PairPassed where that is another one."""
    sample = review.sample
    detail = f"pair {number}: {verdict}"
    with writing(engine) as connection, writing_store(home) as records:
        now = Review(sample, frozenset(clerical.judged_pairs(records, sample.sample)), review.expires_on)
        if now.next is None or now.next.number != number:
            raise PairPassed(f"Pair {number} is not the one to judge now; judge the one that is shown.")
        clerical.keep_verdict(records, sample, now.next, verdict)
        record(connection, AuditEntry(actor, "linkage.judged", sample.sample, at, detail))


def take_back(home: Path, engine: Engine, review: Review, number: int, actor: str, at: datetime) -> None:
    """Forget the last answer, so that its pair is asked again; raises PairPassed where that was another pair's."""
    sample = review.sample
    with writing(engine) as connection, writing_store(home) as records:
        if number != max(clerical.judged_pairs(records, sample.sample), default=None):
            raise PairPassed(f"Pair {number} is not the last that was judged; only the last answer can be taken back.")
        clerical.drop_verdict(records, sample, number)
        record(connection, AuditEntry(actor, "linkage.taken_back", sample.sample, at, f"pair {number}"))


@contextmanager
def _reading(home: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    records = open_store(records_path(home), read_only=True)
    try:
        yield records
    finally:
        records.close()
