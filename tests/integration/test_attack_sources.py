"""Files made to exhaust whoever opens them: each ends in one refusal, within 768 MB of memory and a minute.

Each is read in a process of its own whose address space ends there, so that a mistake is a failure and no dead machine.
"""

import gzip
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
import yaml
from pyarrow import parquet

from connectors.sources import SourceRefused, parquet_file
from connectors.sources.mapping import FieldMapping, FileMapping
from tests.support.sources import legal, register_file

MEGABYTE = 1 << 20
READ = """
import re, resource, sys
from datetime import date
from pathlib import Path
from connectors.sources import SourceRefused
from connectors.sources.mapping import read_mapping
from connectors.sources.read import read
from connectors.sources.table_mapping import read_mapping as read_table_mapping
from node.knowledge.lessons import LessonUnreadable, read_lesson

what = sys.argv[1]
here = int(re.search(r"VmSize:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) << 10
resource.setrlimit(resource.RLIMIT_AS, (here + (768 << 20),) * 2)
for file in map(Path, sys.argv[2:]):
    try:
        if what == "source":
            for batch in read(read_mapping(file, date(2026, 11, 22))):
                del batch
        elif what == "table":
            read_table_mapping(file.read_bytes(), file.name)
        else:
            read_lesson(file)
    except (SourceRefused, LessonUnreadable) as refusal:
        print(refusal)
"""


def _refusals(what: str, *files: Path) -> list[str]:
    tried = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", READ, what, *files],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "ARROW_DEFAULT_MEMORY_POOL": "system"},  # the default one asks for a gigabyte at once
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (tried.returncode, tried.stderr) == (0, "")
    return tried.stdout.splitlines()


def _zeros(file: Path) -> None:
    file.write_bytes(gzip.compress(bytes(100 * MEGABYTE), 9) * 100)  # 10 GB in 10 MB


def _rows_without_end(file: Path) -> None:
    file.write_bytes(gzip.compress(b"bsn;born;sex\n") + gzip.compress(b"1;01-01-2000;V\n" * 4_000_000, 9) * 10)


def _blank_lines(file: Path) -> None:
    file.write_bytes(gzip.compress(b"bsn;born;sex\n") + gzip.compress(b"\n" * MEGABYTE, 9) * 200)


def _header_of_a_gigabyte(file: Path) -> None:
    with file.open("wb") as target:
        target.truncate(1024 * MEGABYTE)


def _cell_of_a_gigabyte(file: Path) -> None:
    with file.open("wb") as target:
        target.write(b"bsn;born;sex\n1;2;")
        target.truncate(1024 * MEGABYTE)


def _columns_without_end(file: Path) -> None:
    file.write_bytes(b";".join(b"c%d" % number for number in range(500_000)))


def _one_cell_for_every_row(file: Path) -> None:
    rows = pa.array(np.zeros(5_000_000, np.int8))
    column = pa.DictionaryArray.from_arrays(rows, pa.array(["x" * MEGABYTE]))
    parquet.write_table(pa.table({"bsn": column, "born": column, "sex": column}), file, compression="gzip")


def _cut_in_half(file: Path) -> None:
    parquet.write_table(pa.table({"bsn": ["1"] * 1000, "born": ["1"] * 1000, "sex": ["V"] * 1000}), file)
    whole = bytearray(file.read_bytes())
    whole[8 : len(whole) // 2] = os.urandom(len(whole) // 2 - 8)
    file.write_bytes(whole)


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("zeros.csv.gz", _zeros),
        ("rows.csv.gz", _rows_without_end),
        ("blanks.csv.gz", _blank_lines),
        ("header.csv", _header_of_a_gigabyte),
        ("cell.csv", _cell_of_a_gigabyte),
        ("columns.csv", _columns_without_end),
        ("repeated.parquet", _one_cell_for_every_row),
        ("cut.parquet", _cut_in_half),
    ],
)
def test_an_extract_that_unfolds_is_refused(tmp_path: Path, name: str, make: Callable[[Path], None]) -> None:
    make(tmp_path / name)
    kind = "parquet" if name.endswith("parquet") else "csv"
    mapping = {"id": "bomb", "kind": kind, "legal": legal(), "files": [register_file(file=name)]}
    (tmp_path / "mapping.yaml").write_text(yaml.safe_dump(mapping))
    (said,) = _refusals("source", tmp_path / "mapping.yaml")
    assert name in said


