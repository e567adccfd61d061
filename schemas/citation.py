"""What a citation's event says: what a region found when it held another region's lesson to what it knows itself."""

from typing import Final, Literal

import msgspec

from .codes import Language

CitationClass = Literal["supporting", "contrasting", "mentioning"]
CLASSES: Final[tuple[CitationClass, ...]] = ("supporting", "contrasting", "mentioning")
EvidenceKind = Literal["figures", "evaluation", "experience"]


class CitedFigures(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="figures"):
    """Published figures of the citing region: the event that holds them, its indicator and its period."""

    event_id: str
    indicator: str
    period: str

    def __str__(self) -> str:
        """Return it in a line."""
        return f"{self.indicator} {self.period} ({self.event_id})"


class CitedEvaluation(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="evaluation"):
    """An evaluation of the citing region: its event."""

    event_id: str

    def __str__(self) -> str:
        """Return it in a line."""
        return f"evaluation ({self.event_id})"


class CitedExperience(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="experience"):
    """What residents or professionals of the citing region went through, and how that was written down."""

    of: Literal["residents", "professionals"]
    documented: str

    def __str__(self) -> str:
        """Return it in a line."""
        return f"{self.of}: {self.documented}"


Evidence = CitedFigures | CitedEvaluation | CitedExperience


class CitationPublished(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One region's citation of one version of another region's lesson.

    A person decided on `classified`, whose role is `classified_by`; supporting and contrasting rest on `evidence` of
    the citing region's own, without which a citation mentions the lesson.
    """

    citation: str  # stable id within the citing region
    lesson: str  # the event of the version that is cited
    lesson_region: str
    language: Language
    classified: CitationClass
    classified_by: str
    context: str  # in which situation, and what was found
    evidence: tuple[Evidence, ...]


class CitationWithdrawn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A citation taken back."""

    withdraws: str
    reason: str


def events_of(payload: CitationPublished) -> tuple[str, ...]:
    """Return the events that a citation names as evidence."""
    return tuple(one.event_id for one in payload.evidence if not isinstance(one, CitedExperience))
