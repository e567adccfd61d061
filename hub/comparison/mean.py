"""Means of scores: Student's interval by the largest variance that their scale allows, and the score interval."""

from math import sqrt

from .intervals import CONFIDENCE_95, CountsImpossible, Interval, score, student_quantile


def student(mean: float, variance: float, number: int, confidence: float = CONFIDENCE_95) -> Interval:
    """Return mean +/- t sqrt(variance / n), with n - 1 degrees of freedom; `variance` is the sample's (over n - 1).

    Student (1908), Biometrika 6:1-25. Raises CountsImpossible below two values or with a negative variance.
    """
    if number < 2 or variance < 0:
        raise CountsImpossible("A mean's interval needs at least two values and their variance.")
    reach = student_quantile(confidence, number - 1) * sqrt(variance / number)
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


def of_scores(
    mean: float, number: int, lowest: float, highest: float, confidence: float = CONFIDENCE_95
) -> Interval | None:
    """Return the farther limits of `widest_student` and of the score interval, of a mean of scores on a scale.

    Where nearly all scores lie at one end of the scale, a sample shows less variance than there is, and none where all
    do: Student's interval then has no width, whatever the number. The score interval takes the largest variance under
    the mean that is tried instead, (highest - m)(m - lowest): Wilson's (1927), of the mean's place on the scale. Where
    all scores lie at either end both together hold the true mean in at least 91% of samples of five or more, 87% of
    fewer; Student's alone in as good as none where nearly all lie at one. None below two scores, or with a mean that is
    off the scale.
    """
    own = widest_student(mean, number, lowest, highest, confidence)
    if own is None or lowest == highest:
        return own
    width = highest - lowest
    share = score((mean - lowest) / width, number, confidence)
    return Interval(min(own.low, lowest + width * share.low), max(own.high, lowest + width * share.high))
