"""The words of the pages of administration, in Dutch and English; hub.web.words holds them with the others."""

from typing import Final

ADMINISTRATION_WORDS: Final[dict[str, tuple[str, str]]] = {
    "adm": ("Beheer", "Administration"),
    "adm_pages": ("Onderdelen van beheer", "Parts of administration"),
    "adm_lead": (
        "Wat u hier doet, doet u voor het hele netwerk. Elke handeling staat onder uw naam in het logboek.",
        "What you do here you do for the whole network. Every act stands in the log under your name.",
    ),
    "adm_overview": ("Aandacht", "Attention"),
    "adm_regions": ("Regio’s", "Regions"),
    "adm_keys": ("Sleutels", "Keys"),
    "adm_definitions": ("Definities", "Definitions"),
    "adm_letters": ("Geweigerd", "Refused"),
    "adm_users": ("Mensen", "People"),
    "adm_tokens": ("Tokens", "Tokens"),
    "adm_log": ("Logboek", "Log"),
    "adm_do": ("Wat u kunt doen", "What you can do"),
    "adm_reason": ("Reden", "Reason"),
    "adm_reason_hint": (
        "Komt in het logboek. Noem geen patiënten of andere personen.",
        "Goes into the log. Name no patients or other persons.",
    ),
    "adm_state": ("Stand", "State"),
    "adm_since": ("sinds", "since"),
    "adm_name": ("Naam", "Name"),
    "adm_until": ("Tot en met", "Up to and with"),
    "adm_older": ("Ouder", "Older"),
    "adm_newest": ("Terug naar de nieuwste", "Back to the newest"),
    "adm_once": (
        "Dit staat hier één keer. Geef het langs een veilige weg door en sluit dan deze pagina.",
        "This stands here once. Pass it on by a safe way, then close this page.",
    ),
    "adm_sure": ("Weet u het zeker?", "Are you sure?"),
    "adm_will": ("Dit gebeurt er:", "This will happen:"),
    "adm_back": ("Nee, terug", "No, back"),
    "adm_none": ("geen", "none"),
    "adm_ended": ("Toon wat niet meer geldt", "Show what no longer holds"),
    "adm_holding": ("Toon wat nu geldt", "Show what holds now"),
    # the first page
    "attention": ("Wat aandacht vraagt", "What needs attention"),
    "attention_numbers": ("In aantallen", "In numbers"),
    "attention_none": ("Er is niets te doen.", "There is nothing to do."),
    "attention_about": ("Waarover", "About"),
    "attention_what": ("Wat er is", "What it is"),
    "attention_mend": ("Wat helpt", "What helps"),
    "attention_hand": ("te doen", "to do"),
    "attention_itself": ("herstelt zelf", "mends itself"),
    "attention_open": ("Open", "Open"),
    "attention_limits": (
        "Dit is wat `python -m hub doctor` in de database ziet. Schijf, broker en sleutelbestand ziet alleen het "
        "commando, op de machine zelf.",
        "This is what `python -m hub doctor` sees in the database. The disk, the broker and the key file only the "
        "command sees, on the machine itself.",
    ),
    "count_letters_open": ("geweigerde berichten wachten", "refused events wait"),
    "count_letters_open_one": ("geweigerd bericht wacht", "refused event waits"),
    "count_dark": ("regio’s zijn stil", "regions are dark"),
    "count_dark_one": ("regio is stil", "region is dark"),
    "count_unapproved": ("regio’s wachten op goedkeuring", "regions wait for approval"),
    "count_unapproved_one": ("regio wacht op goedkeuring", "region waits for approval"),
    "count_invited": ("regio’s zijn genodigd, nog niet binnen", "regions are invited, not in yet"),
    "count_invited_one": ("regio is genodigd, nog niet binnen", "region is invited, not in yet"),
    "count_ending": ("tokens eindigen binnen 30 dagen", "tokens end within 30 days"),
    "count_ending_one": ("token eindigt binnen 30 dagen", "token ends within 30 days"),
    "count_paused": ("webhooks zijn gepauzeerd", "webhooks are paused"),
    "count_paused_one": ("webhook is gepauzeerd", "webhook is paused"),
    # regions
    "regions_adm_lead": (
        "Wie meedoet en hoe ver elke regio is. Een uitnodiging is één keer te gebruiken, binnen 30 dagen.",
        "Who takes part and how far each region is. An invitation can be used once, within 30 days.",
    ),
    "region_enrolled": ("ingeschreven", "enrolled"),
    "region_invited": ("genodigd", "invited"),
    "region_awaits": ("sleutels wachten op goedkeuring", "keys wait for approval"),
    "region_lapsed": ("niet ingeschreven", "not enrolled"),
    "region_set": ("Indeling (regio’s die niet overlappen)", "Set (of regions that do not overlap)"),
    "region_events": ("Berichten", "Events"),
    "region_last": ("Laatste bericht", "Last event"),
    "region_enrolled_at": ("Ingeschreven op", "Enrolled on"),
    "region_invited_at": ("Uitnodiging van", "Invitation of"),
    "region_invited_until": ("Uitnodiging geldt tot", "Invitation holds until"),
    "region_none": ("Er is nog geen regio genodigd.", "No region is invited yet."),
    "invite": ("Nodig een regio uit", "Invite a region"),
    "invite_new": ("Maak een nieuwe uitnodiging", "Make a new invitation"),
    "invite_new_lead": (
        "De uitnodiging van eerder geldt dan niet meer.",
        "The invitation of before then holds no longer.",
    ),
    "invite_code": ("Code", "Code"),
    "invite_code_hint": ("Zoals GG0111 of XR-DUIN.", "Like GG0111 or XR-DUIN."),
    "invite_fingerprint": (
        "Vingerafdruk van de sleutels, als u die al kent",
        "Fingerprint of its keys, if you know it",
    ),
    "invite_fingerprint_hint": (
        "Zoals de mensen van de regio hem u voorlezen. Dan geldt de uitnodiging alleen voor die sleutels, en die "
        "tellen meteen.",
        "As the region’s people read it to you. The invitation is then good for those keys only, and they count at "
        "once.",
    ),
    "invite_do": ("Maak uitnodiging", "Make invitation"),
    "invitation": ("Uitnodiging", "Invitation"),
    "invitation_lead": (
        "De regio draait bij haar node `python -m node enrol` met dit adres en deze uitnodiging.",
        "The region runs `python -m node enrol` at its node with this address and this invitation.",
    ),
    "invitation_address": ("Adres van deze hub", "Address of this hub"),
    "approve": ("Laat de sleutels gelden", "Let the keys count"),
    "approve_lead": (
        "Bel de regio op een nummer dat u al kende en laat `node fingerprint` voorlezen. Typ wat u hoort.",
        "Call the region at a number you knew already and have `node fingerprint` read out. Type what you hear.",
    ),
    "approve_fingerprint": ("Vingerafdruk, zoals voorgelezen", "Fingerprint, as read out"),
    "approve_do": ("Vergelijk en laat gelden", "Compare and let count"),
    "again": ("Laat de regio terugkomen", "Let the region come back"),
    "again_lead": (
        "Voor een regio die haar sleutels kwijt is: zij stelt ze opnieuw vast en gaat verder met haar keten.",
        "For a region that lost its keys: it states them anew and goes on with its chain.",
    ),
    "again_do": ("Maak een uitnodiging om terug te komen", "Make an invitation to come back"),
    "again_will_keys": (
        "Wie deze uitnodiging gebruikt, bepaalt welke sleutels van de regio vanaf dan gelden; de andere eindigen.",
        "Who uses this invitation decides which keys of the region hold from then on; the others end.",
    ),
    "again_will_old": (
        "Een uitnodiging van eerder die niet gebruikt is, geldt niet meer.",
        "An earlier invitation that was not used holds no longer.",
    ),
    "again_will_chain": (
        "De keten en alles wat zij liet zien, blijven staan.",
        "The chain and all that it showed stay.",
    ),
    "sure_again": ("Uitnodiging om terug te komen", "Invitation to come back"),
    # keys
    "keys_lead": (
        "Een sleutel geldt van een plaats in de keten van zijn regio tot een andere. Een nieuwe komt van de regio "
        "zelf; hier eindigt u alleen wat gestolen is.",
        "A key holds from one place in its region’s chain to another. A new one comes from the region itself; here you "
        "only end what was stolen.",
    ),
    "keys_count": ("Sleutels die nu gelden: {holding} van {all}.", "Keys that hold now: {holding} of {all}."),
    "key_hub": ("Sleutel van deze hub", "Key of this hub"),
    "key_id": ("Sleutel", "Key"),
    "key_use": ("Gebruik", "Use"),
    "key_service": ("ondertekent berichten", "signs events"),
    "key_reviewer": ("keurt goed", "approves"),
    "key_role": ("Namens", "On behalf of"),
    "key_places": ("Geldt in de keten", "Holds in the chain"),
    "key_from": ("vanaf {first}", "from {first}"),
    "key_between": ("vanaf {first}, voor {last}", "from {first}, below {last}"),
    "key_at": ("Bekend sinds", "Known since"),
    "key_none": ("Geen sleutels.", "No keys."),
    "revoke": ("Eindig een sleutel", "End a key"),
    "revoke_lead": (
        "Alleen als hij gestolen of misbruikt is. Een gewone wissel doet de regio zelf.",
        "Only where it was stolen or misused. An ordinary change the region makes itself.",
    ),
    "revoke_do": ("Ga verder", "Go on"),
    "sure_revoke": ("Eindig de sleutel", "End the key"),
    "revoke_will_end": (
        "Sleutel {key} van {region} geldt niet meer vanaf plaats {place} van de keten.",
        "Key {key} of {region} holds no longer from place {place} of the chain on.",
    ),
    "revoke_will_stay": (
        "Wat hij ondertekende voor plaats {place} blijft geldig. Terugdraaien kan niet.",
        "What it signed before place {place} stays valid. This cannot be undone.",
    ),
    "revoke_will_last": (
        "Het is de laatste sleutel waarmee de regio berichten ondertekent: zij kan niets sturen tot zij met een "
        "uitnodiging terugkomt.",
        "It is the last key with which the region signs events: it can send nothing until it comes back with an "
        "invitation.",
    ),
    "will_be_logged": ("In het logboek komt, onder uw naam: ‘{reason}’", "The log says, under your name: ‘{reason}’"),
    # definitions
    "definitions_lead": (
        "Waarmee regio’s tellen. Een versie verandert nooit; een regio telt met een nieuwe pas als zij die zelf "
        "goedkeurt.",
        "What regions count by. A version never changes; a region counts by a new one once it approved it itself.",
    ),
    "definitions_behind": (
        "Definities waarvan een of meer regio’s nog met een oudere versie tellen: {count}.",
        "Definitions of which one or more regions still count by an older version: {count}.",
    ),
    "definition_one": ("Definitie", "Definition"),
    "definition_version": ("Nieuwste versie", "Newest version"),
    "definition_asked": ("gevraagd: {version} of nieuwer", "asked for: {version} or newer"),
    "definition_from": ("Herkomst", "Origin"),
    "definition_packaged": ("meegeleverd", "packaged"),
    "definition_adopted": ("aangenomen door {by} op {day}", "adopted by {by} on {day}"),
    "definition_proposed": ("voorstel van {region}", "proposed by {region}"),
    "definition_used": ("In gebruik bij", "In use by"),
    "definition_used_old": ("nog bij versie {version}: {count}", "still at version {version}: {count}"),
    "definition_used_new": ("bij versie {version}: {count}", "at version {version}: {count}"),
    "definition_unused": ("nog geen regio", "no region yet"),
    "adopt": ("Neem definities aan", "Adopt definitions"),
    "adopt_lead": (
        "Het ondertekende voorstel van een regio (.json), of definities van het eigen team in YAML. U ziet eerst wat "
        "erin staat.",
        "A region’s signed proposal (.json), or definitions of the hub’s own team in YAML. You first see what is in "
        "it.",
    ),
    "adopt_file": ("Bestand", "File"),
    "adopt_text": ("Of plak de tekst", "Or paste the text"),
    "adopt_read": ("Bekijk wat erin staat", "See what is in it"),
    "adopt_seen": ("Wat er is voorgesteld", "What is proposed"),
    "adopt_by": (
        "Ondertekend door {region} op {day}: {reason}",
        "Signed by {region} on {day}: {reason}",
    ),
    "adopt_own": (
        "Van het eigen team, zonder handtekening van een regio.",
        "Of the own team, without a region’s signature.",
    ),
    "adopt_instead": ("in plaats van versie {version}", "instead of version {version}"),
    "adopt_first": ("nieuw", "new"),
    "adopt_will": (
        "Aannemen kan niet worden teruggedraaid; een volgende versie kan wel. Regio’s zien het bij hun volgende "
        "verbinding en keuren het zelf goed.",
        "Adopting cannot be undone; a next version can follow. Regions see it when they next call and approve it "
        "themselves.",
    ),
    "adopt_demand": ("Vraag vanaf nu niet meer om oudere versies", "Ask for older versions no longer"),
    "adopt_do": ("Neem aan voor het netwerk", "Adopt for the network"),
    "demand": ("Vraag om een versie", "Ask for a version"),
    "demand_lead": (
        "Regio’s tellen dan niet meer met een oudere. Wat al is vrijgegeven, blijft staan.",
        "Regions then no longer count by an older one. What was released already stays.",
    ),
    "demand_version": ("Versie, of nieuwer", "Version, or newer"),
    "demand_do": ("Vraag hierom", "Ask for it"),
}
