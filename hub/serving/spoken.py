"""How figures and days are written in each language: `0,8` and `22 nov 2026` in Dutch, `0.8` and `22 Nov 2026`."""

from decimal import Decimal

from schemas.codes import Language


def number(value: Decimal | None, lang: Language) -> str:
    """Return a decimal as people write it in this language, with grouped thousands and a typographic minus."""
    if value is None:
        return "–"
    text = f"{value:,f}".replace("-", "−")
    return text.translate(str.maketrans(",.", ".,")) if lang == "nl" else text


def day(moment: str, lang: Language) -> str:
    """Return the date of a UTC moment, day first."""
    months = {
        "nl": "jan feb mrt apr mei jun jul aug sep okt nov dec",
        "en": "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
    }[lang].split()
    return f"{int(moment[8:10])} {months[int(moment[5:7]) - 1]} {moment[:4]}"
