"""The words of the pages for digests by e-mail, in plain Dutch and English."""

from typing import Final

SUBSCRIBE_WORDS: Final[dict[str, tuple[str, str]]] = {
    "subscribe_title": ("Lessen per mail", "Lessons by e-mail"),
    "subscribe_lead": (
        "U krijgt een mail als er nieuwe lessen zijn, of als een les die u kreeg is veranderd of teruggenomen. Is er "
        "niets nieuws, dan krijgt u niets.",
        "You get a mail when there are new lessons, or when a lesson that you got was revised or taken back. When "
        "there is nothing new, you get nothing.",
    ),
    "subscribe_about": ("Waarover?", "About what?"),
    "subscribe_about_all": (
        "Kies niets, dan krijgt u alle lessen die u mag lezen. Kiest u onder meer kopjes iets, dan moet van elk kopje "
        "een keuze passen.",
        "Choose nothing, and you get all lessons that you may read. If you choose under several headings, a choice "
        "under each has to fit.",
    ),
    "subscribe_words": ("Met deze woorden erin (mag leeg blijven)", "With these words in it (may stay empty)"),
    "rhythm": ("Hoe vaak?", "How often?"),
    "rhythm_daily": ("elke dag", "every day"),
    "rhythm_weekly": ("elke week, op maandag", "every week, on Monday"),
    "rhythm_monthly": ("elke maand, op de eerste", "every month, on the first"),
    "digest_tongue": ("Taal van de mail", "Language of the mail"),
    "digest_tongue_note": (
        "De lessen zelf staan in de taal waarin een regio ze schreef.",
        "The lessons themselves are in the language in which a region wrote them.",
    ),
    "tongue_nl": ("Nederlands", "Dutch"),
    "tongue_en": ("Engels", "English"),
    "email": ("Uw e-mailadres", "Your e-mail address"),
    "email_use": (
        "Wij sturen eerst een mail met een link. Pas als u daarmee bevestigt, begint uw overzicht. Wij gebruiken uw "
        "adres alleen hiervoor. In elke mail staat hoe u stopt; dan wissen wij uw adres.",
        "First we send a mail with a link. Your digest begins once you confirm with it. We use your address for this "
        "only. Each mail says how to stop; then we erase your address.",
    ),
    "email_account": (
        "De mail gaat naar het adres van uw account. U krijgt wat uw account mag lezen:",
        "The mail goes to your account’s address. You get what your account may read:",
    ),
    "subscribe_do": ("Vraag het overzicht aan", "Ask for the digest"),
    "digest_own": ("U krijgt nu een overzicht:", "You get a digest now:"),
    "digest_own_change": (
        "Vraagt u een ander aan en bevestigt u dat, dan komt het in de plaats hiervan. Stoppen doet u met de link "
        "onder elke mail.",
        "If you ask for another and confirm it, it takes the place of this one. You stop by the link at the end of "
        "each mail.",
    ),
    "digest_no_mail": (
        "Deze hub verstuurt geen mail. U kunt de lessen wel volgen met Atom of JSON Feed.",
        "This hub sends no mail. You can follow the lessons by Atom or JSON Feed.",
    ),
    "digest_asked": (
        "Kijk in uw mail. Daar staat een link om te bevestigen; die werkt 48 uur. Vroeg u kort geleden ook al? Gebruik "
        "dan de link in die mail.",
        "Look in your mail. There is a link to confirm; it works for 48 hours. Did you ask a short while ago as well? "
        "Then use the link in that mail.",
    ),
    "digest_confirmed": (
        "Bevestigd. Uw overzicht komt zodra er iets nieuws is, op de dag die u koos.",
        "Confirmed. Your digest comes as soon as there is something new, on the day you chose.",
    ),
    "digest_left": ("U krijgt geen mail meer. Uw adres is gewist.", "You get no more mail. Your address is erased."),
    "digest_address": (
        "Dit e-mailadres klopt niet. Schrijf het zoals naam@voorbeeld.nl.",
        "This e-mail address is not right. Write it like name@example.nl.",
    ),
    "digest_choice": (
        "Deze keuze kan niet. Kies hieronder opnieuw.",
        "This choice cannot be made. Choose again below.",
    ),
    "digest_wait": (
        "Er is nu te vaak om een overzicht gevraagd. Probeer het over een uur opnieuw.",
        "Digests were asked for too often just now. Try again in an hour.",
    ),
    "digest_link": (
        "Deze link werkt niet meer, of is niet van deze hub. Vraag het overzicht opnieuw aan.",
        "This link works no longer, or is no link of this hub. Ask for the digest again.",
    ),
    "confirm_title": ("Wilt u dit overzicht?", "Do you want this digest?"),
    "confirm_text": (
        "Als u bevestigt, krijgt u de lessen van regio’s per mail:",
        "If you confirm, you get the lessons of regions by e-mail:",
    ),
    "confirm_do": ("Ja, stuur mij het overzicht", "Yes, send me the digest"),
    "leave_title": ("Wilt u stoppen?", "Do you want to stop?"),
    "leave_text": (
        "Als u stopt, krijgt u geen mail meer en wissen wij uw adres. U hoort dan ook niet meer of een les die u kreeg "
        "is teruggenomen.",
        "If you stop, you get no more mail and we erase your address. You also no longer hear whether a lesson that "
        "you got was taken back.",
    ),
    "leave_do": ("Ja, stop en wis mijn adres", "Yes, stop and erase my address"),
    "by_mail": ("E-mail", "E-mail"),
}
