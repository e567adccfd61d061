"""Words of people in a page of Markdown: on one line, every sign shown, and nothing in them a tag, a cell or a link."""

import unicodedata
from typing import Final

# The backslash first: one before another would free the sign behind it. A tag has no sign of its own that all
# renderers pass over, so it is spelt as an entity.
_SPELT: Final = (("\\", "\\\\"), ("<", "&lt;"), ("|", "\\|"), ("[", "\\["), ("`", "\\`"), ("*", "\\*"))


def visible(text: str) -> str:
    """Return a text in which nothing steers a terminal or hides from a reader: such signs are spelt out."""
    return "".join(
        f"\\u{ord(sign):04x}" if unicodedata.category(sign) in ("Cc", "Cf") and sign not in "\n\t" else sign
        for sign in text
    )


def escaped(text: str) -> str:
    """Return a text as it stands in a line or a cell of a Markdown page."""
    lines = (line.strip() for line in text.replace("\t", " ").splitlines())
    shown = visible(" ".join(line for line in lines if line))
    for sign, spelt in _SPELT:
        shown = shown.replace(sign, spelt)
    return shown