def test_a_parquet_column_that_unpacks_to_too_much_is_refused_before_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet_file, "_LARGEST_COLUMN", 1000)
    parquet.write_table(pa.table({"bsn": ["x" * 1001], "born": ["1"]}), tmp_path / "a.parquet")
    file = FileMapping("a.parquet", "person", {"person_id": FieldMapping("bsn"), "birth_date": FieldMapping("born")})
    with pytest.raises(SourceRefused, match="column `bsn`: unpacks to more than a gigabyte"):
        list(parquet_file.read_parquet(tmp_path / "a.parquet", file))


def _fhir_bombs() -> dict[str, bytes]:
    """Deliveries that are small on the disk and large in memory, each the content of one file."""
    fhir = b'xmlns="http://hl7.org/fhir"'
    laughs = b"".join(b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 12))
    bundle = b'{"resourceType":"Bundle","type":"batch","entry":['
    return {
        "laughs.xml": b'<!DOCTYPE x [<!ENTITY a0 "lol">'
        + laughs
        + b"]><Patient %s><id value='&a11;'/></Patient>" % fhir,
        "names.xml": b"<Bundle %s>" % fhir + b"".join(b"<a%d/>" % number for number in range(1_010_000)) + b"</Bundle>",
        "deep.xml": b"<Bundle %s>" % fhir + b"<a>" * MEGABYTE,
        "deep.ndjson": b'{"a":' * MEGABYTE,
        "objects.json": bundle + b",".join(b'{"%d":0}' % number for number in range(1_450_000)) + b"]}",
        "elements.json": bundle + b"{}," * 1_600_000 + b"{}]}",
        "long.ndjson": b'{"resourceType":"Patient","id":"' + b"9" * (20 * MEGABYTE),
    }


def test_a_fhir_delivery_that_unfolds_is_refused(tmp_path: Path) -> None:
    mappings = []
    for name, content in _fhir_bombs().items():
        (tmp_path / name).mkdir()
        (tmp_path / name / name).write_bytes(content)
        mappings.append(tmp_path / f"{name}.yaml")
        document = {"id": "bomb", "kind": "fhir", "legal": legal(), "folder": name}
        mappings[-1].write_text(yaml.safe_dump(document), encoding="utf-8")
    said = _refusals("source", *mappings)
    assert len(said) == len(mappings), said
    for mapping, line in zip(mappings, said, strict=True):
        assert line.startswith((mapping.stem, f"the {mapping.stem.rsplit('.', 1)[1]} file")), line


def _laughs(times: int) -> str:
    """Nine of the one before, eleven times over: 31 thousand million words in a few lines."""
    lines = [f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9)}]" for n in range(1, times)]
    return "\n".join(["a0: &a0 lol", *lines])


def _merges(times: int) -> str:
    lines = [f"a{n}: &a{n} {{<<: [{','.join([f'*a{n - 1}'] * 9)}]}}" for n in range(1, times)]
    return "\n".join(["a0: &a0 {x: y}", *lines])


BOMBS = {
    "laughs": _laughs(12),
    "merges": _merges(12),
    "deep": "[" * 20_000,
    "deep-keys": "\n".join(" " * depth + "a:" for depth in range(900)),
    "day": "id: 2026-99-99",
    "number": "id: " + "9" * 5000,
    "itself": "a: &a [*a]",
    "key": "{[1]: 2}",
    "call": '!!python/object/apply:os.system ["touch escaped"]',
    "name": "!!python/name:os.system",
    "long": "x" * (2 * MEGABYTE),
}


@pytest.mark.parametrize("what", ["source", "table", "lesson"])
def test_a_mapping_or_lesson_that_unfolds_is_refused(tmp_path: Path, what: str) -> None:
    files = [tmp_path / f"{name}.yaml" for name in BOMBS]
    for file, text in zip(files, BOMBS.values(), strict=True):
        file.write_text(text)
    said = _refusals(what, *files)
    assert [file.name for file, line in zip(files, said, strict=True) if file.name not in line] == []
    assert not Path("escaped").exists()
