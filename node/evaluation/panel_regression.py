"""One regressor beside area and period effects: the regression under difference-in-differences and its checks.

y[a,t] = alpha[a] + gamma[t] + beta x[a,t] + e[a,t], by least squares over the cells that are there, every cell
weighing the same. Area effects are taken out first by subtracting each area's mean, period effects next
(Frisch-Waugh-Lovell), so that beta = sum(xr y) / sum(xr^2) with xr what of x is left.

Arrays: `outcomes` (panels, areas, periods), so that many panels with the same cells are estimated at once.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .refusal import EvaluationRefused
from .student import quantile, two_sided_p

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

CONFIDENCE: Final = 0.95
_NEGLIGIBLE: Final = 1e-9  # of what there was: what is left below it is rounding
_LEAST_SEEN: Final = 0.95  # of the variance, which residuals show wholly unless an area's are 0 whatever happened


class NotIdentified(EvaluationRefused):
    """A regressor that area and period effects explain wholly, so that its coefficient could be anything."""


@dataclass(frozen=True, slots=True)
class Design:
    """Which cells there are, and what of the regressor is left beside the effects; 0 where there is no cell.

    `present`, `demeaned` and `left` are (areas, periods); `effects` (areas, periods, k) are the period effects without
    the area means, `gram` (k, k) the generalised inverse of their cross products.
    """

    present: Flags
    demeaned: Floats
    effects: Floats
    gram: Floats
    left: Floats

    @property
    def information(self) -> float:
        """Return the sum of squares of what is left of the regressor."""
        return float(np.sum(self.left**2))


@dataclass(frozen=True, slots=True)
class Estimates:
    """Per panel: the coefficient, its standard error, degrees of freedom, p-value and 95% limits; each (panels,)."""

    effect: Floats
    error: Floats
    freedom: Floats
    p: Floats
    low: Floats
    high: Floats


def design(present: Flags, regressor: Floats) -> Design:
    """Take area and period effects out of a regressor; both (areas, periods). Raises NotIdentified."""
    demeaned = without_area_means(np.where(present, regressor, 0.0), present)
    periods = present.shape[1]
    dummies = np.where(present[:, :, None], np.eye(periods)[None, :, 1:], 0.0)
    effects = np.moveaxis(without_area_means(np.moveaxis(dummies, 2, 0), present), 0, 2)
    gram = np.linalg.pinv(np.einsum("atk,atl->kl", effects, effects), hermitian=True)
    left = demeaned - effects @ (gram @ np.einsum("atk,at->k", effects, demeaned))
    if np.sum(left**2) <= _NEGLIGIBLE * max(float(np.sum(np.where(present, regressor, 0.0) ** 2)), 1e-300):
        raise NotIdentified(
            "In no period do figures of areas with and without the intervention lie beside each other; add areas or "
            "periods."
        )
    return Design(present, demeaned, effects, gram, left)


def without_area_means(values: Floats, present: Flags) -> Floats:
    """Subtract each area's mean over its cells; (..., areas, periods), 0 where there is no cell."""
    kept = np.where(present, values, 0.0)
    means = kept.sum(axis=-1, keepdims=True) / np.maximum(present.sum(axis=-1, keepdims=True), 1)
    return np.where(present, kept - means, 0.0)


def without_effects(made: Design, outcomes: Floats) -> Floats:
    """Take area and period effects out of outcomes; (panels, areas, periods)."""
    demeaned = without_area_means(outcomes, made.present)
    found: Floats = np.einsum("atk,nat->nk", made.effects, demeaned) @ made.gram
    return np.asarray(demeaned - np.einsum("atk,nk->nat", made.effects, found), dtype=np.float64)


def coefficient(made: Design, left: Floats) -> Floats:
    """Return beta per panel from outcomes without effects."""
    return np.asarray(np.einsum("at,nat->n", made.left, left) / made.information, dtype=np.float64)


