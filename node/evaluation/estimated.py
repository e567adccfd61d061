"""An estimate with its limits, and numbers as people write them, Dutch and English."""

from dataclasses import dataclass
from decimal import Decimal
from math import floor, log10

from schemas.definition import Text


@dataclass(frozen=True, slots=True)
class Estimate:
    """One estimate in the indicator's unit (percentage points for a share), with its 95% limits and p-value."""

    name: Text
    value: Decimal
    low: Decimal
    high: Decimal
    p: Decimal

    @property
    def is_clear(self) -> bool:
        """Tell whether the interval leaves 0 out."""
        return self.low > 0 or self.high < 0


def estimate(name: Text, value: float, low: float, high: float, p: float) -> Estimate:
    """Return an estimate rounded to three digits of its interval's width; p to four decimals."""
    width = high - low
    decimals = min(max(2 - floor(log10(width)), 0), 6) if width > 0 else 6
    shown, least, most = (_rounded(one, decimals) for one in (value, low, high))
    return Estimate(name, shown, least, most, _rounded(p, 4))


def _rounded(value: float, decimals: int) -> Decimal:
    return Decimal(f"{value:.{decimals}f}") + 0  # + 0 makes of -0.00 a plain 0.00


def told_nl(found: Estimate) -> str:
    """Return value and limits in Dutch."""
    return f"{comma(_signed(found.value))}; 95%-interval {limits_nl(found)}"


def told_en(found: Estimate) -> str:
    """Return value and limits in English."""
    return f"{_signed(found.value)}; 95% interval {limits_en(found)}"


def limits_nl(found: Estimate) -> str:
    """Return the limits in Dutch."""
    return f"{comma(_signed(found.low))} tot {comma(_signed(found.high))}"


def limits_en(found: Estimate) -> str:
    """Return the limits in English."""
    return f"{_signed(found.low)} to {_signed(found.high)}"


def _signed(value: Decimal) -> str:
    return f"{value:+f}".replace("-", "−") if value else f"{value:f}"


def number_words(value: Decimal) -> Text:
    """Return a number as people write it."""
    return Text(comma(f"{value:f}".replace("-", "−")), f"{value:f}".replace("-", "−"))


def p_words(p: Decimal) -> Text:
    """Return a p-value of four decimals as people write it: never as 0, which none is."""
    if not p:
        return Text("p < 0,0001", "p < 0.0001")
    return Text(f"p = {comma(str(p))}", f"p = {p}")


def comma(text: str) -> str:
    """Write a number's point as the comma that Dutch has."""
    return text.replace(".", ",")
