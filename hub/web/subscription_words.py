"""The words of the pages of subscriptions, in Dutch and English; hub.web.words holds them with the others."""

from typing import Final

SUBSCRIPTION_WORDS: Final[dict[str, tuple[str, str]]] = {
    "subscriptions": ("Abonnementen", "Subscriptions"),
    "subscriptions_lead": (
        "Laat uw eigen systeem weten wat er nieuw, herzien of teruggetrokken is: met een webhook naar een adres van u, "
        "of met een feed die u zelf ophaalt. U krijgt wat u hier mag lezen.",
        "Have your own system told what is new, revised or withdrawn: by a webhook to an address of yours, or by a "
        "feed that you fetch. You get what you may read here.",
    ),
    "your_subscriptions": ("Uw abonnementen", "Your subscriptions"),
    "subscriptions_none": ("U hebt nog geen abonnement.", "You have no subscription yet."),
    "subscription_what": ("Waarop", "To what"),
    "subscription_what_lead": (
        "Kies waarover het gaat en druk op de knop. Zonder keuze: alle lessen.",
        "Choose what it is about and press the button. Without a choice: all lessons.",
    ),
    "subscription_choose": ("Neem deze keuze", "Take this choice"),
    "subscription_fits": ("Dit past nu bij {count} lessen.", "This fits {count} lessons now."),
    "subscription_fits_one": ("Dit past nu bij 1 les.", "This fits 1 lesson now."),
    "subscription_all": ("alle lessen", "all lessons"),
    "subscription_feeds": ("Als feed", "As a feed"),
    "subscription_feeds_lead": (
        "Kopieer dit adres naar uw lezer. Wat niet openbaar is, krijgt die alleen met een token van u.",
        "Copy this address to your reader. What is not public it only gets with a token of yours.",
    ),
    "subscription_hook": ("Als webhook", "As a webhook"),
    "subscription_address": ("Adres dat berichten ontvangt", "Address that receives messages"),
    "subscription_address_hint": (
        "Begint met https:// en is van buiten te bereiken.",
        "Begins with https:// and can be reached from outside.",
    ),
    "subscription_name": ("Naam, voor uzelf", "Name, for yourself"),
    "subscription_since": ("Ook wat er al is, vanaf", "Also what is there, since"),
    "subscription_since_hint": ("Laat leeg om nu te beginnen.", "Leave empty to begin now."),
    "subscription_owner": ("Voor", "For"),
    "owner_region": ("regio {name}", "region {name}"),
    "owner_partner": ("partner {name}", "partner {name}"),
    "owner_account": ("account {name}", "account {name}"),
    "subscription_make": ("Maak abonnement", "Make subscription"),
    "subscription_state": ("Stand", "State"),
    "subscription_public": ("iedereen", "everyone"),
    "subscription_active": ("loopt", "running"),
    "subscription_paused": ("staat stil", "paused"),
    "subscription_made": ("Gemaakt", "Made"),
    "subscription_failing": (
        "Mislukte pogingen op rij: {count}. De volgende is op {moment}.",
        "Failed attempts in a row: {count}. The next one is on {moment}.",
    ),
    "paused_owner": ("Stilgezet door u of een collega.", "Paused by you or a colleague."),
    "paused_operator": ("Stilgezet door de beheerder van deze hub.", "Paused by the operator of this hub."),
    "paused_unanswered": (
        "Tien pogingen in ruim drie dagen mislukten; in het logboek staat waarom. Er is niets verloren: zodra u "
        "hervat, gaat het verder waar het bleef.",
        "Ten attempts in a good three days failed; the log says why. Nothing is lost: once you resume, it goes on "
        "where it stopped.",
    ),
    "paused_gone": (
        "Het adres antwoordde 410: het wil niets meer ontvangen. Hervat als dat een vergissing was.",
        "The address answered 410: it wants nothing any more. Resume if that was a mistake.",
    ),
    "paused_access": (
        "De eigenaar mag dit hier niet meer lezen, of niemand kan nog voor hem inloggen.",
        "The owner may no longer read this here, or nobody can sign in for them any more.",
    ),
    "paused_address": (
        "Het adres leidt naar een besloten netwerk; daarheen stuurt de hub niets. Verander het adres.",
        "The address leads into a closed network; the hub sends nothing there. Change the address.",
    ),
    "paused_secret": (
        "Het geheim is met een andere sleutel van de hub bewaard. Maak een nieuw geheim en hervat.",
        "The secret was kept under another key of the hub. Make a new secret and resume.",
    ),
    "secret_shown": ("Het geheim, dit is de enige keer", "The secret, shown this once"),
    "secret_lead": (
        "Bewaar het waar uw ontvanger het vindt: daarmee controleert hij dat een bericht van deze hub is. Wij laten "
        "het niet nog eens zien.",
        "Keep it where your receiver finds it: with it, it checks that a message is this hub’s. We do not show it "
        "again.",
    ),
    "secret_old": (
        "Tot {moment} wordt ook met het oude geheim getekend.",
        "Until {moment} messages are signed with the old secret too.",
    ),
    "subscription_test": ("Stuur een testbericht", "Send a test message"),
    "subscription_pause": ("Zet stil", "Pause"),
    "subscription_resume": ("Hervat", "Resume"),
    "subscription_renew": ("Nieuw geheim", "New secret"),
    "subscription_lost": ("Nieuw geheim, het oude is uitgelekt", "New secret, the old one leaked"),
    "subscription_remove": ("Verwijder", "Remove"),
    "subscription_remove_lead": (
        "Het geheim en het logboek gaan mee weg; dit is niet terug te draaien.",
        "The secret and the log go with it; this cannot be undone.",
    ),
    "subscription_remove_sure": ("Ja, verwijder", "Yes, remove"),
    "subscription_change": ("Verander", "Change"),
    "subscription_replay": ("Stuur opnieuw", "Send again"),
    "subscription_replay_since": ("Alles wat te lezen werd vanaf", "All that became readable since"),
    "subscription_replay_lead": (
        "In dezelfde volgorde en onder dezelfde nummers, zodat uw ontvanger ziet wat hij al had.",
        "In the same order and under the same numbers, so that your receiver sees what it had.",
    ),
    "subscription_again": ("Opnieuw versturen", "Sending again"),
    "subscription_do": ("Wat u kunt doen", "What you can do"),
    "delivery_log": ("Logboek", "Log"),
    "delivery_log_none": ("Er is nog niets verstuurd.", "Nothing has been sent yet."),
    "delivery_log_lead": (
        "De laatste pogingen; ze blijven 90 dagen bewaard. Van het antwoord zien wij alleen de status.",
        "The last attempts; they are kept for 90 days. Of the answer we see the status alone.",
    ),
    "delivery_at": ("Wanneer", "When"),
    "delivery_type": ("Bericht", "Message"),
    "delivery_number": ("Poging", "Attempt"),
    "delivery_outcome": ("Uitkomst", "Outcome"),
    "delivery_milliseconds": ("Duur", "Took"),
    "delivery_older": ("Ouder", "Older"),
    "message_lesson.published": ("nieuwe les", "new lesson"),
    "message_lesson.revised": ("herziene les", "revised lesson"),
    "message_lesson.evidence_changed": ("ander bewijs", "other evidence"),
    "message_recall.withdrawn": ("teruggetrokken", "withdrawn"),
    "message_recall.redacted": ("vernietigd", "destroyed"),
    "message_webhook.test": ("test", "test"),
    "outcome_delivered": ("aangekomen", "delivered"),
    "outcome_refused": ("geweigerd", "refused"),
    "outcome_redirected": ("verwezen naar elders; dat volgen wij niet", "led elsewhere; that we do not follow"),
    "outcome_gone": ("wil niets meer", "wants no more"),
    "outcome_address": ("adres leidt naar binnen", "address leads inside"),
    "outcome_unresolved": ("naam niet gevonden", "name not found"),
    "outcome_unreachable": ("niet bereikbaar", "not reachable"),
    "outcome_certificate": ("certificaat klopt niet", "certificate does not hold"),
    "outcome_too_slow": ("geen antwoord binnen 15 seconden", "no answer within 15 seconds"),
    "outcome_unreadable": ("antwoord is geen HTTP", "answer is no HTTP"),
    "refused_form": (
        "Het adres heeft een andere vorm; schrijf het als https://voorbeeld.nl/hook.",
        "The address has another form; write it like https://example.nl/hook.",
    ),
    "refused_scheme": ("Het adres moet met https:// beginnen.", "The address has to begin with https://."),
    "refused_user": (
        "Laat naam en wachtwoord uit het adres weg: berichten zijn getekend.",
        "Leave name and password out of the address: messages are signed.",
    ),
    "refused_port": (
        "Het adres heeft een andere poort dan 443 of 8443; vraag de beheerder van deze hub.",
        "The address has another port than 443 or 8443; ask the operator of this hub.",
    ),
    "refused_inside": (
        "Het adres leidt naar een besloten netwerk; vraag de beheerder van deze hub.",
        "The address leads into a closed network; ask the operator of this hub.",
    ),
    "refused_many": (
        "U hebt al twintig abonnementen; verwijder er eerst een.",
        "You have twenty subscriptions already; remove one first.",
    ),
    "why_subscription_test": (
        "Het testbericht gaat binnen enkele seconden weg; laad de pagina opnieuw voor de uitkomst.",
        "The test message leaves within seconds; load the page again for its outcome.",
    ),
    "why_subscription_pause": ("Het abonnement staat stil.", "The subscription is paused."),
    "why_subscription_resume": ("Het abonnement loopt weer.", "The subscription is running again."),
    "why_subscription_replay": ("Alles gaat opnieuw, in volgorde.", "All is sent again, in order."),
    "why_subscription_change": ("Het abonnement is veranderd.", "The subscription is changed."),
    "why_subscription_remove": ("Het abonnement is verwijderd.", "The subscription is removed."),
    "no_subscription": ("Dit abonnement is er niet, of is niet van u.", "There is no such subscription of yours."),
}
