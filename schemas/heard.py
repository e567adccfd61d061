"""What a node reads of its hub's word on what became of the region's lessons; an answer may hold more."""

import msgspec


class HeardReuse(msgspec.Struct, frozen=True):
    """What another region did with a lesson, and what it found, in its own language."""

    region: str
    region_name: str
    stage: str
    found: str


class HeardQuestion(msgspec.Struct, frozen=True):
    """A question about a lesson: its event, and how many answers there are."""

    event_id: str
    region: str
    region_name: str
    title: str
    question: str
    state: str
    answers: int


class HeardAction(msgspec.Struct, frozen=True):
    """An action that translates a lesson, with its state on the hub's day."""

    region: str
    region_name: str
    title: str
    due: str
    state: str
    result: str


class HeardTranslation(msgspec.Struct, frozen=True):
    """The actions that translate a lesson."""

    state: str
    actions: tuple[HeardAction, ...]


class Became(msgspec.Struct, frozen=True):
    """What others did with a lesson; `stages` are numbers of regions."""

    stages: dict[str, int]
    reuse: tuple[HeardReuse, ...]
    questions: tuple[HeardQuestion, ...]
    translation: HeardTranslation


class HeardLesson(msgspec.Struct, frozen=True):
    """One of the region's lessons and what became of it; `citations` are of each class, empty where there are none."""

    event_id: str
    title: str
    citations: dict[str, int]
    became: Became
