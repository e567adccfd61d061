"""The sentences of matching, in both languages: why something may help, and what to do where nothing does."""

from collections.abc import Sequence
from decimal import ROUND_FLOOR, Decimal
from typing import Final

from hub.comparison.readiness import Change
from hub.serving.match_problems import Going, ProblemKind
from schemas.about import Aim
from schemas.evaluation import EvaluationPublished
from schemas.text import Text

_AIMS: Final[dict[Aim, Text]] = {
    "health": Text("gezondheid", "health"),
    "quality": Text("ervaren kwaliteit", "experienced quality"),
    "cost": Text("kosten", "cost"),
    "workforce": Text("werken in de zorg", "working in care"),
}
_ABOUT: Final[dict[ProblemKind, Text]] = {
    "lens": Text("De les zegt over deze lens te gaan.", "The lesson says that it is about this lens."),
    "principle": Text("De les zegt over dit principe te gaan.", "The lesson says that it is about this principle."),
    "indicator": Text("De les noemt deze indicator.", "The lesson names this indicator."),
}
EVIDENCE_CHANGED: Final = Text(
    "Cijfers waarop de evaluatie berust, zijn sindsdien veranderd.",
    "Figures on which the evaluation rests have changed since.",
)


def about(kind: ProblemKind) -> Text:
    """Say that a lesson says what it is about."""
    return _ABOUT[kind]


def same_words(words: str) -> Text:
    """Say that a lesson only has the words."""
    return Text(
        f"Alleen de woorden ‘{words}’ komen erin voor; de les zegt niet hierover te gaan.",
        f"It has the words ‘{words}’ alone; the lesson does not say that it is about this.",
    )


def same_aim(aim: Aim) -> Text:
    """Say that a lesson only has the same aim."""
    return Text(
        f"Alleen het doel is hetzelfde ({_AIMS[aim].nl}); de les zegt niet hierover te gaan.",
        f"The aim alone is the same ({_AIMS[aim].en}); the lesson does not say that it is about this.",
    )


def improved_there(region: str) -> Text:
    """Say that the measure went the favourable way in a lesson's region, and no more than that."""
    return Text(
        f"In {region} ging het hiermee de gunstige kant op (trendtoets, 5%); of de les dat deed, is niet gezegd.",
        f"In {region} this went the favourable way (test for trend, 5%); that the lesson did so is not said.",
    )


def evaluated_there(region: str) -> Text:
    """Say that an evaluation of a lesson's region fits an effect on the measure."""
    return Text(
        f"Een evaluatie van {region} past bij een gunstig effect op deze indicator.",
        f"An evaluation of {region} fits a favourable effect on this indicator.",
    )


def supported(citations: int) -> Text:
    """Say how many citations support a lesson with evidence that the hub found."""
    if citations == 1:
        return Text(
            "Een andere regio ondersteunt de les met eigen bewijs.",
            "Another region supports the lesson with evidence of its own.",
        )
    return Text(
        f"{citations} aanhalingen van andere regio’s ondersteunen de les met eigen bewijs.",
        f"{citations} citations of other regions support the lesson with evidence of their own.",
    )


def trend(one: Going) -> Text:
    """Say over which periods a series goes the favourable way."""
    nl, en = ("stijgt", "rises") if one.trend == "rising" else ("daalt", "falls")
    return Text(
        f"Van {one.first} tot en met {one.last} {nl} het (trendtoets, 5%; perioden tellen als los van elkaar), en dat "
        "is gunstig.",
        f"From {one.first} to {one.last} it {en} (test for trend, 5%, periods taken as independent), which is "
        "favourable.",
    )


def risen(since: str, period: str, change: Change) -> Text:
    """Say by how much at least a panel's median rose."""
    least = Decimal(change.low).scaleb(2).quantize(Decimal("0.1"), ROUND_FLOOR)
    return Text(
        f"Van {since} naar {period} steeg de mediaan van het panel met ten minste {_comma(least)} %.",
        f"From {since} to {period} the panel’s median rose by at least {least}%.",
    )


def effect(said: EvaluationPublished) -> Text:
    """Say what an evaluation estimated, with its interval."""
    first = said.estimates[0]
    nl = f"{_comma(first.value)} {said.unit.nl} (95%-interval {_comma(first.low)} tot {_comma(first.high)})"
    en = f"{first.value} {said.unit.en} (95% interval {first.low} to {first.high})"
    level = {
        "population": Text("bij iedereen in de gebieden", "among everyone in the areas"),
        "intervention": Text("bij wie meededen", "among those who took part"),
    }[said.level]
    return Text(
        f"Past bij een gunstig effect {level.nl}: {nl}.",
        f"Fits a favourable effect {level.en}: {en}.",
    )


def nothing(kind: ProblemKind) -> Text:
    """Say why nothing was found, and what to do."""
    if kind == "indicator":
        return Text(
            "Geen andere regio deelde een les die deze indicator noemt, een gunstige trend met een oordeel of een "
            "evaluatie met een effect die u mag lezen. Zoek met eigen woorden op de kennispagina, of schrijf een les "
            "zodra iets bij u werkt.",
            "No other region shared a lesson that names this indicator, a favourable trend with a verdict or an "
            "evaluation with an effect that you may read. Search the knowledge page in words of your own, or write a "
            "lesson once something works for you.",
        )
    return Text(
        "Geen andere regio deelde een les hierover of een ronde waarin dit zeker steeg, die u mag lezen. Zoek met "
        "eigen woorden op de kennispagina, of schrijf een les zodra iets bij u werkt.",
        "No other region shared a lesson about this, or a round in which it surely rose, that you may read. Search the "
        "knowledge page in words of your own, or write a lesson once something works for you.",
    )


def not_open(allowed: Sequence[str]) -> Text:
    """Say that there is no such open problem, and which there are."""
    if not allowed:
        return Text(
            "Deze regio heeft geen open vraagstuk dat u mag zien; laat `for` weg om te zien waarnaar gekeken is.",
            "This region has no open problem that you may see; leave `for` out to see what was looked at.",
        )
    named = ", ".join(allowed)
    return Text(
        f"Deze regio heeft dit vraagstuk niet open staan; kies uit {named}.",
        f"This region has no such open problem; choose one of {named}.",
    )


def _comma(value: Decimal | str) -> str:
    return str(value).replace(".", ",")
