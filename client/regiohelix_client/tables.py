"""The tables a hub answers with: dataclasses, their rows in the hub's order, which is never a ranking."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any, ClassVar, Generic, TypeVar

from .errors import AnswerNotUnderstood, PandasMissing
from .values import Exact, Rounded, Suppressed, Value, read_value

R = TypeVar("R", bound="Row")


@dataclass(frozen=True, slots=True)
class Row:
    """One row: what it has under a name is what the hub's JSON has there."""

    def flat(self) -> dict[str, Any]:
        """Return the row with its typed value spread over columns of one meaning each; what does not apply is None."""
        row = {one.name: getattr(self, one.name) for one in fields(self)}
        value = row.pop("value", None)
        return row if value is None else row | _spread(value)


@dataclass(frozen=True, slots=True)
class ComparisonRow(Row):
    """One region: `shown` in the unit, `low`..`high` an interval or, by `bounds`, the range of a hidden figure."""

    region: str
    name: str
    value: Value
    shown: Decimal | None
    bounds: str | None
    low: Decimal | None
    high: Decimal | None
    standing: str
    why_not: str | None
    is_comparable: bool
    taken_over: bool
    accepted_at: str
    age_days: int
    event_id: str
    definition_hash: str


@dataclass(frozen=True, slots=True)
class TrendRow(Row):
    """One period of one region; `trend` is the verdict on the whole series of that region, None where there is none."""

    region: str
    name: str
    period: str
    value: Value
    shown: Decimal | None
    bounds: str | None
    low: Decimal | None
    high: Decimal | None
    why_not: str | None
    signals: tuple[str, ...]
    revision: int
    accepted_at: str
    trend: str | None
    why_no_trend: str | None
    event_id: str


@dataclass(frozen=True, slots=True)
class ProfileRow(Row):
    """One indicator of one region, beside the figure of the set's regions together."""

    indicator: str
    axis: str
    title: Mapping[str, str]
    unit: Mapping[str, str]
    favourable: str
    period: str
    value: Value
    shown: Decimal | None
    bounds: str | None
    low: Decimal | None
    high: Decimal | None
    standing: str
    why_not: str | None
    reference: Decimal | None
    reference_withheld: str | None
    accepted_at: str
    age_days: int
    event_id: str
    definition_hash: str


@dataclass(frozen=True, slots=True)
class Lesson(Row):
    """One lesson in its latest version; `payload` is all that its region wrote."""

    event_id: str
    region: str
    region_name: str
    published_at: str
    accepted_at: str
    payload: Mapping[str, Any]

    def flat(self) -> dict[str, Any]:
        """Return the lesson with its words as columns."""
        row = {one.name: getattr(self, one.name) for one in fields(self)}
        return {name: part for name, part in row.items() if name != "payload"} | dict(self.payload)


@dataclass(frozen=True, slots=True)
class Evaluation(Row):
    """One evaluation in its latest version; `payload` is all that its region said.

    `outcome` says how the first estimate is to be read: fits_effect, not_shown, doubted or no_effect_to_read.
    `evidence_changed` tells that figures on which it rests are not what they were; `evidence` says which.
    """

    event_id: str
    region: str
    region_name: str
    published_at: str
    accepted_at: str
    outcome: str
    evidence_changed: bool
    evidence: tuple[Mapping[str, Any], ...]
    payload: Mapping[str, Any]

    def flat(self) -> dict[str, Any]:
        """Return the evaluation with what its first estimate says as columns, numbers as Decimal."""
        row = {one.name: getattr(self, one.name) for one in fields(self)}
        first = self.payload["estimates"][0]
        numbers = {name: Decimal(first[name]) for name in ("value", "low", "high", "p")}
        told = ("intervention", "indicator", "level", "method", "start", "clusters")
        left = {name: part for name, part in row.items() if name not in ("payload", "evidence")}
        return left | {name: self.payload[name] for name in told} | numbers


@dataclass(frozen=True)
class Table(Generic[R]):
    """Rows with what holds for all of them; iterating gives the rows."""

    row_type: ClassVar[type[Row]]
    rows: tuple[R, ...]

    def __iter__(self) -> Iterator[R]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def to_rows(self) -> list[dict[str, Any]]:
        """Return plain rows: numbers as int and Decimal, None where one does not apply, `kind` says why."""
        return [row.flat() for row in self.rows]

    def to_pandas(self) -> Any:
        """Return a pandas DataFrame of `to_rows()`; raises PandasMissing where pandas is not installed."""
        try:
            import pandas
        except ImportError as error:
            raise PandasMissing("pandas is not installed; install it, or use to_rows().") from error
        return pandas.DataFrame(self.to_rows())


