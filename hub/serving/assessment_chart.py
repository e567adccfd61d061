"""An assessment as a declarative drawing: what the strips of a region's page hold, as Vega-Lite (version 5).

A row per lens and helix from 1 to 4: the median as a block, the middle half as a line. What is hidden has no place and
says so in words; there is no point, since no score is one. https://vega.github.io/vega-lite/
"""

from collections.abc import Iterator
from typing import Final

from hub.serving.assessment_text import HELIX_NAMES, summary
from hub.serving.assessments import AcceptedAssessment
from hub.serving.chart_base import HIDDEN, LOCALES, MAIN, ROW, SCHEMA, Spec
from schemas.assessment import Banded, NobodyAnswered, Score
from schemas.codes import Language
from schemas.questionnaires import POINTS
from schemas.text import Text

_HEADER: Final = {"labelAngle": 0, "labelAlign": "left", "labelOrient": "top", "labelAnchor": "start"}
_PANEL: Final = Text("panel", "panel")
_SAID: Final = {
    "hidden": Text("verborgen", "hidden"),
    "nobody": Text("niemand antwoordde", "nobody answered"),
    "limit": Text(
        "Blok: mediaan. Lijn: middelste helft. Beide zijn banden; de laagste en hoogste antwoorden staan er niet in.",
        "Block: median. Line: middle half. Both are bands; the lowest and highest answers are not in them.",
    ),
    "scale": Text("score van respondenten, 1 tot 4", "respondents' score, 1 to 4"),
}


def lenses(one: AcceptedAssessment, lang: Language) -> Spec:
    """Return the drawing of every lens, the panel first and then each helix."""
    said = one.payload
    title = f"{one.region_name}: {said.title.told(lang)}, {said.period}"
    who = [_PANEL.told(lang), *(name.told(lang) for name in HELIX_NAMES.values())]
    first, last = POINTS[0], POINTS[-1]
    scale = {"domain": [first, last], "nice": False}
    along = {"type": "quantitative", "scale": scale, "title": _SAID["scale"].told(lang), "axis": {"values": [*POINTS]}}
    row = {"field": "who", "type": "nominal", "sort": who, "title": None}

    def band(name: str, mark: Spec) -> Spec:
        return {
            "transform": [{"filter": f"datum.{name}_low !== null"}],
            "mark": mark,
            "encoding": {"y": row, "x": {**along, "field": f"{name}_low"}, "x2": {"field": f"{name}_high"}},
        }

    words: Spec = {
        "transform": [{"filter": "datum.state !== 'shown'"}],
        "mark": {"type": "text", "align": "left", "color": HIDDEN},
        "encoding": {"y": row, "x": {**along, "datum": first}, "text": {"field": "words"}},
    }
    own = {"condition": {"test": f"datum.who === '{who[0]}'", "value": MAIN}, "value": "#5a6a75"}
    median = band("median", {"type": "bar", "height": 9})
    median["encoding"]["color"] = own
    names = [lens.title.told(lang) for lens in said.lenses]
    return {
        "$schema": SCHEMA,
        "description": f"{title}. {summary(one).told(lang)}",
        "title": {"text": title, "subtitle": _SAID["limit"].told(lang), "anchor": "start"},
        "usermeta": {"assessment": one.event_id, "instrument": said.instrument},
        "background": "#ffffff",
        "config": {
            "locale": {"number": LOCALES[lang]},
            "font": "Arimo, Arial, sans-serif",
            "view": {"stroke": None},
            "axis": {"gridColor": "#dde4e7", "domain": False, "ticks": False, "labelAngle": 0},
        },
        "data": {"values": list(_rows(one, who, lang))},
        "facet": {"row": {"field": "lens", "type": "nominal", "sort": names, "title": None, "header": _HEADER}},
        "spec": {
            "width": 460,
            "height": ROW * len(who),
            "layer": [band("half", {"type": "rule", "strokeWidth": 2.4, "color": "#5a6a75"}), median, words],
        },
    }


def _rows(one: AcceptedAssessment, who: list[str], lang: Language) -> Iterator[Spec]:
    for lens in one.payload.lenses:
        scores: list[Score] = [lens.panel, *(helix.score for helix in lens.by_helix)]
        for name, score in zip(who, scores, strict=True):
            yield {"lens": lens.title.told(lang), "who": name, **_told(score, lang)}


def _told(score: Score, lang: Language) -> Spec:
    """Return what is told of one score; ends in points, None where nothing is told of it."""
    if not isinstance(score, Banded):
        state = "nobody" if isinstance(score, NobodyAnswered) else "hidden"
        ends = dict.fromkeys(("median_low", "median_high", "half_low", "half_high"))
        return {"state": state, "words": _SAID[state].told(lang), "answers": None, **ends}
    half = None if score.lower is None or score.upper is None else (score.lower.low / 100, score.upper.high / 100)
    return {
        "state": "shown",
        "words": "",
        "answers": score.answers,
        "median_low": score.median.low / 100,
        "median_high": score.median.high / 100,
        "half_low": half and half[0],
        "half_high": half and half[1],
    }
