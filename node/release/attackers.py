"""What each attacker is left with, in plain words: what was proven, and nothing that was not."""

from schemas.definition import Text

from .proof import Proof


def attackers_words(proof: Proof) -> tuple[Text, ...]:
    """Return one sentence for an outsider and one for who knows the rules, as far as something is protected."""
    if proof.taken_over:
        return (
            Text(
                "Overgenomen zoals het al openbaar was: hier is niets beschermd en niets beloofd.",
                "Taken over as it was public already: nothing is protected here and nothing is promised.",
            ),
        )
    if not proof.hidden:
        return (Text("Er hoefde niets te worden verborgen.", "Nothing had to be hidden."),)
    if proof.share is not None:
        return (
            Text(
                f"Wie alleen de cijfers kent, en wie ook de regels kent, houdt bij elk beschermd bedrag of aantal een "
                f"marge over van ten minste {proof.share}% ervan.",
                f"Who knows the figures only, and who knows the rules as well, is left with a range of at least "
                f"{proof.share}% of each protected sum or number.",
            ),
        )
    return (
        Text(
            f"Een buitenstaander, die alle gepubliceerde cijfers kent, houdt bij elk beschermd aantal ten minste "
            f"{proof.outsider} mogelijke waarden over.",
            f"An outsider, who knows every published figure, is left with at least {proof.outsider} possible values "
            "for each protected count.",
        ),
        Text(
            f"Wie ook onze regels kent en weet welke lege cellen klein zijn, houdt er ongeveer {proof.status_values} "
            f"over: tussen de kleinste en de grootste zitten ten minste {proof.room} personen (bewezen).",
            f"One who also knows our rules and which blanks are small is left with about {proof.status_values}: at "
            f"least {proof.room} persons lie between the smallest and the largest (proven).",
        ),
    )
