"""Figures, cuts and audiences as readers will see them, in Dutch and English. The hub rounds and writes them alike."""

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from typing import Final

from schemas.codes import TOTAL, Audience
from schemas.definition import IndicatorDefinition, Text
from schemas.payloads import IndicatorKind
from schemas.values import Exact, Rounded, Suppressed, TypedValue

_DAYS_PER_YEAR: Final = Fraction(1461, 4)  # 365.25: a rate is per person-year
_CENTS_PER_EURO: Final = 100
_DECIMALS: Final[dict[IndicatorKind, int]] = {
    "count": 0, "proportion": 1, "percentage": 1, "rate": 1, "mean": 2, "cost_per_person": 2,
}  # fmt: skip
READERS: Final[dict[Audience, Text]] = {
    "public": Text(
        "iedereen, ook zonder in te loggen: op de pagina's, in de API en in de feeds",
        "everyone, without signing in: on the pages, in the API and in the feeds",
    ),
    "partners": Text(
        "ingeschreven regio's, het landelijk team en partners van het netwerk; niet het publiek",
        "enrolled regions, the national team and partners of the network; not the public",
    ),
    "network": Text(
        "ingeschreven regio's en het landelijk team; geen partners en niet het publiek",
        "enrolled regions and the national team; neither partners nor the public",
    ),
}
READER_NAMES: Final[dict[Audience, Text]] = {  # as the hub's pages name them
    "public": Text("iedereen", "everyone"),
    "partners": Text("netwerk en partners", "network and partners"),
    "network": Text("alleen het netwerk", "the network only"),
}
_PLAIN: Final = {
    "not_available": Text("geen cijfer, oorzaak onbekend", "no figure, cause unknown"),
    "not_collected": Text("niet verzameld", "not collected"),
    "not_applicable": Text("niet van toepassing", "not applicable"),
    "withdrawn": Text("ingetrokken", "withdrawn"),
}
_SEXES: Final = {
    "f": Text("vrouwen", "women"),
    "m": Text("mannen", "men"),
    "unknown": Text("geslacht onbekend", "sex unknown"),
}


def readers_told(audience: Audience) -> Text:
    """Return an audience by its name, with who that is."""
    name, who = READER_NAMES[audience], READERS[audience]
    if who.en.startswith(name.en):
        return who
    return Text(f"{name.nl}: {who.nl}", f"{name.en}: {who.en}")


def factor(definition: IndicatorDefinition) -> Fraction:
    """Return by what numerator / denominator (or a bare numerator) is multiplied to give the shown unit."""
    by, measure = Fraction(definition.per), definition.measure
    if measure is None:
        return by
    if measure.denominator == "covered_days":
        by *= _DAYS_PER_YEAR
    if measure.count == "amount_sum":
        by /= _CENTS_PER_EURO
    return by / measure.value_scale


def shown(definition: IndicatorDefinition, numerator: int, denominator: int | None) -> Decimal | None:
    """Return the value in the unit and with the decimals that readers see; None over a denominator of 0."""
    if denominator == 0:
        return None
    decimals = _DECIMALS[definition.kind]
    value = Fraction(numerator, denominator or 1) * factor(definition)
    whole = Decimal(round(value * 10**decimals))  # half to even, exactly
    return whole.scaleb(-decimals)


def value_words(value: TypedValue, definition: IndicatorDefinition | None) -> Text:
    """Return a typed value as readers see it; without its definition the bare numbers."""
    match value:
        case Exact(numerator, denominator):
            return _both(lambda n: _exact(n, numerator, denominator, definition))
        case Rounded(figure):
            return _both(lambda n: n.unit(Decimal(figure), definition))
        case Suppressed(lo, hi, denominator):
            return _both(lambda n: _hidden(n, (lo, hi), denominator, definition))
    return _PLAIN[str(value.__struct_config__.tag)]


def cut_words(dimensions: tuple[str, ...], nodes: tuple[str, ...]) -> Text:
    """Return which part of the region a cell is about."""
    parts = [_node(name, node) for name, node in zip(dimensions, nodes, strict=False) if node != TOTAL]
    if not parts:
        return Text("totaal", "total")
    return Text(", ".join(one.nl for one in parts), ", ".join(one.en for one in parts))


def _node(dimension: str, node: str) -> Text:
    if dimension == "sex" and node in _SEXES:
        return _SEXES[node]
    if dimension == "age_band":
        first, dash, last = node.partition("-")
        if node.endswith("+"):
            return Text(f"{node} jaar", f"aged {node}")
        if dash:
            return Text(f"{first}–{last} jaar", f"aged {first}–{last}")
    return Text(node, node)


class _Dutch:
    """How numbers are written in Dutch."""

    to, of, hidden, more, whole_hidden = "t/m", "van", "verborgen", "of meer", "noemer verborgen"
    percent = "\u00a0%"

    def number(self, value: Decimal | int) -> str:
        return f"{value:,}".replace("-", "−").translate(str.maketrans(",.", ".,"))

    def unit(self, value: Decimal, definition: IndicatorDefinition | None) -> str:
        """Return a value with its unit."""
        unit = "" if definition is None else self.of_unit(definition)
        return self.number(value) + (self.percent if unit == "%" else f" {unit}" if unit else "")

    def of_unit(self, definition: IndicatorDefinition) -> str:
        return definition.unit.nl


class _English(_Dutch):
    """How numbers are written in English."""

    to, of, hidden, more, whole_hidden = "to", "of", "hidden", "or more", "denominator hidden"
    percent = "%"

    def number(self, value: Decimal | int) -> str:
        return f"{value:,}".replace("-", "−")

    def of_unit(self, definition: IndicatorDefinition) -> str:
        return definition.unit.en


def _both(write: Callable[[_Dutch], str]) -> Text:
    return Text(write(_Dutch()), write(_English()))


def number_words(value: int) -> Text:
    """Return a whole number as people write it."""
    return _both(lambda n: n.number(value))


def _exact(n: _Dutch, numerator: int, denominator: int | None, definition: IndicatorDefinition | None) -> str:
    if definition is None:
        return n.number(numerator) + ("" if denominator is None else f" {n.of} {n.number(denominator)}")
    value = shown(definition, numerator, denominator)
    if value is None:
        return f"– ({n.number(numerator)} {n.of} 0)"
    if denominator is None:
        return n.unit(value, definition)
    return f"{n.unit(value, definition)} ({n.number(numerator)} {n.of} {n.number(denominator)})"


def _hidden(
    n: _Dutch, ends: tuple[int, int | None], denominator: int | None, definition: IndicatorDefinition | None
) -> str:
    low, high = ends
    if low == high:
        return f"{n.number(low)}; {n.whole_hidden}" if denominator is None else f"{n.hidden}: {n.number(low)}"
    bare = f"{n.number(low)} " + (n.more if high is None else f"{n.to} {n.number(high)}")
    if denominator is None:
        return f"{n.hidden}: {bare}"
    bare = f"{bare} {n.of} {n.number(denominator)}"
    if definition is None or high is None or denominator == 0:
        return f"{n.hidden}: {bare}"
    by, decimals = factor(definition) * 10 ** _DECIMALS[definition.kind] / denominator, _DECIMALS[definition.kind]
    # outward, as the hub does: rounded to the nearest, a figure could lie outside of its own range
    least, most = (Decimal(end).scaleb(-decimals) for end in (floor(low * by), ceil(high * by)))
    return f"{n.hidden}: {n.number(least)} {n.to} {n.unit(most, definition)} ({bare})"
