"""Means of scores: Student's interval by their variance, or by the largest that their scale lets it be."""

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


def widest_student(
    mean: float, number: int, lowest: float, highest: float, confidence: float = CONFIDENCE_95
) -> Interval | None:
    """Return an interval that holds Student's whatever the scores were: by the largest variance that they can have.

    Scores from `lowest` to `highest` with this mean vary by at most (highest - mean)(mean - lowest), over n, reached
    where all of them lie at an end of the scale (Bhatia and Davis 2000, American Mathematical Monthly 107:353-357).
    Cut off at both ends of the scale. None below two scores, or with a mean that is off it.
    """
    if number < 2 or not lowest <= mean <= highest:
        return None
    largest = (highest - mean) * (mean - lowest) * number / (number - 1)
    found = student(mean, largest, number, confidence)
    return Interval(max(lowest, found.low), min(highest, found.high))
