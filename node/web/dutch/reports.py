"""What the node says of a bundle for its reviewers, in English and in Dutch: of counting, protection and words."""

from collections.abc import Mapping
from typing import Final

_NOWHERE: Final = "tellen nergens mee."
_PANEL_EN: Final = (
    "Of the panel are told medians from five answers and the middle half from ten, in bands of at least two scores; "
    "nothing else of any answer."
)
_ROUNDED_EN: Final = (
    "Changes of this count were rounded to tens, drawn at random: each figure was within nine of the records then, and "
    "no other draw can follow."
)
_WAITS_EN: Final = (
    "waits in {} {}: published now, it could be worked out. Those figures stay as they were released; prepare again "
    "when more has changed, nothing is lost (docs/corrections.md)."
)
_WAITS: Final = (
    "wacht bij {} over {}: nu uitgebracht zou zij te herleiden zijn. De cijfers blijven zoals ze zijn; bereid opnieuw "
    "voor als er meer is veranderd, er gaat niets verloren."
)
# by record, since a bare word could as well be the name of a column
_RECORDS: Final = {
    "condition": ("aandoening", "aandoeningen"), "encounter": ("contact", "contacten"),
    "measurement": ("meting", "metingen"), "treatment": ("behandeling", "behandelingen"), "cost": ("kosten", "kosten"),
}  # fmt: skip
_LACKING: Final = {
    form: dutch
    for name, (one, several) in _RECORDS.items()
    for form, dutch in (
        (f"{name} ({{}})", f"{one} ({{}})"),
        (f"No {name} is loaded; needed is {{}}", f"er zijn geen {several} geladen; nodig is {{}}"),
        (f"No {name} of type {{}} is loaded", f"er zijn geen {several} van soort {{}} geladen"),
        (f"No {name} has a code of system {{}}; needed is {{}}",
         f"geen van de {several} heeft een code van stelsel {{}}; nodig is {{}}"),
        (f"No such {name} has a value; needed is {{}}", f"geen van die {several} heeft een waarde; nodig is {{}}"),
        (f"No such {name} has an urgency; needed is {{}}", f"geen van die {several} heeft een urgentie; nodig is {{}}"),
        (f"No such {name} has an end date; needed is {{}}",
         f"geen van die {several} heeft een einddatum; nodig is {{}}"),
    )
}  # fmt: skip

REPORTS: Final[Mapping[str, str]] = {
    # counting
    "{} over {} is not available: source {} is complete until {}, and {} is needed; load a later delivery.":
        "{} over {} is niet beschikbaar: bron {} is volledig tot en met {}, en nodig is {}; laad een latere levering.",
    "{} over {} is not available: source {} is complete until {}, and {} is needed; load a later delivery. So it is "
    "with {} more.":
        "{} over {} is niet beschikbaar: bron {} is volledig tot en met {}, en nodig is {}; laad een latere levering. "
        "Zo is het met nog {}.",
    "{} over {} reads 0, which may mean not recorded: {}.":
        "{} over {} is 0, en dat kan betekenen dat het niet is vastgelegd: {}.",
    "No coverage is loaded; load who was insured or registered from when to when":
        "er is niet geladen wie van wanneer tot wanneer verzekerd of ingeschreven was",
    "No date of death is loaded; map it in the population register": "er is geen datum van overlijden geladen",
    "No person has a municipality; map it in the population register, or load record residence":
        "van niemand is de gemeente bekend",
    "No person's sex is known; map it in the population register": "van niemand is het geslacht bekend",
    "None of the codes was ever seen; needed is {}": "geen van de codes kwam ooit voor; nodig is {}",
    **_LACKING,
    "Fewer than ten persons live in {}, which is no area of this node ({}); they are counted nowhere.":
        f"Minder dan tien personen wonen in {{}}, dat geen gebied van deze node is ({{}}); zij {_NOWHERE}",
    "{} persons live in {}, which is no area of this node ({}); they are counted nowhere.":
        f"{{}} personen wonen in {{}}, dat geen gebied van deze node is ({{}}); zij {_NOWHERE}",
    "Fewer than ten persons have no municipality; they are counted nowhere.":
        f"Van minder dan tien personen is geen gemeente bekend; zij {_NOWHERE}",
    "{} persons have no municipality; they are counted nowhere.":
        f"Van {{}} personen is geen gemeente bekend; zij {_NOWHERE}",
    "So it is with {} other municipalities.": "Andere gemeenten waarvoor dat geldt: {}.",
    "{} is cut more coarsely, as chosen: {}.": "{} is grover ingedeeld, zoals gekozen: {}.",
    # protection
    "Coarsened {}.": "Grover ingedeeld: {}.",
    "Against what stands: {} new, {} corrected, {} withdrawn, {} unchanged and left out.":
        "Naast wat er staat: {} nieuw, {} gecorrigeerd, {} ingetrokken, {} ongewijzigd en weggelaten.",
    _ROUNDED_EN:
        "Veranderingen van dit aantal zijn op tientallen afgerond, door loting: ieder cijfer lag toen binnen negen van "
        "de records, en er kan geen andere loting volgen.",
    f"A correction of fewer than 10 persons {_WAITS_EN}": f"Een correctie van minder dan 10 personen {_WAITS}",
    f"A correction of fewer than 10 persons, or in money paid to too few, {_WAITS_EN}":
        f"Een correctie van minder dan 10 personen, of van geld dat aan te weinigen is betaald, {_WAITS}",
    "Hidden by rule: {} sums of money in which fewer than {} organisations are paid, or two of them nearly everything; "
    "a wider area or more kinds of care would show more.":
        "Volgens de regel verborgen bedragen waarin minder dan {1} organisaties zijn betaald, of twee ervan bijna "
        "alles: {0}; een ruimer gebied of meer soorten zorg laten meer zien.",
    # evaluations, panels and files
    "Made of {} published figures alone, each found on this region's chain.":
        "Gemaakt van gepubliceerde cijfers alleen ({}), elk gevonden in de keten van deze regio.",
    _PANEL_EN:
        "Van het panel worden medianen verteld vanaf vijf antwoorden en de middelste helft vanaf tien, in banden van "
        "ten minste twee scores; verder niets van een antwoord.",
    "File {}, {} bytes, SHA-256 {}: `review show --out` writes it; open it before you approve.":
        "Bestand {}, {} bytes, SHA-256 {}: open het voordat u akkoord geeft.",
    "It is a picture: no program looked for persons in it, so look yourself, at faces and at words.":
        "Het is een afbeelding: geen programma zocht er naar personen, dus kijk zelf naar gezichten en woorden.",
}  # fmt: skip
