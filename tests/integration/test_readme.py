"""The README's own steps, run as they stand: who follows them gets to see their figures."""

import os
import re
import subprocess
import sys
from pathlib import Path

import requests

from hub.bootstrap import application, make_hub
from tests.support.served import served

ROOT = Path(__file__).parents[2]
STEPS = re.compile(r"## Publish a CSV of your own\n.*?```sh\n(.*?)```", re.DOTALL)


def test_who_follows_the_readme_publishes_a_csv_of_their_own(tmp_path: Path) -> None:
    found = STEPS.search((ROOT / "README.md").read_text(encoding="utf-8"))
    assert found is not None
    (tmp_path / "demo").symlink_to(ROOT / "demo")
    hub = make_hub(tmp_path / ".demo" / "hub", {})
    with served(application(hub)) as port:
        steps = found[1].replace("127.0.0.1:8420", f"127.0.0.1:{port}").replace(". .venv/bin/activate\n", "")
        here = {**os.environ, "PYTHONPATH": str(ROOT), "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
        ran = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", steps],
            cwd=tmp_path,
            env=here,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stderr[-2000:] + ran.stdout[-2000:]
        shown = requests.get(
            f"http://127.0.0.1:{port}/api/v1/indicators/h.dm_prev/comparison", {"set": "Trial 2024"}, timeout=30
        ).json()
    hub.engine.dispose()
    assert [row["region"] for row in shown["rows"]] == ["XR-EIGEN"]
    assert re.search(r"The chain of \d+ events verifies", ran.stdout)
