"""How long a reader waits for a page, and how heavy it is: in a real Chromium, over a hub of 25 real regions.

The hub holds the Health Monitor that the project ships (148 indicators, 25 GGD regions and their municipalities), three
invented regions with years of figures and words, and a set of 342 municipalities, real in name and invented in figures.
Times are the browser's own (Navigation Timing), of pages that were opened once before; pages have no script, so that
they can be used when they are read (`domInteractive`). Bytes are a page with its styles and pictures, as read.
"""

import csv
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from typing import Any, Final

from msgspec.structs import replace
from playwright.sync_api import Page, sync_playwright

from demo import ggd
from hub.web.outlines import ggd_outlines
from node.indicators.take_over import take_over
from schemas.payloads import Cell, IndicatorPublished
from schemas.values import Exact, Suppressed
from tests.bench.measures import Measure, missing
from tests.support.browser import NAMES
from tests.support.every_page import COOKIE, PUBLIC_TABLE, TOTAL, whole_portal
from tests.support.held_by_hub import HeldByHub, figures

LOADS: Final = 7  # of each page, after one that is not counted
_GOAL_MS: Final = 1000
_GOAL_KB: Final = 200
_GEMEENTEN: Final = "Gemeenten 2023"
_MEMBERS: Final = ggd.DATA.parent / "regions" / "municipalities_2023.csv"
PAGES: Final = {
    "overview": "/",
    "overview of a region": "/?region=GG1106",
    "index of figures": "/compare",
    "compare, 25 regions on the map": "/compare/jv24.rookt_tabak_75?set=ggd",
    "compare, 25 regions, intervals": "/compare/h.srh_good?view=intervals&set=ggd",
    "compare, 25 regions, funnel": "/compare/h.srh_good?view=funnel&set=ggd&beside=GG1106",
    "compare, trend": "/compare/q.hba1c?view=trend&set=invented",
    "compare, 342 municipalities, intervals": f"/compare/h.srh_good?view=intervals&set={_GEMEENTEN}",
    "compare, 342 municipalities, funnel": f"/compare/h.srh_good?view=funnel&set={_GEMEENTEN}",
    "compare, 342 municipalities, table": f"/compare/h.srh_good?view=table&set={_GEMEENTEN}",
    "regions": "/regions",
    "region, 148 figures": "/regions/GG1106",
    "region with words and readiness": "/regions/XR-DUINRAND",
    "what residents read": "/regions/GG1106/residents",
    "ledger of a region": "/regions/GG1106/ledger",
    "knowledge": "/knowledge",
    "lesson": "/lessons/_LESSON_",
    "item": "/items/_ITEM_",
    "progress": "/progress",
    "readiness": "/readiness",
    "match": "/match?region=XR-DUINRAND",
    "subscriptions": "/subscriptions",
}
_TIMES: Final = """async () => {
    await new Promise((done) => setTimeout(done, 0));  // until the load event has ended
    const [page] = performance.getEntriesByType('navigation');
    const parts = [page, ...performance.getEntriesByType('resource')];
    return [page.domInteractive, page.loadEventEnd, parts.reduce((sum, one) => sum + one.decodedBodySize, 0)];
}"""


def measures() -> dict[str, Measure]:
    """Fill a hub, open each page as somebody of a region who is signed in; without a Chromium say so."""
    chromium = next(filter(None, map(shutil.which, NAMES)), None)
    if chromium is None:
        reason = missing("There is no Chromium on this machine; install chromium.")
        return dict.fromkeys(("portal.interactive_ms", "portal.weight_kb"), reason)
    details: dict[str, Any] = {}
    with (
        tempfile.TemporaryDirectory(prefix="regiohelix-bench-") as folder,
        whole_portal(Path(folder), _filled) as portal,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        context.add_cookies([{"name": COOKIE, "value": portal.session, "url": portal.url}])
        page = context.new_page()
        for name, address in PAGES.items():
            details[name] = _opened(page, portal.at(address))
        browser.close()
    held = f"25 GGD regions with the Health Monitor, 342 municipalities; goals {_GOAL_MS} ms and {_GOAL_KB} kB a page"
    slowest = max(one["interactive ms"] for one in details.values())
    heaviest = max(one["kB"] for one in details.values())
    return {
        "portal.interactive_ms": Measure(slowest, "ms, the slowest page", LOADS, held, details=details),
        "portal.weight_kb": Measure(heaviest, "kB, the heaviest page", LOADS, held),
    }


def _opened(page: Page, address: str) -> Mapping[str, float]:
    """Return the medians of a page's times, its weight, and the first time, when nothing of it was remembered."""
    found = []
    for _ in range(1 + LOADS):
        answer = page.goto(address, wait_until="load")
        if answer is None or not answer.ok:
            raise AssertionError(f"{address} was answered {answer and answer.status}")
        found.append(page.evaluate(_TIMES))
    return {
        "interactive ms": round(median(one[0] for one in found[1:])),
        "load ms": round(median(one[1] for one in found[1:])),
        "first ms": round(found[0][0]),
        "kB": round(found[-1][2] / 1000, 1),
    }


def _filled(held: HeldByHub) -> None:
    for code in sorted(ggd_outlines().regions):
        for table in take_over(ggd.FIGURES, ggd.DATA / "mapping.yaml", code):
            if table.definition.id == PUBLIC_TABLE:
                continue  # the portal of every page has it already
            one = figures(table.definition.id, {}, table.period, "ggd", table.origin)
            held.accept(code, _with_cells(one, table.cells))
    with _MEMBERS.open(encoding="utf-8", newline="") as file:
        for place, row in enumerate(csv.DictReader(file)):
            held.region(row["municipality"], row["name"], _GEMEENTEN)
            of = 2000 + 997 * (place % 41)
            value = Suppressed(0, of // 4, of) if place % 40 == 7 else Exact(of * (70 + place % 13) // 100, of)
            held.accept(row["municipality"], figures("h.srh_good", {TOTAL: value}, "2025", _GEMEENTEN))


def _with_cells(one: IndicatorPublished, cells: tuple[Cell, ...]) -> IndicatorPublished:
    return replace(one, cells=cells, dimensions=("area",), division_year=2024)
