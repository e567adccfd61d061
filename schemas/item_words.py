"""What people call items, their fields and their coded values, in Dutch and English, for reviewers and readers."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from .about import LessonAbout
from .items import Item
from .text import Text

NOUN_WORDS: Final[Mapping[str, tuple[Text, Text]]] = {  # one, and several
    "method": (Text("methode", "method"), Text("methoden", "methods")),
    "instrument": (Text("instrument", "instrument"), Text("instrumenten", "instruments")),
    "training": (Text("training", "training"), Text("trainingen", "trainings")),
    "question": (Text("vraag", "question"), Text("vragen", "questions")),
    "answer": (Text("antwoord", "answer"), Text("antwoorden", "answers")),
    "reuse": (Text("hergebruik", "reuse"), Text("hergebruik", "reuse")),
    "attachment": (Text("bijlage", "attachment"), Text("bijlagen", "attachments")),
    "composition": (Text("samenstelling", "composition"), Text("samenstellingen", "compositions")),
    "selection": (Text("selectie", "selection"), Text("selecties", "selections")),
    "phase": (Text("fase", "phase"), Text("fasen", "phases")),
    "milestone": (Text("mijlpaal", "milestone"), Text("mijlpalen", "milestones")),
    "goal": (Text("doel", "goal"), Text("doelen", "goals")),
    "intervention": (Text("interventie", "intervention"), Text("interventies", "interventions")),
    "reflection": (Text("reflectie", "reflection"), Text("reflecties", "reflections")),
    "action": (Text("actie", "action"), Text("acties", "actions")),
}
FIELD_WORDS: Final[Mapping[str, Text]] = {
    "title": Text("Titel", "Title"),
    "purpose": Text("Waarvoor", "What for"),
    "how": Text("Hoe het gaat", "How it goes"),
    "fits_where": Text("Waar het past", "Where it fits"),
    "experience": Text("Wat het bracht", "What it brought"),
    "kind": Text("Soort", "Kind"),
    "for_whom": Text("Voor wie", "For whom"),
    "form": Text("Vorm", "Form"),
    "given_by": Text("Gegeven door", "Given by"),
    "how_to_join": Text("Hoe u meedoet", "How to join"),
    "hours": Text("Uren", "Hours"),
    "starts_on": Text("Begint op", "Starts on"),
    "ends_on": Text("Eindigt op", "Ends on"),
    "question": Text("Vraag", "Question"),
    "question_region": Text("Regio van de vraag", "Region of the question"),
    "answer": Text("Antwoord", "Answer"),
    "state": Text("Stand", "State"),
    "of": Text("Waarvan", "Of what"),
    "of_region": Text("Regio daarvan", "Region of that"),
    "stage": Text("Stadium", "Stage"),
    "found": Text("Wat het gaf", "What was found"),
    "alternative": Text("Wat erin te zien of te lezen is", "What it shows or says"),
    "file_name": Text("Naam van het bestand", "Name of the file"),
    "media_type": Text("Soort bestand", "Kind of file"),
    "size": Text("Grootte in bytes", "Size in bytes"),
    "sha256": Text("SHA-256 van het bestand", "SHA-256 of the file"),
    "tried_on": Text("Geprobeerd op", "Tried on"),
    "as_of": Text("Stand op", "As of"),
    "members": Text("Wie meedoen", "Who take part"),
    "held_on": Text("Gehouden op", "Held on"),
    "outcome": Text("Uitkomst", "Outcome"),
    "prerequisites": Text("Voorwaarden", "Prerequisites"),
    "reason": Text("Reden", "Reason"),
    "phase": Text("Fase", "Phase"),
    "governance": Text("Besturing", "Governance"),
    "began": Text("Begonnen op", "Began on"),
    "ended": Text("Geëindigd op", "Ended on"),
    "activities": Text("Plan van activiteiten", "Plan of activities"),
    "changes": Text("Anders organiseren, bekostigen, volgen", "Organising, financing, monitoring differently"),
    "community": Text("Plaats van de gemeenschap", "Position of the community"),
    "due": Text("Uiterlijk op", "Due on"),
    "reached_on": Text("Bereikt op", "Reached on"),
    "note": Text("Toelichting", "Note"),
    "indicator": Text("Indicator", "Indicator"),
    "at": Text("Richting", "Direction"),
    "value": Text("Waarde", "Value"),
    "period": Text("Periode", "Period"),
    "level": Text("Niveau", "Level"),
    "why": Text("Waarom", "Why"),
    "intervention": Text("Interventie", "Intervention"),
    "description": Text("Wat er gebeurt", "What is done"),
    "text": Text("Woorden in het bestand", "Words in the file"),
    "content": Text("Bestand", "File"),
    "scope": Text("Reikwijdte", "Scope"),
    "heard": Text("Wie is gehoord", "Who was heard"),
    "observed": Text("Wat is gezien", "What was seen"),
    "outcomes": Text("Uitkomsten", "Outcomes"),
    "theme": Text("Thema", "Theme"),
    "actions": Text("Acties", "Actions"),
    "lessons": Text("Lessen", "Lessons"),
    "conditions": Text("Voorwaarden om te leren", "Conditions of learning"),
    "owner_role": Text("Rol van de eigenaar", "Owner's role"),
    "done_on": Text("Gedaan op", "Done on"),
    "result": Text("Wat het gaf", "Result"),
    "reflection": Text("Uit reflectie", "From reflection"),
    "lesson": Text("Les", "Lesson"),
    "lesson_region": Text("Regio van de les", "Region of the lesson"),
    "author_role": Text("Rol van de auteur", "Author's role"),
    "themes": Text("Thema's", "Themes"),
    "steps": Text("Stappen", "Steps"),
    "helix_voices": Text("Gehoorde stemmen", "Voices heard"),
    "indicators": Text("Indicatoren", "Indicators"),
    "about": Text("Waar het over gaat", "What it is about"),
    "links": Text("Waar het ligt", "Where it lies"),
    "licence": Text("Licentie", "Licence"),
    "language": Text("Taal", "Language"),
    "item": Text("Naam", "Name"),
}
VALUE_WORDS: Final[Mapping[str, Text]] = {
    "nl": Text("Nederlands", "Dutch"),
    "en": Text("Engels", "English"),
    "government": Text("overheid", "government"),
    "practice": Text("praktijk en bedrijven", "practice and industry"),
    "knowledge": Text("kennisinstellingen", "knowledge institutes"),
    "citizens": Text("inwoners", "citizens"),
    "questionnaire": Text("vragenlijst", "questionnaire"),
    "mapping": Text("koppeling van een bron", "mapping of a source"),
    "checklist": Text("controlelijst", "checklist"),
    "model": Text("model", "model"),
    "software": Text("programma", "software"),
    "other": Text("anders", "other"),
    "course": Text("cursus", "course"),
    "workshop": Text("werksessie", "workshop"),
    "e_learning": Text("online leren", "e-learning"),
    "coaching": Text("begeleiding", "coaching"),
    "exchange": Text("uitwisseling", "exchange"),
    "open": Text("open", "open"),
    "answered": Text("beantwoord", "answered"),
    "closed": Text("gesloten", "closed"),
    "seen": Text("gezien", "seen"),
    "tried": Text("geprobeerd", "tried"),
    "adapted": Text("aangepast", "adapted"),
    "eligible": Text("komt in aanmerking", "eligible"),
    "assessed": Text("beoordeeld", "assessed"),
    "selected": Text("gekozen", "selected"),
    "not_selected": Text("niet gekozen", "not selected"),
    "met": Text("voldaan", "met"),
    "partly": Text("deels", "partly"),
    "urgency": Text("urgentie", "urgency"),
    "community_involvement": Text("betrokken gemeenschap", "community involvement"),
    "health_gain": Text("haalbare gezondheidswinst", "health gain possible"),
    "savings": Text("ruimte om te besparen", "savings possible"),
    "payment_models": Text("andere bekostiging mogelijk", "other payment possible"),
    "preparation": Text("voorbereiding", "preparation"),
    "execution": Text("uitvoering", "execution"),
    "acceleration": Text("versnelling", "acceleration"),
    "planned": Text("gepland", "planned"),
    "under_way": Text("bezig", "under way"),
    "done": Text("gedaan", "done"),
    "dropped": Text("vervallen", "dropped"),
    "organise": Text("organiseren", "organise"),
    "finance": Text("bekostigen", "finance"),
    "monitor": Text("volgen", "monitor"),
    "not_begun": Text("niet begonnen", "not begun"),
    "designed": Text("ontworpen", "designed"),
    "agreed": Text("afgesproken", "agreed"),
    "in_use": Text("in gebruik", "in use"),
    "micro": Text("microniveau", "micro level"),
    "meso": Text("mesoniveau", "meso level"),
    "macro": Text("macroniveau", "macro level"),
    "informed": Text("wordt geïnformeerd", "is informed"),
    "consulted": Text("wordt geraadpleegd", "is consulted"),
    "involved": Text("doet mee", "is involved"),
    "decides_along": Text("beslist mee", "decides along"),
    "leads": Text("heeft de leiding", "leads"),
    "contested": Text("staat ter discussie", "is under discussion"),
    "reached": Text("bereikt", "reached"),
    "missed": Text("niet gehaald", "missed"),
    "at_least": Text("ten minste", "at least"),
    "at_most": Text("ten hoogste", "at most"),
    "image/png": Text("afbeelding (PNG)", "picture (PNG)"),
    "image/jpeg": Text("afbeelding (JPEG)", "picture (JPEG)"),
    "text/plain": Text("tekst", "text"),
    "text/markdown": Text("tekst met opmaak (Markdown)", "text with marks (Markdown)"),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": Text(
        "Word-document (DOCX)", "Word document (DOCX)"
    ),
    "population": Text("hele bevolking", "population"),
    "intervention": Text("interventie", "intervention"),
    "prevention": Text("preventie", "prevention"),
    "early_detection": Text("vroege opsporing", "early detection"),
    "treatment": Text("behandeling", "treatment"),
    "rehabilitation": Text("herstel", "rehabilitation"),
    "long_term_care": Text("langdurige zorg", "long-term care"),
    "palliative_care": Text("palliatieve zorg", "palliative care"),
    "region_wide": Text("hele regio", "region-wide"),
    "theme": Text("thema", "theme"),
    "expertise": Text("deskundigheid", "expertise"),
    "leadership": Text("leiderschap en urgentie", "leadership and urgency"),
    "environment": Text("omgeving", "environment"),
    "governance": Text("besturing", "governance"),
    "absent": Text("ontbreekt", "absent"),
    "present": Text("aanwezig", "present"),
}
_ORDER: Final = ("title", *(name for name in FIELD_WORDS if name != "title"))


def noun_word(noun: str) -> Text:
    """Return what one item of a kind is called."""
    return NOUN_WORDS[noun][0]


def nouns_word(noun: str) -> Text:
    """Return what several items of a kind are called."""
    return NOUN_WORDS[noun][1]


def value_word(value: str) -> Text:
    """Return what a coded value is called; what has no words of its own stays as it is."""
    return VALUE_WORDS.get(value, Text(value, value))


def told_fields(item: Item) -> tuple[tuple[str, Text, Text], ...]:
    """Return what an item says, in the order people read it: the field, its name, and its value in both languages.

    Fields that say nothing are left out; the parts of a list stand behind each other.
    """
    hints = {one.name: one.type for one in msgspec.structs.fields(type(item))}
    names = sorted(item.__struct_fields__, key=_ORDER.index)
    said = ((name, told(getattr(item, name), is_coded=hints[name] is not str)) for name in names)
    return tuple((name, FIELD_WORDS[name], text) for name, text in said if text.en)


def told(value: Any, *, is_coded: bool = True) -> Text:
    """Return a value of a field as people read it; empty where it says nothing, or holds bytes."""
    if value is None or isinstance(value, bytes):
        return Text("", "")
    if isinstance(value, str):
        return value_word(value) if is_coded else Text(value, value)
    if isinstance(value, LessonAbout):
        return Text(str(value), str(value))
    if isinstance(value, msgspec.Struct):
        return _of_part(value)
    if isinstance(value, tuple | list):
        parts = [told(one, is_coded=is_coded) for one in value]
        between = "; " if any(isinstance(one, msgspec.Struct) for one in value) else ", "
        return Text(between.join(one.nl for one in parts), between.join(one.en for one in parts))
    return Text(str(value), str(value))


def _of_part(part: msgspec.Struct) -> Text:
    """Return a part of a list, such as a member or a prerequisite, in a line."""
    hints = {one.name: one.type for one in msgspec.structs.fields(type(part))}
    said = [told(getattr(part, name), is_coded=hints[name] is not str) for name in part.__struct_fields__]
    said = [one for one in said if one.en]
    return Text(" – ".join(one.nl for one in said), " – ".join(one.en for one in said))
