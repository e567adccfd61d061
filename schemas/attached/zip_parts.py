"""The parts of a zip archive, unpacked within bounds; an archive with anything before, between or behind is refused."""

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from typing import Final

from .refusal import FileUnfit

MOST_PARTS: Final = 200
LARGEST_UNPACKED: Final = 16 * 1024 * 1024  # bytes, all parts together
_LOCAL, _END = b"PK\x03\x04", b"PK\x05\x06"
_LOCAL_SIZE, _END_SIZE, _CENTRAL_SIZE = 30, 22, 46  # bytes, without names and extras
_LONGEST_EXTRA: Final = 1024  # Word leaves room to grow in its first part
_PLAIN_EXTRA: Final = 40  # bytes: when a part was changed, and whose file it was by number
_OTHER_NAME: Final = b"up"  # the mark of a second name, which some programs read and others do not
_ROOM: Final = b"\x20\xa2"  # the mark of Word's room to grow; behind 8 bytes of it stand zeros
_ENCRYPTED, _SIZES_BEHIND = 0x1, 0x8
_BROKEN: Final = "is no whole document; open it and save it anew"
_BETWEEN: Final = "holds data that belongs to none of its parts; open it and save it anew"


def zip_parts(content: bytes) -> Mapping[str, bytes]:
    """Return every part by its name; raises FileUnfit."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            listed = archive.infolist()
            _check_listed(listed)
            _check_layout(content, listed, archive.start_dir)
            return {one.filename: _unpacked(content, one) for one in listed}
    except FileUnfit:
        raise
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, RuntimeError, ValueError):
        raise FileUnfit(_BROKEN) from None


def _check_listed(listed: list[zipfile.ZipInfo]) -> None:
    if not 0 < len(listed) <= MOST_PARTS or sum(one.file_size for one in listed) > LARGEST_UNPACKED:
        raise FileUnfit(
            f"unpacks to more than {MOST_PARTS} parts or {LARGEST_UNPACKED // (1024 * 1024)} MiB; make it smaller"
        )
    if len({one.filename.lower() for one in listed}) != len(listed):
        raise FileUnfit(_BROKEN)
    for one in listed:
        parts = one.orig_filename.split("/")
        if "\\" in one.orig_filename or "\x00" in one.orig_filename or "" in parts or ".." in parts:
            raise FileUnfit("has a part whose name leads outside of it; open it and save it anew")
        stored_or_deflated = one.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
        if one.flag_bits & _ENCRYPTED or not stored_or_deflated or one.comment:
            raise FileUnfit("is locked with a password or packed in an unusual way; save it anew without a password")
        _check_extra(one.extra)


def _check_extra(extra: bytes) -> None:
    is_room = extra.startswith(_ROOM) and len(extra) <= _LONGEST_EXTRA and not any(extra[8:])
    if len(extra) > _PLAIN_EXTRA and not is_room:
        raise FileUnfit(_BETWEEN)
    at = 0
    while at < len(extra):
        if extra[at : at + 2] == _OTHER_NAME:
            raise FileUnfit("has a part with two names; open it and save it anew")
        at += 4 + int.from_bytes(extra[at + 2 : at + 4], "little")


def _check_layout(content: bytes, listed: list[zipfile.ZipInfo], directory: int) -> None:
    """Hold the archive to its list: part behind part from the first byte on, then the list, then the end."""
    ends: tuple[int, ...] = (0,)
    for one in sorted(listed, key=lambda one: one.header_offset):
        at = one.header_offset
        if at not in ends or not content.startswith(_LOCAL, at):
            raise FileUnfit(_BETWEEN)
        named, packed = _described(content, one)
        if (
            content[at + 8 : at + 10] != one.compress_type.to_bytes(2, "little")
            or named[0] != one.orig_filename.encode()
        ):
            raise FileUnfit(_BROKEN)
        _check_extra(named[1])
        end = packed + one.compress_size
        ends = (end + 12, end + 16) if one.flag_bits & _SIZES_BEHIND else (end,)
    raw = sum(_CENTRAL_SIZE + len(one.orig_filename.encode()) + len(one.extra) for one in listed)
    last = content[-_END_SIZE:]
    if directory not in ends or directory + raw + _END_SIZE != len(content) or not last.startswith(_END):
        raise FileUnfit(_BETWEEN)


def _described(content: bytes, one: zipfile.ZipInfo) -> tuple[tuple[bytes, bytes], int]:
    """Return the name and the extra that stand before a part itself, and where its packed bytes begin."""
    sizes = one.header_offset + 26
    name = one.header_offset + _LOCAL_SIZE
    extra = name + int.from_bytes(content[sizes : sizes + 2], "little")
    packed = extra + int.from_bytes(content[sizes + 2 : sizes + 4], "little")
    return (content[name:extra], content[extra:packed]), packed


def _unpacked(content: bytes, one: zipfile.ZipInfo) -> bytes:
    """Return a part as it is unpacked to its last packed byte, and no further than its size: `zipfile` does neither."""
    _, start = _described(content, one)
    part = content[start : start + one.compress_size]
    if one.compress_type == zipfile.ZIP_DEFLATED:
        unpack = zlib.decompressobj(-zlib.MAX_WBITS)
        part = unpack.decompress(part, one.file_size + 1)
        if not unpack.eof or unpack.unused_data:
            raise FileUnfit(_BETWEEN)
    if len(part) != one.file_size or zlib.crc32(part) != one.CRC:
        raise FileUnfit(_BROKEN)
    return part
