"""What is said of rounds of readiness, their panels and answers, in English and in Dutch."""

from collections.abc import Mapping
from typing import Final

ROUNDS: Final[Mapping[str, str]] = {
    "There is no round '{}' here; `python -m node assess list` names them.":
        "Er is hier geen ronde '{}'; onder 'Gereedheid' staan ze.",
    "'{}' is no name of a round; write small letters, digits and hyphens, at most 63.":
        "'{}' is geen naam van een ronde; schrijf hoogstens 63 kleine letters, cijfers en streepjes.",
    "The panel has no seats, or over {} of a helix; name them as government=4.":
        "Het panel heeft geen plaatsen, of meer dan {} van één groep; vul hoogstens zoveel in.",
    "Round '{}' was closed on {}, and a closed round stays as it is.":
        "Ronde '{}' is op {} gesloten, en een gesloten ronde blijft zoals zij is.",
    "Round '{}' was closed or removed just now, and takes no more answers in.":
        "Ronde '{}' is net gesloten of verwijderd en neemt geen antwoorden meer aan.",
    "Nobody answered in round '{}' yet, so there is nothing to close.":
        "In ronde '{}' heeft nog niemand geantwoord, dus er valt niets te sluiten.",
    "{} has no lens '{}'; it has {}.": "{} heeft geen onderdeel '{}'; het heeft {}.",
    "The text on {} is empty or over {} characters; write it, shorter.":
        "De tekst over {} is leeg of langer dan {} tekens; schrijf hem, korter.",
    "Round '{}' has that name, or asks the same, or some of it, over {} already; choose another name, items or period.":
        "Ronde '{}' heeft die naam al, of vraagt al hetzelfde of een deel ervan over {}; kies een andere naam, "
        "vragenlijst of periode.",
    "Every seat of round '{}' has its link or its answer already.":
        "Iedere plaats van ronde '{}' heeft al een link of een antwoord.",
    "Round '{}' is not known here; `python -m node assess list` names the rounds, `assess close` closes one.":
        "Ronde '{}' is hier niet bekend; onder 'Gereedheid' staan ze.",
    "Round '{}' still takes answers in; `python -m node assess list` names the rounds, `assess close` closes one.":
        "Ronde '{}' neemt nog antwoorden aan; sluit haar eerst.",
    "Nobody says who made the assessment; write a role of at most {} characters.":
        "Er staat niet wie de beoordeling maakte; schrijf een rol van hoogstens {} tekens.",
    "In the assessment {} may name a person (looks like {}); reword it with `python -m node assess say`, or --role.":
        "In de beoordeling wijst {0} misschien op een persoon; zeg het anders, onder 'Wat anderen erover zeiden' "
        "of bij de rol.",
    "the role": "de rol",
    "the focus group's finding on {} ({})": "de bevinding van de focusgroep over {} ({})",
    "the verdict's reason on {} ({})": "de reden bij het oordeel over {} ({})",
}  # fmt: skip
