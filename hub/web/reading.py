"""The one sentence a comparison opens with: what can be said with certainty, naming no lowest and no ranks."""

from hub.serving.view import IndicatorView
from schemas.codes import Language
from schemas.definition import Text


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
        gave = ("gaf" if known == 1 else "gaven") if nl else "reported"
        figure = "dit cijfer" if nl else "this figure"
        return f"{_regions(known, lang)} {gave} {figure}; {_unjudged(view, known).told(lang)}"
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


def _unjudged(view: IndicatorView, known: int) -> Text:
    """Return why no region is judged, which need not mean that none has a rank."""
    if view.reference_withheld == "being_proven":
        return Text(
            "het is nog niet naast de regio’s samen te leggen.", "it cannot be laid beside the regions together yet."
        )
    if known == 1:
        return Text("vergelijken kan vanaf twee.", "a comparison needs at least two.")
    if any(row.ranks is not None for row in view.rows):
        return Text("het is niet naast de regio’s samen te leggen.", "it cannot be laid beside the regions together.")
    return Text("ze zijn hier niet te ordenen.", "they cannot be ordered here.")


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
