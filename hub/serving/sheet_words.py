"""Words of the sheet for a region's steering committee, in both languages."""

from collections.abc import Mapping
from typing import Final

from schemas.text import Text

WORDS: Final[Mapping[str, Text]] = {
    "title": Text("Blad voor de stuurgroep van {name}", "Sheet for the steering committee of {name}"),
    "example": Text(
        "VOORBEELD: deze regio en alles op dit blad is verzonnen.",
        "EXAMPLE: this region and all on this sheet is invented.",
    ),
    "for": Text(
        "Voor de stuurgroep van {name}. Gemaakt op {date}; over wat veranderde sinds {since}.",
        "For the steering committee of {name}. Made on {date}; of what changed since {since}.",
    ),
    "audience_public": Text("Alles op dit blad is openbaar.", "All on this sheet is public."),
    "audience_partners": Text(
        "Op dit blad kan staan wat alleen partners van het netwerk mogen zien; deel het niet verder.",
        "This sheet may hold what only partners of the network may see; do not share it further.",
    ),
    "audience_network": Text(
        "Op dit blad kan staan wat alleen het netwerk mag zien; deel het niet verder.",
        "This sheet may hold what only the network may see; do not share it further.",
    ),
    "programme": Text("Waar het programma staat", "Where the programme stands"),
    "phase": Text("Fase: {phase}, {title} (sinds {since})", "Phase: {phase}, {title} (since {since})"),
    "phase_new": Text(" – nieuw", " – new"),
    "no_phase": Text("De regio noemt geen fase van nu.", "The region names no present phase."),
    "change": Text("{change}: {state}. {note}", "{change}: {state}. {note}"),
    "change_unsaid": Text("{change}: niet gezegd", "{change}: not said"),
    "milestones": Text("Mijlpalen", "Milestones"),
    "milestone_reached": Text("Bereikt: {title} ({day})", "Reached: {title} ({day})"),
    "milestone_late": Text("Te laat: {title} (gepland {day})", "Late: {title} (planned {day})"),
    "milestone_due": Text("Komt: {title} ({day})", "To come: {title} ({day})"),
    "milestones_none": Text(
        "Geen mijlpaal bereikt sinds toen, geen te laat, geen in de komende {days} dagen.",
        "No milestone reached since then, none late, none in the coming {days} days.",
    ),
    "figures": Text("Nieuwe en herziene cijfers", "New and revised figures"),
    "figure": Text(
        "{title}, {period}: {value} {unit} (95%-interval {low} tot {high}), {standing} dan de regio’s samen{revised}",
        "{title}, {period}: {value} {unit} (95% interval {low} to {high}), {standing} than the regions together"
        "{revised}",
    ),
    "higher": Text("hoger", "higher"),
    "lower": Text("lager", "lower"),
    "revised": Text("; herzien", "; revised"),
    "figures_rest": Text(
        "{count} andere nieuwe of herziene cijfers, zonder verschil met de regio’s samen dat vaststaat.",
        "{count} other new or revised figures, without a difference from the regions together that is certain.",
    ),
    "figures_none": Text("Geen nieuw of herzien cijfer sinds toen.", "No new or revised figure since then."),
    "lesson": Text("Een les van elders", "A lesson from elsewhere"),
    "lesson_by_lens": Text(
        "Gekozen omdat dit de nieuwste les van een andere regio is over de lens die bij u het minst geïntegreerd kan "
        "zijn ({what}).",
        "Chosen since it is the newest lesson of another region about the lens that may be least integrated in yours "
        "({what}).",
    ),
    "lesson_by_prerequisite": Text(
        "Gekozen omdat dit de nieuwste les van een andere regio is over een voorwaarde die bij u nog open is ({what}).",
        "Chosen since it is the newest lesson of another region about a prerequisite that is still open in yours "
        "({what}).",
    ),
    "lesson_title": Text("{title} ({region}, {day})", "{title} ({region}, {day})"),
    "lesson_advice": Text("Advies: {advice}", "Advice: {advice}"),
    "lesson_none": Text(
        "Geen les past: er is geen lens of open voorwaarde van u waarover een andere regio een les deelde die u mag "
        "zien.",
        "No lesson fits: there is no lens or open prerequisite of yours about which another region shared a lesson "
        "that you may see.",
    ),
    "actions": Text("Acties", "Actions"),
    "action_overdue": Text("Over de dag: {title} ({role}, {day})", "Overdue: {title} ({role}, {day})"),
    "action_due": Text("{title} ({role}, {day})", "{title} ({role}, {day})"),
    "actions_none": Text("Geen open actie in de komende {days} dagen.", "No open action in the coming {days} days."),
    "more": Text("… en {count} meer, op de pagina van de regio.", "… and {count} more, on the region’s page."),
    "limits": Text("Wat dit blad niet zegt", "What this sheet does not say"),
    "limit_why": Text(
        "Niet waarom uw regio van andere verschilt, en niet of een interventie werkte: zie de evaluaties.",
        "Not why your region differs from others, nor whether an intervention worked: see the evaluations.",
    ),
    "limit_own": Text(
        "Fase, veranderingen, mijlpalen en acties zijn wat de regio zelf schreef; niemand beoordeelde het.",
        "Phase, changes, milestones and actions are what the region itself wrote; nobody judged it.",
    ),
    "limit_reader": Text(
        "Het is wat de lezer die het opvroeg op {date} mocht zien; verborgen cijfers zijn niet nul.",
        "It is what the reader who asked for it could see on {date}; hidden figures are not zero.",
    ),
    "footer": Text("{name}, {date}, blad {page} van {pages}", "{name}, {date}, page {page} of {pages}"),
    "lens_ambition": Text("gezamenlijke ambitie", "shared ambition"),
    "lens_gains": Text("belangen en winst", "mutual gains"),
    "lens_relationship": Text("relatie", "relationship"),
    "lens_organisation": Text("organisatie", "organisation"),
    "lens_process": Text("proces", "process"),
}
