"""What is said of bundles, their reviewers and what is released, in English and in Dutch."""

from collections.abc import Mapping
from typing import Final

BUNDLES: Final[Mapping[str, str]] = {
    "There is no bundle {} here; `python -m node release list` names them.":
        "Er is hier geen bundel {}; onder 'Vrijgave' staan ze.",
    "There is nothing to release; name an indicator, a table or a lesson.":
        "Er is niets vrij te geven; kies een indicator of een les.",
    "There is no lesson '{}' here; add one with `python -m node lesson add FILE`.":
        "Er is hier geen les '{}'; onder 'Lessen' staan ze.",
    "Bundle {} has no finding `{}` that waits for an answer; `review show {}` lists what it has.":
        "Bundel {0} heeft geen zulke bevinding die op antwoord wacht; kijk op haar pagina wat er staat.",
    "Bundle {} is {}; its certificate is written once its reviewers approved it.":
        "Bundel {0} is nog niet goedgekeurd; daarna is er een verklaring.",
    "Bundle {} has findings without an answer; its author answers them first with `release answer {} CODE --reason "
    "TEXT "
    "--author NAME`.":
        "Bundel {0} heeft bevindingen zonder antwoord; wie haar opstelde, beantwoordt die eerst.",
    "Bundle {} has findings without an answer and no approvals; `review show {}` lists them.":
        "Bundel {0} heeft bevindingen zonder antwoord en geen akkoord; zij staan op haar pagina.",
    "Bundle {} still needs approvals; have reviewers run `review approve {} --key FILE`.":
        "Bundel {0} heeft nog akkoord van beoordelaars nodig.",
    "Bundle {} is on hold; a data protection officer lifts that before anyone approves it.":
        "Bundel {} staat stil; een functionaris heft dat op voordat iemand akkoord geeft.",
    "Bundle {} is on hold; a data protection officer lifts that before anything is published.":
        "Bundel {} staat stil; een functionaris heft dat op voordat iets wordt gepubliceerd.",
    "Bundle {} is signed and no hold reaches it; take it back with `withdraw` or `redact`.":
        "Bundel {} is al ondertekend en niet meer stil te zetten; neem terug of laat vernietigen onder 'Grootboek'.",
    "Bundle {} is {}; `{}` is not possible any more.": "Bundel {0} is al verder; dit kan niet meer.",
    "Bundle {} is {}; there is nothing to {}.": "Bij bundel {0} valt dit niet te doen.",
    "The bytes of bundle {} are not those that were frozen; reject it, look at who can write to the store, and prepare "
    "it again.":
        "De bytes van bundel {} zijn niet meer die er bevroren zijn; wijs haar af, ga na wie in de opslag kan "
        "schrijven, en bereid haar opnieuw voor.",
    "An item of bundle {} was destroyed by a redaction; prepare a new bundle without it.":
        "Een onderdeel van bundel {} is vernietigd; bereid een nieuwe bundel zonder dat onderdeel voor.",
    "Event {} was replaced or withdrawn after this bundle was frozen; reject the bundle or leave it, and prepare it "
    "again.":
        "Gebeurtenis {} is vervangen of ingetrokken nadat deze bundel werd bevroren; wijs de bundel af en bereid haar "
        "opnieuw voor.",
    "Round '{}' was released with other scores (event {}) and a closed round does not change; restore the store from "
    "backup, or withdraw that event.":
        "Ronde '{}' is met andere uitkomsten uitgebracht (gebeurtenis {}) en een gesloten ronde verandert niet; laat "
        "de "
        "beheerder een reservekopie terugzetten, of trek die gebeurtenis in.",
    # holds
    "{} holds bundle {} since {} ({}); nobody approves or publishes it until an officer lifts that with `review dpo "
    "lift`.":
        "{} heeft bundel {} stilgezet sinds {} ({}); niemand geeft akkoord of publiceert haar tot een functionaris dat "
        "opheft.",
    "Bundle {} holds the same as {} and is on hold; nobody approves or publishes either until an officer lifts that "
    "with `review dpo lift {}`.":
        "Bundel {0} houdt hetzelfde in als {1} en staat stil; niemand geeft akkoord of publiceert een van beide tot "
        "een "
        "functionaris dat opheft.",
    "Bundle {} with the same as {} was on hold when it was rejected, and {} was frozen before that; reject it and "
    "prepare it again, so that its author answers what is different now.":
        "Bundel {0} met hetzelfde als {1} stond stil toen zij werd afgewezen, en {2} werd daarvoor al bevroren; wijs "
        "die af en bereid haar opnieuw voor, zodat de maker zegt wat er nu anders is.",
    # reviewers
    "This key belongs to no reviewer of this node; register it with `review join` first.":
        "Deze sleutel is van geen beoordelaar van deze node; maak hem eerst bekend onder 'Mijn sleutel'.",
    "This key belongs to no data protection officer of this node; register it with `review dpo add` first.":
        "Deze sleutel is van geen functionaris van deze node; maak hem eerst bekend onder 'Mijn sleutel'.",
    "A reviewer with this name or key is registered already ({}); use another.":
        "Er is al een beoordelaar met deze naam of sleutel ({}); gebruik een andere.",
    "A reviewer or officer with this name or key is registered already ({}); who reviews cannot be the officer too.":
        "Er is al een beoordelaar of functionaris met deze naam of sleutel ({}); wie beoordeelt kan niet ook de "
        "functionaris zijn.",
    "{} is a data protection officer here, who never counts as a reviewer.":
        "{} is hier functionaris gegevensbescherming en telt nooit als beoordelaar.",
    "{} is the data protection officer, who advises, can hold (`review dpo hold`) and is no reviewer.":
        "{} is de functionaris gegevensbescherming, die adviseert en kan stilzetten, en geen beoordelaar is.",
    "{} prepared bundle {}; another reviewer must decide on it.":
        "{} stelde bundel {} op; een andere beoordelaar moet erover beslissen.",
    "{} answered a finding of bundle {}; another reviewer must judge that answer.":
        "{} beantwoordde een bevinding van bundel {}; een andere beoordelaar moet dat antwoord beoordelen.",
    "{} has decided on bundle {} before; a second reviewer is needed.":
        "{} heeft al over bundel {} beslist; er is een tweede beoordelaar nodig.",
    "{} approved bundle {} on behalf of {} already; a reviewer of another organisation must give the second approval.":
        "{} gaf al akkoord op bundel {} namens {}; het tweede akkoord moet van een andere organisatie komen.",
    "The key of {} was taken back; another reviewer must decide.":
        "De sleutel van {} is teruggenomen; een andere beoordelaar moet beslissen.",
    "The hub does not know {} yet; run `python -m node key add-reviewer` and have that approved first.":
        "De hub kent {} nog niet; meld de sleutel onder 'Mijn sleutel' en laat dat eerst goedkeuren.",
    "The key of a reviewer who approved bundle {} was taken back since; another reviewer must approve it too: `python "
    "-m node review approve {} --key FILE`.":
        "De sleutel van een beoordelaar die akkoord gaf op bundel {0} is sindsdien teruggenomen; een andere "
        "beoordelaar "
        "moet ook akkoord geven.",
    "{} held bundle {} before {} joined; let {} lift it, or reject the bundle and prepare it again.":
        "{0} zette bundel {1} stil voordat {2} functionaris werd; laat {3} dat opheffen, of wijs de bundel af en "
        "bereid "
        "haar opnieuw voor.",
    "A name mixes {} letters, which look alike; type the whole name again in one alphabet.":
        "Een naam heeft letters van verschillende alfabetten door elkaar ({}), die op elkaar lijken; typ de hele naam "
        "opnieuw in één alfabet.",
    # publishing
    "Bundle {} holds computed figures that were not held against other regions' within a day; publish it with `python "
    "-m node release publish`, which asks the hub.":
        "De berekende cijfers van bundel {} zijn niet binnen een dag naast die van andere regio's gelegd; publiceer "
        "haar opnieuw, dan wordt de hub gevraagd.",
    "{}. So it is not known what other regions published, and computed figures are not signed without; publish the "
    "bundle again once the hub answers.":
        "De hub antwoordt nu niet, dus is niet bekend wat andere regio's publiceerden, en zonder dat worden berekende "
        "cijfers niet ondertekend; publiceer de bundel opnieuw zodra de hub antwoordt.",
    "This node's store (of {}) does not hold all that its region released; run `python -m node catch-up` while the hub "
    "can be reached, then publish.":
        "De opslag van deze node (van {}) houdt niet alles in wat de regio uitbracht; laat de beheerder `python -m "
        "node "
        "catch-up` doen terwijl de hub bereikbaar is, en publiceer dan.",
    "Event {} of the chain does not verify: {}.":
        "Gebeurtenis {0} van de keten klopt niet; laat de beheerder reservekopieën vergelijken.",
    "Event {} does not follow its predecessor; restore the store from backup.":
        "Gebeurtenis {} sluit niet aan op de vorige; laat de beheerder een reservekopie terugzetten.",
    "Event {} is signed by a key that does not hold there; compare backups.":
        "Gebeurtenis {} is ondertekend met een sleutel die daar niet geldt; laat de beheerder reservekopieën "
        "vergelijken.",
}  # fmt: skip
