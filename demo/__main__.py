"""`make demo`: a hub, three invented regions with records and the 25 GGD regions, from extracts to a comparison.

PORT picks the hub's port; ONCE=1 ends after the summary and leaves nothing behind. Without ONCE the work is kept in
`.demo/` and served until Ctrl-C; started again, the demonstration serves what is there.
"""

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from connectors.database import writing
from connectors.sources.synthetic import SYNTHETIC_REGIONS
from demo import ggd, region
from demo.summary import summary
from hub.bootstrap import make_hub
from hub.intake.enrol import invite

KEPT = Path(".demo")
_WAIT_SECONDS = 240
_MEMBERS = Path(__file__).parent / "data" / "regions" / "municipalities_2023.csv"


class DemonstrationFailed(RuntimeError):
    """A process of the demonstration that ended badly or did not come up."""


def main() -> int:
    """Run the demonstration and return its exit code."""
    port = int(os.environ.get("PORT") or 8420)
    once = os.environ.get("ONCE", "") not in ("", "0")
    folder = Path(tempfile.mkdtemp(prefix="regiohelix-demo-")) if once else KEPT
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        return _run(folder, port, once)
    except (DemonstrationFailed, OSError) as error:
        print(f"The demonstration stopped: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped.")
        return 0
    finally:
        if once:
            shutil.rmtree(folder, ignore_errors=True)


def _run(folder: Path, port: int, once: bool) -> int:
    started = time.monotonic()
    done = folder / "done.json"
    fresh = not done.is_file()
    if fresh:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        invitations = _make_hub(folder / "hub")
    hub = _serve(folder, port)
    url = f"http://127.0.0.1:{port}"
    try:
        if fresh:
            outcomes = _carry(folder, url, invitations)
            done.write_text(json.dumps(outcomes), encoding="utf-8")
        for line in summary(url, json.loads(done.read_text(encoding="utf-8"))):
            print(line)
        print(f"\nReady in {time.monotonic() - started:.0f} seconds.", flush=True)
        if not once:
            print(f"The hub serves {url}/ until Ctrl-C; the work is kept in {folder}/ (delete it to start afresh).")
            hub.wait()
    finally:
        hub.terminate()
        hub.wait(timeout=20)
    return 0


def _make_hub(home: Path) -> dict[str, Any]:
    """Make the hub and invite everyone; returns what each process gets on its standard input."""
    hub = make_hub(home)
    with _MEMBERS.open(encoding="utf-8", newline="") as file:
        names = {row["region"]: row["region_name"] for row in csv.DictReader(file)}
    with writing(hub.engine) as connection:
        invented = {
            r.code: invite(connection, r.code, r.name, region.REGION_SET, hub.clock()) for r in SYNTHETIC_REGIONS
        }
        public = {
            code: (name, invite(connection, code, name, ggd.REGION_SET, hub.clock())) for code, name in names.items()
        }
    hub.engine.dispose()
    return {"invented": invented, "ggd": public}


def _serve(folder: Path, port: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "hub", "serve", "--home", str(folder / "hub"), "--port", str(port)]
    hub = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    line = hub.stdout.readline() if hub.stdout else ""
    if "listens" not in line:
        hub.wait(timeout=20)
        raise DemonstrationFailed(f"the hub did not start on port {port}; choose another one with PORT=.")
    return hub


def _carry(folder: Path, url: str, invitations: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Run the four processes side by side and collect what each said; raises DemonstrationFailed."""
    print("Three regions count and protect; 25 GGD regions take over the Health Monitor …", flush=True)
    (folder / "regions").mkdir()
    jobs = [("demo.ggd", [str(folder / "regions"), url], invitations["ggd"])]
    jobs += [
        ("demo.region", [str(folder / "regions"), code, url], invitation)
        for code, invitation in invitations["invented"].items()
    ]
    running = [_start(module, arguments) for module, arguments, _ in jobs]
    replies: list[tuple[str, str]] = [("", "")] * len(jobs)

    def finish(place: int) -> None:
        replies[place] = running[place].communicate(json.dumps(jobs[place][2]), timeout=_WAIT_SECONDS)

    waiting = [threading.Thread(target=finish, args=(place,)) for place in range(len(jobs))]
    try:
        for thread in waiting:
            thread.start()
        for thread in waiting:
            thread.join()
    finally:
        for process in running:
            if process.poll() is None:
                process.kill()
    for (module, _, _), process, (_, said) in zip(jobs, running, replies, strict=True):
        if process.returncode != 0:
            last = said.strip().splitlines()[-1:] or ["it gave no reason"]
            raise DemonstrationFailed(f"{module} ended with {process.returncode}: {last[0]}")
    return [json.loads(line) for out, _ in replies for line in out.splitlines()]


def _start(module: str, arguments: list[str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


if __name__ == "__main__":
    sys.exit(main())
