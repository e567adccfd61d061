"""One process that is home to the example regions that tell the documents' story, each with its own key and chain."""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from demo.journey import call, join_network, write_items
from demo.operator import inviting
from schemas.plain_yaml import read_yaml

STORY = Path(__file__).parent / "data" / "story" / "story.yaml"


class Told(NamedTuple):
    """One example region, and the items that it publishes."""

    code: str
    name: str
    items: tuple[Mapping[str, Any], ...]


def told(story: Mapping[str, Any]) -> Iterator[Told]:
    """Yield the regions of a story, each with the items of every group that it is in."""
    names: dict[str, str] = {}
    items: dict[str, list[Mapping[str, Any]]] = {}
    for group in story["groups"]:
        for number in range(group.get("first", 1), group.get("first", 1) + group["count"]):
            code = f"{group['code']}-{number:02}"
            names[code] = f"{group['name']} {number:02}"
            items.setdefault(code, []).extend(group["items"])
    for code, name in names.items():
        yield Told(code, name, tuple(items[code]))


def main(folder: Path, hub_url: str, hub_home: Path) -> None:
    """Have every region of the story join, publish its items, and send them."""
    story = read_yaml(STORY.read_text(encoding="utf-8"))
    for region in told(story):
        home = folder / region.code
        invited = inviting(hub_home, region.code, region.name, story["region_set"])
        join_network(home, (region.code, region.name, story["region_set"], "2022"), (), hub_url, invited)
        files = []
        for item in region.items:
            files.append(folder / f"{region.code}-{item['noun']}-{item['item']}.yaml")
            files[-1].write_text(json.dumps(item, ensure_ascii=False), encoding="utf-8")
        write_items(home, files)
        call(home, "ship")
        print(json.dumps({"region": region.code, "name": region.name}), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]))
