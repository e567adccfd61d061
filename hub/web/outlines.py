"""The outlines of the 25 GGD regions, as packaged with the project (see boundaries/ATTRIBUTION.txt)."""

from functools import cache
from importlib import resources

import msgspec


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
