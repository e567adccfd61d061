"""The words of the pages in both languages, and how figures are written: `0,8 %` in Dutch, `0.8%` in English."""

from collections.abc import Callable
from decimal import Decimal
from typing import Final

from hub.serving.spoken import day, number
from hub.web.access_words import ACCESS_WORDS
from hub.web.administration.act_words import ACT_WORDS
from hub.web.administration.log_words import LOG_WORDS
from hub.web.administration.refusal_words import REFUSAL_WORDS
from hub.web.administration.words import ADMINISTRATION_WORDS
from hub.web.assessment_words import ASSESSMENT_WORDS
from hub.web.comparison_words import COMPARISON_WORDS
from hub.web.egress_words import EGRESS_WORDS
from hub.web.evaluation_words import EVALUATION_WORDS
from hub.web.item_words import ITEM_WORDS
from hub.web.knowledge_words import KNOWLEDGE_WORDS
from hub.web.learning_words import LEARNING_WORDS
from hub.web.match_words import MATCH_WORDS
from hub.web.message_words import MESSAGE_WORDS
from hub.web.overview_words import OVERVIEW_WORDS
from hub.web.portal_words import PORTAL_WORDS
from hub.web.programme_words import PROGRAMME_WORDS
from hub.web.region_words import REGION_WORDS
from hub.web.reply_words import REPLY_WORDS
from hub.web.subscribe_words import SUBSCRIBE_WORDS
from hub.web.subscription_words import SUBSCRIPTION_WORDS
from hub.web.view_words import VIEW_WORDS
from schemas.codes import Language

__all__ = ["WORDS", "age", "day", "moment", "node", "number", "speaker", "whole", "with_unit", "word"]

