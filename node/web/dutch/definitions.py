"""What is said of definitions, periods, plans and counting, in English and in Dutch."""

from collections.abc import Mapping
from typing import Final

_WHEN: Final = "schrijf 'daily 03:30', 'weekly mon 03:30', 'monthly 5 03:30' (een dag tot 28) of een crontab-regel."

DEFINITIONS: Final[Mapping[str, str]] = {
    "'{}' is no indicator that is computed from records; see `python -m node definitions list`.":
        "'{}' is geen indicator die uit records wordt berekend; onder 'Definities' staan ze.",
    "{} version {} is approved here, and the hub takes version {} or newer; read it (`definitions show {}`), then run "
    "`python -m node definitions approve {} --author NAME`.":
        "Van {0} is hier versie {1} goedgekeurd, en de hub neemt versie {2} of nieuwer; lees die onder 'Definities' en "
        "keur haar daar goed.",
    "The hub takes {} in version {} or newer, and version {} is known here; run `python -m node definitions pull`.":
        "De hub neemt van {} versie {} of nieuwer, en hier is versie {} bekend; laat de beheerder `python -m node "
        "definitions pull` doen.",
    "{} version {} is not approved by this region; read it (`definitions show {}`), then run `python -m node "
    "definitions approve {} --author NAME`.":
        "Versie {1} van {0} is door deze regio niet goedgekeurd; lees haar onder 'Definities' en keur haar daar goed.",
    "{} version {} was not approved; nothing changed.":
        "Versie {1} van {0} was niet goedgekeurd; er is niets veranderd.",
    "{} version {} was not approved; nothing changed. Version {} is; `--version {}` ends that.":
        "Versie {1} van {0} was niet goedgekeurd; er is niets veranderd. Versie {2} is dat wel.",
    "The hub's list of definitions is of {}, and one of {} came before it; ask the hub's team.":
        "De lijst met definities van de hub is van {}, en eerder kwam er een van {}; vraag het landelijk team.",
    "The hub's {} version {} has another meaning than the one known here; have its team give it a new version.":
        "Versie {1} van {0} bij de hub betekent iets anders dan die hier bekend is; laat het landelijk team haar een "
        "nieuwe versie geven.",
    "Indicator {} has no measure; take it over from its public table instead.":
        "Indicator {} wordt niet berekend; neem hem over uit zijn openbare tabel.",
    "The region's list of areas names an area twice; list every area once.":
        "De lijst met gebieden van de regio noemt een gebied twee keer; noem ieder gebied één keer.",
    # counting
    "This region has approved no definition yet; see `python -m node definitions list`, then run `python -m node "
    "definitions approve ID --author NAME`.":
        "Deze regio heeft nog geen definitie goedgekeurd; lees ze onder 'Definities' en keur er daar goed.",
    "The legal record of source '{}' does not permit {}; have it recorded first.":
        "De juridische vastlegging van bron '{}' staat {} niet toe; laat dat eerst vastleggen.",
    "No source is loaded here yet; run `python -m node source load MAPPING` first.":
        "Er is hier nog geen bron geladen; laad er eerst een onder 'Bronnen'.",
    "No source is loaded here yet.": "Er is hier nog geen bron geladen.",
    "No source {} is loaded here; `python -m node source list` shows which are.":
        "Er is hier geen bron {} geladen; onder 'Bronnen' staan ze.",
    "There is no source '{}' here any more.": "Er is hier geen bron '{}' meer.",
    "{}: cannot be opened, because it does not exist or another process has it open; load a source first, or wait "
    "until "
    "the other command has ended.":
        "De geladen bronnen zijn nu niet te lezen: er is nog niets geladen, of er wordt net geladen of geteld; laad "
        "een "
        "bron, of wacht tot dat klaar is.",
    "The record store failed; check the disk's free space, then try again.":
        "De opslag van records gaf een fout; kijk of er ruimte op de schijf is en probeer het opnieuw.",
    "The warehouse could not count this ({}); see its log, and `python -m node doctor`.":
        "Het warehouse kon dit niet tellen ({}); zie het log ervan, en `python -m node doctor`.",
    # periods
    "Period {} ends on {} and today is {}: its figures would not be those of the whole period; choose one that has "
    "ended.":
        "De periode {} eindigt op {} en vandaag is het {}: de cijfers zouden niet van de hele periode zijn; kies er "
        "een "
        "die voorbij is.",
    "{} over {} looks until {} and today is {}: what is still to come would count as not happening; leave it out until "
    "then, or choose an earlier period.":
        "{} over {} kijkt tot en met {} en vandaag is het {}: wat nog komt, zou tellen als niet gebeurd; laat het tot "
        "dan weg, of kies een vroegere periode.",
    "The period {} is unknown; write a year 2024, a quarter 2024-Q3 or a month 2024-07.":
        "De periode {} is niet bekend; schrijf een jaar 2024, een kwartaal 2024-Q3 of een maand 2024-07.",
    # cuts
    "'{}' are no age bands; write them as 0-17,18-64,65+.":
        "'{}' zijn geen leeftijdsgroepen; schrijf ze als 0-17,18-64,65+.",
    "Ages {} do not fit {}: make each of whole bands of {}, in order and without a gap.":
        "De leeftijdsgroepen {} passen niet bij {}: maak ze van hele groepen van {}, op volgorde en zonder gat.",
    "No indicator here can go without '{}'; dimensions that can be left out: {}. Ages are merged instead, with --ages.":
        "Geen indicator kan hier zonder '{}'; weggelaten kan worden: {}. Leeftijden worden samengevoegd.",
    "Age bands are given for {}, which is not among the indicators computed here.":
        "Er zijn leeftijdsgroepen gegeven voor {}, en die is niet bij de indicatoren die hier berekend worden.",
    # plans
    "There is no plan '{}'; `python -m node plan list` names them.": "Er is geen planning '{}'; hieronder staan ze.",
    "'{}' is no name for a plan; write lower-case letters, digits and hyphens.":
        "'{}' is geen naam voor een planning; schrijf kleine letters, cijfers en streepjes.",
    "There is a plan '{}' already; remove it first, or choose another name.":
        "Er is al een planning '{}'; verwijder die eerst, of kies een andere naam.",
    "Another process of this node is at its planned work; wait until it has ended.":
        "Een ander proces van deze node is met gepland werk bezig; wacht tot dat klaar is.",
    "Plan '{}' was begun this very moment by another process; see `plan runs`.":
        "Planning '{}' is op dit moment door een ander proces begonnen; zie de laatste runs.",
    "'{}' is no time; write 'daily 03:30', 'weekly mon 03:30', 'monthly 5 03:30' (a day up to 28), or a crontab line.":
        f"'{{}}' is geen tijd; {_WHEN}",
    "'{}': name the days (mon to sun), since programs number them in different ways.":
        "'{}': noem de dagen (mon tot en met sun), want programma's nummeren ze verschillend.",
    "'{}' is no time zone; write one such as Europe/Amsterdam.":
        "'{}' is geen tijdzone; schrijf er een zoals Europe/Amsterdam.",
}  # fmt: skip
