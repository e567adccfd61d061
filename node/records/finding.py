"""What a look at an extract can find: how much it matters, what it is and what to do about it, in Dutch and English."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from schemas.codes import Language
from schemas.definition import Text

Severity = Literal["note", "warning", "serious"]
SEVERITIES: Final[Mapping[Severity, Text]] = {
    "serious": Text("ernstig", "serious"),
    "warning": Text("let op", "warning"),
    "note": Text("ter kennis", "note"),
}


@dataclass(frozen=True)
class FindingKind:
    """What is found, as a sentence with `{rows}`, `{of}`, `{field}` and `{detail}`, and the remedy."""

    what: Text
    remedy: Text


@dataclass(frozen=True)
class Finding:
    """One finding about one file: counts and names of columns, codes or months only, never a person's value."""

    kind: str
    severity: Severity
    file: str
    field: str = ""
    rows: int = 0
    of: int = 0
    detail: str = ""

    def line(self, lang: Language) -> str:
        """Return the finding as one line for a person."""
        kind = KINDS[self.kind]
        what = kind.what.told(lang).format(rows=self.rows, of=self.of, field=self.field, detail=self.detail)
        return f"[{SEVERITIES[self.severity].told(lang)}] {self.file}: {what} {kind.remedy.told(lang)}"


_ASK_DATES: Final = Text("Vraag de bronhouder deze datums te controleren.", "Ask the holder to check these dates.")
KINDS: Final[Mapping[str, FindingKind]] = {
    "refused": FindingKind(
        Text(
            "{rows} van {of} rijen worden afgekeurd, meer dan het toegestane deel van {detail}.",
            "{rows} of {of} rows are rejected, above the allowed share of {detail}.",
        ),
        Text(
            "Zo wordt de bron niet geladen; verbeter het extract of de mapping.",
            "As it is, the source will not be loaded; correct the extract or mapping.",
        ),
    ),
    "rejected": FindingKind(
        Text("{rows} van {of} rijen worden afgekeurd.", "{rows} of {of} rows are rejected."),
        Text(
            "Bekijk de redenen hierboven; na het laden toont `source rejects` de plaatsen.",
            "See the reasons above; after loading `source rejects` shows the places.",
        ),
    ),
    "repeated": FindingKind(
        Text("{rows} van {of} rijen staan er vaker in.", "{rows} of {of} rows occur more than once."),
        Text(
            "Ze tellen één keer; vraag of `record_id` ontbreekt of het bestand dubbel is samengesteld.",
            "They count once; ask whether `record_id` is missing or the file was put together twice.",
        ),
    ),
    "outside": FindingKind(
        Text(
            "{rows} van {of} rijen zijn van mensen die geen bron beschrijft.",
            "{rows} of {of} rows are of people whom no source describes.",
        ),
        Text(
            "Laad eerst het bevolkingsregister, of controleer of dit het goede gebied is.",
            "Load the population register first, or check that this is the right area.",
        ),
    ),
    "empty": FindingKind(
        Text("{field} is leeg in {rows} van {of} rijen.", "{field} is empty in {rows} of {of} rows."),
        Text(
            "Controleer de kolom in de mapping, of vraag waarom zij leeg is.",
            "Check the column in the mapping, or ask why it is empty.",
        ),
    ),
    "constant": FindingKind(
        Text("{field} heeft in alle {of} rijen dezelfde waarde.", "{field} has the same value in all {of} rows."),
        Text(
            "Klopt dat? Anders is het de verkeerde kolom of een standaardwaarde.",
            "Is that right? If not, it is the wrong column or a default.",
        ),
    ),
    "too_old": FindingKind(
        Text("{rows} personen zouden ouder dan 120 zijn.", "{rows} persons would be older than 120."), _ASK_DATES
    ),
    "before_birth": FindingKind(
        Text("{rows} van {of} rijen zijn van vóór de geboorte.", "{rows} of {of} rows are before the birth."),
        _ASK_DATES,
    ),
    "after_death": FindingKind(
        Text("{rows} van {of} rijen zijn van na het overlijden.", "{rows} of {of} rows are after the death."),
        _ASK_DATES,
    ),
    "in_future": FindingKind(
        Text(
            "{field} ligt in {rows} van {of} rijen in de toekomst.",
            "{field} lies in the future in {rows} of {of} rows.",
        ),
        _ASK_DATES,
    ),
    "negative": FindingKind(
        Text("{rows} van {of} bedragen zijn negatief.", "{rows} of {of} amounts are negative."),
        Text(
            "Correcties horen erbij; vraag bij veel of de declaraties zelf er ook in zitten.",
            "Corrections belong; where there are many, ask whether the claims themselves are included.",
        ),
    ),
    "no_payee": FindingKind(
        Text(
            "{rows} van {of} kosten zeggen niet aan wie is betaald.",
            "{rows} of {of} costs do not say which organisation was paid.",
        ),
        Text(
            "Bedragen vallen dan buiten een publicatie: map `organisation`, of leg onder `legal` vast waarom dat niet"
            " kan (`organisations_not_recorded: REDEN`).",
            "Sums of money are then left out of a release: map `organisation`, or record under `legal` why that cannot"
            " be (`organisations_not_recorded: REASON`).",
        ),
    ),
    "implausible": FindingKind(
        Text(
            "{rows} van {of} waarden van {detail} vallen buiten wat een mens kan hebben.",
            "{rows} of {of} values of {detail} are outside what a person can have.",
        ),
        Text(
            "Controleer de eenheid en het decimaalteken van deze bepaling.",
            "Check the unit and the decimal sign of this code.",
        ),
    ),
    "gap": FindingKind(
        Text(
            "In {detail} zijn er veel minder rijen dan in de maanden eromheen.",
            "In {detail} there are far fewer rows than in the months around it.",
        ),
        Text("Vraag of deze maanden geheel geleverd zijn.", "Ask whether these months were delivered in full."),
    ),
    "drift_new": FindingKind(
        Text("Dit bestand was er de vorige keer niet.", "This file was not there last time."),
        Text("Controleer of dat de bedoeling is.", "Check that this is meant."),
    ),
    "drift_gone": FindingKind(
        Text("Dit bestand was er de vorige keer wel.", "This file was there last time and is not now."),
        Text(
            "Na het laden zijn zijn rijen weg; vraag of dat de bedoeling is.",
            "Once loaded, its rows are gone; ask whether that is meant.",
        ),
    ),
    "drift_rows": FindingKind(
        Text("{rows} rijen, tegen {of} de vorige keer ({detail}).", "{rows} rows, against {of} last time ({detail})."),
        Text(
            "Vraag of er praktijken, maanden of jaren bij kwamen of wegvielen.",
            "Ask whether practices, months or years came in or dropped out.",
        ),
    ),
    "drift_empty": FindingKind(
        Text("{field} is nu in {detail} van de rijen leeg.", "{field} is empty in {detail} of the rows now."),
        Text("Vraag of de levering van deze kolom veranderde.", "Ask whether the delivery of this column changed."),
    ),
    "drift_code": FindingKind(
        Text("Het aandeel van {detail}.", "The share of {detail}."),
        Text("Vraag of de codering of de levering veranderde.", "Ask whether the coding or the delivery changed."),
    ),
    "drift_month": FindingKind(
        Text(
            "{rows} maanden die er al waren hebben nu een ander aantal rijen: {detail}.",
            "{rows} months that were there already have another number of rows now: {detail}.",
        ),
        Text(
            "Vraag of het verleden werd gecorrigeerd; wat ervan afhangt, verandert mee.",
            "Ask whether the past was corrected; what depends on it changes too.",
        ),
    ),
}
