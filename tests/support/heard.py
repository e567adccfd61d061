"""What a hub tells a region: a message of a reader, and what became of one of its lessons."""

from schemas.heard import Became, HeardAction, HeardLesson, HeardQuestion, HeardReuse, HeardTranslation
from schemas.message import ReaderMessage

ASKED = "Hoe lang duurde het <b>voordat</b> dit werkte?"
NAME = "a1" * 16


def told(name: str = NAME, text: str = ASKED, answer_to: str | None = "anna@region.example.nl") -> ReaderMessage:
    """Return a message with signs in it that a page must not obey."""
    roles = ("region:XR-ANDERS",)
    return ReaderMessage(
        name, "e" * 64, "Bellen na ontslag", "programmamanager", "Anna \u202eDek", roles, answer_to,
        "2026-11-20T09:30:00.000Z", text,
    )  # fmt: skip


def heard_lesson() -> HeardLesson:
    """Return a lesson that was cited, tried, asked about and acted on."""
    action = HeardAction("XR-C", "Cadzand", "Bellen invoeren", "2026-12-01", "open", "")
    asked = HeardQuestion("b" * 64, "XR-C", "Cadzand", "Wie belt er?", "Wie?", "open", 2)
    used = HeardReuse("XR-B", "Bergen", "tried", "Het <i>lukt</i>.")
    became = Became({"tried": 1}, (used,), (asked,), HeardTranslation("open", (action,)))
    return HeardLesson("c" * 64, "Bellen na ontslag", {"supporting": 2, "contrasting": 1}, became)
