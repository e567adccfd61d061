"""One process that lets two invented regions say of another's lesson whether it held there, each on its own figures."""

import json
import sys
from pathlib import Path
from typing import Any

import requests

from connectors.sources.synthetic import PERIOD, SYNTHETIC_REGIONS
from demo.journey import call, publish
from demo.region import LESSON
from schemas.plain_yaml import read_yaml

CITATIONS = Path(__file__).parent / "data" / "citations"


def main(folder: Path, hub_url: str) -> None:
    """Have every region that has something to say of the demonstration's lesson cite it, and send that."""
    name = read_yaml(LESSON.read_text(encoding="utf-8"))["lesson"]
    found = requests.get(f"{hub_url}/api/v1/lessons", timeout=30).json()["lessons"]
    cited = next(one for one in found if one["payload"]["lesson"] == name)
    for region in SYNTHETIC_REGIONS:
        file = CITATIONS / f"{region.name.lower()}.yaml"
        if not file.is_file():
            continue
        home = folder / region.code
        said = read_yaml(file.read_text(encoding="utf-8"))
        said |= {"lesson": cited["event_id"], "lesson_region": cited["region"]}
        said["evidence"] = [_evidence(home, one) for one in said["evidence"]]
        written = folder / f"{region.code}-citation.yaml"
        written.write_text(json.dumps(said, ensure_ascii=False), encoding="utf-8")
        call(home, "cite", "write", str(written), "--author", "Programme manager", "--audience", "public")
        publish(home, reviewers=1)
        call(home, "ship")
        print(json.dumps({"region": region.code, "cited": cited["event_id"]}), flush=True)


def _evidence(home: Path, one: dict[str, Any]) -> dict[str, Any]:
    """Return a piece of evidence; of figures with the event in which this region published them."""
    if one["kind"] != "figures":
        return one
    ledger = json.loads(call(home, "ledger", "--json"))
    title = f"{one['indicator']} {PERIOD}"
    return {**one, "period": PERIOD, "event_id": next(event["id"] for event in ledger if event["title"] == title)}


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
