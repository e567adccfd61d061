"""The one sentence a comparison opens with: what can be said with certainty, naming no lowest and no ranks."""

from hub.serving.view import IndicatorView
from schemas.codes import Language


def reading(view: IndicatorView, lang: Language) -> str:
    """Return the sentence; it counts regions and never names one."""
    known = [row for row in view.rows if row.shown is not None]
    parts = [_main(view, len(known), lang)]
    if view.empty_because is not None:
        parts.append(view.empty_because.told(lang))
    if view.hidden:
        parts.append(_hidden(len(view.hidden), lang))
    if view.withdrawn:
        parts.append(_withdrawn(len(view.withdrawn), lang))
    return " ".join(parts)


def _main(view: IndicatorView, known: int, lang: Language) -> str:
    judged = [row for row in view.rows if row.standing != "no_verdict"]
    above = sum(row.standing == "higher" for row in judged)
    below = sum(row.standing == "lower" for row in judged)
    nl = lang == "nl"
    if known == 0:
        return "Geen regio heeft hier een zichtbaar cijfer." if nl else "No region has a visible figure here."
    if not judged:
        if nl:
            return (
                f"{_regions(known, lang)} {'gaf' if known == 1 else 'gaven'} dit cijfer; "
                f"{'vergelijken kan vanaf twee.' if known == 1 else 'ze zijn hier niet te ordenen.'}"
            )
        rest = "a comparison needs at least two." if known == 1 else "they cannot be ordered here."
        return f"{_regions(known, lang)} reported this figure; {rest}"
    if above + below == 0:
        if nl:
            return "De regio’s zijn niet te onderscheiden van de regio’s samen."
        return "No region can be told apart from the regions together."
    others = above + below < len(judged)
    if nl:
        rest = "; de andere zijn niet te onderscheiden" if others else ""
        verb = "wijkt" if above + below == 1 else "wijken"
        return (
            f"{_regions(above + below, lang)} van de {len(judged)} {verb} duidelijk af van de regio’s samen "
            f"({above} hoger, {below} lager){rest}."
        )
    rest = "; the others cannot be told apart" if others else ""
    verb = "differs" if above + below == 1 else "differ"
    return (
        f"{_regions(above + below, lang)} of {len(judged)} clearly {verb} from the regions together "
        f"({above} higher, {below} lower){rest}."
    )


def _hidden(count: int, lang: Language) -> str:
    if lang == "nl":
        return f"{count} {'waarde is' if count == 1 else 'waarden zijn'} verborgen: dat is niet nul."
    return f"{count} {'value is' if count == 1 else 'values are'} hidden: that is not zero."


def _withdrawn(count: int, lang: Language) -> str:
    if lang == "nl":
        return f"{_regions(count, lang)} {'trok het cijfer' if count == 1 else 'trokken hun cijfer'} terug."
    return f"{_regions(count, lang)} withdrew {'its figure' if count == 1 else 'their figures'}."


def _regions(count: int, lang: Language) -> str:
    if lang == "nl":
        return f"{count} {'regio' if count == 1 else 'regio’s'}"
    return f"{count} {'region' if count == 1 else 'regions'}"
