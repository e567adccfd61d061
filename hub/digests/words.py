"""The words of mails, in plain Dutch and English (level B1): short sentences, one thing at a time."""

from typing import Final

from schemas.codes import Language

WORDS: Final[dict[str, tuple[str, str]]] = {
    "hello": ("Dag,", "Hello,"),
    "confirm_subject": (
        "Bevestig uw overzicht van lessen van regio’s",
        "Confirm your digest of lessons of regions",
    ),
    "confirm_why": (
        "Iemand vroeg op {site} om een overzicht per mail: {rhythm} de nieuwe lessen van regio’s. "
        "Waarschijnlijk was u dat.",
        "Somebody asked at {site} for a digest by e-mail: the new lessons of regions, {rhythm}. It probably was you.",
    ),
    "confirm_do": (
        "Wilt u dit overzicht? Open dan deze link en bevestig. Dat kan tot 48 uur na uw aanvraag.",
        "Do you want this digest? Then open this link and confirm. You can do so until 48 hours after you asked.",
    ),
    "confirm_link": ("Bevestigen", "Confirm"),
    "confirm_replaces": (
        "Had u al een overzicht? Dan komt dit in de plaats daarvan.",
        "Did you have a digest already? Then this one takes its place.",
    ),
    "confirm_not": (
        "Wilt u dit niet? Doe dan niets. Na 48 uur wissen wij uw adres. Nu meteen wissen kan ook:",
        "You do not want this? Then do nothing. After 48 hours we erase your address. You can also erase it now:",
    ),
    "erase_link": ("Mijn adres wissen", "Erase my address"),
    "daily": ("elke dag", "every day"),
    "weekly": ("elke week", "every week"),
    "monthly": ("elke maand", "every month"),
    "digest_subject": ("Lessen van regio’s: {what}", "Lessons of regions: {what}"),
    "count_new": ("{count} nieuw", "{count} new"),
    "count_revised": ("{count} veranderd", "{count} revised"),
    "count_evidence": ("{count} met ander bewijs", "{count} with other evidence"),
    "count_taken_back": ("{count} teruggenomen", "{count} taken back"),
    "digest_lead": (
        "Dit is uw overzicht van wat regio’s van elkaar leren. U krijgt het {rhythm}, als er iets nieuws is.",
        "This is your digest of what regions learn from each other. You get it {rhythm}, when there is something new.",
    ),
    "taken_back": ("Niet meer gebruiken", "Do not use any more"),
    "taken_back_lead": (
        "Deze lessen kreeg u van ons. De regio heeft ze teruggenomen. Gebruik ze niet meer.",
        "We sent you these lessons. Their region took them back. Do not use them any more.",
    ),
    "was_withdrawn": (
        "Een les van {region}. U kreeg die op {sent}. Teruggenomen op {at}.",
        "A lesson of {region}. You got it on {sent}. Taken back on {at}.",
    ),
    "was_destroyed": (
        "Een les van {region}. U kreeg die op {sent}. Vernietigd op {at}. Hebt u een kopie? Wis die ook.",
        "A lesson of {region}. You got it on {sent}. Destroyed on {at}. Do you have a copy? Erase it as well.",
    ),
    "there_is_newer": ("Er is een nieuwe versie:", "There is a new version:"),
    "evidence": ("Het bewijs is veranderd", "The evidence changed"),
    "evidence_lead": (
        "Deze lessen kreeg u van ons. De tekst is hetzelfde, maar cijfers of een evaluatie waarop ze rusten niet meer. "
        "Kijk of de les voor u nog opgaat.",
        "We sent you these lessons. The text is the same, but figures or an evaluation on which they rest are not. "
        "See whether the lesson still holds for you.",
    ),
    "got_lesson": ("U kreeg deze les op {sent}.", "You got this lesson on {sent}."),
    "revised": ("Veranderd", "Revised"),
    "revised_lead": (
        "Deze lessen hebben een nieuwe tekst. Lees ze opnieuw voordat u ze gebruikt.",
        "These lessons have a new text. Read them again before you use them.",
    ),
    "changed": ("Dit is anders: {parts}.", "This is different: {parts}."),
    "changed_more": ("De rest van de tekst is hetzelfde.", "The rest of the text is the same."),
    "changed_else": (
        "De tekst is hetzelfde. Er is iets anders aan de les veranderd, zoals een thema.",
        "The text is the same. Something else of the lesson changed, such as a theme.",
    ),
    "got_before": ("De vorige tekst kreeg u op {sent}.", "You got the text before on {sent}."),
    "beyond": (
        "Een les van {region}. U kreeg die op {sent}. Er is een nieuwe tekst, maar die mag u niet meer lezen. "
        "Gebruik de oude niet meer.",
        "A lesson of {region}. You got it on {sent}. There is a new text, but you may no longer read it. "
        "Do not use the old one any more.",
    ),
    "reason": ("Reden: {reason}", "Reason: {reason}"),
    "count_to_region": ("{count} aan uw regio", "{count} to your region"),
    "to_region": ("Aan uw regio", "To your region"),
    "to_region_lead": (
        "Andere regio’s antwoordden uw regio, of vroegen iets over een les van uw regio.",
        "Other regions answered your region, or asked something about a lesson of your region.",
    ),
    "answer_to_region": (
        "{region} antwoordt op een vraag van uw regio, {at}.",
        "{region} answers a question of your region, {at}.",
    ),
    "question_to_region": (
        "{region} vraagt iets over een les van uw regio, {at}.",
        "{region} asks something about a lesson of your region, {at}.",
    ),
    "new": ("Nieuw", "New"),
    "advice_is": ("Advies: {advice}", "Advice: {advice}"),
    "more": (
        "Er zijn er nog {count}. Die komen in uw volgende overzicht. U kunt ze nu al lezen:",
        "There are {count} more. They come in your next digest. You can read them now:",
    ),
    "part_title": ("de titel", "the title"),
    "part_context": ("de situatie", "the situation"),
    "part_barrier_or_opportunity": ("wat in de weg stond of hielp", "what stood in the way or helped"),
    "part_action": ("wat de regio deed", "what the region did"),
    "part_consequence": ("wat er gebeurde", "what happened"),
    "part_advice": ("het advies", "the advice"),
    "foot": (
        "U krijgt deze mail omdat u er zelf om vroeg. Is er niets nieuws, dan sturen wij niets.",
        "You get this mail because you asked for it. When there is nothing new, we send nothing.",
    ),
    "your_choice": ("Uw keuze bekijken:", "See what you chose:"),
    "other_choice": ("Iets anders kiezen:", "Choose something else:"),
    "leave": ("Geen mail meer, en mijn adres wissen:", "No more mail, and erase my address:"),
}
_MONTHS: Final = {
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "en": "January February March April May June July August September October November December",
}


def word(key: str, lang: Language, **given: str | int) -> str:
    """Return a sentence in the language asked; raises KeyError for one that is not there."""
    return WORDS[key][lang == "en"].format(**given)


def day(moment: str, lang: Language) -> str:
    """Return the date of a UTC moment, the month written out."""
    return f"{int(moment[8:10])} {_MONTHS[lang].split()[int(moment[5:7]) - 1]} {moment[:4]}"
