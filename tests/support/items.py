"""One filled-in item of every kind, all invented."""

from typing import Any, Final

import msgspec

from schemas.about import LessonAbout
from schemas.item_kinds import KINDS
from schemas.items import Item

LESSON: Final = "a" * 64
_TAGGED: Final[dict[str, Any]] = {
    "purpose": "Samen kiezen wat eerst moet.", "author_role": "programmaleider", "licence": "CC-BY-4.0",
    "themes": ["bewegen"], "steps": [3], "helix_voices": ["citizens", "practice"], "indicators": ["h.dm_prev"],
    "about": {"lenses": ["process"], "phases": ["preparation"]},
    "links": [{"name": "Handleiding", "address": "https://example.org/handleiding"}],
}  # fmt: skip
_STATE: Final = {"name": "urgency", "state": "partly", "note": "Het ziekenhuis ziet het, de gemeente nog niet."}
FILLED: Final[dict[str, dict[str, Any]]] = {
    "method": _TAGGED | {
        "how": "In drie avonden, met een vaste gespreksleider.", "fits_where": "Waar partijen elkaar al kennen.",
        "experience": "Na twee rondes lag er één lijst.",
    },
    "instrument": _TAGGED | {"kind": "checklist", "how": "Loop de lijst samen door.", "for_whom": "Kernteams."},
    "training": _TAGGED | {
        "form": "workshop", "for_whom": "Projectleiders.", "given_by": "Leernetwerk", "how_to_join": "Via het bureau.",
        "hours": 6, "starts_on": "2026-03-02", "ends_on": "2026-03-03",
    },
    "question": {
        "question": "Hoe kreeg u huisartsen aan tafel?", "author_role": "programmaleider", "state": "open",
        "themes": ["samenwerken"], "about": {"lenses": ["gains"]},
    },
    "answer": {
        "question": LESSON, "question_region": "XR-DUINRAND", "answer": "Begin bij wat het hun oplevert.",
        "author_role": "huisarts", "lessons": ["b" * 64],
    },
    "reuse": {
        "of": LESSON, "of_region": "XR-DUINRAND", "stage": "tried", "found": "Werkte, maar kostte meer tijd.",
        "author_role": "projectleider", "tried_on": "2026-02-01",
    },
    "attachment": {
        "of": LESSON, "file_name": "lijst.txt", "media_type": "text/plain", "size": 22,
        "sha256": "09f38beca2ff84e8057822ea8423408e5c2b59d861e34a96b02fe9597e4fd2a7",
        "alternative": "Een lijst om af te vinken.", "licence": "CC-BY-4.0", "text": ["- Wie is er nog niet?"],
        "content": "LSBXaWUgaXMgZXIgbm9nIG5pZXQ/Cg==",
    },
    "composition": {
        "as_of": "2026-01-01",
        "members": [
            {"organisation": "GGD", "helix": "government", "also": ["knowledge"], "role": "trekker"},
            {"organisation": "Bewonerscoöperatie", "helix": "citizens", "role": "medebestuurder"},
        ],
    },
    "selection": {
        "held_on": "2026-01-15", "outcome": "assessed", "prerequisites": [_STATE],
        "reason": "Besturing is nog in wording.",
    },
    "phase": {
        "phase": "preparation", "governance": "Stuurgroep met inwoners.", "began": "2026-01-01",
        "prerequisites": [_STATE],
        "activities": [{"what": "Regiobeeld maken", "owner_role": "GGD", "state": "under_way", "due": "2026-06-30"}],
        "changes": [{"change": "finance", "state": "designed", "note": "Gedeelde besparing op papier."}],
        "community": [{"level": "meso", "standing": "involved", "note": "Zit in elke werkgroep."}],
    },
    "milestone": {"phase": "voorbereiding", "due": "2026-06-30", "state": "reached", "reached_on": "2026-06-20"},
    "goal": {
        "indicator": "h.dm_prev", "at": "at_most", "value": "5.5", "period": "2028", "level": "population",
        "why": "Zo hoog was het vijf jaar geleden.", "intervention": "beweegmakelaar",
    },
    "intervention": {
        "description": "Een beweegmakelaar in elke wijk.", "for_whom": "Wie lang zit.", "starts_on": "2026-01-01",
        "indicators": ["h.dm_prev"], "stage": "prevention",
    },
    "reflection": {
        "held_on": "2026-02-12", "scope": "region_wide", "heard": ["citizens", "government"],
        "observed": "Wij vergaderen veel en besluiten weinig.", "outcomes": ["Eén besluitenlijst."],
        "actions": ["besluitenlijst"],
        "conditions": [{"condition": "leadership", "state": "partly", "note": "Eén bestuurder trekt."}],
    },
    "action": {
        "owner_role": "programmaleider", "due": "2026-04-01", "state": "open", "reflection": "vergaderen",
    },
}  # fmt: skip


def an_item(noun: str, item: str = "een", **changed: Any) -> Item:
    """Return an item of a kind, with some fields of its own."""
    values = {"item": item, "language": "nl", "title": f"Titel van {noun}"} | FILLED[noun] | changed
    return msgspec.convert(values, KINDS[noun])


def about(**said: Any) -> LessonAbout:
    """Return what an item is about."""
    return msgspec.convert(said, LessonAbout)
