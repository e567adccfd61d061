"""Every import rule of importlinter.ini catches a breach planted in a skeleton of the four packages."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
RULES = ROOT / "importlinter.ini"
LINT = "from importlinter.cli import lint_imports_command; lint_imports_command()"

MODULES = """
schemas/values
connectors/sources/csv_file connectors/transport/http connectors/partners/provider connectors/database
node/__main__ node/bootstrap node/schedule node/flow node/release/ship node/knowledge/lesson node/evaluation/estimate
node/web/pages node/indicators/compute node/records/load node/audit node/config node/tables
hub/__main__ hub/bootstrap hub/routes hub/api/region hub/web/page hub/schedule hub/flow hub/serving/feed
hub/comparison/rank hub/knowledge/search hub/intake/accept hub/identity/account hub/audit hub/config hub/tables
"""

# Where the breach stands, what it says, and a word of the broken rule's name.
BREACHES = [
    ("node/flow", "import hub.tables", "never meet"),
    ("hub/flow", "import node.tables", "never meet"),
    ("connectors/database", "import node.tables", "never meet"),
    ("schemas/values", "import connectors.database", "never meet"),
    ("node/tables", "import node.flow", "node reads downwards"),
    ("node/records/load", "import node.indicators.compute", "node reads downwards"),
    ("node/indicators/compute", "import node.release.ship", "node reads downwards"),
    ("node/knowledge/lesson", "import node.release.ship", "node reads downwards"),
    ("node/flow", "import node.bootstrap", "node reads downwards"),
    ("node/oddments", "", "node reads downwards"),
    ("hub/intake/accept", "import hub.comparison.rank", "hub reads downwards"),
    ("hub/serving/feed", "import hub.web.page", "hub reads downwards"),
    ("hub/identity/account", "import hub.intake.accept", "hub reads downwards"),
    ("hub/web/page", "import hub.api.region", "hub reads downwards"),
    ("hub/common", "", "hub reads downwards"),
    ("connectors/helpers", "", "every connector"),
    ("connectors/transport/http", "import connectors.sources.csv_file", "every connector"),
    ("node/release/ship", "import node.records.load", "record-level"),
    ("node/knowledge/lesson", "from node import records", "record-level"),
    ("node/evaluation/estimate", "import node.records.load", "record-level"),
    ("node/web/pages", "import node.records.load", "record-level"),
    ("node/flow", "import node.web.pages", "node reads downwards"),
    ("node/release/ship", "import node.evaluation.estimate", "node reads downwards"),
    ("node/flow", "import connectors.transport.http", "opens a transport"),
    ("node/release/ship", "from connectors import transport", "opens a transport"),
    ("hub/web/page", "import connectors.transport.http", "opens a transport"),
    ("hub/identity/account", "import connectors.partners.provider", "opens a transport"),
    ("hub/identity/account", "import authlib", "network library"),
    ("node/release/ship", "import requests", "network library"),
    ("hub/serving/feed", "from kafka import KafkaProducer", "network library"),
    ("hub/web/page", "import socket", "network library"),
    ("schemas/values", "import sqlalchemy", "no I/O"),
    ("schemas/values", "from flask import request", "no I/O"),
]


def _skeleton(folder: Path) -> None:
    for module in MODULES.split():
        file = folder / f"{module}.py"
        file.parent.mkdir(parents=True, exist_ok=True)
        for made in (file, file.parent / "__init__.py", folder / module.split("/")[0] / "__init__.py"):
            made.touch()


def _lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", LINT, "--config", str(RULES), "--no-cache"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), "PYTHONSAFEPATH": "1", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


def _broken(report: str) -> list[str]:
    return [line for line in report.splitlines() if line.endswith("BROKEN")]


def test_a_skeleton_without_a_breach_keeps_every_rule(tmp_path: Path) -> None:
    _skeleton(tmp_path)
    run = _lint(tmp_path)
    assert run.returncode == 0, run.stdout
    assert "0 broken" in run.stdout


def test_bootstrap_may_open_a_transport_and_use_a_network_library(tmp_path: Path) -> None:
    _skeleton(tmp_path)
    for side in ("node", "hub"):
        (tmp_path / side / "bootstrap.py").write_text("import requests\nimport connectors.transport.http\n")
    run = _lint(tmp_path)
    assert run.returncode == 0, run.stdout


@pytest.mark.parametrize(("where", "breach", "rule"), BREACHES)
def test_a_planted_breach_is_caught(tmp_path: Path, where: str, breach: str, rule: str) -> None:
    _skeleton(tmp_path)
    (tmp_path / f"{where}.py").write_text(f"{breach}\n")
    run = _lint(tmp_path)
    assert run.returncode == 1, run.stdout
    broken = _broken(run.stdout)
    assert len(broken) == 1, run.stdout
    assert rule in broken[0]


def test_every_rule_has_a_planted_breach() -> None:
    names = [line.partition("= ")[2] for line in RULES.read_text().splitlines() if line.startswith("name =")]
    assert names
    for name in names:
        assert any(rule in name for *_, rule in BREACHES), name


def test_the_project_keeps_every_rule() -> None:
    run = _lint(ROOT)
    assert run.returncode == 0, run.stdout
