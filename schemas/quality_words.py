"""What readers are told of how records were linked and who is covered; node and hub say it alike."""

from typing import Final

from .definition import Text
from .quality import Coverage, LinkageQuality, Quality

_UNITS: Final = {
    "practices": Text("praktijken", "practices"),
    "insured": Text("verzekerden", "insured persons"),
    "inhabitants": Text("inwoners", "inhabitants"),
}
_JUDGES: Final = {"clerk": Text("een steekproef", "a sample"), "model": Text("het model", "the model")}


def quality_words(quality: Quality | None) -> tuple[Text, ...]:
    """Return a sentence on coverage and one on linkage, where either is known."""
    if quality is None:
        return ()
    found = (_covered(quality.coverage), _linked(quality.linkage))
    return tuple(one for one in found if one is not None)


def _covered(coverage: Coverage | None) -> Text | None:
    if coverage is None:
        return None
    unit = _UNITS[coverage.unit]
    nl, en = (": onvolledig, zonder oordeel", ": partial, without a verdict") if coverage.is_partial else ("", "")
    return Text(
        f"Dekking {coverage.percent}% van de {unit.nl}{nl}.", f"Covers {coverage.percent}% of the {unit.en}{en}."
    )


def _linked(linkage: LinkageQuality | None) -> Text | None:
    if linkage is None or linkage.precision_permille is None or linkage.judged_by is None:
        return None
    judge, precision, recall = _JUDGES[linkage.judged_by], linkage.precision_permille, linkage.recall_permille
    found = Text("", "")
    if recall is not None:
        found = Text(f", {_share(recall, ',')} gevonden", f", {_share(recall, '.')} found")
    return Text(
        f"Gekoppeld zonder nummer: {_share(precision, ',')} juist{found.nl} (volgens {judge.nl}).",
        f"Linked without a number: {_share(precision, '.')} correct{found.en} (by {judge.en}).",
    )


def _share(permille: int, sign: str) -> str:
    return f"{permille // 10}{sign}{permille % 10}%"
