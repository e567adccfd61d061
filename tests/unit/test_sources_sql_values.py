"""A database's values become the texts that a file would hold, without loss."""

import datetime
from decimal import Decimal
from typing import Any

import pytest

from connectors.sources.sql import ValueHasNoText, as_text


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (Decimal("1E+3"), "1000"),
        (Decimal("0.10"), "0.10"),
        (1e-7, "0.0000001"),
        (0.1, "0.1"),
        (True, "true"),
        (datetime.date(2024, 2, 29), "2024-02-29"),
        (datetime.datetime(2024, 2, 29, 23, 59), "2024-02-29"),
        (datetime.datetime(2024, 6, 30, 22, 0, tzinfo=datetime.UTC), "2024-07-01"),
        (datetime.datetime(9999, 12, 31, 23, 30, tzinfo=datetime.UTC), "9999-12-31"),
    ],
)
def test_values_become_text_without_loss(value: Any, said: str) -> None:
    assert as_text(value) == said


@pytest.mark.parametrize("value", [b"999996708", ["999996708"], {"bsn": "999996708"}])
def test_values_that_no_field_has_are_refused_by_kind_alone(value: Any) -> None:
    with pytest.raises(ValueHasNoText) as refused:
        as_text(value)
    assert "999996708" not in str(refused.value)
