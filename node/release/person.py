"""Names of people and organisations, compared as people compare them."""

import unicodedata


def same_person(one: str, other: str) -> bool:
    """Tell whether two names are the same but for case, blanks and look-alike letters."""
    return folded(one) == folded(other)


def folded(name: str) -> str:
    """Return what is left of a name without case, double blanks and compatibility letters."""
    return unicodedata.normalize("NFKC", " ".join(name.split())).casefold()
