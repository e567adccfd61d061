"""The outlines of the 25 GGD regions, as packaged with the project (see boundaries/ATTRIBUTION.txt)."""

from collections.abc import Iterable
from functools import cache
from importlib import resources
from typing import Any

import msgspec

from hub.serving.figures import RegionListed


class Outline(msgspec.Struct, frozen=True):
    """One region's border as SVG path data, the place of its three-letter label, and its tile (column, row)."""

    name: str
    letters: str
    tile: tuple[int, int]
    x: float
    y: float
    path: str


class Outlines(msgspec.Struct, frozen=True):
    """A set of regions drawn in one frame of `width` x `height` units."""

    set: str
    width: int
    height: int
    regions: dict[str, Outline]


@cache
def ggd_outlines() -> Outlines:
    """Return the packaged outlines, by GGD code."""
    text = resources.files("hub.web").joinpath("boundaries", "ggd-2023.json").read_bytes()
    return msgspec.json.decode(text, type=Outlines)


def by_set(there: Iterable[RegionListed]) -> list[dict[str, Any]]:
    """Return the sets by name, each with its regions by name and its outlines where all of its regions have one."""
    found: dict[str, list[RegionListed]] = {}
    for one in there:
        found.setdefault(one.region_set, []).append(one)
    outlines = ggd_outlines()
    return [
        {
            "name": name,
            "regions": sorted(listed, key=lambda one: (one.name, one.code)),
            "outlines": outlines if {one.code for one in listed} <= outlines.regions.keys() else None,
        }
        for name, listed in sorted(found.items())
    ]
