"""No identifier and no name of an invented region's inhabitants leaves the extracts, on any way through the line."""

import csv
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from connectors.sources.synthetic import PERIOD, SYNTHETIC_REGIONS, write_region
from demo import journey
from demo.region import LESSON, REGION_SET, SOURCES
from tests.support.network import Network, serving_network

SCALE = 0.02
REGION = SYNTHETIC_REGIONS[0]
INDICATORS = ("pop.persons", "h.dm_prev")
NAME = "Verzonnen Inwoner"
PAGES = (
    "/metrics", "/healthz", "/readyz", "/api/v1/regions", f"/api/v1/regions/{REGION.code}", "/api/v1/heads",
    f"/api/v1/ledger/{REGION.code}?limit=500", "/api/v1/indicators", "/api/v1/lessons", "/feeds/lessons.json",
    "/feeds/lessons.atom", "/", "/compare?indicator=h.dm_prev", "/lessons", "/compare/h.dm_prev",
    "/compare/pop.persons",
    *(f"/api/v1/indicators/{name}/comparison?period={PERIOD}" for name in INDICATORS),
)  # fmt: skip
_HASH = re.compile(rb"[0-9a-f]{64,}")
_DIGEST = re.compile(rb"(?=([0-9a-f]{64}))")
_NINE_DIGITS = re.compile(rb"(?=(\d{9}))")


@dataclass(frozen=True)
class Line:
    """One region's run: its canaries, where it ran, and everything its commands said."""

    network: Network
    home: Path
    identifiers: frozenset[bytes]
    said: bytes
    answers: bytes


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    folder = tmp_path_factory.mktemp("canaries")
    said: list[str] = []
    with serving_network(folder) as network, pytest.MonkeyPatch.context() as patch:
        plain = journey.call

        def recorded(home: Path, *arguments: str, expected: int = 0) -> str:
            said.append(plain(home, *arguments, expected=expected))
            return said[-1]

        patch.setattr(journey, "call", recorded)
        noted = _Noted()
        logging.getLogger().addHandler(noted)
        try:
            _carry(network, folder)
        finally:
            logging.getLogger().removeHandler(noted)
        answers = [network.get(page) for page in PAGES]
        assert [answer.status_code for answer in answers] == [200] * len(PAGES)
        yield Line(
            network,
            folder / REGION.code,
            _identifiers(folder / "extracts"),
            "\n".join(said + noted.lines).encode(),
            b"\n".join(answer.content for answer in answers),
        )


