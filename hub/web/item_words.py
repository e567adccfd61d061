"""Words of the pages about items of knowledge and of programmes, in both languages."""

from typing import Final

from schemas.item_words import FIELD_WORDS, NOUN_WORDS

ITEM_WORDS: Final[dict[str, tuple[str, str]]] = {
    **{f"kind_{noun}": (one.nl, one.en) for noun, (one, _) in NOUN_WORDS.items()},
    **{f"kinds_{noun}": (many.nl, many.en) for noun, (_, many) in NOUN_WORDS.items()},
    "item_links": (FIELD_WORDS["links"].nl, FIELD_WORDS["links"].en),
    "attachments": ("Bijlagen", "Attachments"),
    "items_title": ("Wat regio’s delen", "What regions share"),
    "items_lead": (
        "Methoden, instrumenten, trainingen, vragen, antwoorden en bijlagen; en van het programma fasen, mijlpalen, "
        "doelen, reflecties en acties. Elke regio schrijft haar eigen deel; niets hiervan is een score.",
        "Methods, instruments, trainings, questions, answers and attachments; and of the programme phases, milestones, "
        "goals, reflections and actions. Each region writes its own part; none of it is a score.",
    ),
    "items_none": (
        "Nog geen regio deelde dit met u. Een regio begint op haar node met: python -m node item write",
        "No region has shared this with you yet. A region begins at its node with: python -m node item write",
    ),
    "items_all": ("Alles", "All of it"),
    "item_withdrawn": ("Dit bericht is ingetrokken", "This item was withdrawn"),
    "item_redacted": ("Dit bericht is vernietigd", "This item was destroyed"),
    "about_item": ("Van wie en wanneer", "From whom, and when"),
    "to_item": ("Waar dit over gaat", "What this is about"),
    "item_replaced": ("Er is een nieuwere versie.", "There is a newer version."),
}
