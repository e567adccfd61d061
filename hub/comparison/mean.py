"""Means with the variance that a region published beside them."""

from math import sqrt

from scipy.stats import t as student_t

from .intervals import CONFIDENCE_95, CountsImpossible, Interval


def student(mean: float, variance: float, number: int, confidence: float = CONFIDENCE_95) -> Interval:
    """Return mean +/- t sqrt(variance / n), with n - 1 degrees of freedom; `variance` is the sample's (over n - 1).

    Student (1908), Biometrika 6:1-25. Raises CountsImpossible below two values or with a negative variance.
    """
    if number < 2 or variance < 0:
        raise CountsImpossible("A mean's interval needs at least two values and their variance.")
    reach = float(student_t.isf((1 - confidence) / 2, number - 1)) * sqrt(variance / number)
    return Interval(mean - reach, mean + reach)