class _Noted(logging.Handler):
    """Keeps what the node's process logs, in full."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.setFormatter(logging.Formatter("%(name)s %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


def _carry(network: Network, folder: Path) -> None:
    home, extracts = folder / REGION.code, folder / "extracts"
    write_region(extracts, REGION, SCALE)
    invited = network.inviting(REGION.code, REGION.name, REGION_SET)
    own = (REGION.code, REGION.name, REGION_SET, PERIOD)
    journey.join_network(home, own, tuple(REGION.municipalities), network.url, invited)
    journey.approve_definitions(home)
    for source in SOURCES:
        journey.call(home, "source", "load", str(extracts / f"{source}.yaml"))
    chosen = [word for name in INDICATORS for word in ("--indicator", name)]
    journey.let_out(home, "prepare", "--period", PERIOD, *chosen)
    journey.call(home, "lesson", "add", str(LESSON), "--author", "Programme manager")
    journey.let_out(home, "lesson", "praktijkondersteuner-belt-na", reviewers=1)
    journey.call(home, "ship")
    journey.call(home, "ledger")
    journey.call(home, "doctor")
    spoilt = folder / "spoilt"
    write_region(spoilt, REGION, SCALE)
    register = spoilt / "gemeente.csv"
    register.write_text(re.sub(r"\d\d-\d\d-(\d{4})", r"\1", register.read_text(encoding="utf-8")), encoding="utf-8")
    refused = journey.call(home, "source", "load", str(spoilt / "gemeente.yaml"), expected=1)
    assert refused.startswith("Refused: ")


def _identifiers(extracts: Path) -> frozenset[bytes]:
    found = set()
    for file in extracts.glob("*.csv"):
        with file.open(encoding="utf-8", newline="") as rows:
            found |= {row["bsn"].encode() for row in csv.DictReader(rows, delimiter=";") if "bsn" in row}
    return frozenset(found)


def _hub_bytes(line: Line) -> bytes:
    files = [file for file in line.network.home.rglob("*") if file.is_file()]
    assert "hub.sqlite" in {file.name for file in files}
    return b"\n".join([*(file.read_bytes() for file in files), line.network.log.read_bytes()])


def _node_bytes(line: Line) -> bytes:
    files = [file for file in line.home.rglob("*") if file.is_file()]
    assert {"node.sqlite", "records.duckdb"} <= {file.name for file in files}
    return b"\n".join(file.read_bytes() for file in files)


def _canaries_in(data: bytes, identifiers: frozenset[bytes]) -> int:
    """Count identifiers and names; the inside of a hash is passed over, where nine digits in a row occur by chance."""
    plain = _HASH.sub(lambda run: run[0] if run[0].isdigit() else run[0][:9] + b"-" + run[0][-9:], data)
    return len({found[1] for found in _NINE_DIGITS.finditer(plain)} & identifiers) + plain.count(NAME.encode())


def _pseudonyms_in(data: bytes, pseudonyms: set[bytes]) -> bool:
    """Tell whether a pseudonym occurs at any place, raw or in hexadecimal of either case."""
    if any(data[start : start + 32] in pseudonyms for start in range(len(data) - 31)):
        return True
    return any(bytes.fromhex(found[1].decode()) in pseudonyms for found in _DIGEST.finditer(data.lower()))


def test_the_search_finds_every_canary_where_they_are(line: Line) -> None:
    register = (line.home.parent / "extracts" / "gemeente.csv").read_bytes()
    with (line.home.parent / "extracts" / "gemeente.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    assert len(rows) > 6000
    names = sum(row["naam"].startswith(NAME) for row in rows)
    assert names == len(rows)
    assert _canaries_in(register, line.identifiers) >= names + len({row["bsn"] for row in rows})


def test_no_canary_is_in_any_file_of_the_hub_or_in_what_its_process_said(line: Line) -> None:
    assert _canaries_in(_hub_bytes(line), line.identifiers) == 0


def test_no_canary_is_in_any_answer_of_the_hub(line: Line) -> None:
    assert REGION.code.encode() in line.answers
    assert _canaries_in(line.answers, line.identifiers) == 0


def test_no_canary_is_in_any_file_of_the_node(line: Line) -> None:
    assert _canaries_in(_node_bytes(line), line.identifiers) == 0


def test_no_canary_is_in_any_value_of_the_linked_store_however_it_is_packed(line: Line) -> None:
    with duckdb.connect(str(line.home / "records.duckdb"), read_only=True) as store:
        columns = store.execute("SELECT table_name, column_name FROM information_schema.columns").fetchall()
        store.execute("CREATE TEMP TABLE canary (value VARCHAR)")
        store.execute("INSERT INTO canary SELECT unnest(?)", [[one.decode() for one in line.identifiers]])
        assert len(columns) > 40
        for table, column in columns:
            found = store.execute(
                f'SELECT count(*) FROM "{table}" WHERE "{column}"::VARCHAR IN (SELECT value FROM canary)'
                f" OR contains(\"{column}\"::VARCHAR, '{NAME}')"
            ).fetchone()
            assert found == (0,), (table, column)


def test_no_canary_is_in_what_the_commands_said_or_logged_refusals_included(line: Line) -> None:
    assert b"Refused: " in line.said
    assert _canaries_in(line.said, line.identifiers) == 0


def test_no_pseudonym_is_at_the_hub_as_bytes_or_in_hexadecimal(line: Line) -> None:
    with duckdb.connect(str(line.home / "records.duckdb"), read_only=True) as store:
        pseudonyms = {bytes(row[0]) for row in store.execute("SELECT pseudonym FROM identity").fetchall()}
    assert len(pseudonyms) > 5000
    assert {len(one) for one in pseudonyms} == {32}
    assert _pseudonyms_in(_node_bytes(line), pseudonyms)
    assert not _pseudonyms_in(b"digest " + next(iter(pseudonyms)).hex()[1:].encode(), pseudonyms)
    assert _pseudonyms_in(b"digest " + next(iter(pseudonyms)).hex().upper().encode(), pseudonyms)
    for data in (_hub_bytes(line), line.answers, line.said):
        assert not _pseudonyms_in(data, pseudonyms)
