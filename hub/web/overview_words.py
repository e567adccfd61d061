"""The words of the overview, in Dutch and English."""

from typing import Final

OVERVIEW_WORDS: Final[dict[str, tuple[str, str]]] = {
    "own_region": ("Uw regio", "Your region"),
    "own_region_choose": ("Kies uw regio", "Choose your region"),
    "own_region_none": ("alle regio’s", "all regions"),
    "own_region_lead": (
        "Het overzicht opent dan op uw eigen regio. De keuze staat in het adres: bewaar of deel het.",
        "The overview then opens on your own region. The choice is in the address: keep it or share it.",
    ),
    "own_region_page": ("Alles over {name}", "All about {name}"),
    "glance": ("In één oogopslag", "At a glance"),
    "glance_axes": ("Wat er te vergelijken is", "What there is to compare"),
    "glance_told": (
        "Cijfers van {name}: {figures}, waarvan {apart} duidelijk anders dan de regio’s samen.",
        "Figures of {name}: {figures}, of which {apart} clearly different from the regions together.",
    ),
    "glance_told_none": (
        "Cijfers van {name}: {figures}, geen daarvan duidelijk anders dan de regio’s samen.",
        "Figures of {name}: {figures}, none of them clearly different from the regions together.",
    ),
    "glance_moved": (
        "Met een verleden: {laid}, waarvan {moved} duidelijk veranderd sinds de eerste meting.",
        "With a past: {laid}, of which {moved} clearly changed since the first measurement.",
    ),
    "glance_moved_none": (
        "Met een verleden: {laid}, geen daarvan duidelijk veranderd sinds de eerste meting.",
        "With a past: {laid}, none of them clearly changed since the first measurement.",
    ),
    "glance_moved_no_past": (
        "Elk cijfer is er één keer: over verandering valt nog niets te zeggen.",
        "Every figure is there once: nothing can be said of change yet.",
    ),
    "glance_beside": ("Naast de regio’s samen", "Beside the regions together"),
    "glance_since": ("Sinds de eerste meting", "Since the first measurement"),
    "glance_favourable": ("gunstiger", "more favourable"),
    "glance_unfavourable": ("ongunstiger", "less favourable"),
    "glance_apart": ("duidelijk anders, zonder gunstige kant", "clearly different, neither side favourable"),
    "glance_alike": ("niet te onderscheiden", "cannot be told apart"),
    "glance_hidden": ("verborgen (niet nul)", "hidden (not zero)"),
    "glance_unjudged": ("zonder oordeel", "without a verdict"),
    "glance_better": ("verbeterd", "improved"),
    "glance_worse": ("verslechterd", "worsened"),
    "glance_changed": ("veranderd, zonder gunstige kant", "changed, neither side favourable"),
    "glance_steady": ("geen verandering aangetoond", "no change shown"),
    "glance_not_told": ("niet te zeggen", "cannot be told"),
    "glance_limit": (
        "Geteld zijn oordelen, geen waarden: er is geen cijfer over cijfers heen. Zonder oordeel is wat geen aantallen "
        "of interval heeft. Bij veel cijfers wijkt er ook door toeval een enkel af.",
        "Verdicts are counted, not values: there is no number over indicators. Without a verdict is what has no counts "
        "or interval. Among many figures a few differ by chance too.",
    ),
    "axis_none": (
        "Nog geen regio levert dit. Geen nul: er is niets gemeten.",
        "No region reports this yet. Not zero: nothing was measured.",
    ),
    "axis_none_own": (
        "Deze regio levert dit niet. Geen nul: er is niets gemeten.",
        "This region does not report this. Not zero: nothing was measured.",
    ),
    "indicators_one": ("1 cijfer", "1 figure"),
    "indicators_many": ("{count} cijfers", "{count} figures"),
    "most_regions_one": ("1 regio, nieuwste periode {newest}", "1 region, newest period {newest}"),
    "most_regions": ("tot {count} regio’s, nieuwste periode {newest}", "up to {count} regions, newest period {newest}"),
    "and_more": ("en nog {count}", "and {count} more"),
    "choose_peers": ("Vergelijk met gelijken", "Compare with peers"),
    "new": ("Nieuw", "New"),
    "new_figures_one": ("1 cijfer", "1 figure"),
    "new_figures": ("{count} cijfers", "{count} figures"),
    "stale": ("Verouderd", "Growing old"),
    "stale_lead": (
        "Het laatste cijfer blijft staan, met zijn leeftijd.",
        "The last figure stays, with its age.",
    ),
    "stale_none": (
        "Niets is verouderd: elke regio liet korter dan {silent} dagen geleden van zich horen.",
        "Nothing has grown old: every region was heard from less than {silent} days ago.",
    ),
    "stale_region": ("laatste bericht {days} dagen geleden", "last event {days} days ago"),
    "stale_figure": ("laatste cijfer {days} dagen geleden ontvangen", "last figure received {days} days ago"),
}
