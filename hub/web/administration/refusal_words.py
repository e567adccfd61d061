"""Why an act of administration was refused, and why an event was, with what helps; in Dutch and English."""

from typing import Final

_SIGN_AGAIN: Final = (
    "Laat de regio het bericht opnieuw maken en sturen.",
    "Have the region make and send the event again.",
)
_PROGRAM: Final = (
    "Werk de node van de regio en deze hub bij tot dezelfde versie en probeer het dan opnieuw.",
    "Bring the region’s node and this hub to the same version, then try again.",
)
_LOOK: Final = (
    "Bel de regio: iemand anders kan met haar sleutel ondertekenen, of haar node is teruggezet. Zoek het uit voor u "
    "iets aanneemt.",
    "Call the region: somebody else may sign with its key, or its node was restored. Find out before you accept "
    "anything.",
)
_NEW_KEY: Final = (
    "Laat de regio een nieuwe sleutel maken en inschrijven.",
    "Have the region make and enrol a new key.",
)

REFUSAL_WORDS: Final[dict[str, tuple[str, str]]] = {
    # of an act
    "refusal_RegionCodeWrong": (
        "De code heeft een andere vorm. Schrijf twee letters en meer, zoals GG0111 of XR-DUIN.",
        "The code has another form. Write two letters and more, like GG0111 or XR-DUIN.",
    ),
    "refusal_RegionNameWrong": (
        "Naam en indeling zijn elk één regel tekst: hoogstens 200 en 64 tekens. Vul beide in.",
        "Name and set are one line of text each: at most 200 and 64 characters. Fill in both.",
    ),
    "refusal_FingerprintWrong": (
        "Een vingerafdruk heeft 32 tekens: cijfers en de letters a tot en met f. Laat hem nog eens voorlezen.",
        "A fingerprint has 32 characters: digits and the letters a to f. Have it read out once more.",
    ),
    "refusal_RegionEnrolledAlready": (
        "Deze regio is al ingeschreven. Open haar pagina om haar te laten terugkomen.",
        "This region is enrolled already. Open its page to let it come back.",
    ),
    "refusal_RegionNotEnrolled": (
        "Deze regio is nog niet ingeschreven. Nodig haar gewoon uit.",
        "This region is not enrolled yet. Invite it in the ordinary way.",
    ),
    "refusal_RegionNotInvited": (
        "Deze regio is hier niet genodigd. Kies er een uit de lijst.",
        "This region is not invited here. Choose one from the list.",
    ),
    "refusal_NothingToApprove": (
        "Van deze regio wachten geen sleutels op goedkeuring.",
        "No keys of this region wait for approval.",
    ),
    "refusal_FingerprintMismatch": (
        "Dit is niet de vingerafdruk van de sleutels die kwamen. Laat hem nog eens voorlezen; klopt hij dan nog niet, "
        "nodig de regio dan opnieuw uit. De poging staat in het logboek.",
        "This is not the fingerprint of the keys that came in. Have it read out once more; if it still differs, invite "
        "the region anew. The attempt stands in the log.",
    ),
    "refusal_KeyNotHeld": (
        "Deze regio heeft zo’n sleutel niet. Kies er een uit de lijst.",
        "This region has no such key. Choose one from the list.",
    ),
    "refusal_KeyRevokedAlready": ("Deze sleutel is al geëindigd.", "This key was ended already."),
    "refusal_ReasonMissing": ("Schrijf op waarom; het komt in het logboek.", "Write down why; it goes into the log."),
    "refusal_DeadLetterUnknown": (
        "Er is geen geweigerd bericht met dit nummer.",
        "There is no refused event with this number.",
    ),
    "refusal_DeadLetterDecided": (
        "Over dit bericht is al besloten; het blijft zoals het is.",
        "This event was decided on already; it stays as it is.",
    ),
    "refusal_DeadLetterNotWhole": (
        "Dit bericht is niet meer heel bewaard. Laat de regio het opnieuw sturen.",
        "This event is no longer kept whole. Have the region send it again.",
    ),
    "refusal_ProposerUnknown": (
        "Geen sleutel die hier geldt ondertekende dit voorstel. Laat een ingeschreven regio het opnieuw ondertekenen.",
        "No key that holds here signed this proposal. Have an enrolled region sign it again.",
    ),
    "refusal_DefinitionNotNew": (
        "Een versie hiervan is hier al bekend. Geef de nieuwe een hoger versienummer en laat haar opnieuw voorstellen.",
        "A version of this is known here already. Give the new one a higher version and have it proposed again.",
    ),
    "refusal_VersionUnknown": (
        "Deze versie is hier niet bekend. Kies een versie tot en met de nieuwste uit de lijst.",
        "This version is not known here. Choose one up to the newest in the list.",
    ),
    "refusal_ProposalUnreadable": (
        "Dit is geen voorstel zoals `python -m node definitions propose` het schrijft, en geen YAML. Vraag opnieuw.",
        "This is no proposal as `python -m node definitions propose` writes it, and no YAML. Ask for it again.",
    ),
    "refusal_DefinitionInvalid": (
        "Een definitie klopt niet. Er is niets aangenomen; hieronder staat wat er anders moet.",
        "A definition is not right. Nothing was adopted; below is what has to change.",
    ),
    "refusal_SignatureMismatch": (
        "De handtekening klopt niet bij het voorstel. Laat de regio het opnieuw maken.",
        "The signature does not fit the proposal. Have the region make it again.",
    ),
    "refusal_ProposalTooLarge": (
        "Dit is groter dan 50 kB. Neem het aan met `python -m hub definitions adopt`.",
        "This is larger than 50 kB. Adopt it with `python -m hub definitions adopt`.",
    ),
    "refusal_AccountNameWrong": (
        "De naam heeft 2 tot 64 kleine letters, cijfers, punten en streepjes.",
        "The name has 2 to 64 small letters, digits, dots and dashes.",
    ),
    "refusal_EmailWrong": (
        "Schrijf het e-mailadres zoals naam@voorbeeld.nl.",
        "Write the e-mail address like name@example.nl.",
    ),
    "refusal_AccountExists": (
        "Er is al een account met deze naam of dit e-mailadres.",
        "An account with this name or e-mail address is there already.",
    ),
    "refusal_AccountUnknown": ("Dit account is er niet.", "There is no such account."),
    "refusal_RoleUnknown": ("Kies ten minste één rol uit de lijst.", "Choose at least one role from the list."),
    "refusal_OwnAccount": (
        "Uw eigen account sluit u hier niet, en uw eigen beheerdersrol geeft u hier niet af: vraag een andere "
        "beheerder.",
        "You cannot shut your own account here, nor give up your own administrator’s role: ask another administrator.",
    ),
    "refusal_OwnRole": (
        "Een rol geeft u zichzelf niet: vraag een andere beheerder, of wie op de machine van de hub opdrachten geeft.",
        "You cannot give yourself a role: ask another administrator, or whoever gives commands on the hub’s machine.",
    ),
    "refusal_ScopeUnknown": (
        "Kies ten minste één ding dat het token mag.",
        "Choose at least one thing that the token may do.",
    ),
    "refusal_TokenNameWrong": (
        "Schrijf waarvoor het is en van wie: elk één regel, hoogstens 100 tekens.",
        "Write what it is for and whose it is: one line each, at most 100 characters.",
    ),
    "refusal_TokenExpiryPast": ("Kies een laatste dag die nog komt.", "Choose a last day that is still to come."),
    "refusal_TokenExpiryFar": (
        "Een token geldt hoogstens twee jaar. Kies een eerdere laatste dag.",
        "A token holds for two years at most. Choose an earlier last day.",
    ),
    "refusal_TokenRegionUnknown": (
        "Deze regio is hier niet genodigd. Nodig haar eerst uit.",
        "This region is not invited here. Invite it first.",
    ),
    "refusal_TokenUnknown": ("Er is geen token met dit kenmerk dat nog geldt.", "No token with this id still holds."),
    "refusal_PartnerExists": (
        "Deze partner heeft al een token. Kies een andere naam.",
        "This partner has a token already. Choose another name.",
    ),
    "refusal_DayWrong": ("Schrijf de dag als 2027-06-30.", "Write the day like 2027-06-30."),
    # of an event, and what helps
    "letter_schema_mismatch": ("de inhoud past niet bij zijn soort", "its content does not fit its type"),
    "remedy_schema_mismatch": _PROGRAM,
    "letter_unknown_region": ("de regio is niet ingeschreven", "the region is not enrolled"),
    "remedy_unknown_region": ("Nodig de regio uit en probeer het dan opnieuw.", "Invite the region, then try again."),
    "letter_not_approved": ("de sleutels zijn nog niet goedgekeurd", "the keys are not approved yet"),
    "remedy_not_approved": (
        "Keur de sleutels goed op de pagina van de regio; wat wacht komt dan vanzelf binnen.",
        "Approve the keys on the region’s page; what waits then comes in by itself.",
    ),
    "letter_region_mismatch": ("gebracht met het token van een andere regio", "brought with another region’s token"),
    "remedy_region_mismatch": (
        "Laat de regio met haar eigen token sturen.",
        "Have the region send with its own token.",
    ),
    "letter_signature_mismatch": ("de handtekening klopt niet", "the signature does not fit"),
    "remedy_signature_mismatch": _SIGN_AGAIN,
    "letter_payload_altered": ("de inhoud is niet die is ondertekend", "its content is not what was signed"),
    "remedy_payload_altered": _SIGN_AGAIN,
    "letter_not_in_bundle": ("hoort niet bij de goedgekeurde bundel", "is no part of the approved bundle"),
    "remedy_not_in_bundle": _SIGN_AGAIN,
    "letter_approval_missing": ("te weinig goedkeuringen", "too few approvals"),
    "remedy_approval_missing": (
        "Laat de regio het bericht door genoeg beoordelaars laten goedkeuren.",
        "Have the region get enough reviewers’ approvals.",
    ),
    "letter_own_lesson_cited": ("citeert een les van de eigen regio", "cites a lesson of its own region"),
    "remedy_own_lesson_cited": ("Geef het op.", "Give it up."),
    "letter_region_set_mismatch": ("voor een andere indeling van regio’s", "for another set of regions"),
    "remedy_region_set_mismatch": (
        "Laat de regio tellen voor de indeling waarin zij is ingeschreven.",
        "Have the region count for the set in which it is enrolled.",
    ),
    "letter_below_minimum": ("vertelt van te weinig personen", "tells of too few persons"),
    "remedy_below_minimum": (
        "Laat de regio grover publiceren. Geef dit bericht op: het mag niet gezien worden.",
        "Have the region publish coarser. Give this event up: it must not be seen.",
    ),
    "letter_too_large": ("groter dan 2 MiB", "larger than 2 MiB"),
    "remedy_too_large": ("Laat de regio het splitsen.", "Have the region split it."),
    "letter_not_canonical": ("geen bericht in onze vorm", "no event in our form"),
    "remedy_not_canonical": _PROGRAM,
    "letter_unknown_type": ("een soort of versie die deze hub niet kent", "a type or version this hub does not know"),
    "remedy_unknown_type": ("Werk deze hub bij en probeer het opnieuw.", "Upgrade this hub and try again."),
    "letter_unknown_key": ("een sleutel die de regio niet inschreef", "a key that the region did not enrol"),
    "remedy_unknown_key": (
        "Wacht op het bericht dat de sleutel inschrijft; het gaat dan vanzelf. Komt dat niet, bel dan de regio.",
        "Wait for the event that enrols the key; it then goes by itself. If that does not come, call the region.",
    ),
    "letter_key_revoked": ("een sleutel die niet meer geldt", "a key that holds no longer"),
    "remedy_key_revoked": _LOOK,
    "letter_sequence_conflict": ("dit nummer is al gebruikt", "this number was used already"),
    "remedy_sequence_conflict": _LOOK,
    "letter_chain_broken": ("past niet in de keten", "does not fit the chain"),
    "remedy_chain_broken": _LOOK,
    "letter_approval_reused": ("een goedkeuring is twee keer gebruikt", "an approval was used twice"),
    "remedy_approval_reused": _SIGN_AGAIN,
    "letter_unreadable": ("deze hub kon het niet verwerken", "this hub could not process it"),
    "remedy_unreadable": (
        "Een fout in deze hub: zie het log van `serve`, werk de hub bij en probeer het opnieuw.",
        "A fault in this hub: see the log of `serve`, upgrade the hub and try again.",
    ),
    "letter_key_proof_mismatch": ("de nieuwe sleutel is niet bewezen", "the new key is not proven"),
    "remedy_key_proof_mismatch": _NEW_KEY,
    "letter_key_in_use": ("de sleutel dient al iets anders", "the key serves something else already"),
    "remedy_key_in_use": _NEW_KEY,
    "letter_too_many_keys": ("meer dan vijftig sleutels", "more than fifty keys"),
    "remedy_too_many_keys": (
        "Laat de regio een sleutel eindigen; het gaat dan vanzelf.",
        "Have the region end a key; it then goes by itself.",
    ),
    "letter_last_service_key": ("eindigt de laatste sleutel", "ends the last key"),
    "remedy_last_service_key": (
        "Laat de regio eerst een nieuwe sleutel inschrijven; het gaat dan vanzelf.",
        "Have the region enrol a new key first; it then goes by itself.",
    ),
}
