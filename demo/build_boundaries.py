"""Builds hub/web/boundaries/ggd-2023.json: the outlines of the 25 GGD regions, from the municipalities' TopoJSON.

Run it with REGIOHELIX_SHARED pointing at the shared folder; its result is committed. GGD regions are not safety
regions, so municipalities are merged by their GGD code: an arc used once within a GGD region is its border.
"""

import csv
import json
import math
import os
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

Point = tuple[float, float]
Ring = list[Point]

ROOT = Path(__file__).resolve().parent.parent
RESULT = ROOT / "hub" / "web" / "boundaries" / "ggd-2023.json"
LATITUDE = 52.2  # the middle of the country: equirectangular there distorts shapes by less than 2 %
UNITS = 240.0  # drawing units per degree of latitude
MARGIN = 6.0
SMALLEST = 1.5  # square units: islets below this are dust at the size of the page
LABEL_STEPS = 48

LABELS = {  # code: name, three letters, place as a tile on narrow screens (column, row)
    "GG0111": ("Groningen", "GRO", (4, 0)),
    "GG0706": ("Drenthe", "DRE", (4, 1)),
    "GG1009": ("IJsselland", "IJS", (4, 2)),
    "GG1106": ("Twente", "TWE", (5, 2)),
    "GG1413": ("Noord- en Oost-Gelderland", "NOG", (5, 3)),
    "GG1911": ("Gelderland-Midden", "GMI", (4, 3)),
    "GG2014": ("Gelderland-Zuid", "GZU", (4, 4)),
    "GG2209": ("Flevoland", "FLE", (3, 2)),
    "GG2514": ("Utrecht", "UTR", (3, 4)),
    "GG2707": ("Hollands-Noorden", "HON", (2, 1)),
    "GG3109": ("Kennemerland", "KEN", (1, 2)),
    "GG3406": ("Amsterdam", "AMS", (2, 3)),
    "GG3606": ("Gooi en Vechtstreek", "GEV", (3, 3)),
    "GG4506": ("Hollands-Midden", "HMI", (1, 3)),
    "GG4607": ("Rotterdam-Rijnmond", "RIJ", (1, 4)),
    "GG4816": ("Zuid-Holland Zuid", "ZHZ", (2, 4)),
    "GG5006": ("Zeeland", "ZEE", (0, 5)),
    "GG5206": ("West-Brabant", "WBR", (1, 5)),
    "GG5406": ("Hart voor Brabant", "HVB", (2, 5)),
    "GG5608": ("Brabant-Zuidoost", "BZO", (3, 5)),
    "GG6011": ("Limburg-Noord", "LNO", (4, 5)),
    "GG6106": ("Zuid-Limburg", "ZLI", (4, 6)),
    "GG7014": ("Haaglanden", "HAA", (0, 4)),
    "GG7206": ("Fryslân", "FRY", (3, 0)),
    "GG7306": ("Zaanstreek-Waterland", "ZWA", (2, 2)),
}


def main() -> None:
    """Draw the shared boundaries and write the result beside the pages that show it."""
    shared = ROOT / os.environ.get("REGIOHELIX_SHARED", "../shared") / "data"
    RESULT.write_text(draw(shared / "c_nl_regions_geo"), encoding="utf-8")


def draw(folder: Path) -> str:
    """Return the compact drawing, JSON, made from the folder with the TopoJSON and the list of municipalities."""
    topology = json.loads((folder / "nl-vr-gm.topo.json").read_text(encoding="utf-8"))
    with (folder / "gm_region_map_2023.csv").open(encoding="utf-8", newline="") as file:
        ggd_of = {row["gmcode"]: row["ggd_code"] for row in csv.DictReader(file)}
    arcs = list(_arcs(topology))
    outlines = {code: _rings(used, arcs) for code, used in _borders(topology, ggd_of).items()}
    points = [point for rings in outlines.values() for ring in rings for point in ring]
    left, top = min(x for x, _ in points) - MARGIN, min(y for _, y in points) - MARGIN
    right, bottom = max(x for x, _ in points) + MARGIN, max(y for _, y in points) + MARGIN
    regions = {}
    for code in sorted(outlines):
        rings = [[(x - left, y - top) for x, y in ring] for ring in outlines[code]]
        name, letters, tile = LABELS[code]
        x, y = _pole(max(rings, key=_area))
        label = {"name": name, "letters": letters, "tile": tile, "x": round(x, 1), "y": round(y, 1)}
        regions[code] = {**label, "path": _path(rings)}
    size = {"width": round(right - left), "height": round(bottom - top)}
    drawing = {"set": "GGD regions 2023", **size, "regions": regions}
    return json.dumps(drawing, ensure_ascii=False, separators=(",", ":")) + "\n"


