"""The range of a hidden figure, in the unit that readers see: it holds every figure that it says is possible."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.comparison.scale import ends, factor
from node.release.wording import value_words
from schemas.catalogue import catalogue
from schemas.values import Suppressed

NAMES = ("h.dm_prev", "q.acute_adm", "c.zvw", "q.gp_experience")


def test_the_range_of_a_small_share_is_rounded_outward() -> None:
    """4 of 3,000 is 0.133%, which 0.1 as an upper end leaves out; 5 of them 0.167%, which 0.2 as a lower one does."""
    share = catalogue()["h.dm_prev"]
    assert ends(share, Suppressed(1, 4, 3000)) == (Decimal("0.0"), Decimal("0.2"))
    assert ends(share, Suppressed(5, 9, 3000)) == (Decimal("0.1"), Decimal("0.3"))
    assert value_words(Suppressed(5, 9, 3000), share).en == "hidden: 0.1 to 0.3% (5 to 9 of 3,000)"
    assert value_words(Suppressed(5, 9, 3000), share).nl == "verborgen: 0,1 t/m 0,3\u00a0% (5 t/m 9 van 3.000)"


def test_an_end_that_is_a_whole_number_of_the_last_decimal_stays() -> None:
    assert ends(catalogue()["h.dm_prev"], Suppressed(3, 6, 1000)) == (Decimal("0.3"), Decimal("0.6"))
    assert ends(catalogue()["pop.persons"], Suppressed(1, 9)) == (1, 9)


def test_no_range_is_shown_where_there_is_nothing_to_divide_by() -> None:
    assert ends(catalogue()["h.dm_prev"], Suppressed(0, 9)) == (None, None)
    assert ends(catalogue()["h.dm_prev"], Suppressed(0, 9, 0)) == (None, None)
    assert ends(catalogue()["q.acute_adm"], Suppressed(1, None, 36525)) == (Decimal("10.0"), None)


@pytest.mark.parametrize("name", NAMES)
@given(low=st.integers(0, 50), width=st.integers(0, 20), whole=st.integers(71, 4_000_000))
def test_every_possible_figure_lies_in_its_range(name: str, low: int, width: int, whole: int) -> None:
    definition = catalogue()[name]
    least, most = ends(definition, Suppressed(low, low + width, whole))
    assert least is not None
    assert most is not None
    for numerator in (low, low + width):
        assert Fraction(least) <= Fraction(numerator, whole) * factor(definition) <= Fraction(most)
