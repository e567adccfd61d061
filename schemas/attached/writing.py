"""Plain text and Markdown: words in UTF-8, without a sign that hides, and nothing that a browser would run."""

import html
import re
import unicodedata
from typing import Final

from .refusal import FileUnfit

_PLAIN_CONTROLS: Final = frozenset("\n\r\t")
TURNING: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")  # show text in another order
_HIDDEN: Final = ("Cc", "Co", "Cs")  # alike in every version of Unicode
_OTHERS: Final = ("<!doctype", "<html", "<?xml", "<svg", "<script", "{\\rtf", "#!")
_TAG: Final = re.compile(r"<(?!https://)[a-zA-Z/!?]")
_RUNS: Final = re.compile(r"(?:\]\(|\]:)[\s<]*+(?:javascript|vbscript|data|file)\s*:", re.IGNORECASE)
_PICTURE: Final = re.compile(r"!\[")


def plain_text(content: bytes) -> str:
    """Return the words of a plain text; raises FileUnfit."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FileUnfit("is no text in UTF-8; save it as UTF-8") from None
    if any(one in TURNING or unicodedata.category(one) in _HIDDEN for one in set(text) - _PLAIN_CONTROLS):
        raise FileUnfit("holds signs that nobody sees (control signs, turned text); take them out")
    if not text.strip():
        raise FileUnfit("holds no words")
    if text.lstrip("\ufeff \t\r\n").lower().startswith(_OTHERS):
        raise FileUnfit("begins like a web page, drawing or script; share its words alone")
    return text


def markdown_text(content: bytes) -> str:
    """Return the words of a Markdown text, marks included; raises FileUnfit."""
    text = plain_text(content)
    if _TAG.search(text) or _RUNS.search(html.unescape(text)):  # Markdown reads `&#58;` in a link as what it stands for
        raise FileUnfit("holds HTML or a link that runs something; write it in plain Markdown with links to https")
    if _PICTURE.search(text):
        raise FileUnfit("shows a picture from elsewhere; share the picture as a file of its own")
    return text
