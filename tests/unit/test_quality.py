"""Coverage and the quality of linkage travel with figures; a partial figure is shown, not judged, and in no total."""

from datetime import UTC, date, datetime
from pathlib import Path

import msgspec
import pytest

from connectors.sources import SourceRefused
from connectors.sources.mapping import read_mapping
from hub.comparison import StoredIndicator, compare
from hub.intake.read_payload import PayloadSchemaMismatch, read_canonical, read_payload
from node.records.load import load
from node.records.quality import quality_of
from node.records.store import open_store, records_path
from node.release.revise import _frame
from schemas.canonical import canonical_bytes
from schemas.codes import EventType
from schemas.payloads import IndicatorPublished
from schemas.quality import Coverage, LinkageQuality, Quality
from schemas.quality_words import quality_words
from schemas.values import Exact
from tests.support.events import diabetes
from tests.support.sources import KEY, SOUND_NUMBERS, TODAY, legal, register_file, source, visits_file, written
from tests.unit.test_compare import PROPORTION, figures

FULL = Quality(None, Coverage("practices", 91, False))
PARTIAL = Quality(LinkageQuality(("bsn", "probabilistic"), 996, 951, "clerk"), Coverage("practices", 51, True))


def stored(region: str, numerator: int, quality: Quality | None) -> StoredIndicator:
    one = figures(region, Exact(numerator, 10_000))
    payload = msgspec.structs.replace(one.payload, quality=quality)
    return StoredIndicator(region, region, payload, datetime(2026, 1, 1, tzinfo=UTC), 1)


def test_a_partial_figure_is_shown_without_a_verdict_and_is_in_no_total() -> None:
    three = (stored("A", 500, FULL), stored("B", 700, None), stored("C", 2000, PARTIAL))
    found = compare(PROPORTION, three)
    a, b, c = found.rows
    assert (c.reason, c.standing, c.lower, str(c.estimate)) == ("partial", "no_verdict", None, "20.0")
    assert found.reference is not None
    assert (found.reference.numerator, found.reference.parts, found.reference.out_of) == (1200, ("A", "B"), 3)
    assert (a.standing, b.standing) == ("lower", "higher")


def test_figures_without_quality_travel_byte_for_byte_as_before() -> None:
    plain = diabetes(900)
    assert b"quality" not in canonical_bytes(plain)
    assert read_payload(EventType.INDICATOR_PUBLISHED, canonical_bytes(plain)) == plain


@pytest.mark.parametrize("read", [read_payload, read_canonical])
def test_quality_travels_in_version_two_only(read: object) -> None:
    given = msgspec.structs.replace(diabetes(900), quality=PARTIAL)
    data = canonical_bytes(given)
    assert callable(read)
    found = read(EventType.INDICATOR_PUBLISHED_V2, data)
    assert isinstance(found, IndicatorPublished)
    assert canonical_bytes(found) == data
    assert found.quality is not None
    assert found.quality.is_partial
    if read is read_canonical:
        assert read(EventType.INDICATOR_PUBLISHED, data) is None
    else:
        with pytest.raises(PayloadSchemaMismatch):
            read(EventType.INDICATOR_PUBLISHED, data)


@pytest.mark.parametrize(
    "quality",
    [
        Quality(None, Coverage("practices", 101, False)),
        Quality(LinkageQuality(("bsn",), 1001, None, "model"), None),
        Quality(LinkageQuality(("bsn",), -1, None, "model"), None),
        Quality(LinkageQuality(("bsn", "bsn"), 1, None, "model"), None),
    ],
)
def test_a_share_off_its_scale_is_refused_by_the_hub(quality: Quality) -> None:
    data = canonical_bytes(msgspec.structs.replace(diabetes(900), quality=quality))
    with pytest.raises(PayloadSchemaMismatch):
        read_payload(EventType.INDICATOR_PUBLISHED_V2, data)


def test_another_share_is_no_correction_and_becoming_partial_is() -> None:
    plain, full, partial = (msgspec.structs.replace(diabetes(900), quality=one) for one in (None, FULL, PARTIAL))
    assert _frame(plain) == _frame(full)
    assert _frame(full) != _frame(partial)


def test_readers_are_told_in_one_line() -> None:
    assert [one.nl for one in quality_words(PARTIAL)] == [
        "Dekking 51% van de praktijken: onvolledig, zonder oordeel.",
        "Gekoppeld zonder nummer: 99,6% juist, 95,1% gevonden (volgens een steekproef).",
    ]
    assert [one.en for one in quality_words(FULL)] == ["Covers 91% of the practices."]
    assert quality_words(None) == ()


@pytest.mark.parametrize(("covered", "percent", "is_partial"), [(41, 51, True), (64, 80, False), (80, 100, False)])
def test_the_least_covered_source_counts(tmp_path: Path, covered: int, percent: int, is_partial: bool) -> None:
    persons = "bsn;born;sex\n" + "".join(f"{one};01-02-1950;V\n" for one in SOUND_NUMBERS)
    visits = f"bsn;date\n{SOUND_NUMBERS[0]};01-01-2024\n"
    whole = {"unit": "inhabitants", "covered": 100, "of": 100}
    practices = {"unit": "practices", "covered": covered, "of": 80}
    home = tmp_path / "home"
    for document, texts in (
        (source(register_file(), id="register", covers=whole), {"persons": persons}),
        (source(visits_file(), id="gp", covers=practices), {"visits": visits}),
        (source(visits_file(), id="silent"), {"visits": visits}),
    ):
        load(home, written(tmp_path / str(document["id"]), document, **texts), KEY, None, TODAY)
    connection = open_store(records_path(home), read_only=True)
    try:
        assert quality_of(connection, ("register", "gp", "silent"), 80) == Quality(
            None, Coverage("inhabitants" if percent == 100 else "practices", percent, is_partial)
        )
        assert quality_of(connection, ("silent",), 80) is None
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"covers": {"unit": "practices", "covered": 9, "of": 8}}, "key `covers.covered`: must not be more than `of`."),
        ({"covers": {"unit": "beds", "covered": 1, "of": 8}}, "key `covers.unit`: must be one of: practices"),
        ({"legal": legal(linkage="probabilistic")}, "key `legal.linkage_fields`: is missing"),
        ({"legal": legal(linkage_fields=["religion"])}, "may only hold: given_name, surname"),
    ],
)
def test_a_mapping_that_says_it_wrongly_is_refused(tmp_path: Path, changed: dict[str, object], said: str) -> None:
    with pytest.raises(SourceRefused) as refused:
        read_mapping(written(tmp_path, source(register_file(), **changed)), date(2026, 1, 1))
    assert said in str(refused.value)


def test_a_field_that_the_legal_record_does_not_name_is_not_read(tmp_path: Path) -> None:
    file = register_file(linkage={"surname": {"column": "family"}, "given_name": {"column": "given"}})
    document = source(file, legal=legal(linkage_fields=["surname"]))
    with pytest.raises(SourceRefused) as refused:
        read_mapping(written(tmp_path, document), TODAY)
    assert str(refused.value).endswith(
        "key `files.1.linkage.given_name`: is not among `legal.linkage_fields`; have it recorded there first."
    )
