"""Lessons to search among: invented ones in Dutch and English, and words of NASA's public ones."""

import random
from collections.abc import Mapping, Sequence
from itertools import product
from typing import Final

from schemas.codes import Language
from schemas.payloads import LessonPublished

INVENTED: Final = 10_000
NASA_WORDS: Final = (
    *"battery valve launch orbiter software pressure leak sensor thermal engine propellant cable connector".split(),  # noqa: SIM905
    *"inspection procedure failure design test hardware contamination vibration welding hazard crew antenna".split(),  # noqa: SIM905
    *"telemetry corrosion torque circuit power vendor shuttle payload fracture training review requirement".split(),  # noqa: SIM905
    *"schedule solder parachute fuel".split(),  # noqa: SIM905
)
COMMON: Final[Mapping[Language, Sequence[str]]] = {
    "nl": "zorg wijk huisarts gesprek bewoner regio samen team week rooster".split(),  # noqa: SIM905
    "en": "care district doctor meeting resident region together plan month schedule".split(),  # noqa: SIM905
}
_PARTS: Final[Mapping[Language, Sequence[str]]] = {
    "nl": "zorg wijk thuis jeugd ouderen mantel buurt sport school werk water geld huis".split(),  # noqa: SIM905
    "en": "home youth elder neighbour sports school work water money house street city care".split(),  # noqa: SIM905
}
_ENDS: Final[Mapping[Language, Sequence[str]]] = {
    "nl": "plan team cijfers gesprek sleutel netwerk hulp loket ronde bord dag punt".split(),  # noqa: SIM905
    "en": "plan team figures talk key network help desk round board day point".split(),  # noqa: SIM905
}
COMPOUNDS: Final[Mapping[Language, Sequence[str]]] = {
    lang: [part + end for part, end in product(_PARTS[lang], _ENDS[lang])] for lang in ("nl", "en")
}


def invented(number: int, chance: random.Random) -> LessonPublished:
    """Return a lesson of about 170 words, every third in English: compounds and words that most lessons have."""
    lang: Language = "en" if number % 3 == 2 else "nl"

    def text(words: int) -> str:
        made = [chance.choice(_PARTS[lang]) + chance.choice(_ENDS[lang]) for _ in range(words)]
        return " ".join(word for pair in zip(made, chance.choices(COMMON[lang], k=words), strict=True) for word in pair)

    return LessonPublished(
        lesson=f"les-{number}",
        language=lang,
        title=text(4),
        context=text(25),
        barrier_or_opportunity=text(15),
        action=text(20),
        consequence=text(15),
        advice=f"{text(10)} uniek{number % 1000}",
        author_role="programmamanager",
        themes=tuple({f"thema-{chance.randrange(30)}" for _ in range(2)}),
        steps=(1 + chance.randrange(6),),
        helix_voices=("practice", "citizens") if chance.random() < 0.5 else ("government",),
        indicators=(f"indicator-{chance.randrange(40)}",),
        licence="CC0-1.0",
    )
