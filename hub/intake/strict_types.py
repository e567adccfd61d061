"""The shared payload types with bounds on every number and text, so that one decoding pass checks them all.

A strict type is a subclass of the shared one, made from it field by field: nothing is written down twice.
"""

import types
from typing import Annotated, Any, Final, Union, cast, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta, Struct

from schemas.values import Exact, Rounded, Suppressed

LONGEST_TEXT: Final = 20_000  # characters
_LARGEST_SAFE_INTEGER: Final = 2**53 - 1  # RFC 8785 section 3.2.2.3, as schemas.canonical
_TEXT: Final = Annotated[str, Meta(max_length=LONGEST_TEXT)]
_WHOLE: Final = Annotated[int, Meta(ge=-_LARGEST_SAFE_INTEGER, le=_LARGEST_SAFE_INTEGER)]
_COUNT: Final = Annotated[int, Meta(ge=0, le=_LARGEST_SAFE_INTEGER)]
DECIMAL: Final = r"[0-9]{1,12}(\.[0-9]{1,6})?"
_FIELDS: Final[dict[tuple[type[Struct], str], Any]] = {
    (Exact, "numerator"): _COUNT,
    (Exact, "denominator"): _COUNT | None,
    (Suppressed, "lo"): _COUNT,
    (Suppressed, "hi"): _COUNT | None,
    (Suppressed, "denominator"): _COUNT | None,
    (Rounded, "value"): Annotated[str, Meta(pattern=rf"\A-?{DECIMAL}\Z")],
    (Rounded, "step"): Annotated[str, Meta(pattern=rf"\A(?=[0-9.]*[1-9]){DECIMAL}\Z")],  # above zero
}
_WITH_DEFAULT: Final = 3  # parts of a field's definition
_made: dict[type[Struct], type[Struct]] = {}


def strict(type_: type[Struct]) -> type[Struct]:
    """Return the strict subclass of a struct type; everything it holds is strict as well.

    Instances take no part in garbage collection: they are trees without a way back.
    """
    if type_ not in _made:
        hints = get_type_hints(type_, include_extras=True)
        fields: list[Any] = []
        for field in msgspec.structs.fields(type_):
            bounded = _FIELDS.get((type_, field.name)) or _bounded(hints[field.name])
            has_default = field.default is not msgspec.NODEFAULT
            fields.append((field.name, bounded, field.default) if has_default else (field.name, bounded))
        defaults = [len(one) == _WITH_DEFAULT for one in fields]
        config = type_.__struct_config__
        _made[type_] = msgspec.defstruct(
            f"Strict{type_.__name__}",
            fields,
            bases=(type_,),
            frozen=True,
            forbid_unknown_fields=True,
            gc=False,
            kw_only=defaults != sorted(defaults),  # a field that is asked for stands behind one that is not
            omit_defaults=config.omit_defaults,
            tag_field=config.tag_field,
            tag=config.tag,
        )
    return _made[type_]


def _bounded(hint: Any) -> Any:
    if hint is int:
        return _WHOLE
    if hint is str:
        return _TEXT
    if isinstance(hint, type) and issubclass(hint, Struct):
        return strict(hint)
    if get_origin(hint) is tuple:
        inner = tuple(one if one is ... else _bounded(one) for one in get_args(hint))
        return cast(Any, tuple)[inner]
    if get_origin(hint) in (Union, types.UnionType):
        return Union[tuple(_bounded(one) for one in get_args(hint))]  # noqa: UP007  # built from parts
    return hint
