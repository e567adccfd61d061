"""The disclosure policy: how small is small, which share too large, how wide a protected figure's range must stay."""

from dataclasses import dataclass
from fractions import Fraction


class PolicyTooLax(ValueError):
    """A policy protects less than the Dutch preset."""


class PolicyUnreachable(ValueError):
    """A policy asks for a width that no small figure can have."""


@dataclass(frozen=True)
class DisclosurePolicy:
    """The constants of disclosure control; the defaults are the Dutch preset, and the least there is.

    A region may be stricter; anything laxer raises PolicyTooLax. There is no way to switch protection off.

    minimum_persons: cells of 1 to minimum_persons - 1 persons are hidden. 10: the smallest cell in use for
        Dutch health figures; ACRO (threshold 10) and ABS (numerator and denominator of 10) hold the same.
    group_disclosure_share: hide a numerator of at least this share of its denominator. 9/10: ESSnet and CBS
        rules for statistical output (no category of 90% or more). Not at 10% or less: that hides diseases.
    width: persons; largest minus smallest value that the status attacker can give a protected figure. 3:
        about four possible values; with every cell blank some small figures cannot reach 5.
    magnitude_width_share: range of a protected sum as a share of its value. 1/5: the p% rule with p = 10
        (the ACRO default) on both sides.
    dominance_share: hide a sum of money of which the two largest contributions make more than this share.
        9/10: the (n,k) rule with n = 2, k = 90% (the ACRO default; ESSnet SDC handbook, section 4.2.1).
    p_percent: hide a sum of money where what is left without the two largest contributions is less than this
        share of the largest, so that the second largest contributor could estimate it that closely. 1/10: the
        p% rule with p = 10 (the ACRO default; same section).
    minimum_organisations: hide a sum of money that is paid to fewer organisations. 3: with two, each can subtract what
        it was paid itself and knows the other's amount (ESSnet SDC handbook, section 4.2.1, on n contributors who
        know themselves). sdcLog's default, the Bundesbank's rule, is 5. dominance_share and p_percent hold for the two
        organisations that are paid most as they do for the two dearest persons.
    """

    minimum_persons: int = 10
    group_disclosure_share: Fraction = Fraction(9, 10)
    width: int = 3
    magnitude_width_share: Fraction = Fraction(1, 5)
    dominance_share: Fraction = Fraction(9, 10)
    p_percent: Fraction = Fraction(1, 10)
    minimum_organisations: int = 3

    def __post_init__(self) -> None:
        laxer = {
            "minimum_persons": self.minimum_persons < 10,
            "group_disclosure_share": not 0 < self.group_disclosure_share <= Fraction(9, 10),
            "width": self.width < 3,
            "magnitude_width_share": self.magnitude_width_share < Fraction(1, 5),
            "dominance_share": not 0 < self.dominance_share <= Fraction(9, 10),
            "p_percent": self.p_percent < Fraction(1, 10),
            "minimum_organisations": self.minimum_organisations < 3,
        }
        for name, is_laxer in laxer.items():
            if is_laxer:
                raise PolicyTooLax(
                    f"{name} protects less than the Dutch preset; keep the default or choose a stricter one."
                )
        if self.width > self.minimum_persons - 2:
            raise PolicyUnreachable(
                f"A figure of 1 to {self.minimum_persons - 1} persons cannot have a range {self.width} wide;"
                " lower width or raise minimum_persons."
            )

    def is_small(self, persons: int) -> bool:
        """Whether so many persons are too few to be published, yet more than none."""
        return 0 < persons < self.minimum_persons
