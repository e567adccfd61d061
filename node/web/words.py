"""The words of the questionnaire's pages, in both languages."""

from typing import Final

from schemas.text import Text

WORDS: Final[dict[str, Text]] = {
    "skip": Text("Naar de vragen", "Skip to the questions"),
    "other": Text("English", "Nederlands"),
    "lead": Text(
        "Geef bij iedere uitspraak aan in hoeverre u het ermee eens bent. U mag een uitspraak overslaan; een lens telt "
        "mee als u al haar uitspraken beantwoordt.",
        "Say of each statement how far you agree. You may skip a statement; a lens counts where you answer all its "
        "statements.",
    ),
    "who": Text("Wat er met uw antwoorden gebeurt", "What happens to your answers"),
    "kept": Text(
        "Uw antwoorden worden bij de regio bewaard met de groep waarvoor u bent uitgenodigd, zonder uw naam, deze link "
        "of het tijdstip. Na het versturen kan niemand ze op internet zien of veranderen, ook u niet.",
        "Your answers are kept at the region with the group you were invited for, without your name, this link or the "
        "hour. Once sent, nobody can see or change them on the web, nor can you.",
    ),
    "region": Text(
        "De regio ziet gemiddelden en spreiding vanaf vijf antwoorden.",
        "The region sees means and spread from five answers.",
    ),
    "network": Text(
        "Anderen zien vanaf vijf antwoorden in welke band de mediaan ligt en vanaf tien de middelste helft, nooit een "
        "antwoord. Met versturen stemt u daarmee in.",
        "Others see from five answers in which band the median lies and from ten the middle half, never an answer. By "
        "sending you agree to that.",
    ),
    "none": Text("geen antwoord", "no answer"),
    "send": Text("Verstuur mijn antwoorden", "Send my answers"),
    "wrong": Text("Uw antwoorden zijn nog niet verstuurd", "Your answers were not sent yet"),
    "nothing": Text("Beantwoord ten minste één uitspraak.", "Answer at least one statement."),
    "odd": Text(
        "Een antwoord is iets anders dan 1 tot en met 4; kies opnieuw.",
        "An answer is something else than 1 to 4; choose again.",
    ),
    "thanks": Text("Dank u wel", "Thank you"),
    "sent": Text(
        "Uw antwoorden zijn verstuurd. Ze zijn niet meer te zien of te veranderen; u kunt dit venster sluiten.",
        "Your answers were sent. They cannot be seen or changed any more; you can close this window.",
    ),
    "used": Text("Deze link is gebruikt", "This link was used"),
    "used_told": Text(
        "Met deze link zijn al antwoorden verstuurd. Ze zijn niet te zien of te veranderen.",
        "By this link answers were sent already. They cannot be seen or changed.",
    ),
    "unknown": Text("Deze link werkt niet", "This link does not work"),
    "unknown_told": Text(
        "De link is onbekend, of de ronde is gesloten. Kijk of u de hele link hebt overgenomen, of vraag "
        "wie u uitnodigde.",
        "The link is not known, or its round is closed. See whether you have the whole link, or ask who invited you.",
    ),
    "refused": Text("Dit kan hier niet", "That cannot be done here"),
    "refused_told": Text("Open de link uit uw uitnodiging.", "Open the link of your invitation."),
    "later": Text("Het lukt nu niet", "It does not work just now"),
    "later_told": Text(
        "Er is niets verstuurd. Probeer het later opnieuw; de link blijft geldig.",
        "Nothing was sent. Try again later; the link stays valid.",
    ),
}