WORDS: Final[dict[str, tuple[str, str]]] = {
    "tagline": ("Regio’s die van elkaar leren", "Regions that learn from each other"),
    "other_language": ("English", "Nederlands"),
    "skip": ("Naar de inhoud", "Skip to content"),
    "main_menu": ("Hoofdmenu", "Main menu"),
    "overview": ("Overzicht", "Overview"),
    "lessons": ("Lessen", "Lessons"),
    "compare": ("Vergelijken", "Compare"),
    "regions": ("Regio’s", "Regions"),
    "feeds": ("Abonneren", "Subscribe"),
    "index_title": ("Wat leren regio’s van elkaar?", "What do regions learn from each other?"),
    "index_lead": (
        "Regio’s houden persoonsgegevens thuis en delen wat veilig gedeeld kan worden. Geen ranglijst: waar "
        "verschillen niet zeker zijn, zeggen we dat.",
        "Regions keep personal data at home and share what can safely be shared. No league table: where differences "
        "are not certain, we say so.",
    ),
    "nothing_yet": (
        "Nog geen regio levert dit. Geen nul: er is niets gemeten.",
        "No region reports this yet. Not zero: nothing was measured.",
    ),
    "no_address": (
        "Dit adres leidt nergens heen; begin bij het overzicht.",
        "This address leads nowhere; begin at the overview.",
    ),
    "no_lessons": ("Nog geen les gedeeld.", "No lesson shared yet."),
    "all_lessons": ("Alle lessen", "All lessons"),
    "set": ("Gebied", "Set of regions"),
    "indicator": ("Indicator", "Indicator"),
    "period": ("Periode", "Period"),
    "group": ("Groep", "Group"),
    "show": ("Toon", "Show"),
    "table": ("Tabel", "Table"),
    "in_short": ("In het kort", "In short"),
    "map": ("Kaart", "Map"),
    "plot": ("Waarden met hun onzekerheid", "Values with their uncertainty"),
    "permalink": ("Vaste link", "Permalink"),
    "region": ("Regio", "Region"),
    "value": ("Waarde", "Value"),
    "bounds": ("95%-interval of bereik", "95% interval or range"),
    "standing": ("Ten opzichte van de regio’s samen", "Against the regions together"),
    "data_age": ("Ontvangen", "Received"),
    "hidden": ("verborgen", "hidden"),
    "hidden_key": (
        "verborgen: de waarde ligt ergens in dit bereik",
        "hidden: the value lies somewhere in this range",
    ),
    "hidden_map": ("verborgen, niet nul", "hidden, not zero"),
    "not_known_then": ("Dit cijfer was toen nog niet bekend", "This figure was not known yet then"),
    "absent": ("geen cijfer", "no figure"),
    "reference": ("regio’s samen", "regions together"),
    "indistinguishable": ("niet te onderscheiden", "indistinguishable"),
    "no_verdict": ("geen oordeel", "no verdict"),
    "not_cut_so": ("niet in deze groep ingedeeld", "not cut into this group"),
    "not_available": ("niet beschikbaar", "not available"),
    "not_collected": ("niet verzameld", "not collected"),
    "not_applicable": ("niet van toepassing", "not applicable"),
    "withdrawn": ("teruggetrokken", "withdrawn"),
    "corrected": ("gecorrigeerd", "corrected"),
    "revised": ("herzien", "revised"),
    "redacted": ("vernietigd", "destroyed"),
    "pending": ("correctie wacht", "correction pending"),
    "limit_pending": (
        "Correctie wacht: de wijziging is te klein om te tonen zonder personen te verraden; zij komt zodra dat kan.",
        "Correction pending: the change is too small to be shown without telling of persons; it comes once it can.",
    ),
    "partial": ("onvolledig, geen oordeel", "partial, no verdict"),
    "coverage_linkage": ("Dekking en koppeling", "Coverage and linkage"),
    "limit_partial": (
        "Onvolledig: te weinig praktijken, verzekerden of inwoners zijn gedekt; zonder oordeel en in geen totaal.",
        "Partial: too few practices, insured persons or inhabitants are covered; without a verdict and in no total.",
    ),
    "corrections": ("Correcties en terugtrekkingen", "Corrections and withdrawals"),
    "earlier_event": ("eerder bericht", "earlier event"),
    "as_known_on": ("Zoals bekend op", "As known on"),
    "shows_moment": ("Dit is wat hier bekend was op", "This is what was known here on"),
    "show_latest": ("Toon wat nu bekend is", "Show what is known now"),
    "limit_withdrawn": (
        "Teruggetrokken is niet nul: de regio gaf een cijfer en nam het terug; het telt nergens in mee.",
        "Withdrawn is not zero: the region gave a figure and took it back; it counts nowhere.",
    ),
    "lesson_withdrawn": ("Deze les is teruggetrokken", "This lesson was withdrawn"),
    "lesson_redacted": ("Deze les is vernietigd", "This lesson was destroyed"),
    "withdrawn_lead": (
        "De regio nam haar les terug. De tekst wordt hier niet meer getoond.",
        "The region took its lesson back. Its text is no longer shown here.",
    ),
    "redacted_lead": (
        "De regio liet de laatste tekst van deze les vernietigen. Die staat ook niet meer in dit systeem; "
        "eerdere teksten toont het niet meer.",
        "The region had the last text of this lesson destroyed. It is no longer in this system either; "
        "earlier texts are not shown any more.",
    ),
    "when": ("Wanneer", "When"),
    "reason": ("Reden", "Reason"),
    "newer_version": ("Er is een nieuwere versie van deze les", "There is a newer version of this lesson"),
    "no_interval": ("geen interval", "no interval"),
    "about": ("Over dit cijfer", "About this figure"),
    "definition": ("Definitie", "Definition"),
    "version": ("Versie", "Version"),
    "favourable": ("Gunstig is", "Favourable is"),
    "higher": ("hoger", "higher"),
    "lower": ("lager", "lower"),
    "neither": ("geen van beide", "neither"),
    "origin": ("Herkomst", "Origin"),
    "taken_over": ("overgenomen, hier niet beschermd", "taken over, not protected here"),
    "computed": ("in de regio geteld uit eigen registraties", "counted in the region from its own records"),
    "owner": ("Bron", "Source"),
    "licence": ("Licentie", "Licence"),
    "retrieved": ("opgehaald op", "retrieved on"),
    "limits": ("Wat dit niet zegt", "What this does not say"),
    "limit_why": (
        "Zegt niet waarom regio’s verschillen, en is niet gecorrigeerd voor leeftijd of opleiding tenzij de "
        "definitie dat noemt.",
        "Does not say why regions differ, and is not corrected for age or education unless the definition says so.",
    ),
    "limit_no_interval": (
        "De bron geeft geen aantallen: daarom geen interval, geen volgorde en geen oordeel.",
        "The source gives no counts: hence no interval, no order and no verdict.",
    ),
    "limit_count": (
        "Een aantal personen: aantallen van regio’s worden niet met elkaar vergeleken.",
        "A number of persons: regions’ numbers are not compared with each other.",
    ),
    "limit_no_variance": (
        "De spreiding tussen personen is niet gepubliceerd: daarom geen interval en geen oordeel.",
        "The spread between persons is not published: hence no interval and no verdict.",
    ),
    "limit_map": (
        "De kaartkleur volgt de waarde, niet de zekerheid.",
        "The colour on the map follows the value, not its certainty.",
    ),
    "limit_hidden": (
        "Verborgen is niet nul: de waarde ligt ergens in het genoemde bereik.",
        "Hidden is not zero: the value lies somewhere in the range given.",
    ),
    "limit_chance": (
        "Regio’s zijn op naam gezet; een verschil dat binnen de onzekerheid valt, is niet aangetoond.",
        "Regions are listed by name; a difference within the uncertainty has not been shown.",
    ),
    "limit_reference": (
        "‘Regio’s samen’ telt alleen de regio’s met een zichtbaar cijfer.",
        "‘Regions together’ counts only the regions with a visible figure.",
    ),
    "unit": ("Eenheid", "Unit"),
    "days": ("dagen oud", "days old"),
    "one_day": ("1 dag oud", "1 day old"),
    "today": ("vandaag", "today"),
    "boundaries": (
        "Grenzen: CBS en Kadaster, CC BY 4.0, indeling 2023, bewerkt.",
        "Boundaries: CBS and Kadaster, CC BY 4.0, division of 2023, adapted.",
    ),
    "foot": (
        "Publieke cijfers en lessen, door de regio’s zelf vrijgegeven en ondertekend.",
        "Public figures and lessons, released and signed by the regions themselves.",
    ),
    "see_table": ("De tabel hieronder zegt hetzelfde in woorden.", "The table below says the same in words."),
    "range_unknown": ("bereik onbekend", "range unknown"),
    "limit_not_comparable": (
        "Regio’s met een andere definitie of indeling staan er wel bij, maar zijn niet naast de andere te leggen.",
        "Regions with another definition or division are listed, but cannot be laid beside the others.",
    ),
    "sex": ("geslacht", "sex"),
    "age_band": ("leeftijd", "age"),
    "f": ("vrouwen", "women"),
    "m": ("mannen", "men"),
    "unknown": ("onbekend", "unknown"),
    "open_ended": ("of meer", "or more"),
    "busy": ("Even druk", "Busy just now"),
    "no_such_page": ("Deze pagina is er niet", "This page is not there"),
    "context": ("Situatie", "Situation"),
    "barrier_or_opportunity": ("Wat hielp of in de weg stond", "What helped or stood in the way"),
    "action": ("Wat is gedaan", "What was done"),
    "consequence": ("Wat volgde", "What followed"),
    "advice": ("Advies", "Advice"),
    "written_by": ("Geschreven door", "Written by"),
    "newer": ("Nieuwer", "Newer"),
    "older": ("Ouder", "Older"),
    "health": ("Gezondheid", "Health"),
    "quality": ("Kwaliteit van zorg", "Quality of care"),
    "cost": ("Kosten", "Cost"),
    "workforce": ("Werk in de zorg", "Working in care"),
    "population": ("Bevolking", "Population"),
    "other": ("Overig", "Other"),
    "total": ("totaal", "total"),
    "narrow_bounds": ("grenzen", "bounds"),
    "interval": ("95%-interval", "95% interval"),
    "same_definition": ("gelijk in alle regio’s", "the same in all regions"),
    "audience": ("Te zien voor", "Visible to"),
    "public": ("iedereen", "everyone"),
    **ACCESS_WORDS,
    **ACT_WORDS,
    **ADMINISTRATION_WORDS,
    **ASSESSMENT_WORDS,
    **COMPARISON_WORDS,
    **EGRESS_WORDS,
    **EVALUATION_WORDS,
    **ITEM_WORDS,
    **KNOWLEDGE_WORDS,
    **LEARNING_WORDS,
    **LOG_WORDS,
    **MATCH_WORDS,
    **MESSAGE_WORDS,
    **OVERVIEW_WORDS,
    **PORTAL_WORDS,
    **PROGRAMME_WORDS,
    **REFUSAL_WORDS,
    **REGION_WORDS,
    **REPLY_WORDS,
    **SUBSCRIBE_WORDS,
    **SUBSCRIPTION_WORDS,
    **VIEW_WORDS,
}