def clustered(made: Design, outcomes: Floats, small_sample: str = "cr2") -> Estimates:
    """Estimate beta with errors clustered by area.

    cr1: sum of s_a^2 / (sum xr^2)^2 times G/(G-1) (N-1)/(N-K), with s_a = sum over the area's cells of xr e and K the
    period effects, the constant and the regressor (area effects lie within clusters); t with G - 1 degrees of freedom.
    Cameron and Miller (2015), Journal of Human Resources 50:317-372, eq. 12.

    cr2: residuals of an area times (I - H_aa)^(-1/2), which makes the variance unbiased where errors are independent
    and equal, and Satterthwaite's degrees of freedom under that model. Bell and McCaffrey (2002), Survey Methodology
    28:169-181; with area effects taken out: Pustejovsky and Tipton (2018), JBES 36:672-683, theorem 2.
    """
    left = without_effects(made, outcomes)
    effect = coefficient(made, left)
    residuals = left - effect[:, None, None] * made.left
    groups = int(made.present.any(axis=1).sum())
    if small_sample == "cr1":
        cells, terms = int(made.present.sum()), int(made.present.any(axis=0).sum()) + 1
        factor = groups / (groups - 1) * (cells - 1) / (cells - terms)
        variance = factor * np.sum(np.einsum("at,nat->na", made.left, residuals) ** 2, axis=1) / made.information**2
        freedom = np.full(len(effect), groups - 1.0)
    else:
        weights, degrees = _adjusted(made)
        variance = np.sum(np.einsum("at,nat->na", weights, residuals) ** 2, axis=1)
        freedom = np.full(len(effect), degrees)
    return estimates(effect, np.sqrt(variance), freedom)


def estimates(effect: Floats, error: Floats, freedom: Floats) -> Estimates:
    """Return the t test and interval that belong to an effect and its standard error."""
    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.where(error > 0, effect / error, np.where(effect == 0, 0.0, np.inf))
    reach = quantile(CONFIDENCE, freedom) * error
    return Estimates(effect, error, freedom, two_sided_p(t, freedom), effect - reach, effect + reach)


def adjustment(made: Design, power: float) -> Floats:
    """Return (I - H_aa)^(-power) of every area, (areas, periods, periods), 0 where there is no cell.

    H is that of all regressors without area means; where I - H_aa has no inverse, the generalised one is taken.
    """
    regressors, bread = _regressors(made)
    hat = np.einsum("atk,kl,aul->atu", regressors, bread, regressors)
    values, vectors = np.linalg.eigh(np.eye(hat.shape[1])[None] - hat)
    kept = values > _NEGLIGIBLE
    scaled = np.where(kept, np.where(kept, values, 1.0) ** -power, 0.0)
    found = np.einsum("atk,ak,auk->atu", vectors, scaled, vectors)
    return np.where(made.present[:, :, None] & made.present[:, None, :], found, 0.0)


def _regressors(made: Design) -> tuple[Floats, Floats]:
    """Return period effects and regressor without area means (areas, periods, k), and (Z'Z)^-1 of them (k, k)."""
    regressors = np.concatenate([made.effects, made.demeaned[:, :, None]], axis=2)
    return regressors, np.linalg.pinv(np.einsum("atk,atl->kl", regressors, regressors), hermitian=True)


def _adjusted(made: Design) -> tuple[Floats, float]:
    """Return the weights of each area's residuals (areas, periods), and Satterthwaite's degrees of freedom.

    Raises NotIdentified where the coefficient hangs on one area, which it then fits without residual, so that most of
    the variance cannot be seen.
    """
    regressors, bread = _regressors(made)
    weights = np.einsum("atu,au->at", adjustment(made, 0.5), made.left) / made.information
    own = without_area_means(weights, made.present)
    shared = np.einsum("atk,at->ak", regressors, own)
    omega = np.diag(np.sum(own**2, axis=1)) - shared @ bread @ shared.T
    if np.trace(omega) * made.information < _LEAST_SEEN:
        raise NotIdentified(
            "Too few areas have figures in the same periods, so that the outcome hangs on one of them and chance "
            "cannot be judged; add areas or periods."
        )
    return weights, float(np.trace(omega) ** 2 / np.sum(omega**2))
