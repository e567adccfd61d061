"""Why the regions together are not shown, in words: the same sentence on the page, in JSON and in files."""

from collections.abc import Mapping
from typing import Final

from hub.comparison import Withheld
from schemas.definition import Text

_SENTENCES: Final[Mapping[Withheld, Text]] = {
    "would_narrow_hidden_figure": Text(
        "Regio’s samen: niet getoond, want het zou een verborgen cijfer nauwer bepalen.",
        "Regions together: withheld, since it would narrow a hidden figure.",
    ),
    "made_of_destroyed_figure": Text(
        "Regio’s samen: niet getoond, want een cijfer erin is sindsdien vernietigd.",
        "Regions together: withheld, since a figure in it was destroyed since.",
    ),
    "not_proven": Text(
        "Regio’s samen: niet getoond, want niet bewezen is dat het niets verborgens prijsgeeft.",
        "Regions together: withheld, since it is not proven to reveal nothing hidden.",
    ),
    "beyond_budget": Text(
        "Regio’s samen: niet getoond, want het bewijs dat het niets verborgens prijsgeeft kost meer rekenwerk dan is"
        " toegestaan; grovere cijfers van de regio’s helpen.",
        "Regions together: withheld, since the proof that it reveals nothing hidden takes more work than is allowed;"
        " coarser figures of the regions help.",
    ),
    "being_proven": Text(
        "Regio’s samen: sinds {since} wordt bewezen dat het niets verborgens prijsgeeft; kijk straks nog eens.",
        "Regions together: being proven since {since} to reveal nothing hidden; look again shortly.",
    ),
    "not_kept": Text(
        "Regio’s samen: van dit moment is geen totaal bewaard; kies het einde van een dag.",
        "Regions together: no total of this moment was kept; choose the end of a day.",
    ),
}


def why(withheld: Withheld, since: str | None) -> Text:
    """Return the sentence; `since` is when the newest figures here were accepted (UTC text)."""
    said = "" if since is None else f"{since[:10]} {since[11:16]} UTC"
    found = _SENTENCES[withheld]
    return Text(found.nl.format(since=said), found.en.format(since=said))
