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
    "likeness": ("Bij de dichtstbijzijnde?", "Among the nearest?"),
    "certain": ("bij de dichtstbijzijnde, wat er ook verborgen is", "among the nearest, whatever is hidden"),
    "possible": ("mogelijk bij de dichtstbijzijnde", "possibly among the nearest"),
    "peers_chance": (
        "Toeval telt niet mee: bij kleine of bijna gelijke regio’s kan een ander jaar andere regio’s geven.",
        "Chance is not counted: of small or nearly equal regions another year can give other ones.",
    ),
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
    "gradient": ("Verloop langs een rangorde", "Along a gradient"),
    "gradient_lead": (
        "Hoe dit cijfer verloopt als gebieden op een ander cijfer zijn gezet, het minst gunstige eerst.",
        "How this figure runs where areas are set in order of another one, the least favoured first.",
    ),
    "gradient_higher": (
        "Aan het minst gunstige uiteinde ligt dit {size} {unit} hoger dan aan het gunstigste (95%-interval {low} tot"
        " {high}).",
        "At the least favoured end this is {size} {unit} higher than at the most favoured (95% interval {low} to"
        " {high}).",
    ),
    "gradient_lower": (
        "Aan het minst gunstige uiteinde ligt dit {size} {unit} lager dan aan het gunstigste (95%-interval {low} tot"
        " {high}).",
        "At the least favoured end this is {size} {unit} lower than at the most favoured (95% interval {low} to"
        " {high}).",
    ),
    "gradient_untold": (
        "Een verschil tussen beide uiteinden is niet aangetoond: {size} {unit} (95%-interval {low} tot {high}).",
        "No difference between both ends has been shown: {size} {unit} (95% interval {low} to {high}).",
    ),
    "gradient_alike": ("Alle gebieden hebben hetzelfde cijfer.", "All areas have the same figure."),
    "gradient_range": (
        "Met verborgen cijfers ligt het verschil tussen beide uiteinden ergens van {low} tot {high} {unit}; boven nul"
        " is het minst gunstige uiteinde hoger.",
        "With hidden figures the difference between both ends lies somewhere from {low} to {high} {unit}; above zero"
        " the least favoured end is higher.",
    ),
    "gradient_scatter": (
        "Het interval komt van hoe gebieden om de lijn liggen; toeval door weinig mensen in een gebied telt niet apart"
        " mee.",
        "The interval is of how areas scatter about the line; chance by few people in an area is not counted apart.",
    ),
    "points": ("procentpunt", "percentage points"),
    "axis_cut": (
        "De as begint niet bij nul: verschillen lijken er groter dan zij zijn.",
        "The axis does not begin at zero: differences look larger on it than they are.",
    ),
    "rank_by": ("Rangorde volgens", "In the order of"),
    "weights": ("Gewicht", "Weight"),
    "weights_people": ("naar mensen", "by people"),
    "weights_equal": ("elk gebied even zwaar", "each area alike"),
    "slope": ("Verschil tussen de uiteinden (SII)", "Difference between the ends (SII)"),
    "relative_index": ("Gedeeld door het gemiddelde (RII)", "Divided by the mean (RII)"),
    "no_relative": ("niet getoond: het gemiddelde is hier niet te tonen", "withheld: the mean cannot be shown here"),
    "ratio": ("Hoogste gedeeld door laagste", "Highest divided by lowest"),
    "no_ratio": ("geen: de laagste is nul", "none: the lowest is zero"),
    "gradient_limit": (
        "Gaat over gebieden, niet over personen, en zegt niet waardoor het verschil komt.",
        "Is about areas, not about persons, and does not say what the difference comes from.",
    ),
    "ratio_limit": (
        "Hoogste gedeeld door laagste is ook bij louter toeval groter dan 1, en meer naarmate gebieden kleiner zijn.",
        "Highest over lowest is above 1 by chance alone, the more so the smaller the areas are.",
    ),
    "equal_limit": (
        "Elk gebied telt even zwaar, hoeveel mensen er ook wonen.",
        "Each area counts alike, however many people live there.",
    ),
    "area": ("Gebied", "Area"),
    "place": ("Plaats (0 minst gunstig, 1 gunstigst)", "Place (0 least favoured, 1 most)"),
    "least_favoured": ("minst gunstig", "least favoured"),
    "most_favoured": ("gunstigst", "most favoured"),
    "without_both": ("Zonder een van beide cijfers", "Without one of both figures"),
    "no_indicator": ("De catalogus heeft deze indicator niet.", "The catalogue has no such indicator."),
    "goal": ("doel", "goal"),
    "progress": ("Voortgang", "Progress"),
    "progress_none": ("Deze regio deelt nog geen cijfer.", "This region shares no figure yet."),
    "population_level": ("Voor de hele bevolking", "For the whole population"),
    "since": ("Vanaf", "Since"),
    "own_goal": ("Doel", "Goal"),
    "this_region": ("deze regio", "this region"),
    "change": ("Verschil met het begin", "Change since the start"),
    "beside_first": ("Ten opzichte van het begin", "Beside the start"),
    "progress_one": (
        "Er is nog maar één periode ({first}); voortgang is te zien vanaf twee.",
        "There is only one period yet ({first}); progress shows from two on.",
    ),
    "since_better": ("{last} is aantoonbaar gunstiger dan {first}.", "{last} is shown to be better than {first}."),
    "since_worse": ("{last} is aantoonbaar ongunstiger dan {first}.", "{last} is shown to be worse than {first}."),
    "since_higher": ("{last} is aantoonbaar hoger dan {first}.", "{last} is shown to be higher than {first}."),
    "since_lower": ("{last} is aantoonbaar lager dan {first}.", "{last} is shown to be lower than {first}."),
    "since_similar": (
        "Tussen {first} en {last} is geen verschil aangetoond.",
        "No difference between {first} and {last} has been shown.",
    ),
    "since_unknown": (
        "{first} en {last} zijn niet te ordenen: er is geen interval, of een verborgen cijfer laat het open.",
        "{first} and {last} cannot be ordered: there is no interval, or a hidden figure leaves it open.",
    ),
    "goal_reached": ("Het doel is aantoonbaar gehaald.", "The goal has been shown to be reached."),
    "goal_not_reached": ("Het doel is aantoonbaar niet gehaald.", "The goal has been shown not to be reached."),
    "goal_higher": ("Het cijfer ligt aantoonbaar boven het doel.", "The figure is shown to be above the goal."),
    "goal_lower": ("Het cijfer ligt aantoonbaar onder het doel.", "The figure is shown to be below the goal."),
    "goal_indistinguishable": (
        "Het doel ligt binnen de onzekerheid van het cijfer.",
        "The goal lies within the uncertainty of the figure.",
    ),
    "goal_no_verdict": (
        "Of het doel gehaald is, is niet te zeggen.",
        "Whether the goal is reached cannot be told.",
    ),
    "progress_limit": (
        "Gaat over alle mensen die de indicator telt. Wat een aanpak deed voor wie hem kreeg, volgt hier niet uit; dat"
        " zegt een evaluatie.",
        "Is about all people whom the indicator counts. What an intervention did for those who had it does not follow"
        " from it; an evaluation tells that.",
    ),
    "progress_chance": (
        "Perioden tellen als los van elkaar. Zijn het elk jaar dezelfde inwoners, dan is het toeval tussen twee "
        "perioden kleiner dan berekend en wordt een verschil later aangetoond; treft een gebeurtenis dezelfde mensen "
        "vaker, dan juist eerder dan het mag.",
        "Periods count as independent. Of the same residents every year chance between two periods is smaller than was"
        " reckoned with, so a difference is told later; where an event comes to the same people more than once it is "
        "told sooner than it should be.",
    ),
    "progress_others": (
        "‘Regio’s samen’ is niet in elke periode van dezelfde regio’s; een verschil daarin kan komen van wie meedoet.",
        "‘Regions together’ are not of the same regions in every period; a difference can come from who takes part.",
    ),
    "show_all_regions": ("Toon alle regio’s", "Show all regions"),
}
