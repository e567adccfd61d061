"""The printed summary: everything in it is fetched from the running hub, as any reader could."""

import time
from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any
from urllib.parse import quote

import requests

from connectors.sources.synthetic import PERIOD

_INDICATOR = "q.hba1c"
_PROOF_SECONDS = 60  # far more than a hub of this size needs
_PLACES = (
    ("/", "the network"),
    (f"/compare/{_INDICATOR}", "three invented regions, with intervals"),
    ("/compare/jv24.rookt_tabak_75", "25 GGD regions on the map (public figures)"),
    ("/regions/XR-DUINRAND", "one region: figures, programme, readiness, lessons"),
    ("/regions/XR-DUINRAND/residents", "the same for who lives there: what left, and who agreed"),
    ("/readiness", "readiness of an invented region, through the Five Lenses"),
    ("/progress", "how far regions' programmes are, by name"),
    ("/knowledge", "lessons, and what other regions found of them"),
    ("/api/v1/ledger/GG0111", "everything that left one region, for anyone to verify"),
    ("/feeds/lessons.atom", "lessons, to subscribe to"),
)


def summary(url: str, outcomes: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Yield the lines of the summary: who takes part, one comparison, one hidden cell, a refusal, a lesson."""
    regions = _get(f"{url}/api/v1/regions")
    yield f"\n{len(regions)} regions at the hub; each keeps its own records, key and chain."
    yield from _comparison(url)
    yield from _hidden(url)
    yield "\nA release that was refused (a lesson that named a patient):"
    yield f"  {next(o['refused'] for o in outcomes if o.get('refused')).splitlines()[-1]}"
    yield "\nA correction that waits (one patient was added to an extract that had been counted before):"
    yield from _sentences(next(o["waits"] for o in outcomes if o.get("waits")))
    lessons = _get(f"{url}/api/v1/lessons")["lessons"]
    told = [_get(f"{url}/api/v1/lessons/{one['event_id']}/citations")["counts"] for one in lessons]
    counts, lesson = max(zip(told, lessons, strict=True), key=lambda one: sum(one[0].values()))
    yield f"\nA lesson in the feed: {lesson['payload']['title']}"
    yield f"  Of other regions {counts['supporting']} found it to hold, and {counts['contrasting']} found it did not."
    yield "\nLook at:"
    for path, what in _PLACES:
        yield f"  {url + path:<56} {what}"


def _sentences(said: str) -> Iterator[str]:
    """Yield what the node said of the first figures in which a correction waits, one line of its paragraph each."""
    lines = said.splitlines()
    start = next(place for place, line in enumerate(lines) if "waits in" in line)
    for line in lines[start:]:
        yield f"  {line.strip()}"
        if line.rstrip().endswith("(docs/corrections.md)."):
            return


def _proven(address: str) -> Any:
    """Return a comparison once the hub has proven its total, which takes it some seconds after the last event came."""
    until = time.monotonic() + _PROOF_SECONDS
    found = _get(address)
    while found["reference_withheld"] == "being_proven" and time.monotonic() < until:
        time.sleep(0.5)
        found = _get(address)
    return found


def _comparison(url: str) -> Iterator[str]:
    found = _proven(f"{url}/api/v1/indicators/{_INDICATOR}/comparison?period={PERIOD}")
    yield f"\n{found['title']['en']}, {PERIOD} (reference {found['reference']} {found['unit']['en']}):"
    yield f"  {'region':<14}{'value':>7}  {'95% interval':<14}  against the reference"
    for row in found["rows"]:
        interval = f"{row['low']} to {row['high']}" if row["bounds"] == "interval" else "-"
        yield f"  {row['name']:<14}{row['shown'] or '-':>7}  {interval:<14}  {row['standing'] or row['why_not']}"


def _hidden(url: str) -> Iterator[str]:
    for band, sex in product(("18-44", "0-17", "45-64", "65-74", "75+"), ("f", "m")):
        found = _get(
            f"{url}/api/v1/indicators/h.dm_prev/comparison?period={PERIOD}&by=age_band:{quote(band)},sex:{sex}"
        )
        for row in found["rows"]:
            value = row["value"]
            if value and value["kind"] == "suppressed":
                above = "any number" if value["hi"] is None else value["hi"]
                yield f"\nA hidden figure: persons with diabetes in {row['name']}, age {band}, sex {sex}:"
                yield f"  between {value['lo']} and {above}. Reason: {value['reason']}; shown, it would tell about"
                yield "  fewer than ten persons, here or by subtraction elsewhere. Hidden is not zero."
                return


def _get(address: str) -> Any:
    answer = requests.get(address, timeout=30)
    answer.raise_for_status()
    return answer.json()
