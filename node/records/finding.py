"""What a look at an extract can find: how much it matters, what it is and what to do about it, in Dutch and English."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from schemas.codes import Language
from schemas.text import Text, counted

from .in_dutch import in_dutch_decimals

Severity = Literal["note", "warning", "serious"]
SEVERITIES: Final[Mapping[Severity, Text]] = {
    "serious": Text("ernstig", "serious"),
    "warning": Text("let op", "warning"),
    "note": Text("ter kennis", "note"),
}


@dataclass(frozen=True)
class FindingKind:
    """What is found, as a sentence with `{rows}`, `{of}`, `{of_rows}`, `{field}` and `{detail}`, and the remedy.

    `of_rows` is `of` with its noun. `one` is the sentence of a single row where it is another one.
    """

    what: Text
    remedy: Text
    one: Text | None = None


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
        said = kind.one if self.rows == 1 and kind.one is not None else kind.what
        of_rows = counted(self.of, ("rij", "rijen"), ("row", "rows")).told(lang)
        detail = in_dutch_decimals(self.detail) if lang == "nl" else self.detail
        what = said.told(lang).format(rows=self.rows, of=self.of, of_rows=of_rows, field=self.field, detail=detail)
        return f"[{SEVERITIES[self.severity].told(lang)}] {self.file}: {what} {kind.remedy.told(lang)}"


_ASK_DATES: Final = Text("Vraag de bronhouder deze datums te controleren.", "Ask the holder to check these dates.")
KINDS: Final[Mapping[str, FindingKind]] = {
    "refused": FindingKind(
        Text(
            "{rows} van {of_rows} worden afgekeurd, meer dan het toegestane deel van {detail}.",
            "{rows} of {of_rows} are rejected, above the allowed share of {detail}.",
        ),
        Text(
            "Zo wordt de bron niet geladen; verbeter het extract of de mapping.",
            "As it is, the source will not be loaded; correct the extract or mapping.",
        ),
        one=Text(
            "1 van {of_rows} wordt afgekeurd, meer dan het toegestane deel van {detail}.",
            "1 of {of_rows} is rejected, above the allowed share of {detail}.",
        ),
    ),
    "rejected": FindingKind(
        Text("{rows} van {of_rows} worden afgekeurd.", "{rows} of {of_rows} are rejected."),
        Text(
            "Bekijk de redenen hierboven; na het laden staan de plaatsen bij de bron (`source rejects`).",
            "See the reasons above; after loading the places stand with the source (`source rejects`).",
        ),
        one=Text("1 van {of_rows} wordt afgekeurd.", "1 of {of_rows} is rejected."),
    ),
    "repeated": FindingKind(
        Text("{rows} van {of_rows} staan er vaker in.", "{rows} of {of_rows} occur more than once."),
        Text(
            "Dat telt één keer; vraag of `record_id` ontbreekt of het bestand dubbel is samengesteld.",
            "That counts once; ask whether `record_id` is missing or the file was put together twice.",
        ),
        one=Text("1 van {of_rows} staat er vaker in.", "1 of {of_rows} occurs more than once."),
    ),
    "outside": FindingKind(
        Text(
            "{rows} van {of_rows} zijn van mensen die geen bron beschrijft.",
            "{rows} of {of_rows} are of people whom no source describes.",
        ),
        Text(
            "Laad eerst het bevolkingsregister, of controleer of dit het goede gebied is.",
            "Load the population register first, or check that this is the right area.",
        ),
        one=Text(
            "1 van {of_rows} is van iemand die geen bron beschrijft.",
            "1 of {of_rows} is of somebody whom no source describes.",
        ),
    ),
    "empty": FindingKind(
        Text("`{field}` is leeg in {rows} van {of_rows}.", "`{field}` is empty in {rows} of {of_rows}."),
        Text(
            "Controleer de kolom in de mapping, of vraag waarom zij leeg is.",
            "Check the column in the mapping, or ask why it is empty.",
        ),
    ),
    "constant": FindingKind(
        Text("`{field}` heeft in alle {of_rows} dezelfde waarde.", "`{field}` has the same value in all {of_rows}."),
        Text(
            "Klopt dat? Anders is het de verkeerde kolom of een standaardwaarde.",
            "Is that right? If not, it is the wrong column or a default.",
        ),
    ),
    "too_old": FindingKind(
        Text("{rows} personen zouden ouder dan 120 zijn.", "{rows} persons would be older than 120."),
        _ASK_DATES,
        one=Text("1 persoon zou ouder dan 120 zijn.", "1 person would be older than 120."),
    ),
    "before_birth": FindingKind(
        Text("{rows} van {of_rows} zijn van vóór de geboorte.", "{rows} of {of_rows} are before the birth."),
        _ASK_DATES,
        one=Text("1 van {of_rows} is van vóór de geboorte.", "1 of {of_rows} is before the birth."),
    ),
    "after_death": FindingKind(
        Text("{rows} van {of_rows} zijn van na het overlijden.", "{rows} of {of_rows} are after the death."),
        _ASK_DATES,
        one=Text("1 van {of_rows} is van na het overlijden.", "1 of {of_rows} is after the death."),
    ),
    "in_future": FindingKind(
        Text(
            "`{field}` ligt in {rows} van {of_rows} in de toekomst.",
            "`{field}` lies in the future in {rows} of {of_rows}.",
        ),
        _ASK_DATES,
    ),
    "negative": FindingKind(
        Text("In {rows} van {of_rows} is het bedrag negatief.", "In {rows} of {of_rows} the amount is negative."),
        Text(
            "Correcties horen erbij; vraag bij veel of de declaraties zelf er ook in zitten.",
            "Corrections belong; where there are many, ask whether the claims themselves are included.",
        ),
    ),
    "no_payee": FindingKind(
        Text(
            "In {rows} van {of_rows} staat niet aan wie is betaald.",
            "In {rows} of {of_rows} it is not said which organisation was paid.",
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
            "In {rows} van {of_rows} met {detail} valt de waarde buiten wat een mens kan hebben.",
            "In {rows} of {of_rows} with {detail} the value is outside what a person can have.",
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
        Text("Vraag of daarvan alles geleverd is.", "Ask whether all of that was delivered."),
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
        one=Text("1 rij, tegen {of} de vorige keer ({detail}).", "1 row, against {of} last time ({detail})."),
    ),
    "drift_empty": FindingKind(
        Text("`{field}` is nu in {detail} van de rijen leeg.", "`{field}` is empty in {detail} of the rows now."),
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
        one=Text(
            "1 maand die er al was heeft nu een ander aantal rijen: {detail}.",
            "1 month that was there already has another number of rows now: {detail}.",
        ),
    ),
}


def rejected_words(rejected: int, of: int) -> str:
    """Return how many rows of a file are rejected: `1 of 3 rows is rejected`."""
    rows = counted(of, ("rij", "rijen"), ("row", "rows")).en
    return f"{rejected} of {rows} {'is' if rejected == 1 else 'are'} rejected"
