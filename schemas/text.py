"""A text that people read, in both languages."""

import msgspec

from .codes import Language


class Text(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A text in both languages."""

    nl: str
    en: str

    def told(self, lang: Language) -> str:
        """Return the text in one of them."""
        return self.nl if lang == "nl" else self.en
