"""What reviewers call the events, the fields of words and notices, and their coded values in a preview."""

from typing import Final

from schemas.about import LessonAbout
from schemas.citation import CitedEvaluation, CitedExperience
from schemas.codes import EventType
from schemas.item_words import VALUE_WORDS
from schemas.text import Text

KINDS: Final = {
    EventType.INDICATOR_PUBLISHED: Text("nieuwe cijfers", "new figures"),
    EventType.INDICATOR_CORRECTED: Text("gecorrigeerde cijfers", "corrected figures"),
    EventType.INDICATOR_PUBLISHED_V2: Text("nieuwe cijfers", "new figures"),
    EventType.INDICATOR_CORRECTED_V2: Text("gecorrigeerde cijfers", "corrected figures"),
    EventType.INDICATOR_WITHDRAWN: Text("intrekking van cijfers", "withdrawal of figures"),
    EventType.INDICATOR_PENDING: Text("bericht over een correctie die wacht", "word on a correction that waits"),
    EventType.LESSON_PUBLISHED: Text("nieuwe les", "new lesson"),
    EventType.LESSON_REVISED: Text("herziene les", "revised lesson"),
    EventType.LESSON_PUBLISHED_V2: Text("nieuwe les", "new lesson"),
    EventType.LESSON_REVISED_V2: Text("herziene les", "revised lesson"),
    EventType.LESSON_WITHDRAWN: Text("intrekking van een les", "withdrawal of a lesson"),
    EventType.EVALUATION_PUBLISHED: Text("nieuwe evaluatie", "new evaluation"),
    EventType.EVALUATION_REVISED: Text("herziene evaluatie", "revised evaluation"),
    EventType.EVALUATION_WITHDRAWN: Text("intrekking van een evaluatie", "withdrawal of an evaluation"),
    EventType.ASSESSMENT_PUBLISHED: Text("nieuwe beoordeling van de gereedheid", "new assessment of readiness"),
    EventType.ASSESSMENT_REVISED: Text("herziene beoordeling van de gereedheid", "revised assessment of readiness"),
    EventType.ASSESSMENT_WITHDRAWN: Text("intrekking van een beoordeling", "withdrawal of an assessment"),
    EventType.REPLY_PUBLISHED: Text("nieuwe reactie op een vergelijking", "new reply to a comparison"),
    EventType.REPLY_REVISED: Text("herziene reactie op een vergelijking", "revised reply to a comparison"),
    EventType.REPLY_WITHDRAWN: Text("intrekking van een reactie", "withdrawal of a reply"),
    EventType.REPLY_WAIVED: Text("bericht dat geen reactie nodig is", "word that no reply is needed"),
    EventType.CITATION_PUBLISHED: Text("aanhaling van een les", "citation of a lesson"),
    EventType.CITATION_WITHDRAWN: Text("intrekking van een aanhaling", "withdrawal of a citation"),
    EventType.EVENT_REDACTED: Text("vernietiging van een bericht", "destruction of an event"),
    EventType.KEY_ENROLLED: Text("nieuwe sleutel", "new key"),
    EventType.KEY_REVOKED: Text("sleutel die niet meer geldt", "key taken back"),
}
OF_LESSON: Final = {
    "title": Text("Titel", "Title"),
    "context": Text("Context", "Context"),
    "barrier_or_opportunity": Text("Belemmering of kans", "Barrier or opportunity"),
    "action": Text("Wat is gedaan", "What was done"),
    "consequence": Text("Wat volgde", "What followed"),
    "advice": Text("Advies", "Advice"),
    "author_role": Text("Rol van de auteur", "Author's role"),
    "themes": Text("Thema's", "Themes"),
    "steps": Text("Stappen", "Steps"),
    "helix_voices": Text("Gehoorde stemmen", "Voices heard"),
    "indicators": Text("Indicatoren", "Indicators"),
    "about": Text("Waar de les over gaat", "What it is about"),
    "licence": Text("Licentie", "Licence"),
    "language": Text("Taal", "Language"),
    "lesson": Text("Naam", "Name"),
}


