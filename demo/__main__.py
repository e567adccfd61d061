"""`make demo`: a hub, three invented regions with records and the 25 GGD regions, from extracts to a comparison.

PORT picks the hub's port; ONCE=1 ends after the summary and leaves nothing behind. Without ONCE the work is kept in
`.demo/` and served until Ctrl-C; started again, the demonstration serves what is there. STORY=1 adds the documents'
story, told with invented example regions.
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
from pathlib import Path
from typing import Any

from connectors.sources.synthetic import SYNTHETIC_REGIONS
from demo.summary import summary
from hub.bootstrap import make_hub

KEPT = Path(".demo")
_WAIT_SECONDS = 1800  # one to four minutes are usual on two cores
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
        make_hub(folder / "hub").engine.dispose()
    hub = _serve(folder, port)
    url = f"http://127.0.0.1:{port}"
    try:
        if fresh:
            outcomes = _carry(folder, url)
            _finish("demo.citing", [str(folder / "regions"), url])
            done.write_text(json.dumps(outcomes), encoding="utf-8")
        if os.environ.get("STORY", "") not in ("", "0"):
            _tell(folder, url)
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


def _ggds() -> dict[str, str]:
    """Return the names of the 25 GGD regions by code."""
    with _MEMBERS.open(encoding="utf-8", newline="") as file:
        return {row["region"]: row["region_name"] for row in csv.DictReader(file)}


def _serve(folder: Path, port: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "hub", "serve", "--home", str(folder / "hub"), "--port", str(port)]
    with (folder / "hub.log").open("w", encoding="utf-8") as log:  # a line per request
        at_once = os.environ | {"REGIOHELIX_HUB_REPLY_DAYS": "0"}  # nobody waits a fortnight for a demonstration
        hub = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True, env=at_once)
    try:
        line = hub.stdout.readline() if hub.stdout else ""
    except BaseException:  # stopped while it waits: nothing is left running
        hub.terminate()
        raise
    if "listens" not in line:
        hub.wait(timeout=20)
        raise DemonstrationFailed(f"the hub did not start on port {port}; choose another one with PORT=.")
    return hub


def _carry(folder: Path, url: str) -> list[dict[str, Any]]:
    """Run the four processes side by side and collect what each said; raises DemonstrationFailed."""
    print("Three regions count and protect; 25 GGD regions take over the Health Monitor …", flush=True)
    (folder / "regions").mkdir()
    regions, hub = str(folder / "regions"), str(folder / "hub")
    jobs: list[tuple[str, list[str], Any]] = [("demo.ggd", [regions, url, hub], _ggds())]
    jobs += [("demo.region", [regions, one.code, url, hub], None) for one in SYNTHETIC_REGIONS]
    running = [_start(module, arguments) for module, arguments, _ in jobs]
    replies: list[tuple[str, str]] = [("", "")] * len(jobs)
    late: list[str] = []

    def finish(place: int) -> None:
        try:
            replies[place] = running[place].communicate(json.dumps(jobs[place][2]), timeout=_WAIT_SECONDS)
        except subprocess.TimeoutExpired:
            late.append(jobs[place][0])

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
    if late:
        raise _too_late(late[0])
    for (module, _, _), process, (_, said) in zip(jobs, running, replies, strict=True):
        _check(module, process.returncode, said)
    return [json.loads(line) for out, _ in replies for line in out.splitlines()]


def _tell(folder: Path, url: str) -> None:
    """Have the example regions of the story join, once; raises DemonstrationFailed."""
    done = folder / "story.json"
    if done.is_file():
        return
    print("Example regions tell the story of the published documents …", flush=True)
    homes = folder / "story"
    shutil.rmtree(homes, ignore_errors=True)
    homes.mkdir()
    out = _finish("demo.story", [str(homes), url, str(folder / "hub")])
    done.write_text(json.dumps([json.loads(line) for line in out.splitlines()]), encoding="utf-8")


def _finish(module: str, arguments: list[str]) -> str:
    """Run one process to its end and return what it printed; raises DemonstrationFailed."""
    process = _start(module, arguments)
    try:
        out, said = process.communicate(timeout=_WAIT_SECONDS)
    except subprocess.TimeoutExpired as error:
        raise _too_late(module) from error
    finally:
        process.kill()
    _check(module, process.returncode, said)
    return out


def _check(module: str, code: int, said: str) -> None:
    """Raise DemonstrationFailed with the last line that a process said, where it ended badly."""
    if code != 0:
        last = said.strip().splitlines()[-1:] or ["it gave no reason"]
        raise DemonstrationFailed(f"{module} ended with {code}: {last[0]}")


def _too_late(module: str) -> DemonstrationFailed:
    return DemonstrationFailed(
        f"{module} was not done after {_WAIT_SECONDS // 60} minutes; start it again when this machine does less."
    )


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
