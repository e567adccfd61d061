"""The region's own figures on the page of replies: the comparisons they are in, and until when others wait for them."""

from schemas.awaited import AwaitedFigures
from schemas.delivery import TransportRefused, TransportUnavailable

from .markup import Child, Html, h
from .page import link, panel
from .visit import Visit


def own_panel(visit: Visit, own: list[tuple[str, str]]) -> Html:
    """Return the own figures that can be replied to, each with when others see it, as far as the hub says."""
    title = visit.t("Uw eigen cijfers", "Your own figures")
    if not own:
        none = visit.t("Lezers zien nog geen cijfers die deze regio telde.",
                       "Readers see no figures yet that this region counted.")  # fmt: skip
        return panel(title, h("p", none, class_="quiet small"))
    waits = _awaited(visit)
    due = {(one.indicator, one.period): one.visible_from for one in waits or ()}
    listed = [
        h("li", link(f"{visit.indicator(indicator)}, {period}",
                     f"/replies?indicator={indicator}&period={period}#f-text"),
          _until(visit, due.get((indicator, period))))
        for indicator, period in own
    ]  # fmt: skip
    return panel(
        title,
        h("p", visit.t("Kies er een om op die vergelijking te reageren. ",
                       "Choose one to reply to that comparison. "), _meaning(visit, waits), class_="quiet small"),
        h("ul", listed, class_="list"),
    )  # fmt: skip


def _awaited(visit: Visit) -> tuple[AwaitedFigures, ...] | None:
    """Ask the hub which of the own figures others do not see yet; None where it cannot be asked."""
    if not visit.desk.is_enrolled:
        return None
    try:
        return visit.desk.awaited()
    except (TransportUnavailable, TransportRefused):
        return None


def _until(visit: Visit, moment: str | None) -> Child:
    if moment is None:
        return None
    said = f"{moment[:10]} {moment[11:16]} UTC"
    told = visit.t(f"anderen dan het netwerk zien dit vanaf {said}, of zodra iedere regio reageerde",
                   f"others than the network see this from {said}, or as soon as every region replied")  # fmt: skip
    return h("p", told, class_="small")


def _meaning(visit: Visit, waits: tuple[AwaitedFigures, ...] | None) -> str:
    if waits is None:
        return visit.t("Tot wanneer anderen op uw cijfers wachten, zegt de hub nu niet.",
                       "Until when others wait for your figures, the hub does not say just now.")  # fmt: skip
    return visit.t("Zonder datum: wie het mogen zien, zien het al.",
                   "Without a date: those who may see it, see it already.")  # fmt: skip
