"""PNG pictures, chunk by chunk: pixels and how to show them, and nothing that tells of who, where or when."""

import zlib
from collections.abc import Iterator
from typing import Final

from .refusal import STRIP_PICTURE, FileUnfit

MOST_PIXELS: Final = 16_000_000
LONGEST_SIDE: Final = 10_000
_SIGN: Final = 8  # bytes before the first chunk
_FRAME: Final = 12  # bytes of a chunk's length, name and sum
_HEAD: Final = 13
_SHOWING: Final = frozenset({b"PLTE", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"pHYs", b"bKGD"})
_LARGEST_SHOWING: Final = 768  # bytes: a palette of 256 colours
_DEPTHS: Final = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}  # by kind of colour
_CHANNELS: Final = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_PASSES: Final = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
_STEP: Final = 1 << 16  # bytes unpacked at once
_BROKEN: Final = "is no whole PNG picture; save it anew"


def check_png(content: bytes) -> int:
    """Return the pixels of a picture; raise FileUnfit where it is damaged, too large, or holds more than those."""
    chunks = list(_chunks(content))
    names = [name for name, _ in chunks]
    if not chunks or names[0] != b"IHDR" or names[-1] != b"IEND" or b"IDAT" not in names or chunks[-1][1]:
        raise FileUnfit(_BROKEN)
    first = names.index(b"IDAT")
    pixels = [data for name, data in chunks if name == b"IDAT"]
    if names[first : first + len(pixels)] != [b"IDAT"] * len(pixels) or names.count(b"IHDR") + names.count(b"IEND") > 2:
        raise FileUnfit(_BROKEN)
    for name, data in chunks[1:-1]:
        if name not in _SHOWING and name != b"IDAT":
            raise FileUnfit(f"holds notes beside its pixels (who made it, where, when); {STRIP_PICTURE}")
        if name != b"IDAT" and (len(data) > _LARGEST_SHOWING or names.count(name) > 1):
            raise FileUnfit(_BROKEN)
    head = chunks[0][1]
    _check_pixels(pixels, _unpacked_size(head))
    return check_sides(*_sides(head))


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    at, name = _SIGN, b""
    while at < len(content):
        if name == b"IEND":
            raise FileUnfit(f"goes on behind the end of its picture; {STRIP_PICTURE}")
        end = at + _FRAME + int.from_bytes(content[at : at + 4])
        name, data = content[at + 4 : at + 8], content[at + 8 : end - 4]
        if end > len(content) or zlib.crc32(name + data) != int.from_bytes(content[end - 4 : end]):
            raise FileUnfit(_BROKEN)
        yield name, data
        at = end


def _unpacked_size(head: bytes) -> int:
    """Return how many bytes the pixels of a picture take unpacked, by its first chunk."""
    if len(head) != _HEAD:
        raise FileUnfit(_BROKEN)
    width, height = _sides(head)
    depth, colour, packing, filtering, interlace = head[8:]
    check_sides(width, height)
    if depth not in _DEPTHS.get(colour, ()) or packing or filtering or interlace > 1:
        raise FileUnfit(_BROKEN)
    bits = depth * _CHANNELS[colour]
    if not interlace:
        return height * (1 + -(-width * bits // 8))
    sides = [(-(-(width - x) // across), -(-(height - y) // down)) for x, y, across, down in _PASSES]
    return sum(rows * (1 + -(-columns * bits // 8)) for columns, rows in sides if columns > 0 and rows > 0)


def _sides(head: bytes) -> tuple[int, int]:
    return int.from_bytes(head[:4]), int.from_bytes(head[4:8])


def check_sides(width: int, height: int) -> int:
    """Return how many pixels there are; raise FileUnfit for none, or more than a screen or page has use for."""
    if not (0 < width <= LONGEST_SIDE and 0 < height <= LONGEST_SIDE and width * height <= MOST_PIXELS):
        raise FileUnfit(f"has no pixels, or more than {MOST_PIXELS // 1_000_000} million; make the picture smaller")
    return width * height


def _check_pixels(packed: list[bytes], size: int) -> None:
    unpack, found = zlib.decompressobj(), 0
    try:
        for data in packed:
            rest = data
            while rest and not unpack.eof:
                found += len(unpack.decompress(rest, _STEP))
                rest = unpack.unconsumed_tail
                if found > size:
                    raise FileUnfit("unpacks to more than its picture holds; save it anew")
            if rest and unpack.eof and rest is data:
                raise FileUnfit(_BROKEN)
        found += len(unpack.flush())
    except zlib.error:
        raise FileUnfit(_BROKEN) from None
    if found != size or not unpack.eof or unpack.unused_data:
        raise FileUnfit(_BROKEN)