@dataclass(frozen=True)
class Comparison(Table[ComparisonRow]):
    """One indicator, period and cut over the regions of one set; `reference` is the regions' figure together.

    `sources` says of taken over figures whose they are and under which licence.
    """

    row_type = ComparisonRow
    indicator: str
    title: Mapping[str, str]
    unit: Mapping[str, str]
    favourable: str
    period: str
    region_set: str
    by: Mapping[str, str]
    as_known_on: str
    reference: Decimal | None
    reference_withheld: str | None
    sources: tuple[Mapping[str, str], ...]


@dataclass(frozen=True)
class Trend(Table[TrendRow]):
    """One indicator over time, a row a region and period; `left_out` older periods were not asked for.

    `test_assumes` says what the verdicts take for granted, None of a hub before 0.11 and where nothing is tested.
    """

    row_type = TrendRow
    indicator: str
    title: Mapping[str, str]
    unit: Mapping[str, str]
    test_assumes: Mapping[str, str] | None
    region_set: str
    by: Mapping[str, str]
    period_unit: str
    periods: tuple[str, ...]
    left_out: int
    as_known_on: str


@dataclass(frozen=True)
class Profile(Table[ProfileRow]):
    """One region's latest figure of every indicator; there is no number over them all."""

    row_type = ProfileRow
    region: str
    name: str
    region_set: str
    as_known_on: str


@dataclass(frozen=True)
class Lessons(Table[Lesson]):
    """Lessons, newest first; `total` says how many the hub holds for this reader."""

    row_type = Lesson
    total: int


@dataclass(frozen=True)
class FoundLessons(Table[Lesson]):
    """Lessons that were found, those first in which the words weigh most; `total` says how many there are.

    `facets` say of each facet which values there are and how many lessons would be found with each, most first.
    """

    row_type = Lesson
    total: int
    facets: Mapping[str, tuple[Mapping[str, Any], ...]]


@dataclass(frozen=True)
class Evaluations(Table[Evaluation]):
    """Evaluations, newest first; `total` says how many the hub holds for this reader."""

    row_type = Evaluation
    total: int


T = TypeVar("T", bound=Table[Any])
_NUMBERS = frozenset(
    (
        *("shown", "low", "high", "reference", "distance", "place", "change", "goal", "goal_gap", "reference_change"),
        *("slope", "relative", "relative_low", "relative_high", "ratio", "ratio_low", "ratio_high"),
    )
)
_LISTS = frozenset(
    {"signals", "periods", "sources", "evidence", "traits", "left_out", "least_integrated", "readings", "looked_at"}
)


_LATER = frozenset({"test_assumes"})  # what a hub of before does not tell


def read_table(kind: type[T], told: Mapping[str, Any], rows: Any) -> T:
    """Return a table from a hub's answer; raises AnswerNotUnderstood. What is new in it is left aside."""
    try:
        read = tuple(_read(kind.row_type, row) for row in rows)
        return kind(rows=read, **{one.name: _part(one.name, told) for one in fields(kind) if one.name != "rows"})
    except (AttributeError, KeyError, TypeError, ValueError, ArithmeticError) as error:
        raise AnswerNotUnderstood(
            f"The hub's answer lacks what a {kind.__name__.lower()} has; check its address, or update the client."
        ) from error


def _read(kind: type[Row], told: Mapping[str, Any]) -> Row:
    return kind(**{one.name: _part(one.name, told) for one in fields(kind)})


def _part(name: str, told: Mapping[str, Any]) -> Any:
    part: Any = told.get(name) if name in _LATER else told[name]
    if name in ("value", "rank_value"):
        return read_value(part)
    if name == "values":
        return tuple(map(read_value, part))
    if name in _LISTS and not isinstance(part, int):  # a trend has a number of periods left out, peers name regions
        return tuple(part)
    return Decimal(part) if name in _NUMBERS and part is not None else part


def _spread(value: Value) -> dict[str, Any]:
    found: dict[str, Any] = dict.fromkeys(("numerator", "denominator", "lo", "hi", "rounded_value", "rounded_step"))
    if isinstance(value, Exact | Suppressed):
        found["denominator"] = value.denominator
    match value:
        case Exact():
            found["numerator"] = value.numerator
        case Suppressed():
            found |= {"lo": value.lo, "hi": value.hi}
        case Rounded():
            found |= {"rounded_value": value.value, "rounded_step": value.step}
    return {"kind": value.kind} | found
