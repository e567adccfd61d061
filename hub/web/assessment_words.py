"""The words of assessments of readiness, in both languages."""

from typing import Final

ASSESSMENT_WORDS: Final[dict[str, tuple[str, str]]] = {
    "assessments": ("Is de regio gereed?", "Is the region ready?"),
    "assessments_none": (
        "Deze regio deelde nog geen beoordeling van haar gereedheid.",
        "This region has not shared an assessment of its readiness yet.",
    ),
    "assessments_lead": (
        "Wat een panel antwoordde, wat focusgroepen vonden en wat experts oordeelden. Deze drie staan naast elkaar en "
        "worden niet gemiddeld.",
        "What a panel answered, what focus groups found and what experts judged. These three stand side by side and "
        "are not averaged.",
    ),
    "assessment_key": (
        "Blok: hierin ligt de mediaan. Lijn: hierin ligt de middelste helft, vanaf tien antwoorden. Van 1 (helemaal "
        "oneens) tot 4 (helemaal eens).",
        "Block: the median lies in it. Line: the middle half lies in it, from ten answers. From 1 (strongly disagree) "
        "to 4 (strongly agree).",
    ),
    "assessment_bands": (
        "Scores staan in banden van ten minste twee mogelijke scores, zodat niemands antwoord is af te leiden. "
        "Verborgen is niet nul: er waren te weinig antwoorden om te tonen.",
        "Scores are told in bands of at least two possible scores, so that nobody's answer follows. Hidden is not "
        "zero: there were too few answers to show.",
    ),
    "panel": ("panel", "panel"),
    "government": ("overheid", "government"),
    "practice": ("praktijk", "practice"),
    "knowledge": ("kennis", "knowledge"),
    "citizens": ("inwoners", "citizens"),
    "lens": ("Lens", "Lens"),
    "change_since": ("Verandering sinds", "Change since"),
    "focus_groups": ("Focusgroepen", "Focus groups"),
    "experts": ("Experts", "Experts"),
    "satisfactory": ("voldoende", "satisfactory"),
    "not_satisfactory": ("niet voldoende", "not satisfactory"),
    "nobody_answered": ("niemand", "nobody"),
    "not_compared": (
        "De formulering van deze vragen is niet met de bron vergeleken:",
        "The wording of these questions was not compared with its source:",
    ),
    "answers_short": ("n", "n"),
    "readiness": ("Gereedheid", "Readiness"),
    "readiness_lead": (
        "De laatste ronde van iedere regio. Regio's staan op naam; er is geen cijfer dat hen ordent.",
        "The last round of every region. Regions stand by name; there is no figure that orders them.",
    ),
    "readiness_none": ("Nog geen regio deelde een ronde hiervan.", "No region has shared a round of this yet."),
    "instrument": ("Instrument", "Instrument"),
    "told_in": ("Regio's met een mediaan", "Regions with a median"),
    "may_be_lowest_in": ("Kan daar het minst geïntegreerd zijn", "May be least integrated there"),
    "alone_lowest_in": ("Zeker het minst geïntegreerd", "Surely least integrated"),
    "verdicts_good": ("Experts: voldoende", "Experts: satisfactory"),
    "verdicts_bad": ("Experts: niet voldoende", "Experts: not satisfactory"),
    "least_integrated": ("Kan het minst geïntegreerd zijn", "May be least integrated"),
    "cannot_say": ("niet te zeggen", "cannot be said"),
}
