"""The words of regions' replies to a comparison, and of figures that wait for them, in both languages."""

from typing import Final

REPLY_WORDS: Final[dict[str, tuple[str, str]]] = {
    "replies": ("Wat regio’s erbij zeggen", "What regions say to this"),
    "replies_lead": (
        "Een regio kan op een vergelijking reageren voordat anderen dan het netwerk haar zien. De woorden zijn van de "
        "regio zelf.",
        "A region can reply to a comparison before others than the network see it. The words are the region’s own.",
    ),
    "reply_known_on": ("over de vergelijking zoals bekend op", "on the comparison as known on"),
    "reply_back": ("reactie teruggenomen", "reply taken back"),
    "reply_revised": ("herzien", "revised"),
    "reply_waived": ("Geen reactie nodig", "No reply needed"),
    "replies_of_region": ("Reacties op vergelijkingen", "Replies to comparisons"),
    "awaited": ("Nieuwe cijfers waarop regio’s nog kunnen reageren", "New figures to which regions may still reply"),
    "awaited_network": (
        "U ziet deze cijfers al. Anderen dan het netwerk zien ze uiterlijk op de genoemde dag, of zodra elke regio "
        "heeft gereageerd.",
        "You see these figures already. Others than the network see them on the day named at the latest, or once every "
        "region has replied.",
    ),
    "awaited_others": (
        "Deze cijfers staan nog niet hierboven. Ze komen uiterlijk op de genoemde dag, of zodra elke regio heeft "
        "gereageerd.",
        "These figures are not above yet. They come on the day named at the latest, or once every region has replied.",
    ),
    "awaited_lead": (
        "Uw regio kan hier nog iets bij zeggen, voordat anderen dan het netwerk deze cijfers zien.",
        "Your region can still say something to these, before others than the network see the figures.",
    ),
    "awaited_new": ("nieuw cijfer", "new figure"),
    "awaited_correction": ("gecorrigeerd cijfer", "corrected figure"),
    "visible_from": ("te zien vanaf", "seen from"),
    "held_until": (
        "De regio’s kunnen nog op deze cijfers reageren. Anderen dan het netwerk zien ze vanaf {moment}, of zodra elke "
        "regio heeft gereageerd.",
        "The regions may still reply to these figures. Others than the network see them from {moment}, or as soon as "
        "every region has replied.",
    ),
    "exact_not_comparable": ("wel een cijfer, niet vergelijkbaar", "a figure, not comparable"),
    "exact_nobody": ("niemand in de noemer", "nobody in the denominator"),
    "exact_not_standardised": ("niet te standaardiseren", "cannot be standardised"),
}
