"""What an assessment says in a few sentences: who answered, which lens is least integrated, who differs, who judged."""

from typing import Final

from hub.serving.assessments import AcceptedAssessment
from schemas.assessment import Band, Helix
from schemas.text import Text

HELIX_NAMES: Final[dict[Helix, Text]] = {
    "government": Text("overheid", "government"),
    "practice": Text("praktijk", "practice"),
    "knowledge": Text("kennis", "knowledge"),
    "citizens": Text("inwoners", "citizens"),
}


def summary(one: AcceptedAssessment) -> Text:
    """Return the sentences; scores, differences and verdicts each have their own, and none is made of another."""
    said = one.payload
    parts = [
        Text(
            f"Van het panel {'antwoordde' if said.answered == 1 else 'antwoordden'} {said.answered} van {said.invited} "
            "plaatsen.",
            f"Of the panel {said.answered} of {said.invited} seats answered.",
        ),
        _least(one),
        *_apart(one),
        *_judged(one),
    ]
    return Text(" ".join(part.nl for part in parts), " ".join(part.en for part in parts))


def _least(one: AcceptedAssessment) -> Text:
    titles = {lens.lens: lens.title for lens in one.payload.lenses}
    names = [titles[lens] for lens in one.least_integrated]
    if not names:
        return Text(
            "Te weinig lenzen hebben genoeg antwoorden om te zeggen welke het minst is geïntegreerd.",
            "Too few lenses have answers enough to say which is least integrated.",
        )
    if len(names) == 1:
        return Text(
            f"Volgens het panel is {names[0].nl} het minst geïntegreerd.",
            f"According to the panel {names[0].en} is least integrated.",
        )
    nl, en = (", ".join(texts) for texts in zip(*((name.nl, name.en) for name in names), strict=True))
    if len(names) == len(titles):
        return Text(
            "De lenzen zijn volgens het panel niet van elkaar te onderscheiden.",
            "According to the panel the lenses cannot be told apart.",
        )
    return Text(
        f"Volgens het panel is één hiervan het minst geïntegreerd: {nl}.",
        f"According to the panel one of these is least integrated: {en}.",
    )


def _apart(one: AcceptedAssessment) -> list[Text]:
    titles = {lens.lens: lens.title for lens in one.payload.lenses}
    found = [(reading.apart, titles[reading.lens]) for reading in one.readings if reading.apart is not None]
    if not found:
        return []
    most, title = max(found, key=lambda pair: pair[0].at_least)
    high, low, gap = HELIX_NAMES[most.higher], HELIX_NAMES[most.lower], point(most.at_least)
    return [
        Text(
            f"Over {title.nl} oordelen {high.nl} en {low.nl} het verst uiteen: ten minste {gap.nl} punt.",
            f"On {title.en} {high.en} and {low.en} are furthest apart: at least {gap.en} points.",
        )
    ]


def _judged(one: AcceptedAssessment) -> list[Text]:
    titles = {lens.lens: lens.title for lens in one.payload.lenses}
    verdicts = {verdict.lens: verdict.satisfactory for verdict in one.payload.verdicts}
    parts = []
    for good, nl, en in ((True, "voldoende", "satisfactory"), (False, "niet voldoende", "not satisfactory")):
        names = [titles[lens] for lens, is_good in verdicts.items() if is_good == good]
        if names:
            told = ", ".join(name.nl for name in names), ", ".join(name.en for name in names)
            parts.append(Text(f"Experts vinden {nl}: {told[0]}.", f"Experts find {en}: {told[1]}."))
    return parts


def band(found: Band) -> Text:
    """Return a band as readers read it, in points."""
    low, high = point(found.low), point(found.high)
    return Text(f"{low.nl} tot en met {high.nl}", f"{low.en} to {high.en}")


def point(hundredths: int) -> Text:
    """Return hundredths of a point in points."""
    text = f"{hundredths / 100:.2f}"
    return Text(text.replace(".", ","), text)
