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


def many(number: int, one: str, more: str) -> str:
    """Return a number with its noun, which is given in the singular and the plural."""
    return f"{number} {one if number == 1 else more}"


def counted(number: int, nl: tuple[str, str], en: tuple[str, str]) -> Text:
    """Return a number with what is counted, which is given in the singular and the plural of each language."""
    return Text(many(number, *nl), many(number, *en))
