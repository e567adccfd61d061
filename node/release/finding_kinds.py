"""What the desk looks for when a bundle is frozen: each kind with its weight, a sentence and a proposed repair."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from schemas.definition import Text


class Weight(StrEnum):
    """What a finding asks for."""

    BLOCKS = "blocks"
    ANSWER = "answer"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Kind:
    """One thing the desk looks for; `what` and `repair` are read by author and reviewers."""

    code: str
    weight: Weight
    what: Text
    repair: Text


def _kind(code: str, weight: Weight, what: tuple[str, str], repair: tuple[str, str]) -> Kind:
    return Kind(code, weight, Text(*what), Text(*repair))


_ALL: Final = (
    _kind(
        "no_owner", Weight.BLOCKS,
        ("Bij overgenomen cijfers ontbreekt van wie ze zijn, uit welke tabel, of waar die staat.",
         "Figures taken over do not say whose they are, from which table, or where that is."),
        ("Vul `owner`, `table` en `url` in het koppelbestand in en neem de tabel opnieuw over.",
         "Fill in `owner`, `table` and `url` in the mapping file and take the table over again."),
    ),
    _kind(
        "no_licence", Weight.BLOCKS,
        ("Bij overgenomen cijfers ontbreekt de licentie, dus niemand weet of ze verder mogen.",
         "Figures taken over come without a licence, so nobody knows whether they may be passed on."),
        ("Zoek de licentie bij de eigenaar op en zet die als `licence` in het koppelbestand.",
         "Look the licence up at the owner and write it as `licence` in the mapping file."),
    ),
    _kind(
        "no_source_date", Weight.BLOCKS,
        ("Bij overgenomen cijfers staat niet op welke dag ze zijn opgehaald.",
         "Figures taken over do not say on which day they were fetched."),
        ("Zet de dag van ophalen als `retrieved_on` (jjjj-mm-dd) in het koppelbestand.",
         "Write the day of fetching as `retrieved_on` (yyyy-mm-dd) in the mapping file."),
    ),
    _kind(
        "held_elsewhere", Weight.BLOCKS,
        ("Een andere bundel met ditzelfde staat op last van de functionaris gegevensbescherming stil.",
         "Another bundle with this same item is on hold by the data protection officer."),
        ("Los eerst op waarom die bundel stilstaat; `review show` noemt de reden.",
         "First settle why that bundle is on hold; `review show` gives the reason."),
    ),
    _kind(
        "held_before", Weight.ANSWER,
        ("Een eerdere bundel met ditzelfde stond stil en is toen afgewezen; de functionaris hief dat nooit op.",
         "An earlier bundle with this same item was on hold when it was rejected; the officer never lifted that."),
        ("Vraag de functionaris om advies en schrijf op wat er sindsdien anders is.",
         "Ask the officer for advice and write down what is different since."),
    ),
    _kind(
        "no_sources", Weight.ANSWER,
        ("Bij berekende cijfers staat niet uit welke bronnen ze komen.",
         "Computed figures do not say which sources they come from."),
        ("Kijk of de bronnen zijn geladen en bereid opnieuw voor; schrijf anders op waar de cijfers vandaan komen.",
         "Check that the sources are loaded and prepare again; else write down where they come from."),
    ),
    _kind(
        "rows_counted", Weight.ANSWER,
        ("Er zijn regels geteld en geen personen: wie vaker voorkomt, telt vaker mee.",
         "Rows are counted and not persons: whoever occurs more often counts more often."),
        ("Neem een definitie die personen telt (`count: persons`), of schrijf op waarom regels tellen hier goed is.",
         "Use a definition that counts persons (`count: persons`), or write down why rows are right here."),
    ),
    _kind(
        "mostly_hidden", Weight.ANSWER,
        ("Meer dan de helft van de tabel is verborgen; lezers hebben er weinig aan.",
         "More than half of the table is hidden; it tells readers little."),
        ("Deel grover in: `release alternatives` zegt welke indeling het minst verliest; of neem een langere periode.",
         "Cut it more coarsely: `release alternatives` says which cut loses least; or take a longer period."),
    ),
    _kind(
        "organisations_not_recorded", Weight.ANSWER,
        ("Kosten zeggen niet wie is betaald: of het drie organisaties zijn en er geen overheerst, is niet getoetst.",
         "Costs do not say which organisation was paid: whether they are three and none dominates is not tested."),
        ("Koppel `organisation` in het koppelbestand, of schrijf op waarom de cijfers zonder die toets uit mogen gaan.",
         "Map `organisation` in the mapping file, or write down why the figures may leave without that test."),
    ),
    _kind(
        "wider_audience", Weight.ANSWER,
        ("Meer mensen kunnen dit lezen dan de vorige keer.",
         "More people can read this than the last time."),
        ("Kies hetzelfde publiek als toen, of schrijf op wie met het ruimere publiek heeft ingestemd.",
         "Choose the same audience as then, or write down who agreed to the wider one."),
    ),
    _kind(
        "extreme_change", Weight.ANSWER,
        ("Het totaal is meer dan anderhalf keer, of minder dan twee derde van, dat van de periode ervoor.",
         "The total is more than 1.5 times, or less than two thirds of, that of the period before."),
        ("Kijk of er een bron ontbreekt, dubbel is geladen of anders telt; schrijf op wat de verandering verklaart.",
         "See whether a source is missing, loaded twice or counts otherwise; write down what explains the change."),
    ),
    _kind(
        "lesson_incomplete", Weight.ANSWER,
        ("In een les is een veld leeg waar lezers op rekenen.",
         "A field that readers count on is empty in a lesson."),
        ("Vul het veld in, of schrijf op waarom er niets te zeggen is.",
         "Fill the field in, or write down why there is nothing to say."),
    ),
    _kind(
        "figures_left_out", Weight.ANSWER,
        ("Een evaluatie laat perioden buiten beschouwing waarvan hier wel cijfers zijn gepubliceerd.",
         "An evaluation leaves out periods of which figures were published here."),
        ("Evalueer over alle perioden (`--from`, `--until`), of schrijf op waarom deze niet meedoen.",
         "Evaluate over all periods (`--from`, `--until`), or write down why these take no part."),
    ),
    _kind(
        "effect_doubted", Weight.NOTE,
        ("Een controle zegt dat de uitkomst van een evaluatie niet, of nog niet, als effect is te lezen.",
         "A check says that the outcome of an evaluation is not, or not yet, to be read as an effect."),
        ("Ook zo'n uitkomst is het delen waard; lezers krijgen de controle en de lezing erbij.",
         "Such an outcome is worth sharing too; readers get the check and the reading with it."),
    ),
    _kind(
        "figures_in_review", Weight.NOTE,
        ("Van cijfers waarop een evaluatie berust, ligt een correctie ter beoordeling.",
         "A correction of figures on which an evaluation rests is under review."),
        ("Wacht tot die is gepubliceerd en maak de evaluatie dan opnieuw.",
         "Wait until it is published, then make the evaluation anew."),
    ),
    _kind(
        "events_counted", Weight.NOTE,
        ("Dit telt gebeurtenissen per persoonsjaar, geen personen: wie vaker komt, telt vaker mee.",
         "This counts events per person-year, not persons: whoever comes more often counts more often."),
        ("Zeg er in het regiobeeld bij dat het om gebeurtenissen gaat.",
         "Say beside the figure that these are events."),
    ),
    _kind(
        "bands_merged", Weight.NOTE,
        ("Leeftijdsgroepen zijn samengevoegd, omdat de tabel anders niet te beschermen was.",
         "Age bands were merged, since the table could not be protected otherwise."),
        ("Kijk of de groepen die overblijven voor lezers nog iets zeggen.",
         "See whether the bands that are left still tell readers something."),
    ),
    _kind(
        "partial_coverage", Weight.NOTE,
        ("Dit gaat over wie antwoordde of is gemeten: minder dan de helft van de inwoners die hier geteld zijn.",
         "This is about who answered or was measured: fewer than half of the residents counted here."),
        ("Zeg erbij hoe groot dat deel is; een oordeel of rangorde past er niet bij.",
         "Say how large that part is; it bears no verdict and no ranking."),
    ),
    _kind(
        "source_date_ahead", Weight.NOTE,
        ("De dag waarop overgenomen cijfers zijn opgehaald, moet volgens de klok van deze node nog komen.",
         "The day on which figures taken over were fetched is still to come by this node's clock."),
        ("Kijk `retrieved_on` in het koppelbestand na, en de klok van deze machine.",
         "Check `retrieved_on` in the mapping file, and this machine's clock."),
    ),
    _kind(
        "no_denominator", Weight.NOTE,
        ("Deze percentages zijn overgenomen zonder noemer; lezers zien dus geen marge en geen oordeel.",
         "These percentages are taken over without a denominator, so readers see no interval and no verdict."),
        ("Vraag de eigenaar om de aantallen; zonder die blijft het zo.",
         "Ask the owner for the counts; without them it stays so."),
    ),
    _kind(
        "small_counts_taken_over", Weight.NOTE,
        ("Overgenomen aantallen van 1 tot en met 9 gaan ongewijzigd mee: zij waren al openbaar.",
         "Counts of 1 to 9 are taken over and leave unchanged: they were public already."),
        ("Kijk bij de eigenaar na of de tabel nog steeds openbaar is.",
         "Check with the owner that the table is still public."),
    ),
    _kind(
        "old_figures", Weight.NOTE,
        ("De periode is langer geleden dan gewoonlijk bij een vrijgave.",
         "The period is longer ago than is usual for a release."),
        ("Kijk of er nieuwere cijfers zijn, of zeg erbij waarom deze nu komen.",
         "See whether there are newer figures, or say why these come now."),
    ),
    _kind(
        "unverified_definition", Weight.NOTE,
        ("De definitie is nog niet met haar bron vergeleken (zie verwijzing of herkomst).",
         "The definition has not been compared with its source yet (see its reference or provenance)."),
        ("Laat de definitie nalezen voordat regio's ermee worden vergeleken.",
         "Have the definition checked before regions are compared by it."),
    ),
    _kind(
        "unverified_questions", Weight.NOTE,
        ("Vragen van een beoordeling zijn niet met de gepubliceerde lijst vergeleken; lezers zien bij welke lenzen.",
         "Questions of an assessment were not compared with the published questionnaire; readers see on which lenses."),
        ("Vergelijk de uitkomst niet met die van het onderzoek, of vraag de volgende keer met een eigen bestand.",
         "Do not hold the outcome against the study's, or ask by a file of your own the next time."),
    ),
    _kind(
        "extreme_change_taken_over", Weight.NOTE,
        ("Een overgenomen totaal is meer dan anderhalf keer, of minder dan twee derde van, dat van de periode ervoor.",
         "A total taken over is more than 1.5 times, or less than two thirds of, that of the period before."),
        ("Kijk of de eigenaar een breuk in de reeks meldt.",
         "See whether the owner reports a break in the series."),
    ),
    _kind(
        "unknown_indicator", Weight.NOTE,
        ("Een les wijst naar een indicator die niet in de catalogus staat.",
         "A lesson points to an indicator that the catalogue does not have."),
        ("Verbeter de naam van de indicator in de les.",
         "Correct the indicator's name in the lesson."),
    ),
    _kind(
        "also_in_review", Weight.NOTE,
        ("Hetzelfde zit ook in een andere bundel die nog niet weg is; maar een van de twee kan weg.",
         "The same item is in another bundle that has not left yet; only one of the two can be published."),
        ("Wijs een van de twee bundels af.",
         "Reject one of the two bundles."),
    ),
    _kind(
        "owner_without_reviewer", Weight.NOTE,
        ("Een organisatie van wie gegevens zijn gebruikt, heeft hier geen beoordelaar onder haar naam.",
         "An organisation whose data were used has no reviewer by that name here."),
        ("Meld een beoordelaar namens die organisatie aan, of leg vast wie namens haar beslist.",
         "Let a reviewer join on its behalf, or record who decides on its behalf."),
    ),
)  # fmt: skip
KINDS: Final[dict[str, Kind]] = {kind.code: kind for kind in _ALL}
