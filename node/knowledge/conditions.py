"""What a region asks itself of each condition of learning when it looks back, by command and at the desk."""

from collections.abc import Mapping
from typing import Final

from schemas.programme_items import Condition
from schemas.text import Text

# After van Vooren et al. (2024), J Health Organ Manag 38, 280-296: what learning capacity asked for in ten regions.
ASKED: Final[Mapping[Condition, Text]] = {
    "expertise": Text(
        "Wie kan wat geleerd is vertalen in concrete actie, en is dat genoeg?",
        "Who can translate what was learnt into concrete action, and is that enough?",
    ),
    "leadership": Text(
        "Wie trekt de verandering, en delen allen de urgentie om te leren?",
        "Who leads the change, and do all share the urgency to learn?",
    ),
    "environment": Text(
        "Helpen structuren, vertrouwen en toewijding om te leren en bij te sturen?",
        "Do structures, trust and commitment help to learn and adapt?",
    ),
}
