"""What readers choose from, and how a choice that there is not is refused: with the values that there are."""
# mypy: disable-error-code="untyped-decorator, import-untyped"

from collections.abc import Iterable
from typing import Any, Final, NoReturn

from flask_smorest import abort
from marshmallow import fields, validate

from hub.serving.compared import ComparisonHeld, CutUnknown, RegionAbsent
from hub.serving.gradient_areas import GradientRefused
from hub.serving.offered import NotOffered
from hub.serving.peers import TraitUnfit
from hub.serving.standard import StandardRefused
from schemas.codes import PERIOD

PERIOD_FORM: Final = validate.Regexp(
    PERIOD, error="Write a year, quarter, month, week or day: 2025, 2025-Q1, 2025-01, 2025-W05 or 2025-01-31."
)
PEERS: Final = r"^$|^[A-Z]{2}[A-Z0-9-]{1,14}(,[A-Z]{2}[A-Z0-9-]{1,14}){0,48}$"
PEERS_SAID: Final = "Write the codes of at most 49 regions, with commas between them."
_WITHIN: Final = (CutUnknown, RegionAbsent, TraitUnfit)  # choices within an answer that there is
BUSY: Final = "Too many long answers are asked for at a time; `Retry-After` says when to ask again."
INDICATOR: Final = {"name": "indicator", "in": "path", "schema": {"type": "string"}, "example": "h.dm_prev"}
REGION: Final = {"name": "code", "in": "path", "schema": {"type": "string"}, "example": "XR-DUINRAND"}


def example(value: Any) -> dict[str, Any]:
    """Return the metadata of an argument with an example, which the tests ask a hub for."""
    return {"example": value}


def text(sample: str, **how: Any) -> fields.String:
    """Return an argument that may be left out, with an example."""
    return fields.String(**({"load_default": None, "metadata": example(sample)} | how))


def refuse(error: NotOffered) -> NoReturn:
    """Abort and name what can be chosen: 404; 400 for a cut, region or trait; 422 for a standard or gradient.

    What regions may still reply to says as well from when others see it.
    """
    more: dict[str, Any] = {}
    status = 400 if isinstance(error, _WITHIN) else 404
    if isinstance(error, ComparisonHeld):
        more = {"visible_from": error.visible_from}
    elif isinstance(error, StandardRefused):
        status, more = 422, {"errors": {"standardise": ["Choose one of those in `allowed`."]}}
    elif isinstance(error, GradientRefused):
        status = 422
    refused(status, error, error.allowed, **more)


def refused(status: int, error: Exception, allowed: Iterable[str], **more: Any) -> NoReturn:
    """Abort with an error's sentence and the values that there are instead."""
    abort(status, message=str(error), allowed=list(allowed), **more)
    raise AssertionError("abort returns nothing")
