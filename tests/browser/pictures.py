"""Take the pictures of README and docs anew: `make screenshots`. Needs a Chromium; it shows what `make demo` serves.

`AT=http://127.0.0.1:8420` takes them of a demonstration that is served already, without those of the desk.
"""

import io
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import requests
from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from tests.browser.desk_pictures import desk_pictures
from tests.support.browser import NAMES
from tests.support.kafka.broker import free_ports

ROOT: Final = Path(__file__).parents[2]
PICTURES: Final = ROOT / "docs" / "pictures"
PHONE: Final = (360, 780)
DESK: Final = (1280, 900)
HEAVIEST: Final = 150_000  # bytes of one picture
READY: Final = "Ready in"
_COLOURS: Final = (96, 48, 24)  # as many as leave a picture light: flat colours and the edges of letters need no more
_OWN: Final = "XR-DUINRAND"


@dataclass(frozen=True)
class Picture:
    """A page as it is shown: what must be in view, of which part (all that fits on the screen without one), and how."""

    name: str
    address: str
    needed: str = "main h1"
    part: str | None = None
    size: tuple[int, int] = DESK


SHOWN: Final = (
    Picture("overview", "/?lang=en", "main svg:visible"),
    Picture("compare-map", "/compare/jv24.rookt_tabak_75?lang=en", "main svg:visible"),
    Picture(
        "compare-map-phone", "/compare/jv24.rookt_tabak_75?lang=en", "main svg:visible", "main .panel >> nth=0", PHONE
    ),
    Picture("compare-intervals", "/compare/q.hba1c?lang=en", "main svg:visible"),
    Picture("compare-funnel", "/compare/q.hba1c?view=funnel&lang=en", "main svg:visible", "main figure >> nth=0"),
    Picture("region", f"/regions/{_OWN}?lang=en", "#profile"),
    Picture("region-lenses", f"/regions/{_OWN}?lang=en", "#assessments svg:visible", "#assessments"),
    Picture("residents", f"/regions/{_OWN}/residents?lang=en"),
    Picture("knowledge", "/knowledge?lang=en"),
    Picture("lesson", "/lessons/{cited}?lang=en", "#citations", "#citations"),
    Picture("progress", "/progress?lang=en"),
)


class PictureNotTaken(RuntimeError):
    """A page that did not answer as a reader would want it, or that is wider than the screen."""


def main(at: str) -> int:
    """Serve the demonstration, look at each page at both sizes, and write the pictures; return the exit code."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        print("There is no Chromium on this machine; install chromium.", file=sys.stderr)
        return 1
    PICTURES.mkdir(parents=True, exist_ok=True)
    with _demonstration(at) as (url, folder), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        try:
            made = _made(url)
            for one in SHOWN:
                _write(one.name, _taken(browser, one, url + one.address.format(**made)))
            for name, taken in () if folder is None else desk_pictures(browser, folder, *DESK):
                _write(name, taken)
        except PictureNotTaken as reason:
            print(reason, file=sys.stderr)
            return 1
        finally:
            browser.close()
    return 0


@contextmanager
def _demonstration(at: str) -> Iterator[tuple[str, Path | None]]:
    """Run `make demo`'s program in a folder of its own until the pictures are taken, unless it is served already."""
    if at:
        yield at.rstrip("/"), None
        return
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
            yield f"http://127.0.0.1:{port}", Path(folder)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=60)


def _made(url: str) -> dict[str, str]:
    """Return the lesson that is cited most."""
    lessons: list[dict[str, Any]] = requests.get(f"{url}/api/v1/lessons", timeout=30).json()["lessons"]

    def cited(one: dict[str, Any]) -> int:
        path = f"{url}/api/v1/lessons/{one['event_id']}/citations"
        return sum(requests.get(path, timeout=30).json()["counts"].values())

    return {"cited": max(lessons, key=cited)["event_id"]}


def _taken(browser: Browser, one: Picture, address: str) -> bytes:
    """Return the picture, once the page is seen to fit into every size of screen."""
    for width, height in (*(size for size in (PHONE, DESK) if size != one.size), one.size):
        context = browser.new_context(viewport={"width": width, "height": height})
        page = context.new_page()
        answer = page.goto(address)
        if answer is None or not answer.ok or not page.locator(one.needed).first.is_visible():
            raise PictureNotTaken(f"{address} does not show what it should; look at it in a browser.")
        if not page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"):
            raise PictureNotTaken(f"{address} is wider than a screen of {width} pixels; mend the page first.")
        taken = page.screenshot() if one.part is None else page.locator(one.part).screenshot()
        context.close()
    return taken


def _write(name: str, taken: bytes) -> None:
    """Write a picture with as few colours as it needs; raises PictureNotTaken where it stays heavy."""
    with Image.open(io.BytesIO(taken)) as image:
        whole = image.convert("RGB")
    for colours in _COLOURS:
        light = io.BytesIO()
        whole.quantize(colours, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(
            light, "PNG", optimize=True
        )
        if light.tell() <= HEAVIEST:
            (PICTURES / f"{name}.png").write_bytes(light.getvalue())
            print(f"docs/pictures/{name}.png, {light.tell()} bytes in {colours} colours", flush=True)
            return
    raise PictureNotTaken(f"{name} is {light.tell()} bytes; show a part of the page.")


if __name__ == "__main__":
    sys.exit(main(os.environ.get("AT", "")))
