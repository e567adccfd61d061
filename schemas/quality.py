"""What is known of the quality of figures: how records were linked, and who is covered. Shares only, never counts."""

from typing import Final, Literal, get_args

import msgspec

LinkageMethod = Literal["bsn", "pseudonym", "probabilistic", "none"]
LINKAGE_METHODS: Final[tuple[LinkageMethod, ...]] = get_args(LinkageMethod)
CoverageUnit = Literal["practices", "insured", "inhabitants"]
COVERAGE_UNITS: Final[tuple[CoverageUnit, ...]] = get_args(CoverageUnit)


class LinkageQuality(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the records behind figures were linked, in thousandths and rounded down.

    `precision_permille` of the linked pairs are one person, and `recall_permille` of one person's pairs were linked, as
    a clerk found in a sample or else the model estimates; None where nothing was compared.
    """

    methods: tuple[LinkageMethod, ...]
    precision_permille: int | None
    recall_permille: int | None
    judged_by: Literal["clerk", "model"] | None


class Coverage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which share of the region's practices, insured or inhabitants the figures cover, in whole percents rounded down.

    Of several sources the least covered counts. A partial figure is shown without a verdict and is in no total.
    """

    unit: CoverageUnit
    percent: int
    is_partial: bool


class Quality(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a region says of the quality of figures that it counted."""

    linkage: LinkageQuality | None
    coverage: Coverage | None

    @property
    def is_partial(self) -> bool:
        """Tell whether too few are covered for a verdict."""
        return self.coverage is not None and self.coverage.is_partial
