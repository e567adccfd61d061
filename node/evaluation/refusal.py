"""What an evaluation may be refused for."""

from schemas.refused import Refused


class EvaluationRefused(Refused, ValueError):
    """An evaluation or scenario that the figures at hand do not allow; the message says what to change."""


class NoVariation(EvaluationRefused):
    """Figures that leave no residual at all, so that chance cannot be judged."""
