"""Files that travel beside words: which kinds there are, and what each may hold, told from the bytes themselves.

A file is read here and nowhere else, by the node before people look at it and by the hub before it believes the node.
What could run, what names who made it, and what no reader would see is refused, each with the way to take it out.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal, get_args

from .docx import docx_text
from .jpeg import check_jpeg
from .png import check_png
from .refusal import FileUnfit
from .writing import markdown_text, plain_text

__all__ = ["FileUnfit"]
MediaType = Literal[
    "image/png",
    "image/jpeg",
    "text/plain",
    "text/markdown",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
]
MEDIA_TYPES: Final[tuple[MediaType, ...]] = get_args(MediaType)
PNG, JPEG, PLAIN, MARKDOWN, DOCX = MEDIA_TYPES
PICTURES: Final = (PNG, JPEG)
LARGEST: Final = 512 * 1024  # bytes of one file; in base64 and with its words well within an event of 2 MiB
MOST_TEXT: Final = 200_000  # characters that can be read in one file
_LONGEST_NAME: Final = 100
_NAME_SIGNS: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ._()-")
_ENDINGS: Final[Mapping[str, MediaType]] = {
    "png": PNG, "jpg": JPEG, "jpeg": JPEG, "txt": PLAIN, "md": MARKDOWN, "docx": DOCX,
}  # fmt: skip
_SIGNS: Final[Mapping[bytes, MediaType | None]] = {
    b"\x89PNG\r\n\x1a\n": PNG, b"\xff\xd8\xff": JPEG, b"PK": DOCX,
    b"%PDF": None, b"GIF8": None, b"RIFF": None, b"MZ": None, b"\x7fELF": None, b"\xd0\xcf\x11\xe0": None,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ReadFile:
    """What a file is, and every word that can be read in it; of a picture none can."""

    media_type: MediaType
    text: str


def read_file(name: str, content: bytes) -> ReadFile:
    """Read a file by its bytes; raises FileUnfit, whose words are the end of a sentence about the file."""
    ending = check_name(name)
    if not 0 < len(content) <= LARGEST:
        raise FileUnfit(f"is empty or larger than {LARGEST // 1024} KiB; make it smaller, or link to where it lies")
    found = _kind(content, ending)
    if found != _ENDINGS[ending]:
        raise FileUnfit(f"is something else by its bytes than by its name (.{ending}); name it for what it is")
    text = _READERS[found](content)
    if len(text) > MOST_TEXT:
        raise FileUnfit(f"holds more than {MOST_TEXT:,} characters of text; share it in parts")
    return ReadFile(found, text)


def check_name(name: str) -> str:
    """Return the ending of a file's name in small letters; raises FileUnfit where the name could lead elsewhere."""
    stem, _, ending = name.rpartition(".")
    if not (stem.strip(" .") and len(name) <= _LONGEST_NAME and set(name) <= _NAME_SIGNS and name[0].isalnum()):
        raise FileUnfit(
            f"has a name that is not plain: write at most {_LONGEST_NAME} letters, digits, blanks and . _ - ( ), "
            "without a folder, and begin with a letter or digit"
        )
    if ending.lower() not in _ENDINGS:
        raise FileUnfit(f"is of no kind that can be shared; save it as one of {', '.join(_ENDINGS)}")
    return ending.lower()


def _kind(content: bytes, ending: str) -> MediaType:
    for sign, media_type in _SIGNS.items():
        if content.startswith(sign):
            if media_type is None:
                raise FileUnfit(
                    "is by its bytes of a kind that cannot be looked through (such as PDF); save it as DOCX, text or "
                    "a picture"
                )
            return media_type
    return MARKDOWN if ending == "md" else PLAIN


def _no_text(check: Callable[[bytes], int]) -> Callable[[bytes], str]:
    def read(content: bytes) -> str:
        check(content)
        return ""

    return read


_READERS: Final[Mapping[MediaType, Callable[[bytes], str]]] = {
    PNG: _no_text(check_png),
    JPEG: _no_text(check_jpeg),
    PLAIN: plain_text,
    MARKDOWN: markdown_text,
    DOCX: docx_text,
}
