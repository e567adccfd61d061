"""Say which invented provider delivered the care of an invented region, or was paid for it.

Drawn from a stream of its own, so that all else that is invented stays the same to the last byte. The codes have the
place of an AGB code, and cannot be taken for one.
"""

import hashlib
from collections.abc import Collection
from typing import Final

import numpy as np

from .synthetic_people import Columns, People

# providers per municipality of care near home, or per region, and how care is spread over them
_NEAR: Final = {"huisartsenzorg": "HA", "farmacie": "AP", "wijkverpleging": "WV", "overig": "OV"}
_FAR: Final = {"ziekenhuiszorg": "ZH", "ggz": "GZ"}
_SPREAD: Final = (0.45, 0.3, 0.25)


def with_organisations(
    seed: int, people: People, columns: Columns, care: str | None = None, alone: Collection[str] = ()
) -> Columns:
    """Return the rows with the code of a provider in column `instelling`: of one kind of care, or of that in `post`.

    In each municipality three providers of care near home share it, and in the region three hospitals and three
    institutions for mental health. Who lives in a municipality of `alone` gets all care from one organisation there.
    """
    rows = len(columns["bsn"])
    rng = np.random.default_rng([seed, *hashlib.sha256("\n".join(columns).encode()).digest()[:4]])
    drawn = rng.choice(len(_SPREAD), size=rows, p=_SPREAD).tolist()
    lives_in = dict(zip(people.bsn, people.municipality.tolist(), strict=True))
    kinds = columns["post"] if care is None else [care] * rows
    codes = []
    for bsn, kind, number in zip(columns["bsn"], kinds, drawn, strict=True):
        place = lives_in[bsn]
        if people.areas[place] in alone:
            codes.append(f"XA-{seed}-{place + 1}-ALL")
        elif kind in _FAR:
            codes.append(f"XA-{seed}-{_FAR[kind]}{number + 1}")
        else:
            codes.append(f"XA-{seed}-{place + 1}-{_NEAR[kind]}{number + 1}")
    return {**columns, "instelling": codes}
