"""JPEG pictures, segment by segment: the picture and its tables, and no EXIF, place, preview or word."""

from collections.abc import Iterator
from typing import Final

from .png import check_sides
from .refusal import STRIP_PICTURE, FileUnfit

_START: Final = 2  # bytes of the first mark
_APP0, _ADOBE, _SCAN, _END = 0xE0, 0xEE, 0xDA, 0xD9
_FRAMES: Final = (0xC0, 0xC1, 0xC2)  # in one go, or growing sharper
_TABLES: Final = (0xC4, 0xDB, 0xDD)
_WITHIN: Final = frozenset((0x00, *range(0xD0, 0xD8)))  # after 0xFF, inside a picture's data
_NOTES: Final = frozenset((*range(0xE0, 0xF0), 0xFE))  # segments that programs write what they like into
_JFIF: Final = 14  # bytes, where it has no preview
_ADOBE_SIZE: Final = 12
_BROKEN: Final = "is no whole JPEG picture; save it anew"


def check_jpeg(content: bytes) -> int:
    """Return the pixels of a picture; raise FileUnfit where it is damaged, too large, or holds more than those."""
    frames = scans = pixels = 0
    for mark, data in _segments(content):
        if mark in _FRAMES:
            frames += 1
            if len(data) < 6:
                raise FileUnfit(_BROKEN)
            pixels = check_sides(int.from_bytes(data[3:5]), int.from_bytes(data[1:3]))
        elif mark == _SCAN:
            scans += 1
            if not frames:
                raise FileUnfit(_BROKEN)
        elif mark in _NOTES:
            _check_notes(mark, data)
        elif mark not in _TABLES:
            raise FileUnfit(_BROKEN)
    if frames != 1 or not scans:
        raise FileUnfit(_BROKEN)
    return pixels


def _check_notes(mark: int, data: bytes) -> None:
    if mark == _APP0 and len(data) == _JFIF and data.startswith(b"JFIF\x00") and data[12:] == b"\x00\x00":
        return
    if mark == _ADOBE and len(data) == _ADOBE_SIZE and data.startswith(b"Adobe"):
        return
    raise FileUnfit(f"holds notes beside the picture (EXIF: who made it, where, when, a preview); {STRIP_PICTURE}")


def _segments(content: bytes) -> Iterator[tuple[int, bytes]]:
    at = _START
    while True:
        if content[at : at + 1] != b"\xff":
            raise FileUnfit(_BROKEN)
        mark = content[at + 1] if at + 1 < len(content) else 0
        if mark == _END:
            if at + 2 != len(content):
                raise FileUnfit(f"goes on behind the end of its picture; {STRIP_PICTURE}")
            return
        size = int.from_bytes(content[at + 2 : at + 4])
        end = at + 2 + size
        if size < 2 or end > len(content):
            raise FileUnfit(_BROKEN)
        yield mark, content[at + 4 : end]
        at = _after_scan(content, end) if mark == _SCAN else end


def _after_scan(content: bytes, at: int) -> int:
    """Return where the next mark stands behind a picture's data."""
    while (at := content.find(b"\xff", at)) >= 0:
        if at + 1 >= len(content):
            break
        if content[at + 1] not in _WITHIN:
            return at
        at += 2
    raise FileUnfit(_BROKEN)
