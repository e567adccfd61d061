"""The words of the page on which a reader writes to a lesson's author, in plain Dutch and English."""

from typing import Final

MESSAGE_WORDS: Final[dict[str, tuple[str, str]]] = {
    "message_title": ("Schrijf aan de regio", "Write to the region"),
    "message_link": ("Schrijf aan de schrijver van deze les", "Write to the author of this lesson"),
    "message_lead": (
        "Uw bericht gaat naar de regio die deze les schreef, voor:",
        "Your message goes to the region that wrote this lesson, for:",
    ),
    "message_who": (
        "De regio ziet de naam van uw account en uw rollen. Deze hub bewaart uw bericht tot de regio het heeft "
        "opgehaald.",
        "The region sees your account’s name and your roles. This hub keeps your message until the region fetched it.",
    ),
    "message_text": ("Uw bericht", "Your message"),
    "message_no_persons": (
        "Schrijf niets over patiënten of andere personen.",
        "Write nothing about patients or other persons.",
    ),
    "message_address": (
        "Geef ook het e-mailadres van mijn account door, zodat de regio kan antwoorden.",
        "Pass on my account’s e-mail address as well, so that the region can answer.",
    ),
    "message_send": ("Verstuur", "Send"),
    "message_found": (
        "Dit kan over een persoon gaan. Het is nog niet verstuurd. Haal het weg:",
        "This may be about a person. It was not sent yet. Take it out:",
    ),
    "message_checked": (
        "Ik heb het nagekeken: hier staat niets over een persoon.",
        "I have checked: there is nothing about a person in it.",
    ),
    "trace_email": ("een e-mailadres", "an e-mail address"),
    "trace_telephone": ("een telefoonnummer", "a telephone number"),
    "trace_bsn": ("een burgerservicenummer", "a citizen service number"),
    "trace_number": ("een lang nummer", "a long number"),
    "trace_date": ("een datum", "a date"),
    "trace_postcode": ("een postcode", "a postcode"),
    "message_unfit": (
        "Een bericht heeft 10 tot 2000 tekens. Maak het langer of korter.",
        "A message has 10 to 2000 characters. Make it longer or shorter.",
    ),
    "message_many": (
        "Dit bericht is niet verstuurd: u stuurde vandaag al veel, of deze regio haalt haar berichten nu niet op. "
        "Probeer het later opnieuw.",
        "This message was not sent: you sent many today, or this region does not fetch its messages now. Try again "
        "later.",
    ),
    "message_taken_back": (
        "De regio nam deze les terug; u kunt er niet meer over schrijven.",
        "The region took this lesson back; you can no longer write about it.",
    ),
    "message_told": (
        "Uw bericht is bewaard. De regio haalt het op bij haar volgende verbinding.",
        "Your message is kept. The region fetches it when it next calls.",
    ),
}
