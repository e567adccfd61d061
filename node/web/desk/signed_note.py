"""What became of the signatures of rejections, holds, lifted holds and advice, as a page says it."""

from collections.abc import Sequence

from node.release.signed_decisions import FOUND, STEPS, CheckedDecision

from .markup import Html, h
from .visit import Visit


def signed_note(visit: Visit, decided: Sequence[CheckedDecision]) -> Html | None:
    """Return how many of these decisions are as they were signed, and which are not; None where there are none."""
    if not decided:
        return None
    wrong = [one for one in decided if one.found in ("altered", "removed")]
    if wrong:
        told = visit.t("Een besluit is anders dan het is ondertekend: ", "A decision is other than it was signed: ")
        names = "; ".join(
            f"{STEPS[one.step].told(visit.lang)}, {one.name}, {one.at[:10]} ({FOUND[one.found].told(visit.lang)})"
            for one in wrong
        )
        return h("p", h("strong", "✕ ", told), names, class_="note stop small wrapped", role="alert")
    signed, all_ = sum(one.found == "signed" for one in decided), len(decided)
    told = visit.t(
        f"Afwijzingen, stilzettingen, opheffingen en adviezen waarvan de handtekening klopt: {signed} van {all_}.",
        f"Rejections, holds, lifted holds and advice of which the signature verifies: {signed} of {all_}.",
    )
    older = " " + visit.count(
        all_ - signed,
        ("is van voor handtekeningen bewaard werden.", "zijn van voor handtekeningen bewaard werden."),
        ("is from before signatures were kept.", "are from before signatures were kept."),
    )
    return h("p", told, older if signed < all_ else "", class_="quiet small")
