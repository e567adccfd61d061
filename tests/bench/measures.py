"""The table of measures: what each key means, how a figure is kept, and how all of them are shown."""

import json
import os
import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

PARTS: Final = ("engine", "disclosure", "backbone", "comparison", "knowledge", "portal", "demo")
KEYS: Final = (
    "engine.cpu_ratio_to_hand_sql",
    "engine.memory_ratio_to_hand_sql",
    "engine.growth_3x",
    "engine.delta_cost_ratio",
    "disclosure.secondary",
    "disclosure.audit_10k_seconds",
    "disclosure.growth",
    "backbone.cells_per_second_ratio_to_copy",
    "backbone.sqlite_ratio_to_bulk",
    "backbone.growth_10m",
    "backbone.two_workers_ratio",
    "backbone.latency_ms",
    "comparison.p95_ms",
    "knowledge.search_p95_ms",
    "knowledge.sse",
    "portal.interactive_ms",
    "portal.weight_kb",
    "demo.cold_seconds",
    "demo.warm_seconds",
    "demo.peak_mb",
)
NOT_YET: Final = "measured by a later part"


def most_kb() -> int:
    """Return the most memory this program held, in KiB; ru_maxrss would count what started it as well."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1])


@dataclass(frozen=True)
class Measure:
    """One figure: what it is, in which unit, over how many runs, and beside what it was measured in the same run."""

    value: float | None
    unit: str
    runs: int
    reference: str
    reason: str | None = None  # why there is no value
    details: Mapping[str, Any] = field(default_factory=dict)


def missing(reason: str) -> Measure:
    """Return a measure that could not be taken."""
    return Measure(None, "", 0, "", reason)


def written(file: Path, taken: Mapping[str, Measure]) -> dict[str, dict[str, Any]]:
    """Write all keys into a JSON file and return them; what an earlier run took of the other keys stays."""
    kept: dict[str, dict[str, Any]] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    stamp = {"at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), "machine": machine()}
    for key, measure in taken.items():
        kept[key] = asdict(measure) | stamp
    found = {key: kept.get(key) or asdict(missing(NOT_YET)) for key in KEYS}
    file.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    return found


def machine() -> str:
    """Return in a line what the figures were taken on, and how busy it was."""
    load = "/".join(f"{one:.1f}" for one in os.getloadavg())
    return f"{os.cpu_count()} cores {platform.machine()}, Python {platform.python_version()}, load {load}"


def table(found: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the measures as text for a terminal."""
    lines = [f"{'measure':45} {'value':>10}  {'unit':24} {'runs':>4}  beside"]
    for key, one in found.items():
        value = "-" if one["value"] is None else f"{one['value']:.3g}"
        lines.append(f"{key:45} {value:>10}  {one['unit']:24} {one['runs']:>4}  {one['reason'] or one['reference']}")
        lines += [f"    {name}: {_text(told)}" for name, told in one.get("details", {}).items()]
    return "\n".join(lines)


def _text(told: Any) -> str:
    return ", ".join(f"{name} {inner}" for name, inner in told.items()) if isinstance(told, dict) else str(told)
