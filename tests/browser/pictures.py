"""Take the pictures of README and docs anew: `make screenshots`. Needs a Chromium; it shows what `make demo` serves."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, sync_playwright

from tests.support.browser import NAMES
from tests.support.kafka.broker import free_ports

ROOT: Final = Path(__file__).parents[2]
PICTURES: Final = ROOT / "docs" / "pictures"
SIZES: Final = ((360, 780), (1280, 900))  # a page must fit into both; the picture is of the last
PAGES: Final = {  # name of the picture: address, and what must be in view
    "compare-map": ("/compare/jv24.rookt_tabak_75?lang=en", "main svg:visible"),
    "compare-intervals": ("/compare/q.hba1c?lang=en", "main svg:visible"),
}
READY: Final = "Ready in"


class PictureNotTaken(RuntimeError):
    """A page that did not answer as a reader would want it, or that is wider than the screen."""


def main() -> int:
    """Serve the demonstration, look at each page at both sizes, and write the pictures; return the exit code."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        print("There is no Chromium on this machine; install chromium.", file=sys.stderr)
        return 1
    PICTURES.mkdir(parents=True, exist_ok=True)
    with _demonstration() as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        try:
            for name, (address, needed) in PAGES.items():
                _take(browser, url + address, needed, PICTURES / f"{name}.png")
                print(f"docs/pictures/{name}.png")
        except PictureNotTaken as reason:
            print(reason, file=sys.stderr)
            return 1
        finally:
            browser.close()
    return 0


@contextmanager
def _demonstration() -> Iterator[str]:
    """Run `make demo`'s program in a folder of its own until the pictures are taken."""
    (port,) = free_ports(1)
    environment = {**os.environ, "PORT": str(port), "PYTHONPATH": str(ROOT), "ONCE": ""}
    with tempfile.TemporaryDirectory(prefix="regiohelix-pictures-") as folder:
        process = subprocess.Popen(
            [sys.executable, "-m", "demo"], cwd=folder, env=environment, stdout=subprocess.PIPE, text=True
        )
        try:
            said = iter(process.stdout or ())
            if not any(line.startswith(READY) for line in said):
                raise PictureNotTaken("The demonstration ended before it was ready; run: make demo ONCE=1")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=60)


def _take(browser: Browser, address: str, needed: str, to: Path) -> None:
    for width, height in SIZES:
        context = browser.new_context(viewport={"width": width, "height": height})
        page = context.new_page()
        answer = page.goto(address)
        if answer is None or not answer.ok or not page.locator(needed).first.is_visible():
            raise PictureNotTaken(f"{address} does not show what it should; look at it in a browser.")
        if not page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"):
            raise PictureNotTaken(f"{address} is wider than a screen of {width} pixels; mend the page first.")
        page.screenshot(path=to)
        context.close()


if __name__ == "__main__":
    sys.exit(main())
