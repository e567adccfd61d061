"""The words of a region's page: its progress, its peers, and the gradient of an indicator, in both languages."""

from typing import Final

REGION_WORDS: Final[dict[str, tuple[str, str]]] = {
    "peers": ("Regio’s die hierop lijken", "Regions that are like it"),
    "peers_lead": (
        "Kies kenmerken; de regio’s die er het dichtst bij liggen, zijn eerlijker om mee te vergelijken dan de buren.",
        "Choose traits; the regions nearest by these are fairer to compare with than the neighbours.",
    ),
    "traits": ("Kenmerken", "Traits"),
    "how_many": ("Hoeveel", "How many"),
    "distance": ("Afstand", "Distance"),
    "likeness": ("Zeker of mogelijk", "Certain or possible"),
    "certain": ("zeker bij de dichtstbijzijnde", "certainly among the nearest"),
    "possible": ("mogelijk bij de dichtstbijzijnde", "possibly among the nearest"),
    "peers_how": (
        "Afstand in standaarddeviaties: van elk kenmerk het verschil gedeeld door de spreiding tussen de regio’s, en"
        " daarvan de wortel uit de som van de kwadraten. Een verborgen cijfer telt mee met alles wat het kan zijn,"
        " nooit als nul; daarom staan sommige regio’s er als mogelijk.",
        "Distance in standard deviations: of each trait the difference divided by the spread between regions, and of"
        " these the root of the sum of squares. A hidden figure counts as all that it can be, never as zero; hence some"
        " regions are here as possible.",
    ),
    "peers_left_out": ("Zonder een van deze kenmerken", "Without one of these traits"),
    "peers_compare": ("Vergelijk met deze regio’s", "Compare with these regions"),
    "peers_none": (
        "Deze regio deelt nog geen cijfer waarop regio’s te vergelijken zijn.",
        "This region shares no figure yet by which regions can be told apart.",
    ),
    "peers_shown": (
        "Alleen de regio en haar gekozen gelijken staan hier; ‘regio’s samen’ en de rangen zijn van alle regio’s.",
        "Only the region and the peers chosen for it stand here; ‘regions together’ and ranks are of all regions.",
    ),
    "peers_without": ("Zonder cijfer hier", "Without a figure here"),
    "show_all_regions": ("Toon alle regio’s", "Show all regions"),
}
