"""Notices: what a region says about its own events and keys. They carry no figure, no words and no evaluation."""

from dataclasses import dataclass
from typing import Final

from schemas.codes import WITHDRAWN_ITEMS, EventType
from schemas.payloads import PAYLOADS, Payload

from .refusal import ReleaseRefused

# Figures come from `protect`, words from `scan`, evaluations from `ground`, assessments from `panel`; nothing else may
# bring them into a bundle.
_NOTICES: Final = frozenset(
    {
        EventType.INDICATOR_WITHDRAWN,
        EventType.INDICATOR_PENDING,
        EventType.LESSON_WITHDRAWN,
        EventType.EVALUATION_WITHDRAWN,
        EventType.ASSESSMENT_WITHDRAWN,
        EventType.REPLY_WITHDRAWN,
        EventType.CITATION_WITHDRAWN,
        *WITHDRAWN_ITEMS,
        EventType.REPLY_WAIVED,
        EventType.EVENT_REDACTED,
        EventType.KEY_ENROLLED,
        EventType.KEY_REVOKED,
    }
)


class NotANotice(ReleaseRefused):
    """Figures or a lesson on the way out as a notice, past protection and scan."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One future event that withdraws, redacts, enrols, revokes, or says that a correction waits or no reply is needed.

    Raises NotANotice.

    `natural` is the name within the region of what it is about: the opaque subject is made from it, so a withdrawal
    bears the natural name of what it takes back. `summary` is what reviewers read about it; it never leaves.
    """

    type: EventType
    payload: Payload
    natural: str
    title: str
    summary: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Check that the payload is one of a notice's."""
        if self.type not in _NOTICES or not isinstance(self.payload, PAYLOADS[self.type]):
            raise NotANotice(
                f"{self.title}: an event of type {self.type} does not leave as a notice; release its figures or words."
            )
