"""Pairs become persons, the surest first, and never against what tells two persons apart."""

import itertools

import pytest

from node.records.clerical import Judged, Judgement, wilson
from node.records.linkage_groups import group
from node.records.linkage_model import MODEL, Pair


def pair(left: int, right: int, probability: float = 0.999, rule: str = MODEL, against: str | None = None) -> Pair:
    return Pair(left, right, probability, rule, against)


def test_pairs_below_the_threshold_are_not_followed_and_a_rule_needs_none() -> None:
    groups = group([pair(0, 1, 0.98), pair(2, 3, 0.5, "name, birth date and postcode")], [None] * 4, [])
    assert groups.of == (0, 1, 2, 2)


def test_a_row_has_one_partner_in_a_source_without_duplicates_and_the_surest_wins() -> None:
    pairs = [pair(0, 2, 0.991), pair(1, 2, 0.9999)]
    groups = group(pairs, ["register", "register", "practice"], [])
    assert groups.of == (0, 1, 1)
    assert groups.crowded == 1


def test_in_a_source_with_duplicates_three_rows_can_be_one_person() -> None:
    assert group([pair(0, 1), pair(1, 2)], [None] * 3, []).of == (0, 0, 0)


def test_twins_are_not_joined_through_a_third_row() -> None:
    # 0 Jan, 1 Piet (same birth), 2 without a first name: nothing says which of the two it is
    against = pair(0, 1, 0.999, against="given name")
    groups = group([against, pair(0, 2, 0.9992), pair(1, 2, 0.9991)], [None] * 3, [against])
    assert groups.of == (0, 1, 2)
    assert (groups.contradicted, groups.undecided) == (1, 2)


def test_the_clearly_likelier_of_two_candidates_is_taken() -> None:
    against = pair(0, 1, 0.999, against="given name")
    groups = group([against, pair(0, 2, 0.99999), pair(1, 2, 0.991)], [None] * 3, [against])
    assert groups.of == (0, 1, 0)


def test_the_order_in_which_pairs_come_changes_nothing() -> None:
    pairs = [pair(0, 2), pair(1, 2), pair(1, 3), pair(0, 3, 0.9999)]
    sources = ["a", "a", "b", "b"]
    found = {group(order, sources, []) for order in map(list, itertools.permutations(pairs))}
    assert len({one.of for one in found}) == 1


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_gives_the_limits_that_newcombe_published(part: int, whole: int, low: float, high: float) -> None:
    """Newcombe, Statistics in Medicine 17 (1998) 857-872, table I, method 3."""
    assert wilson(part, whole) == pytest.approx((low, high), abs=5e-5)


def test_a_clerks_recall_weighs_each_stratum_by_its_size() -> None:
    linked, apart = Judged("linked", 900, 95, 100, 0), Judged("apart", 1000, 2, 40, 1)
    judgement = Judgement(linked, apart)
    assert judgement.precision == 0.95
    assert judgement.recall == pytest.approx(855 / (855 + 50))
    assert Judgement(linked, None).recall is None
    assert Judgement(linked, Judged("apart", 1000, 0, 0, 3)).recall is None
