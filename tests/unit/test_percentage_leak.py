"""A rounded percentage of few persons gives their number away; what is released of such a cell does not."""

import json
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import msgspec
import numpy as np
import pytest

from node.indicators.figures import Axis, ComputedIndicator
from node.release.disclosure import DisclosurePolicy, Earlier
from node.release.protect import protect
from schemas.catalogue import catalogue
from schemas.values import Suppressed

pytestmark = pytest.mark.shared_data
POLICY = DisclosurePolicy()


def percent(numerator: int, denominator: int, decimals: int) -> Decimal:
    step = Decimal(1).scaleb(-decimals)
    return (Decimal(100 * numerator) / Decimal(denominator)).quantize(step, ROUND_HALF_UP)


def test_a_cell_whose_percentage_would_tell_few_persons_is_released_as_a_range_of_counts(shared_data: Path) -> None:
    known = json.loads((shared_data / "known_answers" / "percentage_leak.json").read_text())
    assert known
    for one in known:
        whole, told = one["denominator"], Decimal(str(one["percent"]))
        possible = [n for n in range(whole + 1) if percent(n, whole, one["decimals"]) == told]
        assert possible == one["possible_numerators"]
        small = possible[0]
        assert POLICY.is_small(small)
        patients, people = np.array([small, 60, 80]), np.array([whole, 900, 1200])
        what = msgspec.structs.replace(catalogue()["h.dm_prev"], dimensions=("area",))
        axes = (Axis("area", ("XG-A", "XG-B", "XG-C")),)
        (item,) = protect(
            [ComputedIndicator(what, "2025", axes, patients, patients, people, people)],
            (),
            Earlier(),
            POLICY,
            "x",
            2025,
        )
        value = item.payload.cells[0].value
        assert isinstance(value, Suppressed)
        assert value.lo <= small
        assert value.hi is None or value.hi - value.lo >= POLICY.width
        shown = {percent(n, whole, one["decimals"]) for n in range(value.lo, min(value.hi or whole, whole) + 1)}
        assert len(shown) >= POLICY.width
