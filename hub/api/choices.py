"""What readers choose from, and how a choice that there is not is refused: with the values that there are."""
# mypy: disable-error-code="untyped-decorator, import-untyped"

from typing import Any, Final, NoReturn

from flask_smorest import abort
from marshmallow import fields, validate

from hub.serving.compared import CutUnknown, RegionAbsent
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
INDICATOR: Final = {"name": "indicator", "in": "path", "schema": {"type": "string"}, "example": "h.dm_prev"}
REGION: Final = {"name": "code", "in": "path", "schema": {"type": "string"}, "example": "XR-DUINRAND"}


def example(value: Any) -> dict[str, Any]:
    """Return the metadata of an argument with an example, which the tests ask a hub for."""
    return {"example": value}


def text(sample: str, **how: Any) -> fields.String:
    """Return an argument that may be left out, with an example."""
    return fields.String(**({"load_default": None, "metadata": example(sample)} | how))


def refuse(error: NotOffered) -> NoReturn:
    """Abort and name what can be chosen: 404; 400 for a cut, region or trait; 422 for a standard or gradient."""
    allowed = list(error.allowed)
    if isinstance(error, GradientRefused):
        abort(422, message=str(error), allowed=allowed)
    if isinstance(error, StandardRefused):
        abort(422, message=str(error), errors={"standardise": allowed}, allowed=allowed)
    abort(400 if isinstance(error, _WITHIN) else 404, message=str(error), allowed=allowed)
    raise AssertionError("abort returns nothing")
