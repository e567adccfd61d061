"""The words of the portal's shell and its pages of regions and about, in Dutch and English."""

from typing import Final

PORTAL_WORDS: Final[dict[str, tuple[str, str]]] = {
    "about_page": ("Over dit portaal", "About"),
    "you_are_here": ("U bent hier", "You are here"),
    "appearance": ("Weergave", "Appearance"),
    "appearance_light": ("Licht", "Light"),
    "appearance_dark": ("Donker", "Dark"),
    "appearance_auto": ("Als mijn apparaat", "As my device"),
    "signed_in_as": ("Ingelogd als", "Signed in as"),
    "foot_menu": ("Meer over deze cijfers", "More about these figures"),
    "foot_about": ("Wat dit is", "What this is"),
    "foot_verify": ("Zelf narekenen", "Verify it yourself"),
    "foot_api": ("API voor programma’s", "API for programs"),
    "foot_feeds": ("Feeds", "Feeds"),
    "regions_title": ("De regio’s", "The regions"),
    "regions_lead": (
        "Elke regio houdt haar persoonsgegevens thuis. Open een regio voor haar cijfers, lessen en wat er van haar "
        "naar buiten ging.",
        "Every region keeps its personal data at home. Open a region for its figures, its lessons and what left it.",
    ),
    "regions_none": ("Nog geen regio deelt iets.", "No region shares anything yet."),
    "regions_map": ("Kaart van de regio’s", "Map of the regions"),
    "region_count_one": ("1 regio", "1 region"),
    "region_count": ("{count} regio’s", "{count} regions"),
    "about_title": ("Wat dit portaal is, en wat niet", "What this portal is, and what it is not"),
    "about_lead": (
        "Regiohelix laat zorgregio’s van elkaar leren zonder dat gegevens over personen hun regio verlaten.",
        "Regiohelix lets health regions learn from each other while data about persons stay in their region.",
    ),
    "about_stays": ("Wat thuis blijft", "What stays at home"),
    "about_stays_text": (
        "Gegevens over personen staan bij de regio zelf. Daar wordt geteld. Wat naar buiten gaat zijn tellingen, "
        "lessen en oordelen van panels. Geen regel over één persoon verlaat een regio.",
        "Data about persons are kept by the region itself, and counted there. What leaves are counts, lessons and "
        "panels’ opinions. No row about one person leaves a region.",
    ),
    "about_hidden": ("Waarom iets verborgen is", "Why something is hidden"),
    "about_hidden_text": (
        "Een klein aantal kan iemand verraden, ook door aftrekken van andere cijfers. Zo’n cijfer wordt verborgen "
        "voordat het de regio verlaat, en soms een tweede om het eerste te beschermen. Verborgen is niet nul.",
        "A small number can give somebody away, by subtracting other figures too. Such a figure is hidden before it "
        "leaves the region, and sometimes a second one to protect the first. Hidden is not zero.",
    ),
    "about_compare": ("Waarom er geen ranglijst is", "Why there is no league table"),
    "about_compare_text": (
        "Regio’s staan op naam. Een verschil noemen we pas een verschil als het groter is dan toeval. Geeft een bron "
        "geen aantallen, dan zeggen we niets over de zekerheid.",
        "Regions are listed by name. A difference is called one only where it is larger than chance. Where a source "
        "gives no counts, nothing is said of certainty.",
    ),
    "about_verify": ("Zelf narekenen", "Verify it yourself"),
    "about_verify_text": (
        "Alles wat een regio vrijgeeft is ondertekend en hangt in één keten: wie iets verandert of weglaat, wordt "
        "gezien. De hub publiceert elke dag een ondertekende stand van alle ketens.",
        "All that a region releases is signed and linked in one chain: whoever changes or drops a link is seen. The "
        "hub publishes a signed state of all chains every day.",
    ),
    "about_heads": ("Stand van alle ketens (JSON)", "State of all chains (JSON)"),
    "about_programs": ("Voor programma’s", "For programs"),
    "about_programs_text": (
        "Wat u hier leest, is ook op te vragen door programma’s, in open formaten.",
        "What you read here can be asked by programs too, in open formats.",
    ),
    "about_openapi": ("Beschrijving van de API (OpenAPI)", "Description of the API (OpenAPI)"),
    "about_catalog": ("Catalogus (DCAT)", "Catalogue (DCAT)"),
    "about_schemas": ("Schema’s van de berichten", "Schemas of the events"),
    "about_access": ("Toegankelijkheid", "Accessibility"),
    "about_access_text": (
        "Elke tekening heeft een tabel die hetzelfde zegt. Niets hangt van kleur alleen af. Alles werkt zonder "
        "script, met het toetsenbord, op een telefoon en op papier.",
        "Every drawing has a table that says the same. Nothing depends on colour alone. All of it works without "
        "script, by keyboard, on a phone and on paper.",
    ),
    "compare_title": ("Wat wilt u vergelijken?", "What do you want to compare?"),
    "compare_lead": (
        "Kies een cijfer en leg de regio’s naast elkaar, met hun onzekerheid en met wat verborgen is.",
        "Choose a figure and lay the regions side by side, with their uncertainty and with what is hidden.",
    ),
    "index_search": ("Zoek een cijfer", "Find a figure"),
    "index_axis": ("Onderwerp", "Subject"),
    "index_all": ("alle", "all"),
    "index_none": ("Geen cijfer gevonden. Zoek met minder woorden.", "No figure found. Search with fewer words."),
    "index_one": ("1 cijfer.", "1 figure."),
    "index_many": ("{count} cijfers.", "{count} figures."),
}
