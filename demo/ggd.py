"""One process that is home to the 25 GGD nodes, each with its own key, store and chain (public figures only)."""

import json
import sys
from pathlib import Path

from demo.journey import call, join_network, let_out
from demo.operator import inviting

DATA = Path(__file__).parent / "data" / "health-monitor"
FIGURES = DATA / "50140NED_TypedDataSet_2025-09-22.csv"
REGION_SET = "GGD-regio's 2024"


def main(folder: Path, hub_url: str, hub_home: Path) -> None:
    """Take every GGD's rows of the Health Monitor to the hub; the regions' names come as JSON on standard input."""
    for code, name in sorted(json.load(sys.stdin).items()):
        home = folder / code
        invited = inviting(hub_home, code, name, REGION_SET)
        join_network(home, (code, name, REGION_SET, "2024"), (), hub_url, invited)
        let_out(home, "table", str(FIGURES), str(DATA / "mapping.yaml"))
        call(home, "ship")
        print(json.dumps({"region": code, "name": name}), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]))
