"""Draw a Vega-Lite specification on the server, as SVG or PNG, once for each specification."""

from collections.abc import Hashable
from typing import Final, Literal

import msgspec
import vl_convert
from sqlalchemy import Connection

from hub.serving.chart_base import Spec
from hub.serving.remembered import Remembered, remembered
from hub.serving.turns import Turns
from schemas.canonical import sha256_hex

Drawn = Literal["svg", "png"]
_SCALE: Final = 2.0  # pixels of a PNG per unit, so that it is sharp on paper
_NOTED: Final = True  # the mark of what is kept here; its key says already of what it was made
_NOTE_BYTES: Final = 500  # that one line of memory takes besides the drawing
# a drawing takes 0.05-0.2 s of a processor, and readers of pages come first
_turns: Final = Turns(at_most=3, at_once=1)


def as_json(spec: Spec) -> bytes:
    """Return the specification as JSON, the same bytes for the same drawing."""
    return msgspec.json.encode(spec, order="deterministic")


def rendered(connection: Connection, asked: Hashable, spec: Spec, kind: Drawn) -> bytes:
    """Return the drawing of what was `asked`, made once for all questions that have the same specification.

    Nothing outside the specification is read, and a drawing of figures that changed is dropped at the next question.
    Raises HubBusy where too many wait already, or the turn does not come soon.
    """
    memory, drawing = remembered(connection), ("chart", kind, sha256_hex(as_json(spec)))
    question = ("chart asked", kind, asked)
    before: Hashable = memory.get(question, _NOTED)
    if before is not None and before != drawing:
        memory.get(before, None)  # no drawing is kept under this mark, so the one of earlier figures goes
    memory.keep(question, _NOTED, drawing, _NOTE_BYTES)
    found: bytes | None = memory.get(drawing, _NOTED)
    return found if found is not None else _in_turn(memory, drawing, spec, kind)


def _in_turn(memory: Remembered, drawing: Hashable, spec: Spec, kind: Drawn) -> bytes:
    with _turns.taken():
        found: bytes | None = memory.get(drawing, _NOTED)  # who went before may have drawn the same
        if found is None:
            found = _drawn(spec, kind)
            memory.keep(drawing, _NOTED, found, len(found) + _NOTE_BYTES)
        return found


def _drawn(spec: Spec, kind: Drawn) -> bytes:
    svg = vl_convert.vegalite_to_svg(spec, vl_version="5.21", allowed_base_urls=[])
    return svg.encode() if kind == "svg" else vl_convert.svg_to_png(svg, scale=_SCALE)
