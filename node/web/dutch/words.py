"""What is said of words, reasons and releases, in English and in Dutch."""

from collections.abc import Mapping
from typing import Final

WORDS: Final[Mapping[str, str]] = {
    "To protect small figures 1 other is hidden, counted over the whole release; any safe choice hides at least {}.":
        "Om kleine cijfers te beschermen is nog 1 ander verborgen, geteld over de hele release; iedere veilige keuze "
        "verbergt er ten minste {}.",
    "To protect small figures {} others are hidden, counted over the whole release; any safe choice hides at least {}.":
        "Om kleine cijfers te beschermen zijn nog {} andere verborgen, geteld over de hele release; iedere veilige "
        "keuze verbergt er ten minste {}.",
    "{} {}: {} cells, {} hidden.": "{} {}: {} cellen, waarvan {} verborgen.",
    "All {} items stand already as they are; nothing needs a new signature.":
        "Alle {} onderdelen staan er al zoals ze zijn; er is niets om opnieuw te ondertekenen.",
    "The item stands already as it is; nothing needs a new signature.":
        "Het onderdeel staat er al zoals het is; er is niets om opnieuw te ondertekenen.",
    "{} items stand already with other figures or words and {} are gone from the source, the first is {}; say why with "
    "--reason.":
        "{} onderdelen staan er al met andere cijfers of woorden en {} zijn uit de bron verdwenen, het eerste is {}; "
        "zeg hieronder waarom dit verandert.",
    "A reason of 1 to {} characters is needed; say what happened.":
        "Een reden van 1 tot en met {} tekens is nodig; zeg wat er gebeurde.",
    "The reason may name a person ({}); say it without naming anyone.":
        "De reden noemt misschien een persoon; zeg het zonder iemand te noemen.",
    "A reason of 1 to {} characters is needed; say why these words may stand.":
        "Een reden van 1 tot en met {} tekens is nodig; zeg waarom deze woorden mogen blijven staan.",
    "The reason repeats the words or may name a person; say why they may stand without them.":
        "De reden herhaalt de woorden of noemt misschien een persoon; zeg zonder die woorden waarom ze mogen blijven "
        "staan.",
    "{} as it reads now has no finding {}; `python -m node {}` lists them.":
        "De tekst is intussen anders; kijk opnieuw wat er staat.",
    "{} may name a person ({}); reword those fields, or see the words with `python -m node {}` and decide on each.":
        "Er staan nog woorden die op een persoon kunnen wijzen; haal ze weg, of zeg van ieder waarom het mag blijven "
        "staan.",
    "The Dutch de-identifier is not installed: names without a title, initials or a common first name, and places "
    "without a number, were not looked for. Read for those yourself.":
        "De Nederlandse ontherkenner is niet geïnstalleerd: naar namen zonder titel, voorletters of een gewone "
        "voornaam, en plaatsen zonder nummer, is niet gezocht. Let daar zelf op.",
    "No reader sees reply '{}', so there is nothing to take back.":
        "Geen lezer ziet reactie '{}', dus er is niets terug te nemen.",
    "No region released figures of {} over {}, so there is nothing to reply to; choose a period that the comparison "
    "has.":
        "Geen regio heeft cijfers van {} over {} uitgebracht, dus er is niets om op te reageren; kies een periode die "
        "de vergelijking heeft.",
    "There is no reply '{}' here; `python -m node reply list` names them.":
        "Er is hier geen reactie '{}'; onder 'Reacties' staan ze.",
    "There is no indicator {}; `python -m node definitions list` names them.":
        "Er is geen indicator {}; onder 'Definities' staan ze.",
    "{}: {}; see docs/replies.md for the fields.": "{}: {}.",
    "field `reply` is the reply's own name: at most 49 small letters, digits and hyphens":
        "het veld met de korte naam heeft hoogstens 49 kleine letters, cijfers en streepjes",
    "field `indicator` names none that this node knows (`python -m node definitions list`)":
        "het veld met de indicator noemt er geen die deze node kent (zie 'Definities')",
    "field `period` is a year, quarter, month, week or day, as the comparison has it":
        "het veld met de periode is een jaar, kwartaal, maand, week of dag, zoals de vergelijking haar heeft",
    "field `text` is empty or longer than {} characters": "de reactie is leeg of langer dan {} tekens",
    "field `author_role` is empty or longer than {} characters": "de rol is leeg of langer dan {} tekens",
    "field `as_known_on` is not written as 2026-11-22T21:00:00Z, as the comparison says it":
        "het moment is niet geschreven als 2026-11-22T21:00:00Z, zoals de vergelijking het zegt",
    "field `as_known_on` has not been yet": "het moment is nog niet geweest",
    "{}: {}; see docs/items.md for the fields.": "{}: {}.",
    "field `{}` is empty or longer than {} characters": "veld `{}` is leeg of langer dan {} tekens",
    "field `{}` is longer than {} characters": "veld `{}` is langer dan {} tekens",
    "field `{}` lists the same twice": "veld `{}` noemt hetzelfde twee keer",
    "field `{}` lists more than {} parts": "veld `{}` noemt meer dan {} onderdelen",
    "action '{}'": "actie '{}'",
    "reflection '{}'": "reflectie '{}'",
    "There is no action '{}' here; `python -m node item list` names them.":
        "Er is hier geen actie '{}'; onder 'Reflecties en acties' staan ze.",
    "There is no reflection '{}' here; `python -m node item list` names them.":
        "Er is hier geen reflectie '{}'; onder 'Reflecties en acties' staan ze.",
    "Readers know action '{}' as {} already; to begin it anew, `action add` another.":
        "Lezers kennen actie '{}' al als {}; leg een nieuwe vast om het opnieuw te doen.",
    "done": "gedaan",
    "dropped": "vervallen",
}  # fmt: skip
