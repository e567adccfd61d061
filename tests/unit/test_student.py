"""Student's t on numpy agrees with printed tables and with scipy, which a node does not have."""

import numpy as np
import pytest
from scipy import stats

from node.evaluation.student import quantile, two_sided_p

# Fisher and Yates (1963), Statistical Tables, table III: two-sided 5% and 1% points.
TABLE = [(1, 12.706, 63.657), (2, 4.303, 9.925), (5, 2.571, 4.032), (10, 2.228, 3.169), (30, 2.042, 2.750)]


@pytest.mark.parametrize(("freedom", "at_95", "at_99"), TABLE)
def test_quantiles_are_those_of_the_printed_table(freedom: int, at_95: float, at_99: float) -> None:
    assert quantile(0.95, np.array([float(freedom)]))[0] == pytest.approx(at_95, abs=5e-4)
    assert quantile(0.99, np.array([float(freedom)]))[0] == pytest.approx(at_99, abs=5e-4)


def test_p_values_and_quantiles_are_scipys_also_for_broken_degrees_of_freedom() -> None:
    freedom = np.array([1.0, 1.7, 2.467, 5.3, 29.0, 100.5, 1e5])
    for t in (0.0, 1e-9, 0.3, 2.0, 7.5, 60.0):
        assert two_sided_p(np.array(t), freedom) == pytest.approx(2 * stats.t.sf(t, freedom), abs=1e-9)
    for confidence in (0.5, 0.95, 0.999):
        assert quantile(confidence, freedom) == pytest.approx(stats.t.ppf((1 + confidence) / 2, freedom), rel=1e-8)


def test_a_t_without_end_has_no_probability_left() -> None:
    assert two_sided_p(np.array([1e200, np.inf]), np.array(5.0)).tolist() == [0.0, 0.0]
