"""The words of a comparison's ranks, order and bounds, in both languages."""

from typing import Final

COMPARISON_WORDS: Final[dict[str, tuple[str, str]]] = {
    "ranks": ("Mogelijke rangen", "Possible ranks"),
    "ranks_of": ("van", "of"),
    "ranks_to": ("t/m", "to"),
    "no_ranks": ("geen rang", "no rank"),
    "beside": ("Naast regio", "Beside region"),
    "beside_none": ("geen", "none"),
    "itself": ("deze regio", "this region"),
    "better": ("beter", "better"),
    "worse": ("slechter", "worse"),
    "similar": ("niet aantoonbaar anders", "not shown to differ"),
    "cannot_be_ordered": ("niet te ordenen", "cannot be ordered"),
    "sort": ("Volgorde", "Order"),
    "sort_name": ("op naam", "by name"),
    "sort_value": ("op waarde", "by value"),
    "limit_ranks": (
        "Rangen zijn een bereik: alle rangen die bij de onzekerheid en bij de verborgen cijfers passen.",
        "Ranks are a range: every rank that fits the uncertainty and the hidden figures.",
    ),
    "limit_value_order": (
        "Op waarde gezet omdat u daarom vroeg: de volgorde zelf zegt niet dat regio’s verschillen.",
        "Ordered by value because you asked for it: the order itself does not say that regions differ.",
    ),
    "together_bounds": (
        "Regio’s samen, ook die met een verborgen cijfer ({regions} van {out_of}, {hidden} verborgen): {span}.",
        "Regions together, also those that hid their figure ({regions} of {out_of}, {hidden} hidden): {span}.",
    ),
}
