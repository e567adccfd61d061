"""The terms by which lessons are classified, from `terms.yaml`: words that a network may mend without a new version."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import msgspec

from hub.web import words
from schemas.codes import Language
from schemas.plain_yaml import read_yaml


class Term(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A term in both languages; `verified` where its source was found."""

    nl: str
    en: str
    verified: bool

    def label(self, lang: Language) -> str:
        """Return the term, with a word of doubt where its source was not found."""
        said = self.nl if lang == "nl" else self.en
        return said if self.verified else f"{said} ({words.word('not_verified', lang)})"


@cache
def terms() -> Mapping[str, Mapping[str, Term]]:
    """Return the terms by facet and value."""
    data = read_yaml(files(__package__).joinpath("terms.yaml").read_text(encoding="utf-8"))
    as_text = {facet: {str(value): told for value, told in found.items()} for facet, found in data.items()}
    return msgspec.convert(as_text, dict[str, dict[str, Term]])
