"""Names of people and organisations, compared as people compare them."""

import unicodedata
from typing import Final

from .refusal import ReleaseRefused

_SCRIPTS: Final = frozenset({"LATIN", "CYRILLIC", "GREEK"})  # those whose letters look like each other's


class NameMixesScripts(ReleaseRefused):
    """A name with letters of alphabets that look alike, so that it can be taken for another's."""


def same_person(one: str, other: str) -> bool:
    """Tell whether two names are the same but for case, blanks, invisible signs and compatibility letters."""
    return folded(one) == folded(other)


def folded(name: str) -> str:
    """Return what is left of a name without case, double blanks, invisible signs and compatibility letters."""
    plain = unicodedata.normalize("NFKC", name)
    seen = "".join(sign for sign in plain if unicodedata.category(sign) != "Cf")
    return " ".join(seen.split()).casefold()


def check_name(name: str) -> None:
    """Raise NameMixesScripts where a name is written in more than one of the Latin, Cyrillic and Greek alphabets."""
    letters = (sign for sign in unicodedata.normalize("NFKC", name) if sign.isalpha())
    scripts = {unicodedata.name(sign, "").partition(" ")[0] for sign in letters} & _SCRIPTS
    if len(scripts) > 1:
        raise NameMixesScripts(
            f"A name mixes {' and '.join(one.capitalize() for one in sorted(scripts))} letters, which look alike; type "
            "the whole name again in one alphabet."
        )
