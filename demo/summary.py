"""The printed summary: everything in it is fetched from the running hub, as any reader could."""

from collections.abc import Iterator, Sequence
from typing import Any

import requests

_INDICATOR = "q.hba1c"
_PERIOD = "2024"


def summary(url: str, outcomes: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Yield the lines of the summary: who takes part, one comparison, one hidden cell, a refusal, a lesson."""
    regions = _get(f"{url}/api/v1/regions")
    yield f"\n{len(regions)} regions at the hub; each keeps its own records, key and chain."
    yield from _comparison(url)
    yield from _hidden(url)
    refused = next(o["refused"] for o in outcomes if o.get("refused"))
    yield "\nOne release that was refused (one patient was added to an extract that had been counted before):"
    yield f"  {refused.splitlines()[-1]}"
    lesson = _get(f"{url}/feeds/lessons.json")["items"][0]
    yield f"\nA lesson in the feed: {lesson['title']}"
    yield "\nLook at:"
    yield f"  {url}/                                      the network"
    yield f"  {url}/compare/{_INDICATOR}                         three invented regions, with intervals"
    yield f"  {url}/compare/jv24.rookt_tabak_75          25 GGD regions on the map (public figures)"
    yield f"  {url}/api/v1/ledger/GG0111                  everything that left one region, for anyone to verify"
    yield f"  {url}/feeds/lessons.atom                    lessons, to subscribe to"


def _comparison(url: str) -> Iterator[str]:
    found = _get(f"{url}/api/v1/indicators/{_INDICATOR}/comparison?period={_PERIOD}")
    yield f"\n{_text(found['title'])} ({_PERIOD}), with 95% interval:"
    for row in found["rows"]:
        yield f"  {row['region_name']:<14}{_shown(row):<30}{row.get('standing') or '-'}"


def _hidden(url: str) -> Iterator[str]:
    for dimension in ("age_band", "sex", "area"):
        found = _get(f"{url}/api/v1/indicators/{_INDICATOR}/comparison?period={_PERIOD}&by={dimension}")
        for row in found["rows"]:
            if row["value"]["kind"] == "suppressed":
                yield f"\nA hidden figure: {row['region_name']}, {row.get('nodes') or row.get('node')}:"
                yield f"  {_shown(row)}; hidden is not zero: it would tell about fewer than ten persons, or help to."
                return


def _shown(row: dict[str, Any]) -> str:
    if row["value"]["kind"] == "suppressed":
        return f"hidden, between {row['value']['lo']} and {row['value']['hi']} persons"
    low, high = row.get("lower"), row.get("upper")
    return f"{row['estimate']} ({low} to {high})" if low is not None else f"{row['estimate']}"


def _text(title: Any) -> str:
    return str(title["en"]) if isinstance(title, dict) else str(title)


def _get(address: str) -> Any:
    answer = requests.get(address, timeout=30)
    answer.raise_for_status()
    return answer.json()
