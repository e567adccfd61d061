"""What the page of one comparison shows: choices, drawings, the table in words, what it cannot say, corrections."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import Any, Final
from urllib.parse import urlencode

import msgspec
from flask import url_for

from hub.serving.compared import best_offer
from hub.serving.dark import LastKnown
from hub.serving.figures import Offer
from hub.serving.standard import StandardView
from hub.serving.view import IndicatorView, RegionRow
from hub.web import words
from hub.web.compare_views import View, tabs
from hub.web.drawing import Map, Plot, draw_map, draw_plot
from hub.web.outlines import ggd_outlines
from hub.web.reading import reading
from hub.web.row_pages import pager, row_page
from hub.web.why_differ import reasons
from schemas.catalogue import catalogue
from schemas.codes import Language
from schemas.quality_words import quality_words
from schemas.values import Exact, Rounded, Suppressed

_CHARTS: Final = {"drawing_svg": "svg", "drawing_png": "png", "drawing_spec": "vl.json"}


def comparison_page(
    view: IndicatorView,
    by: str,
    found: Sequence[Offer],
    known_cuts: Mapping[str, Sequence[str]],
    as_known_on: str,
    lang: Language,
    chosen: View = "both",
    find: str = "",
    page: str = "1",
) -> dict[str, Any]:
    """Return the content of a comparison's page; `by`, `as_known_on`, `find` and `page` as the reader wrote them."""
    has_map, has_plot = chosen in ("both", "map"), chosen in ("both", "intervals")
    # under a choice of peers the others are on no row, not without a figure
    drawn = draw_map(view, ggd_outlines()) if has_map and not view.peers else None
    part = row_page(view, find, page)
    drawn_rows = msgspec.structs.replace(view, rows=part.rows)
    wide = draw_plot(drawn_rows, names_above=False) if has_plot else None
    title, unit = getattr(view.title, lang), getattr(view.unit, lang)
    cut_choices = [{"value": "", "text": words.word("total", lang)}] + [
        {"value": f"{dimension}:{node}", "text": words.node(dimension, node, lang)}
        for dimension, nodes in known_cuts.items()
        for node in nodes
    ]
    if by not in {one["value"] for one in cut_choices}:  # a crossing, which an address asks for, stays the choice
        cut_choices.append({"value": by, "text": _crossing(view, lang)})
    same_set = [offer for offer in found if offer.region_set == view.region_set and offer.indicator in catalogue()]
    address: dict[str, Any] = {"period": view.period, "set": view.region_set} | ({"by": by} if by else {})
    kept = dict(address)
    latest = url_for("pages.compare", indicator=view.indicator, **address, lang=lang)
    address |= {"as_known_on": as_known_on} if as_known_on else {}
    address |= ({"beside": view.beside} if view.beside else {}) | ({"sort": view.sort} if view.sort != "name" else {})
    address |= {"standardise": view.standard.name} if view.standard else {}
    everybody = url_for("pages.compare", indicator=view.indicator, **address, lang=lang)
    address |= {"peers": ",".join(view.peers)} if view.peers else {}
    kept |= {name: value for name, value in address.items() if name != "as_known_on"}
    there: dict[str, Any] = {"view": chosen} if chosen != "both" else {}
    api = f"/api/v1/indicators/{view.indicator}/comparison"
    return {
        "view": view,
        "title": title,
        "description": getattr(view.description, lang),
        "unit": unit,
        "reading": reading(view, lang),
        "map": drawn,
        "map_by_name": [] if drawn is None else sorted(drawn.shapes, key=lambda shape: shape.outline.name),
        "wide": wide,
        "narrow": None if wide is None else draw_plot(drawn_rows, names_above=True),
        "map_label": f"{words.word('map', lang)}: {title}, {view.period}. {words.word('see_table', lang)}",
        "plot_label": f"{words.word('plot', lang)}: {title}, {view.period}. {words.word('see_table', lang)}",
        "reference": None if view.reference is None else words.with_unit(view.reference, unit, lang),
        "figure": partial(words.with_unit, unit=unit, lang=lang),
        "last": partial(_last, unit=unit, lang=lang),
        "shown": partial(_shown, unit=unit, lang=lang),
        "span": partial(_span, unit=unit, lang=lang),
        "limits": _limits(view, drawn),
        "standards": [{"value": name, "text": words.word(name, lang)} for name in view.standards],
        "standard": None if view.standard is None else _standard(view.standard, lang),
        "has_ranks": any(row.ranks is not None for row in view.rows),
        "ranks": partial(_ranks, lang=lang),
        "together": _together(view, unit, lang),
        "by_name": sorted(view.rows, key=lambda row: (row.name, row.region)),
        "beside_name": next((row.name for row in view.rows if row.region == view.beside), None),
        "withheld": None if view.reference_why is None else getattr(view.reference_why, lang),
        "quality": _quality(view, lang),
        "choices": sorted(
            ({"id": one.indicator, "title": getattr(catalogue()[one.indicator].title, lang)} for one in same_set),
            key=lambda one: one["title"],
        ),
        "periods": best_offer(found, view.indicator, view.region_set).periods,
        "cuts": cut_choices,
        "by": by,
        "as_known_on": as_known_on,
        "moment": words.moment(view.as_known_on, lang),
        "moment_of": partial(words.moment, lang=lang),
        "latest": latest,
        "everybody": everybody,
        "by_text": _crossing(view, lang),
        "json": _address(api, address),
        **{kind: _address(api, address | {"format": kind}) for kind in ("csv", "xlsx", "parquet")},
        "permalink": url_for("pages.compare", indicator=view.indicator, **address, **there, lang=lang),
        "part": part,
        "pager": pager(part, view.indicator, address | there, lang),
        "found_here": address | there,
        "tabs": tabs(chosen, view.indicator, address, lang),
        "chosen_view": chosen,
        "kept_without_moment": kept | there,
        "why_differ": reasons(view, lang),
        "missing": _missing(chosen, drawn, wide, lang),
        "charts": _charts(view, chosen, address, lang),
        "trend_json": _address(
            f"/api/v1/indicators/{view.indicator}/trend",
            {name: value for name, value in address.items() if name in ("set", "by", "as_known_on")},
        ),
    }


