"""A region's peers as CSV: one row a peer, then one a region that could not be laid beside the others."""

import csv
import io
from typing import Final

from hub.serving.peers import PeersView
from hub.serving.table import Cell, said

NAMES: Final = (
    *("region", "region_set", "as_known_on", "traits", "count", "peer", "peer_name", "likeness"),
    *("distance", "distance_low", "distance_high", "lacks", "why_not"),
)


def as_csv(view: PeersView) -> bytes:
    """Return the peers as CSV (RFC 4180, UTF-8); a number that does not apply is an empty cell."""
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=NAMES, lineterminator="\r\n")
    writer.writeheader()
    traits = " ".join(f"{one.indicator}@{one.period}" for one in view.traits)
    whole: dict[str, Cell] = {"region": view.region, "region_set": view.region_set, "as_known_on": view.as_known_on}
    whole |= {"traits": traits, "count": view.count}
    rows: list[dict[str, Cell]] = [
        {"peer": one.region, "peer_name": one.name, "likeness": one.likeness, "distance": one.distance,
         "distance_low": one.low, "distance_high": one.high}
        for one in view.peers
    ]  # fmt: skip
    rows += [
        {"peer": one.region, "peer_name": one.name, "likeness": "left_out", "lacks": one.indicator,
         "why_not": one.why_not}
        for one in view.left_out
    ]  # fmt: skip
    for row in rows:
        writer.writerow({name: said((whole | row).get(name)) for name in NAMES})
    return text.getvalue().encode()
