from decimal import Decimal

import pytest

from hub.comparison import favour, standing

D = Decimal


@pytest.mark.parametrize(
    ("low", "high", "reference", "expected"),
    [
        (D("8.1"), D("9.4"), D("8.0"), "higher"),
        (D("6.1"), D("7.4"), D("8.0"), "lower"),
        (D("7.1"), D("8.4"), D("8.0"), "indistinguishable"),
        (D("8.0"), D("9.4"), D("8.0"), "indistinguishable"),
        (D("7.0"), D("8.0"), D("8.0"), "indistinguishable"),
    ],
)
def test_an_interval_stands_by_which_side_of_the_reference_it_lies_on(
    low: Decimal, high: Decimal, reference: Decimal, expected: str
) -> None:
    assert standing(low, high, reference) == expected


def test_without_interval_or_reference_there_is_no_verdict() -> None:
    assert standing(None, None, D(8)) == "no_verdict"
    assert standing(D(7), None, D(8)) == "no_verdict"
    assert standing(D(7), D(9), None) == "no_verdict"


def test_favour_follows_the_direction_of_the_definition() -> None:
    assert favour("higher", "higher") == "favourable"
    assert favour("lower", "lower") == "favourable"
    assert favour("higher", "lower") == "unfavourable"
    assert favour("lower", "higher") == "unfavourable"


def test_where_nothing_is_told_apart_nothing_is_favourable() -> None:
    assert favour("indistinguishable", "higher") is None
    assert favour("no_verdict", "lower") is None
    assert favour("higher", "neither") is None
