"""Words of the pages about learning: reflections, actions, the three conditions, and what became of a lesson."""

from typing import Final

from schemas.item_words import VALUE_WORDS
from schemas.learning import CONDITIONS, STATE_WORDS

LEARNING_WORDS: Final[dict[str, tuple[str, str]]] = {
    **{f"action_{state}": (one.nl, one.en) for state, one in STATE_WORDS.items()},
    **{f"condition_{name}": (VALUE_WORDS[name].nl, VALUE_WORDS[name].en) for name in CONDITIONS},
    **{f"seen_{name}": (VALUE_WORDS[name].nl, VALUE_WORDS[name].en) for name in ("absent", "partly", "present")},
    **{f"stage_{name}": (VALUE_WORDS[name].nl, VALUE_WORDS[name].en) for name in ("seen", "tried", "adapted")},
    **{f"asked_{name}": (VALUE_WORDS[name].nl, VALUE_WORDS[name].en) for name in ("open", "answered", "closed")},
    **{f"scoped_{name}": (VALUE_WORDS[name].nl, VALUE_WORDS[name].en) for name in ("theme", "region_wide")},
    "learning": ("Leren", "Learning"),
    "learning_title": ("Van terugblik naar actie", "From looking back to action"),
    "learning_lead": (
        "Waarop regio’s terugblikten, wie daarbij gehoord is, en in welke acties dat is vertaald. Geen score: wat hier "
        "niet staat, is niet met u gedeeld of niet gedaan.",
        "What regions looked back on, who was heard, and into which actions that was translated. No score: what is not "
        "here was not shared with you, or not done.",
    ),
    "learning_none": (
        "Nog geen reflectie gedeeld. Een regio begint op haar node met: python -m node reflection new",
        "No reflection shared yet. A region begins at its node with: python -m node reflection new",
    ),
    "learn_reflections": ("Reflecties", "Reflections"),
    "scope_counts": (
        "Op een thema: {theme}; regiobreed: {region_wide}",
        "On a theme: {theme}; region-wide: {region_wide}",
    ),
    "heard_in": ("Gehoord in", "Heard in"),
    "of_reflections": ("van {total} reflecties", "of {total} reflections"),
    "of_reflections_one": ("van 1 reflectie", "of 1 reflection"),
    "learn_outcomes": ("Uitkomsten", "Outcomes"),
    "outcomes_none": ("Geen uitkomst opgeschreven.", "No outcome was written down."),
    "led_to": ("Vertaald in", "Translated into"),
    "led_to_nothing": (
        "Open: geen actie die u mag zien vertaalt dit.",
        "Open: no action that you may see translates this.",
    ),
    "led_to_dropped": ("Open: elke actie hieruit verviel.", "Open: every action from this was dropped."),
    "lesson_open": ("Deze les is nog open", "This lesson is still open"),
    "translation": ("Wat ermee gebeurde", "What was done with it"),
    "learn_conditions": ("Voorwaarden om te leren", "Conditions of learning"),
    "conditions_lead": (
        "Hoe de regio ze zelf zag, per terugblik; drie rijen naast elkaar, geen optelsom.",
        "As the region itself saw them, by reflection; three rows side by side, no sum.",
    ),
    "conditions_none": ("Geen reflectie sprak hierover.", "No reflection spoke of these."),
    "learn_condition": ("Voorwaarde", "Condition"),
    "not_spoken_of": ("niet besproken", "not spoken of"),
    "learn_actions": ("Acties", "Actions"),
    "actions_lead": (
        "Met hun stand op {day}. ‘Binnenkort’ is binnen {soon} dagen; ‘over tijd’ is na de dag zelf.",
        "With their state on {day}. ‘Due soon’ is within {soon} days; ‘overdue’ is after the day itself.",
    ),
    "actions_none": ("Geen actie die hieraan voldoet en die u mag zien.", "No action like this that you may see."),
    "actions_all": ("Alle acties", "All actions"),
    "learn_any": ("alle", "all"),
    "learn_role": ("Rol van de eigenaar", "Owner’s role"),
    "learn_due": ("Uiterlijk", "Due"),
    "learn_state": ("Stand", "State"),
    "from_what": ("Uit", "From"),
    "from_lesson": ("een les", "a lesson"),
    "from_reflection": ("een reflectie", "a reflection"),
    "learn_result": ("Wat het gaf", "Result"),
    "learn_reuse": ("Wat anderen ermee deden", "What others did with it"),
    "reuse_none": ("Nog geen regio zei dat zij dit zag of probeerde.", "No region said yet that it saw or tried this."),
    "reuse_lead": (
        "Aantallen regio’s per stadium; ze worden niet opgeteld.",
        "Numbers of regions per stage; they are not added up.",
    ),
    "learn_questions": ("Vragen hierover", "Questions about this"),
    "questions_none": ("Nog geen vraag.", "No question yet."),
    "learn_answers": ("Antwoorden", "Answers"),
    "answers_none": ("Nog geen antwoord dat u mag zien.", "No answer yet that you may see."),
    "answers_count": ("antwoorden", "answers"),
    "pointed_to": ("Antwoorden die hiernaar wijzen", "Answers that point to this"),
    "take_up": ("Hiermee verder in uw eigen regio", "Take this up in your own region"),
    "take_up_lead": (
        "Bewaar het bestand bij de node van uw regio, vul aan wat leeg is, en geef het dan met deze opdracht aan de "
        "node. Eén reviewer leest het voor het uw regio verlaat.",
        "Save the file with your region’s node, fill in what is empty, then hand it to the node with this command. One "
        "reviewer reads it before it leaves your region.",
    ),
    "way_reuse": ("Wij proberen dit", "We try this"),
    "way_cite": ("Citeren", "Cite"),
    "way_question": ("Vragen", "Ask"),
    "way_action": ("Wij doen hier iets mee", "We act on this"),
    "way_answer": ("Antwoorden", "Answer"),
}
