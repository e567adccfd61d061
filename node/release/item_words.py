"""What reviewers call the events of items."""

from schemas.attached import PICTURES
from schemas.attachment import AttachmentPublished
from schemas.codes import ITEMS, WITHDRAWN_ITEMS, EventType, noun_of
from schemas.item_words import noun_word
from schemas.text import Text

from .subject import Words

_VERBS = {
    "published": Text("nieuw: {nl}", "new {en}"),
    "revised": Text("herzien: {nl}", "revised {en}"),
    "withdrawn": Text("intrekking: {nl}", "withdrawal of: {en}"),
}


def kind_of(type_: EventType) -> Text | None:
    """Return what kind of thing the event of an item is; None for an event of something else."""
    if type_ not in ITEMS and type_ not in WITHDRAWN_ITEMS:
        return None
    said, noun = _VERBS[type_.split(".")[3]], noun_word(noun_of(type_))
    return Text(said.nl.format(nl=noun.nl), said.en.format(en=noun.en))


def file_notes(words: Words) -> tuple[str, ...]:
    """Return what reviewers are told of a file beside its words: which bytes they approve, and what nobody saw."""
    if not isinstance(words, AttachmentPublished):
        return ()
    which = (
        f"File {words.file_name}, {words.size} bytes, SHA-256 {words.sha256}: `review show --out` writes it; open it "
        "before you approve."
    )
    unseen = "It is a picture: no program looked for persons in it, so look yourself, at faces and at words."
    return (which, unseen) if words.media_type in PICTURES else (which,)
