"""The wild cluster bootstrap, for panels of few areas: whole areas are drawn, studentised, seeded.

The residuals of each area are corrected for its pull on the fit, (I - H_aa)^(-1) e_a, and multiplied by one random
weight per area; the regression is run again, and the t statistic of beta* - beta kept, with errors by the jackknife
over areas (CR3). Cameron, Gelbach and Miller (2008), Review of Economics and Statistics 90:414-427; MacKinnon, Nielsen
and Webb (2023), Journal of Applied Econometrics 38:671-694. The more common form draws from residuals under the
hypothesis; it held the truth in 93 to 94.5 of 100 intervals of simulated regions, this one in 94 to 95.

Nothing is run again in fact: numerator and scores of a draw are linear in its weights (Roodman, MacKinnon, Nielsen and
Webb 2019, Stata Journal 19:4-60), so a draw costs areas^2 multiplications.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from .panel_regression import CONFIDENCE, Design, Floats, adjustment, coefficient, without_effects

SEED: Final = 20240501
DRAWS: Final = 9_999  # (draws + 1) x 5% is whole
FEWEST_FOR_RADEMACHER: Final = 10  # areas; fewer have under 2^9 distinct statistics, so Webb's six points are drawn
_TIED: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Drawn:
    """Per panel the estimate and its CR3 error, (panels,), and the statistics of all draws, (panels, draws)."""

    effect: Floats
    error: Floats
    statistics: Floats

    def p_values(self, hypothesis: float) -> Floats:
        """Return the p-values of `beta = hypothesis`, two-sided: (1 + draws at least as extreme) / (1 + draws)."""
        observed = np.abs(self.effect - hypothesis) / self.error * (1 - _TIED)
        extreme = np.count_nonzero(self.statistics >= observed[:, None], axis=1)
        return np.asarray((1 + extreme) / (1 + self.statistics.shape[1]), dtype=np.float64)

    def limits(self) -> tuple[Floats, Floats]:
        """Return the 95% limits: beta -/+ error times the statistic that one draw in twenty reaches."""
        place = round((1 - CONFIDENCE) * (self.statistics.shape[1] + 1))
        reach = -np.partition(-self.statistics, place - 1, axis=1)[:, place - 1] * self.error
        return self.effect - reach, self.effect + reach


def weights(areas: int, draws: int = DRAWS, seed: int = SEED) -> Floats:
    """Return random weights (draws, areas) with mean 0 and variance 1: Webb's six points, or signs from 10 areas on.

    Webb (2014), Queen's Economics Department working paper 1315: +/- sqrt(1/2), 1, sqrt(3/2). The generator is
    Philox, whose stream is the same on every machine.
    """
    drawn = np.random.Generator(np.random.Philox(seed)).integers(0, 6, (draws, areas))
    if areas >= FEWEST_FOR_RADEMACHER:
        return np.where(drawn < 3, -1.0, 1.0)
    points = np.sqrt(np.array([1.5, 1.0, 0.5, 0.5, 1.0, 1.5])) * np.array([-1, -1, -1, 1, 1, 1])
    return np.asarray(points[drawn], dtype=np.float64)


def bootstrap(made: Design, outcomes: Floats, drawn: Floats) -> Drawn:
    """Draw areas of panels (panels, areas, periods) with these weights (draws, areas)."""
    left = without_effects(made, outcomes)
    effect = coefficient(made, left)
    residuals = left - effect[:, None, None] * made.left
    adjust = adjustment(made, 1.0)
    scored = np.einsum("atu,au->at", adjust, made.left) / made.information
    error = np.sqrt(np.sum(np.einsum("at,nat->na", scored, residuals) ** 2, axis=1))
    pulled = np.einsum("atu,nau->nat", adjust, residuals)
    numerators = np.einsum("at,nat->na", made.left, pulled) / made.information
    facing = np.einsum("at,atk->ak", scored, made.effects) @ made.gram
    scores = -np.einsum("gk,nhk->ngh", facing, np.einsum("atk,nat->nak", made.effects, pulled))
    scores -= np.sum(scored * made.left, axis=1)[None, :, None] * numerators[:, None, :]
    place = np.arange(len(scored))
    scores[:, place, place] += np.einsum("at,nat->na", scored, pulled)
    return Drawn(effect, error, np.stack([_statistics(*one, drawn) for one in zip(numerators, scores, strict=True)]))


def _statistics(numerator: Floats, scores: Floats, drawn: Floats) -> Floats:
    spread = np.sqrt(np.sum((drawn @ scores.T) ** 2, axis=1))
    found = np.abs(drawn @ numerator)
    return np.where(spread > 0, found / np.where(spread > 0, spread, 1.0), np.inf)
