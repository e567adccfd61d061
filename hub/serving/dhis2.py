"""A comparison as a DHIS2 dataValueSet: values, numerators and denominators that are known; a hidden one is left out.

DHIS2 has no word for a figure that is withheld, and an absent value is the only one that nobody takes for 0. What is
left out, and why, stands in `description`; the licence of a figure taken over in its value's `comment`, and there what
the region replies to the comparison. Of a region without a value the reply stands in `description`.
"""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from hub.serving.replies import Reply
from hub.serving.view import IndicatorView, RegionRow
from schemas.values import Exact

_UNITS: Final = {"Q": "{year}Q{number}", "W": "{year}W{number}"}


def as_dhis2(view: IndicatorView) -> bytes:
    """Return the set as JSON (DHIS2 2.40, `dataValueSets`): data elements and organisation units by their codes.

    Data elements are `<indicator>.value`, `.numerator` and `.denominator`; import with the id scheme CODE.
    """
    period = dhis2_period(view.period)
    values = [value for row in view.rows for value in _values(view, row, period)]
    left_out = [f"{row.region}: {row.value.__struct_config__.tag}" for row in view.rows if row.shown is None]
    found: dict[str, Any] = {"period": period, "dataValues": values}
    told = ["Left out, never zero: " + "; ".join(left_out)] if left_out else []
    shown = {row.region for row in view.rows if row.shown is not None}
    told += [f"{one.region}: {_said(one)}" for one in view.replies if one.text is not None and one.region not in shown]
    if told:
        found["description"] = "\n".join(told)
    return json.dumps(found, ensure_ascii=False).encode()


def dhis2_period(period: str) -> str:
    """Return a period as DHIS2 writes it: 2024, 2024Q1, 202403, 2024W10, 20240310."""
    year, _, rest = period.partition("-")
    if rest[:1] in _UNITS:
        return _UNITS[rest[0]].format(year=year, number=int(rest[1:]))
    return year + rest.replace("-", "")


def _values(view: IndicatorView, row: RegionRow, period: str) -> Iterator[dict[str, str]]:
    said: dict[str, Decimal | int | None] = {"value": row.shown}
    if isinstance(row.value, Exact):
        said |= {"numerator": row.value.numerator, "denominator": row.value.denominator}
    replies = [_said(one) for one in view.replies if one.text is not None and one.region == row.region]
    licence = [] if row.licence is None else [f"Licence: {row.licence}"]
    for name, number in said.items():
        comment = "\n".join([*licence, *(replies if name == "value" else [])])
        if number is not None:
            yield {
                "dataElement": f"{view.indicator}.{name}",
                "period": period,
                "orgUnit": row.region,
                **({"attributeOptionCombo": _cut(view)} if view.by else {}),
                "value": str(number),
                "lastUpdated": row.accepted_at,
                **({"comment": comment} if comment else {}),
            }


def _said(one: Reply) -> str:
    return f"Reply ({one.language}, {one.author_role}, as known on {one.as_known_on}): {one.text}"


def _cut(view: IndicatorView) -> str:
    return ",".join(f"{dimension}:{node}" for dimension, node in view.by.items())
