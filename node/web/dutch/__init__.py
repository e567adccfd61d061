"""Refusals in Dutch: the rest of the house words each in English, and a page shows them in its reader's language.

A sentence is known by its form: `{}` stands for what varies (a file, a row), and where that is itself a known form, it
is put into Dutch as well. What is not known stays English, and pages mark it as such.
"""

import re
from typing import Final

from .acts import ACTS
from .bundles import BUNDLES
from .definitions import DEFINITIONS
from .evaluations import EVALUATIONS
from .extracts import EXTRACTS
from .files import FILES
from .mappings import MAPPINGS
from .reports import REPORTS
from .rounds import ROUNDS
from .sources import SOURCES
from .tables import TABLES
from .words import WORDS

FORMS: Final = {
    **TABLES, **FILES, **SOURCES, **MAPPINGS, **EXTRACTS, **WORDS, **ACTS, **BUNDLES, **DEFINITIONS, **EVALUATIONS,
    **ROUNDS, **REPORTS,
}  # fmt: skip
"""Every form in English with its Dutch."""
_DEEPEST: Final = 4
_POINT: Final = re.compile(r"(?<=\d)\.(?=\d+%)")  # of a percentage


def _pattern(form: str) -> re.Pattern[str]:
    return re.compile("(.+?)".join(map(re.escape, form.split("{}"))), re.DOTALL)


# those that say most come first: a form with fewer words would take their place
_KNOWN: Final = tuple(
    (_pattern(form), dutch)
    for form, dutch in sorted(FORMS.items(), key=lambda pair: len(pair[0].replace("{}", "")), reverse=True)
)


def in_dutch(text: str) -> str | None:
    """Return a sentence of a refusal in Dutch; None where it is of no known form."""
    found = _of(text, 0)
    return None if found is None else _POINT.sub(",", found)


def _of(text: str, deep: int) -> str | None:
    """Return a sentence in Dutch or, deeper, a part of one: what ends in no full stop is never a whole sentence."""
    for pattern, dutch in _KNOWN:
        if (deep or dutch.endswith(".")) and (found := pattern.fullmatch(text)) is not None:
            varies = found.groups()
            return dutch.format(*((deep < _DEEPEST and _of(one, deep + 1)) or one for one in varies))
    return None