def _charts(view: IndicatorView, chosen: View, address: Mapping[str, Any], lang: Language) -> dict[str, str]:
    """Return where the drawing of a view is by itself: as SVG, PNG and Vega-Lite; nothing for one that has none."""
    drawn = {"both": "intervals", "intervals": "intervals", "funnel": "funnel", "trend": "trend"}.get(chosen)
    if drawn is None or (drawn == "intervals" and not view.with_interval):
        return {}
    told = {name: value for name, value in address.items() if name != "peers"} | {"view": drawn, "lang": lang}
    path = f"/api/v1/indicators/{view.indicator}/chart"
    return {word: _address(f"{path}.{kind}", told) for word, kind in _CHARTS.items()}


def _missing(chosen: View, drawn: Map | None, wide: Plot | None, lang: Language) -> str | None:
    """Return why the drawing that was asked for by itself is not there."""
    if chosen == "map" and drawn is None:
        return words.word("no_map", lang)
    return words.word("no_plot", lang) if chosen == "intervals" and wide is None else None


def _address(path: str, arguments: Mapping[str, str]) -> str:
    return f"{path}?{urlencode(arguments)}"


def _limits(view: IndicatorView, drawn: Map | None) -> list[str]:
    has_no_denominator = any(row.why_not == "no_denominator" for row in view.rows)
    has_ranks, by_value = any(row.ranks is not None for row in view.rows), view.sort == "value"
    chosen = {
        "limit_chance": bool(view.with_interval) and not by_value,
        "limit_chance_value": bool(view.with_interval) and by_value,
        "limit_no_interval": has_no_denominator and view.kind != "count",
        "limit_count": has_no_denominator and view.kind == "count",
        "limit_no_variance": any(row.why_not == "no_interval" for row in view.rows)
        and view.kind in ("mean", "cost_per_person"),
        "limit_mean": bool(view.with_interval) and view.kind == "mean",
        "limit_hidden": bool(view.hidden),
        "limit_withdrawn": bool(view.withdrawn),
        "limit_pending": bool(view.pending),
        "limit_partial": bool(view.partial),
        "limit_reference": view.reference is not None,
        "limit_ranks": has_ranks and view.standard is None,
        "limit_ranks_standard": has_ranks and view.standard is not None,
        "limit_rank_best": has_ranks and view.favourable != "neither",
        "limit_rank_highest": has_ranks and view.favourable == "neither",
        "limit_rebased": any(row.rebased_from is not None for row in view.rows),
        "limit_standard": view.standard is not None and bool(view.standard.strata),
        "limit_indirect": view.standard is not None and not view.standard.strata,
        "limit_value_order": by_value,
        "limit_map": drawn is not None,
        "limit_not_comparable": not all(row.is_comparable for row in view.rows),
        "limit_why": view.standard is None,
        "limit_why_standard": view.standard is not None,
    }
    return [key for key, holds in chosen.items() if holds]