OF_REPLY: Final = {
    "text": Text("Reactie", "Reply"),
    "author_role": Text("Rol van de auteur", "Author's role"),
    "indicator": Text("Indicator", "Indicator"),
    "period": Text("Periode", "Period"),
    "region_set": Text("Regio-indeling", "Set of regions"),
    "as_known_on": Text("Vergelijking zoals bekend op", "Comparison as known on"),
    "language": Text("Taal", "Language"),
    "reply": Text("Naam", "Name"),
}
OF_CITATION: Final = {
    "classified": Text("Soort", "Class"),
    "context": Text("Woorden", "Words"),
    "evidence": Text("Eigen bewijs", "Own evidence"),
    "classified_by": Text("Soort gekozen door", "Class chosen by"),
    "lesson": Text("Aangehaalde les", "Lesson cited"),
    "lesson_region": Text("Regio van de les", "Region of the lesson"),
    "language": Text("Taal", "Language"),
    "citation": Text("Naam", "Name"),
}
OF_NOTICE: Final = {
    "withdraws": Text("Trekt in", "Withdraws"),
    "concerns": Text("Gaat over gebeurtenis", "Concerns event"),
    "waits": Text("Er wacht een correctie", "A correction waits"),
    "redacts": Text("Vernietigt", "Destroys"),
    "indicator": Text("Indicator", "Indicator"),
    "period": Text("Periode", "Period"),
    "region_set": Text("Regio-indeling", "Set of regions"),
    "as_known_on": Text("Vergelijking zoals bekend op", "Comparison as known on"),
    "key": Text("Openbare helft van de sleutel", "Public half of the key"),
    "use": Text("Gebruik", "Use"),
    "role": Text("Namens", "On behalf of"),
    "proof": Text("Bewijs dat iemand de sleutel heeft", "Proof that somebody has the key"),
    "key_id": Text("Sleutel", "Key"),
}
_CODED: Final = {
    "supporting": Text("ondersteunend", "supporting"),
    "contrasting": Text("contrasterend", "contrasting"),
    "mentioning": Text("vermeldend", "mentioning"),
    "residents": Text("ervaring van inwoners", "experience of residents"),
    "professionals": Text("ervaring van professionals", "experience of professionals"),
    "service": Text("de keten ondertekenen", "signs the chain"),
    "reviewer": Text("goedkeuren", "approves"),
}
_OF_ABOUT: Final = {
    "aims": Text("doelen", "aims"), "changes": Text("veranderingen", "changes"), "lenses": Text("lenzen", "lenses"),
    "rainbow": Text("Rainbow-model", "Rainbow Model"), "principles": Text("leidende principes", "guiding principles"),
    "phases": Text("fasen", "phases"), "scope": Text("reikwijdte", "scope"), "evidence": Text("bewijs", "evidence"),
}  # fmt: skip
_TERMS: Final = {  # as the portal names them
    "health": Text("gezondheid", "health"), "quality": Text("ervaren kwaliteit", "experienced quality"),
    "cost": Text("kosten", "cost"), "workforce": Text("werken in de zorg", "working in care"),
    "ambition": Text("gedeelde ambitie", "shared ambition"),
    "gains": Text("recht doen aan belangen", "mutual gains"),
    "relationship": Text("persoonlijk goed samenwerken", "relationship"),
    "organisation": Text("professioneel organiseren", "organisation"),
    "process": Text("betekenisgevend proces", "process"),
    "person_focused": Text("persoonsgericht", "person-focused"),
    "population_based": Text("populatiegericht", "population-based"), "clinical": Text("klinisch", "clinical"),
    "professional": Text("professioneel", "professional"),
    "organisational": Text("organisatorisch", "organisational"), "system": Text("systeem", "system"),
    "functional": Text("functioneel", "functional"), "normative": Text("normatief", "normative"),
}  # fmt: skip
_FIELDS_WITH_CODES: Final = ("language", "helix_voices", "classified", "use")


def value_of(name: str, value: object) -> Text:
    """Return what a field of words or of a notice says, its codes in words."""
    if value is None:
        return Text("–", "–")
    if isinstance(value, bool):
        return Text("ja", "yes") if value else Text("nee", "no")
    if isinstance(value, tuple):
        parts = [value_of(name, one) for one in value]
        return Text(", ".join(one.nl for one in parts), ", ".join(one.en for one in parts))
    if isinstance(value, LessonAbout):
        return _about(value)
    if isinstance(value, CitedEvaluation):
        return Text(f"evaluatie ({value.event_id})", str(value))
    if isinstance(value, CitedExperience):
        return Text(f"{_CODED[value.of].nl}: {value.documented}", f"{_CODED[value.of].en}: {value.documented}")
    said = str(value)
    plain = Text(said, said)
    if name in _OF_ABOUT:
        return {**VALUE_WORDS, **_TERMS}.get(said, plain)
    return {**VALUE_WORDS, **_CODED}.get(said, plain) if name in _FIELDS_WITH_CODES else plain


def _about(about: LessonAbout) -> Text:
    """Return where a lesson belongs: each classification by its name, with what was chosen of it."""
    said = [(words, value_of(name, getattr(about, name))) for name, words in _OF_ABOUT.items() if getattr(about, name)]
    return Text("; ".join(f"{words.nl}: {value.nl}" for words, value in said),
                "; ".join(f"{words.en}: {value.en}" for words, value in said))  # fmt: skip
