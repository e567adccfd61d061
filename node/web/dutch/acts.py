"""What is said of messages, citations, events and keys, in English and in Dutch; and what reviewers read of orders."""

from collections.abc import Mapping
from typing import Final

_NOTHING_LEFT: Final = (
    "Deze gebeurtenis is al vervangen of ingetrokken, of houdt geen cijfers of woorden in; er valt niets terug te "
    "nemen."
)
_NOT_OURS: Final = "Deze gebeurtenis staat niet in de keten van deze regio; kies er een uit het grootboek."

ACTS: Final[Mapping[str, str]] = {
    "The memory, and the disk beside the record store, did not suffice for this; give the machine, service or "
    "container more memory, make room on the disk, then try again.":
        "Het geheugen, en de schijf naast de records, waren hier te klein voor; geef de machine, dienst of container "
        "meer geheugen, maak ruimte op de schijf en probeer het opnieuw.",
    "The record store failed ({}); check the disk's free space, then try again.":
        "De opslag van records faalde ({}); kijk of de schijf ruimte heeft en probeer het opnieuw.",
    "A new key needs {} reviewers other than its author, and here are {}; have somebody who does not review ask for "
    "it, or another reviewer join first.":
        "Een nieuwe sleutel vraagt {} beoordelaars buiten wie erom vraagt, en hier zijn er {}; laat iemand erom vragen "
        "die niet beoordeelt, of laat eerst nog een beoordelaar meedoen.",
    "There is no message of this name here, or several; see `messages list` for their names.":
        "Dit bericht is hier niet (meer); open de lijst met berichten opnieuw.",
    "There is no citation '{}' here; `python -m node cite list` names them.":
        "Er is hier geen aanhaling '{}'; onder 'Aanhalingen' staan ze.",
    "Readers see citation '{}' with other words (event {}); take it back with `python -m node cite withdraw {}`, then "
    "write it anew.":
        "Lezers zien deze aanhaling al met andere woorden; neem haar eerst terug en breng haar dan opnieuw uit.",
    "Event {} of citation '{}' is not on this region's chain, or holds something else than the citation says; {}.":
        "Een gebeurtenis die als bewijs is aangekruist staat niet in de keten van deze regio, of houdt iets anders in "
        "dan de aanhaling zegt; kies opnieuw uit de lijst, of maak de aanhaling 'vermeldend' zonder bewijs.",
    "Event {} holds no figures and no evaluation; choose another.":
        "Een gebeurtenis die als bewijs is aangekruist houdt geen cijfers en geen evaluatie in; kies een andere.",
    "Event {} of citation '{}' was replaced or withdrawn since; {}.":
        "Een bewijs onder de aanhaling is intussen vervangen of ingetrokken; kies opnieuw uit de lijst.",
    "Event {} is for {}, so citation '{}' that rests on it cannot be for {}; choose --audience {}.":
        "Een bewijs is voor minder lezers dan de aanhaling; kies lezers die ook het bewijs mogen lezen.",
    "Event {} of {} is no evaluation on this region's chain; name one that `python -m node ledger` lists, or leave it "
    "out of `evidence`.":
        "Een bewijs is geen evaluatie in de keten van deze regio; noem er een uit het grootboek, of laat het weg.",
    "Event {} of {} was replaced or withdrawn since; {}.":
        "Een bewijs is intussen vervangen of ingetrokken; noem wat er nu staat, of laat het weg.",
    "Event {} is for {}, so {} that rests on it cannot be for {}; choose --audience {}.":
        "Een bewijs is voor minder lezers dan wat erop rust; kies lezers die ook het bewijs mogen lezen.",
    "Event {} is not on this region's chain; `python -m node ledger` lists the ids of its events.": _NOT_OURS,
    "Event {} is not on this region's chain; choose one of the ledger.": _NOT_OURS,
    "Event {} holds no figures and no words, so there is nothing to withdraw.": _NOTHING_LEFT,
    "Event {} was withdrawn before; nothing is left to withdraw.": _NOTHING_LEFT,
    "Event {} was replaced by event {}; withdraw that one.": _NOTHING_LEFT,
    "Event {} holds no figures and no words (any more), so there is nothing to destroy.":
        "Deze gebeurtenis houdt geen cijfers of woorden (meer) in; er valt niets te vernietigen.",
    "Redaction of event {}: when this is signed, its {} and salt are destroyed here, at the hub and at every "
    "subscriber, who confirms it. That cannot be undone.":
        "Vernietiging van gebeurtenis {}: zodra dit is ondertekend, worden inhoud en zout hier, bij de hub en bij "
        "iedere afnemer vernietigd, en die bevestigt dat. Dat kan niet ongedaan worden gemaakt.",
    "What stays: the signed envelope in its place in the chain, and the reason. Copies that people made stay with "
    "them; delete backups and files of `review show --out` that hold it.":
        "Wat blijft: de ondertekende envelop op zijn plaats in de keten, en de reden. Kopieën die mensen maakten "
        "blijven bij hen; verwijder back-ups en bestanden van `review show --out` waar het in staat.",
    "A draft here with the same words is deleted too.": "Een concept hier met dezelfde woorden wordt ook verwijderd.",
    "The recorded intervention and the published figures stay as they are.":
        "De vastgelegde interventie en de gepubliceerde cijfers blijven zoals ze zijn.",
    "The same findings and reasons here are deleted too; the round and its answers stay.":
        "Dezelfde bevindingen en redenen hier worden ook verwijderd; de ronde en haar antwoorden blijven.",
    "The figures were public: disclosure control goes on counting them as known.":
        "De cijfers waren openbaar: de bescherming blijft ermee rekenen dat ze bekend zijn.",
    "Other versions are not touched (events {}): redact each that says it too, and withdraw what must not be read in "
    "its place.":
        "Andere versies blijven (gebeurtenissen {}): vernietig ook iedere die hetzelfde zegt, en trek in wat niet in "
        "de plaats ervan gelezen mag worden.",
    "Withdrawal of {} (event {}): readers see that it was taken back, and why.":
        "Intrekking van {} (gebeurtenis {}): lezers zien dat het is teruggenomen, en waarom.",
    "Files stand beside it ({}): nobody gets them any more, but the search still finds their words; take each back as "
    "well with `python -m node item withdraw attachment NAME`.":
        "Er staan bestanden bij ({}): niemand krijgt ze nog, maar de zoekfunctie vindt hun woorden nog; neem ieder ook "
        "terug onder 'Bestanden'.",
    "Another process uses the store, or the disk is full: stop the node, then scrub again.":
        "Een ander proces gebruikt de opslag, of de schijf is vol; stop de node en schoon dan opnieuw op.",
    "Key {} signs this region's chain now; run `key rotate`, which takes it back afterwards.":
        "Met deze sleutel tekent de regio nu; vernieuw hem, dan wordt deze daarna teruggenomen.",
    "Key {} is no key of this region, or was taken back before; `key list` names them.":
        "Deze sleutel is niet van deze regio, of is al teruggenomen.",
}  # fmt: skip