def _standard(told: StandardView, lang: Language) -> str:
    """Return whose ages weigh how much, in percents."""
    if not told.strata:
        return told.title.told(lang)
    parts = ", ".join(
        f"{' + '.join(one.ages)}: {words.with_unit(_percent(one.weight), '%', lang)}" for one in told.strata
    )
    return f"{told.title.told(lang)} ({told.source}). {parts}"


def _percent(share: float) -> Decimal:
    return Decimal(100 * share).quantize(Decimal("0.1"))


def _ranks(row: RegionRow, lang: Language) -> str:
    if row.ranks is None:
        return words.word("no_ranks", lang)
    first, last = row.ranks.first, row.ranks.last
    said = str(first) if first == last else f"{first} {words.word('ranks_to', lang)} {last}"
    return f"{said} {words.word('ranks_of', lang)} {row.ranks.of}"


def _crossing(view: IndicatorView, lang: Language) -> str:
    return ", ".join(words.node(*part, lang) for part in view.by.items()) or words.word("total", lang)


def _together(view: IndicatorView, unit: str, lang: Language) -> str | None:
    found = view.together
    if found is None:
        return None
    span = f"{words.number(found.low, lang)}–{words.with_unit(found.high, unit, lang)}"
    said = {"regions": found.regions, "out_of": found.out_of, "hidden": found.hidden, "span": span}
    return words.word("together_bounds", lang).format(**said)


def _quality(view: IndicatorView, lang: Language) -> list[tuple[str, str]]:
    """Return per region that says something of it one line: who is covered, and how surely records were linked."""
    said = ((row.name, quality_words(row.quality)) for row in view.rows)
    return [(name, " ".join(getattr(one, lang) for one in words_)) for name, words_ in said if words_]


def _last(one: LastKnown, unit: str, lang: Language) -> str:
    if one.shown is not None:
        return words.with_unit(one.shown, unit, lang)
    return words.word("hidden" if isinstance(one.value, Suppressed) else "not_available", lang)


def _shown(row: RegionRow, unit: str, lang: Language) -> str:
    if row.shown is not None:
        return words.with_unit(row.shown, unit, lang)
    if row.why_not == "cell_missing":
        return words.word("not_cut_so", lang)
    if row.why_not in ("stratum_missing", "stratum_empty", "nothing_expected"):
        return words.word(row.why_not, lang)
    if isinstance(row.value, Exact | Rounded):
        return words.word(_unshown(row), lang)
    kind = str(row.value.__struct_config__.tag)
    return words.word(kind if kind in words.WORDS else "not_available", lang)


def _unshown(row: RegionRow) -> str:
    """Return the word for a figure that is there and is not shown."""
    if not row.is_comparable:
        return "exact_not_comparable"
    is_over_nobody = isinstance(row.value, Exact) and row.value.denominator == 0
    return "exact_nobody" if is_over_nobody else "exact_not_standardised"


def _span(row: RegionRow, unit: str, lang: Language) -> str:
    if row.bounds is None:
        return words.word("too_few_events" if row.why_not == "too_few_events" else "no_interval", lang)
    if row.low is None:
        return words.word("range_unknown", lang)
    if row.high is None:
        return f"{words.with_unit(row.low, unit, lang)} {words.word('open_ended', lang)}"
    return f"{words.number(row.low, lang)}–{words.with_unit(row.high, unit, lang)}"
