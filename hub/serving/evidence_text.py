"""Say in words which evidence of a lesson changed, when, and why; in Dutch and in English."""

from typing import Final

from hub.serving.lessons import EvidenceChange
from hub.serving.spoken import day
from schemas.catalogue import catalogue
from schemas.codes import Language
from schemas.text import Text

_HAPPENED: Final = {
    ("figures", "corrected"): Text("zijn cijfers gecorrigeerd", "figures were corrected"),
    ("figures", "withdrawn"): Text("zijn cijfers teruggetrokken", "figures were withdrawn"),
    ("figures", "redacted"): Text("zijn cijfers vernietigd", "figures were destroyed"),
    ("evaluation", "revised"): Text("is een evaluatie opnieuw gemaakt", "an evaluation was made anew"),
    ("evaluation", "withdrawn"): Text("is een evaluatie teruggetrokken", "an evaluation was withdrawn"),
    ("evaluation", "redacted"): Text("is een evaluatie vernietigd", "an evaluation was destroyed"),
}
_CHANGED: Final = Text("is bewijs veranderd", "evidence changed")
_OWN: Final = Text("waarop deze les rust", "on which this lesson rests")
_CITED: Final = Text("waarop een citaat van deze les rust", "on which a citation of this lesson rests")


def evidence_said(one: EvidenceChange) -> Text:
    """Return one change as a sentence, and its reason as a second one where the reader may know it."""
    return Text(_sentence(one, "nl"), _sentence(one, "en"))


def _sentence(one: EvidenceChange, lang: Language) -> str:
    happened = _HAPPENED.get((one.kind, one.changed.kind), _CHANGED).told(lang)
    where = (_OWN if one.citation is None else _CITED).told(lang)
    named = ", ".join(filter(None, (_title(one.indicator, lang), one.period, one.region_name)))
    on, reason = ("Op", "Reden") if lang == "nl" else ("On", "Reason")
    why = f" {reason}: {one.changed.reason}" if one.changed.reason else ""
    return f"{on} {day(one.changed.at, lang)} {happened} {where}: {named}.{why}"


def _title(indicator: str | None, lang: Language) -> str:
    if indicator is None:
        return ""
    definition = catalogue().get(indicator)
    return indicator if definition is None else definition.title.told(lang)
