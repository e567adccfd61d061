"""A source's mapping as a form: its legal ground, and for each column the field that it holds. YAML stays possible."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from connectors.sources.canonical import CODE_SYSTEMS, FIELDS, RECORDS, Record
from node.work.mapping_choice import Choice, FileChoice
from schemas.text import Text

from .markup import Child, Html, h
from .page import area, button, choice, english, field, form
from .typed import needed, needed_day
from .visit import FormUnfit, Visit

RECORD_WORDS: Final[Mapping[Record, Text]] = {
    "person": Text("personen", "persons"),
    "coverage": Text("inschrijving of verzekering: wie wanneer meetelt", "registration or insurance: who counts when"),
    "residence": Text("verblijf: wie waar woonde", "residence: who lived where"),
    "condition": Text("aandoeningen", "conditions"), "encounter": Text("contacten en verrichtingen", "encounters"),
    "measurement": Text("metingen", "measurements"), "treatment": Text("medicatie", "treatments"),
    "cost": Text("kosten", "costs"),
}  # fmt: skip
FIELD_WORDS: Final[Mapping[str, Text]] = {
    "person_id": Text("nummer van de persoon", "number of the person"),
    "birth_date": Text("geboortedatum", "date of birth"), "sex": Text("geslacht", "sex"),
    "municipality": Text("gemeente", "municipality"), "death_date": Text("overlijdensdatum", "date of death"),
    "start_date": Text("begindatum of datum", "start date, or date"),
    "end_date": Text("einddatum: de eerste dag zonder", "end date: the first day without"),
    "last_date": Text("laatste dag met", "last day with"),
    "code_system": Text("codestelsel", "code system"), "code": Text("code", "code"),
    "record_id": Text("nummer van het record bij de bron", "the source's number of the record"),
    "encounter_type": Text("soort contact", "kind of encounter"),
    "urgency": Text("acuut of gepland", "acute or planned"),
    "organisation": Text("zorgaanbieder (AGB-code)", "provider (AGB code)"),
    "measured_on": Text("datum van de meting", "day of the measurement"), "value": Text("waarde", "value"),
    "category": Text("soort kosten", "kind of cost"), "amount": Text("bedrag in euro's", "amount in euros"),
}  # fmt: skip
_LEGAL: Final[Mapping[str, tuple[Text, Text]]] = {
    "controller": (Text("Verwerkingsverantwoordelijke", "Controller"), Text("Van wie de gegevens zijn.",
                                                                            "Who is responsible for the data.")),
    "purpose": (Text("Doel", "Purpose"), Text("Waarvoor zij gebruikt mogen worden.", "What they may be used for.")),
    "legal_basis": (Text("Grondslag", "Legal basis"), Text("Zoals artikel 9, lid 2, onder h AVG.",
                                                           "Such as Article 9(2)(h) GDPR.")),
    "agreement": (Text("Overeenkomst", "Agreement"), Text("Nummer of datum.", "Its number or date.")),
    "permitted": (Text("Toegestane indicatoren", "Permitted indicators"),
                  Text("all, of namen met komma's ertussen.", "all, or ids with commas between.")),
}  # fmt: skip
_LINKAGE: Final[Mapping[str, Text]] = {
    "bsn": Text("burgerservicenummer", "citizen service number"),
    "pseudonym": Text("pseudoniem van de leverancier", "pseudonym of the supplier"),
    "none": Text("niet koppelen", "not linked"),
}  # fmt: skip
_LINKED: Final = Text("Koppeling", "Linkage")
_DELETE_BY: Final = Text("Verwijderen op", "Delete by")
_RECORD: Final = Text("Wat staat er in een rij?", "What does a row hold?")
_CONSTANTS: Final[tuple[str, ...]] = ("code_system", "encounter_type", "category")  # often alike in every row
_UNREAD: Final = Text("– niet lezen –", "– do not read –")
_NO_COLUMN: Final = Text("– geen kolom zegt het –", "– no column says it –")
_DECIMALS: Final = ((".", "12.5"), (",", "12,5"))


def mapping_parts(visit: Visit, source: str, text: str, why: str, one: Choice | None, is_kept: bool) -> list[Child]:
    """Return how a mapping is made: by choices where a form can say it, and as YAML; `why` it cannot be proposed."""
    proposed = h("p", visit.t("Een voorstel uit de koppen; kies wat niet klopt anders en vul de grondslag in.",
                              "A proposal from the headings; choose otherwise what is wrong, and fill in the legal "
                              "ground."), class_="quiet")  # fmt: skip
    written = form(
        visit, f"/sources/in/{source}/mapping",
        area(visit.t("Mapping (YAML)", "Mapping (YAML)"), "mapping", text, rows=20,
             hint=visit.t("Leest alleen bestanden van deze map. Vul in wat met FILL IN is gemerkt.",
                          "Reads files of this folder alone. Complete what is marked FILL IN.")),
        h("p", button(visit.t("Bewaar", "Keep"), primary=one is None and not is_kept), class_="btns"),
    )  # fmt: skip
    if one is None:
        told = visit.t("Deze mapping zegt meer dan een formulier kan; verander haar als YAML.",
                       "This mapping says more than a form can; change it as YAML.")  # fmt: skip
        return [h("p", english(visit, why), class_="note stop small") if why else None,
                h("p", told, class_="quiet small") if is_kept and not why else None, written]  # fmt: skip
    return [
        proposed if not is_kept else None,
        h(
            "p",
            h("strong", "! "),
            visit.t("De mapping leest niet: ", "The mapping does not read: "),
            ", ".join(one.unnamed),
            visit.t("; zet dit erbij als YAML.", "; add it as YAML."),
            class_="note warn small",
        )
        if one.unnamed
        else None,
        _chooser(visit, source, one, is_kept),
        h("details", h("summary", visit.t("Of schrijf haar als YAML", "Or write it as YAML")), written, class_="gap-s"),
    ]


def _chooser(visit: Visit, source: str, one: Choice, is_kept: bool) -> Html:
    """Return the form: folded away once it was kept, unless it was sent and refused."""
    made = mapping_form(visit, source, one)
    if not is_kept or "mark" in visit.fields:
        return made
    return h("details", h("summary", visit.t("Kies kolommen en grondslag anders", "Choose columns and legal ground "
                                             "otherwise")), made)  # fmt: skip


def mapping_form(visit: Visit, source: str, one: Choice) -> Html:
    """Return the form, with what was typed in it or, where nothing was, what the mapping or its proposal says."""
    legal = [
        field(visit.told(label), name, _said(visit, name, one.legal.get(name, "")), hint=visit.told(hint))
        for name, (label, hint) in _LEGAL.items()
    ]
    return form(
        visit, f"/sources/in/{source}/choose",
        h("input", type="hidden", name="mark", value=one.mark),
        h("h3", visit.t("Juridische vastlegging", "Legal record"), class_="gap-s"),
        h("p", visit.t("Vul dit in met uw functionaris gegevensbescherming; zonder wordt niets geladen.",
                       "Fill this in with your privacy officer; without it nothing is loaded."), class_="quiet small"),
        legal,
        choice(visit.told(_LINKED), "linkage", [(code, visit.told(words)) for code, words in _LINKAGE.items()],
               _said(visit, "linkage", one.legal.get("linkage", "")), blank=visit.t("Kies", "Choose")),
        field(visit.told(_DELETE_BY), "delete_by", _said(visit, "delete_by", one.legal.get("delete_by", "")),
              type_="date"),
        [_file(visit, place, file, all(each.record != "coverage" for each in one.files))
         for place, file in enumerate(one.files)],
        h("p", button(visit.t("Bewaar deze keuzen", "Keep these choices"), primary=True), class_="btns"),
        id="choose",
    )  # fmt: skip


def _said(visit: Visit, name: str, had: str) -> str:
    return visit.one(name, "" if "mark" in visit.fields else had)


def _file(visit: Visit, place: int, one: FileChoice, is_alone: bool) -> Html:
    said = _said(visit, f"record-{place}", one.record)
    record = next((each for each in RECORDS if each == said), one.record)
    records = [(code, visit.told(words)) for code, words in RECORD_WORDS.items()]
    columns = [
        _select(visit, h("code", column), f"column-{place}-{number}", _fields(visit, record),
                _said(visit, f"column-{place}-{number}", one.fields.get(column, "")))
        for number, column in enumerate(one.columns)
    ]  # fmt: skip
    constants = [name for name in _CONSTANTS if name in FIELDS[record]]
    constants += [name for name in one.constants if name not in constants]
    return h(
        "fieldset",
        h("legend", h("h3", one.name)),
        choice(visit.told(_RECORD), f"record-{place}", records, record),
        h("h4", visit.t("Welke kolom is wat? Leeg: wordt nooit gelezen.",
                        "Which column is what? Empty: never read."), class_="gap-s"),
        h("div", columns, class_="pairs"),
        h("h4", visit.t("In iedere rij hetzelfde, als geen kolom het zegt",
                        "The same in every row, where no column says it"), class_="gap-s") if constants else None,
        [_constant(visit, place, name, one.constants.get(name, "")) for name in constants],
        field(visit.t("Hoe datums zijn geschreven", "How dates are written"), f"dates-{place}",
              _said(visit, f"dates-{place}", one.date_format), required=False,
              hint=visit.t("%d-%m-%Y is 31-12-2025, %Y%m%d is 20251231; leeg: 2025-12-31.",
                           "%d-%m-%Y is 31-12-2025, %Y%m%d is 20251231; empty: 2025-12-31.")),
        choice(visit.t("Hoe getallen zijn geschreven", "How numbers are written"), f"decimal-{place}", _DECIMALS,
               _said(visit, f"decimal-{place}", one.decimal)),
        _since(visit, place, one) if record == "person" and is_alone else None,
        class_="gap",
    )  # fmt: skip


def _since(visit: Visit, place: int, one: FileChoice) -> Html:
    told = visit.t("Sinds wanneer ingeschreven of verzekerd?", "Registered or insured since when?")
    options = [(column, column) for column in one.columns]
    return h(
        "div",
        _select(visit, told, f"since-{place}", options, _said(visit, f"since-{place}", ""), _NO_COLUMN),
        h("p", visit.t("Indicatoren tellen alleen wie meetelt. Zegt een ander bestand dat, laat dit dan leeg.",
                       "Indicators count only who counts. Where another file says so, leave this empty."),
          class_="small quiet"),
    )  # fmt: skip


def _fields(visit: Visit, record: Record) -> list[tuple[str, str]]:
    """Return every field: those of the record first, a mark with those it needs; others belong to other records."""
    own = [(name, visit.told(FIELD_WORDS[name]) + (" *" if known.required else ""))
           for name, known in FIELDS[record].items()]  # fmt: skip
    others = visit.t("van een ander soort rij", "of another kind of row")
    return own + [(name, f"{visit.told(words)} ({others})")
                  for name, words in FIELD_WORDS.items() if name not in FIELDS[record]]  # fmt: skip


def _select(
    visit: Visit, label: Child, name: str, options: Sequence[tuple[str, str]], chosen: str, none: Text = _UNREAD
) -> Html:  # fmt: skip
    return h(
        "div",
        h("label", label, for_=f"f-{name}"),
        h(
            "select",
            h("option", visit.told(none), value=""),
            [h("option", said, value=value, selected=value == chosen) for value, said in options],
            id=f"f-{name}", name=name,
        ),
        class_="field",
    )  # fmt: skip


def _constant(visit: Visit, place: int, name: str, had: str) -> Html:
    label, key = visit.told(FIELD_WORDS[name]).capitalize(), f"same-{place}-{name}"
    if name == "code_system":
        return choice(label, key, [(one, one) for one in CODE_SYSTEMS], _said(visit, key, had),
                      blank=visit.t("een kolom zegt het", "a column says it"), required=False)  # fmt: skip
    hints = {
        "encounter_type": visit.t("Zoals gp, admission, ed of outpatient.", "Such as gp, admission, ed or outpatient."),
        "category": visit.t("Zoals gp, hospital of medication.", "Such as gp, hospital or medication."),
    }
    return field(label, key, _said(visit, key, had), required=False, hint=hints.get(name, ""))


def chosen(visit: Visit, one: Choice) -> Choice:
    """Return what was chosen; raises FormUnfit naming what is missing, chosen twice or of another kind of row."""
    if visit.one("mark", "") != one.mark:
        raise FormUnfit(visit.t("De bestanden of de mapping zijn intussen veranderd; kijk opnieuw en kies dan.",
                                "The files or the mapping changed meanwhile; look again, then choose."))  # fmt: skip
    legal = {name: needed(visit, name, label) for name, (label, _) in _LEGAL.items()}
    legal["linkage"] = needed(visit, "linkage", _LINKED)
    if legal["linkage"] not in _LINKAGE:
        raise FormUnfit(visit.t("Kies een koppeling uit de lijst.", "Choose a linkage from the list."))
    legal["delete_by"] = needed_day(visit, "delete_by", _DELETE_BY).isoformat()
    return replace(one, legal=legal, files=tuple(_chosen_file(visit, place, file)
                                                 for place, file in enumerate(one.files)))  # fmt: skip


def _chosen_file(visit: Visit, place: int, one: FileChoice) -> FileChoice:
    record = next((each for each in RECORDS if each == visit.one(f"record-{place}", "")), None)
    if record is None:
        raise FormUnfit(visit.t(f"Kies wat een rij van {one.name} is.", f"Choose what a row of {one.name} is."))
    fields: dict[str, str] = {}
    for number, column in enumerate(one.columns):
        name = visit.one(f"column-{place}-{number}", "")
        if not name:
            continue
        _check(visit, one.name, record, name)
        if name in fields.values():
            told = visit.told(FIELD_WORDS[name])
            raise FormUnfit(visit.t(f"In {one.name} is '{told}' bij twee kolommen gekozen; houd er een.",
                                    f"In {one.name} '{told}' is chosen for two columns; keep one."))  # fmt: skip
        fields[column] = name
    constants = {}
    for name in {*_CONSTANTS, *one.constants}:
        text = visit.one(f"same-{place}-{name}", "")
        if text and name in FIELDS[record] and name not in fields.values():
            constants[name] = text
    for name, known in FIELDS[record].items():
        if known.required and name not in {*fields.values(), *constants}:
            told = visit.told(FIELD_WORDS[name])
            raise FormUnfit(visit.t(f"In {one.name} is geen kolom gekozen voor '{told}'; kies er een.",
                                    f"In {one.name} no column is chosen for '{told}'; choose one."))  # fmt: skip
    since = visit.one(f"since-{place}", "") if record == "person" else ""
    if since and (since not in one.columns or since in fields):
        raise FormUnfit(visit.t(f"Kies in {one.name} voor 'sinds wanneer' een kolom die verder niet gekozen is.",
                                f"Choose in {one.name} for 'since when' a column that is not chosen "
                                "otherwise."))  # fmt: skip
    decimal = "," if visit.one(f"decimal-{place}", ".") == "," else "."
    return replace(one, record=record, fields=fields, constants=constants, decimal=decimal, since=since,
                   date_format=visit.one(f"dates-{place}", ""))  # fmt: skip


def _check(visit: Visit, file: str, record: Record, name: str) -> None:
    if name in FIELDS[record]:
        return
    told, kind = visit.told(FIELD_WORDS[name]) if name in FIELD_WORDS else "?", visit.told(RECORD_WORDS[record])
    raise FormUnfit(visit.t(f"In {file} is '{told}' gekozen, en dat hoort niet bij {kind}; kies iets anders.",
                            f"In {file} '{told}' is chosen, which does not belong to {kind}; choose "
                            "another."))  # fmt: skip
