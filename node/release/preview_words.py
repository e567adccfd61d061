"""What reviewers call the events and the fields of words in a preview."""

from typing import Final

from schemas.codes import EventType
from schemas.definition import Text

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