def word(key: str, lang: Language) -> str:
    """Return the word in the language asked; raises KeyError for a word that is not there."""
    return WORDS[key][0 if lang == "nl" else 1]


def whole(count: int, lang: Language) -> str:
    """Return a whole number with grouped thousands."""
    return number(Decimal(count), lang)


def with_unit(value: Decimal | None, unit: str, lang: Language) -> str:
    """Return a figure with its percent sign where the unit is one; longer units stand in the table's caption."""
    text = number(value, lang)
    if unit.strip() != "%" or value is None:
        return text
    return f"{text}\u00a0%" if lang == "nl" else f"{text}%"


def moment(text: str, lang: Language) -> str:
    """Return a UTC moment to the minute."""
    return f"{day(text, lang)}, {text[11:16]} UTC"


def age(days: int, lang: Language) -> str:
    """Return how old something is."""
    if days <= 0:
        return word("today", lang)
    return word("one_day", lang) if days == 1 else f"{days} {word('days', lang)}"


def node(dimension: str, found: str, lang: Language) -> str:
    """Return a node of a cut in words: `geslacht: vrouwen`, `leeftijd: 18-44`."""
    place = word(dimension, lang) if dimension in WORDS else dimension
    return f"{place}: {word(found, lang) if dimension == 'sex' and found in WORDS else found}"


def speaker(lang: Language) -> Callable[[str], str]:
    """Return the function by which a template looks up its words."""
    return lambda key: word(key, lang)
