"""What became of the region's own lessons elsewhere, in words, as the command and the desk's page tell it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from schemas.codes import Language
from schemas.heard import HeardLesson
from schemas.item_words import value_word
from schemas.learning import STATE_WORDS
from schemas.text import Text

CLASS_WORDS: Final = {
    "supporting": Text("ondersteunend", "supporting"),
    "contrasting": Text("contrasterend", "contrasting"),
    "mentioning": Text("vermeldend", "mentioning"),
    "unverified": Text("zonder gevonden bewijs", "without proof that was found"),
}
NOTHING: Final = Text("nog niets gehoord", "nothing heard yet")
NO_LESSON: Final = Text("De hub toont nog geen les van deze regio.", "The hub shows no lesson of this region yet.")
_SAID: Final = {
    "cited": Text("aangehaald", "cited"),
    "reuse": Text("hergebruik, in regio's", "reuse, in regions"),
    "question": Text("vraag", "question"),
    "answers": Text("antwoorden", "answers"),
    "action": Text("actie", "action"),
}


@dataclass(frozen=True, slots=True)
class Heard:
    """One thing that was heard of a lesson; `is_under` where it tells more of the one before it.

    `event` is what it names at the hub, empty where it names nothing.
    """

    label: str
    said: str
    event: str = ""
    is_under: bool = False


def heard(one: HeardLesson, lang: Language) -> Iterator[Heard]:
    """Yield what was heard of a lesson: citations per class, reuse per stage and region, questions, actions."""
    cited = [f"{count} {CLASS_WORDS[name].told(lang)}" for name, count in one.citations.items() if count]
    if cited:
        yield Heard(_SAID["cited"].told(lang), ", ".join(cited))
    stages = [f"{count} {value_word(stage).told(lang)}" for stage, count in one.became.stages.items() if count]
    if stages:
        yield Heard(_SAID["reuse"].told(lang), ", ".join(stages))
    for used in one.became.reuse:
        place = f"{used.region_name} ({used.region}), {value_word(used.stage).told(lang)}"
        yield Heard(_plain(place), _plain(used.found), is_under=True)
    for asked in one.became.questions:
        state = f"{value_word(asked.state).told(lang)}, {asked.answers} {_SAID['answers'].told(lang)}"
        said = f"{asked.region_name} ({asked.region}): {asked.title} ({state})"
        yield Heard(_SAID["question"].told(lang), _plain(said), _plain(asked.event_id))
    for act in one.became.translation.actions:
        state = next((word.told(lang) for name, word in STATE_WORDS.items() if name == act.state), act.state)
        result = f" {act.result}" if act.result else ""
        yield Heard(
            _SAID["action"].told(lang), _plain(f"{act.region_name} ({act.region}): {act.title} ({state}){result}")
        )


def title_of(one: HeardLesson) -> str:
    """Return a lesson's title in one line."""
    return _plain(one.title)


def _plain(text: str) -> str:
    """Return what another region wrote in one line that neither a terminal nor a reader's eye takes for an order."""
    return "".join(letter if letter.isprintable() else " " for letter in text)
