"""Pictures of the release desk over a node of the demonstration, as a scientist and a reviewer see it."""

import json
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser

from demo.journey import call
from node.bootstrap import open_node
from node.web.desk.accounts import Role
from tests.support.desk_browser import sitting
from tests.support.desk_pages import pages
from tests.support.served import served

_REGION: Final = "XR-DUINRAND"
# name, who looks (invented) and at what: `{bundle}` is the node's first: its figures
_SHOWN: Final[tuple[tuple[str, Role, str, str], ...]] = (
    ("desk-home", "scientist", "Jip Dekker", "/"),
    ("desk-bundle", "reviewer", "Noor Visser", "/bundles/{bundle}"),
)


def desk_pictures(browser: Browser, demonstration: Path, width: int, height: int) -> Iterator[tuple[str, bytes]]:
    """Yield the name of each picture and what a screen of this size shows."""
    home = next(demonstration.glob(f"**/{_REGION}/node.toml")).parent
    bundles = json.loads(call(home, "release", "list", "--json"))
    bundle = bundles[0]["id"]
    node = open_node(home)
    with served(pages(node, clock=lambda: datetime.now(UTC))) as port, tempfile.TemporaryDirectory() as keys:
        for name, role, person, address in _SHOWN:
            url, house = f"http://127.0.0.1:{port}", "Huisartsen" if role == "reviewer" else ""
            with sitting(browser, url, node, person, role, Path(keys), house) as one:
                one.page.set_viewport_size({"width": width, "height": height})
                one.go(f"{address.format(bundle=bundle)}?lang=en")
                yield name, one.page.screenshot()
    node.engine.dispose()
