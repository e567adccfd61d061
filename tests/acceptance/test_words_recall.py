"""What the scan finds in made-up Dutch phrases that others marked; with the de-identifier where one is installed."""

import importlib.util
import json
import os
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest

from node.release.scan import by_rule
from node.release.words.deidentifier import PYTHON, Deidentifier, at_hand
from node.release.words.spelling import plain
from node.release.words.trace import Trace, outermost

pytestmark = pytest.mark.shared_data

DIRECT = ("bsn", "id", "telefoonnummer", "emailadres")
HAS_WORKER = bool(os.environ.get(PYTHON)) or importlib.util.find_spec("deduce") is not None
# Towns and names that only a list knows are the worker's; an address has a number.
LEAST = {
    "rules": {"address": 1.0, "locatie": 0.7, "persoon": 0.8, "datum": 1.0},
    "worker": {"address": 1.0, "locatie": 0.9, "persoon": 0.9, "datum": 0.9},
}


@pytest.fixture(scope="module", params=["rules", "worker"] if HAS_WORKER else ["rules"])
def measured(request: pytest.FixtureRequest, shared_data: Path) -> Iterator[tuple[str, dict[str, float], float]]:
    """Give the reader, the recall of whole spans by tag, and the precision over all findings."""
    if request.param == "rules":
        yield "rules", *measure(shared_data, None)
        return
    with at_hand() as finder:
        yield "worker", *measure(shared_data, finder)


def measure(shared: Path, finder: Deidentifier | None) -> tuple[dict[str, float], float]:
    hits: dict[str, list[bool]] = {}
    precise: list[bool] = []
    for file in sorted((shared / "d_dutch_pii_deduce").glob("*.json")):
        examples = json.loads(file.read_text(encoding="utf-8"))["examples"]
        texts = [plain(example["text"]) for example in examples]
        more = finder.find(texts) if finder is not None else [()] * len(texts)
        for example, text, marked in zip(examples, texts, more, strict=True):
            found = outermost(chain(by_rule(text), marked))
            spans = [(one["start_char"], one["end_char"], one["tag"]) for one in example["annotations"]]
            for start, end, tag in spans:
                is_address = tag == "locatie" and any(sign.isdigit() for sign in text[start:end])
                for name in (tag, "address") if is_address else (tag,):
                    hits.setdefault(name, []).append(is_covered(text, start, end, found))
            precise += [any(one.start < end and start < one.end for start, end, _ in spans) for one in found]
    return {tag: sum(found) / len(found) for tag, found in hits.items()}, sum(precise) / len(precise)


def is_covered(text: str, start: int, end: int, found: tuple[Trace, ...]) -> bool:
    """Tell whether every letter and digit of a span lies in some finding."""
    places = {place for one in found for place in range(one.start, one.end)}
    return all(place in places for place in range(start, end) if text[place].isalnum())


def test_no_direct_identifier_is_missed(measured: tuple[str, dict[str, float], float]) -> None:
    _, recall, _ = measured
    assert {tag: recall[tag] for tag in DIRECT if tag in recall} == {
        "id": 1.0, "telefoonnummer": 1.0, "emailadres": 1.0
    }  # fmt: skip


def test_names_addresses_and_dates_are_found_as_often_as_promised(
    measured: tuple[str, dict[str, float], float],
) -> None:
    reader, recall, precision = measured
    assert {tag: recall[tag] for tag, least in LEAST[reader].items() if recall[tag] < least} == {}
    assert precision >= 0.95