def _arcs(topology: dict[str, Any]) -> Iterator[Ring]:
    (scale_x, scale_y), (start_x, start_y) = topology["transform"]["scale"], topology["transform"]["translate"]
    squeeze = math.cos(math.radians(LATITUDE))
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for step_x, step_y in arc:
            x, y = x + step_x, y + step_y
            points.append(((x * scale_x + start_x) * squeeze * UNITS, -(y * scale_y + start_y) * UNITS))
        yield points


def _borders(topology: dict[str, Any], ggd_of: dict[str, str]) -> dict[str, list[int]]:
    used: dict[str, list[int]] = defaultdict(list)
    for shape in topology["objects"]["gm_features"]["geometries"]:
        polygons = [shape["arcs"]] if shape["type"] == "Polygon" else shape["arcs"]
        used[ggd_of[shape["properties"]["code"]]] += [arc for rings in polygons for ring in rings for arc in ring]
    borders = {}
    for code, indices in used.items():
        times = Counter(i if i >= 0 else ~i for i in indices)
        borders[code] = [i for i in indices if times[i if i >= 0 else ~i] == 1]
    return borders


def _rings(indices: list[int], arcs: list[Ring]) -> list[Ring]:
    lines = [arcs[i] if i >= 0 else arcs[~i][::-1] for i in indices]
    starts: dict[Point, list[Ring]] = defaultdict(list)
    for line in lines:
        starts[_key(line[0])].append(line)
    rings = []
    while any(starts.values()):
        ring = list(next(found for found in starts.values() if found).pop())
        while _key(ring[0]) != _key(ring[-1]):
            ring += starts[_key(ring[-1])].pop()[1:]
        rings.append(ring)
    kept = [ring for ring in rings if _area(ring) >= SMALLEST]
    return kept or [max(rings, key=_area)]


def _key(point: Point) -> Point:
    return round(point[0], 6), round(point[1], 6)


def _area(ring: Ring) -> float:
    pairs = zip(ring, ring[1:] + ring[:1], strict=True)
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairs)) / 2


def _pole(ring: Ring) -> Point:
    """Return the grid point inside the ring that lies farthest from its border: the place for a label."""
    xs, ys = [x for x, _ in ring], [y for _, y in ring]
    best, place = -1.0, ring[0]
    for i in range(1, LABEL_STEPS):
        for j in range(1, LABEL_STEPS):
            x = min(xs) + (max(xs) - min(xs)) * i / LABEL_STEPS
            y = min(ys) + (max(ys) - min(ys)) * j / LABEL_STEPS
            if _inside(ring, x, y):
                distance = min(_distance(x, y, a, b) for a, b in pairwise(ring))
                if distance > best:
                    best, place = distance, (x, y)
    return place


def _inside(ring: Ring, x: float, y: float) -> bool:
    inside = False
    for (x1, y1), (x2, y2) in pairwise(ring):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            inside = not inside
    return inside


def _distance(x: float, y: float, a: Point, b: Point) -> float:
    along_x, along_y = b[0] - a[0], b[1] - a[1]
    length = along_x**2 + along_y**2
    part = 0.0 if length == 0 else max(0.0, min(1.0, ((x - a[0]) * along_x + (y - a[1]) * along_y) / length))
    return math.hypot(x - a[0] - part * along_x, y - a[1] - part * along_y)


def _path(rings: list[Ring]) -> str:
    parts = []
    for ring in sorted(rings, key=_area, reverse=True):
        tenths = [(round(x * 10), round(y * 10)) for x, y in ring]
        x, y = tenths[0]
        text = f"M{x / 10:g} {y / 10:g}l"
        steps = []
        for next_x, next_y in tenths[1:]:
            if (next_x, next_y) != (x, y):
                steps.append(f"{(next_x - x) / 10:g} {(next_y - y) / 10:g}")
                x, y = next_x, next_y
        parts.append(text + " ".join(steps).replace(" -", "-") + "z")
    return "".join(parts)


if __name__ == "__main__":
    main()
