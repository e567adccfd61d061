"""What a form sends: its fields as texts and, of a form with files, these as bytes; read whole, within a bound."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qs

from multipart import MultipartError, MultipartSegment, PushMultipartParser, parse_options_header

LONGEST: Final = 512 * 1024  # bytes of a form
LARGEST: Final = 8 * 1024**2  # bytes of the files of a form, together
_MOST_FIELDS: Final = 1000
_MOST_PARTS: Final = 50  # of a form with files
_MOST_DIGITS: Final = 12  # of a length
_DRAINED: Final = 64 * 1024**2  # bytes that are read and thrown away, so that a browser hears why
_PIECE: Final = 64 * 1024
_LONGEST_BOUNDARY: Final = 70  # characters, RFC 2046

Fields = dict[str, list[str]]


class BodyUnfit(ValueError):
    """A body that is too long, no form, or not whole."""


class FilesTooLarge(BodyUnfit):
    """A form whose files are larger than a page takes in."""


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file that came with a form: the name that it has with who sent it, without a folder, and its bytes."""

    name: str
    content: bytes = field(repr=False)


def has_files(environ: dict[str, Any]) -> bool:
    """Tell whether a body is a form with files (RFC 7578)."""
    return str(environ.get("CONTENT_TYPE") or "").startswith("multipart/form-data")


def length_of(environ: dict[str, Any], most: int) -> int:
    """Return how many bytes a body has; raises BodyUnfit where that is no number, or too many."""
    length = environ.get("CONTENT_LENGTH") or "0"
    if not (length.isascii() and length.isdigit() and len(length) <= _MOST_DIGITS) or int(length) > most:
        raise BodyUnfit
    return int(length)


def fields_of(environ: dict[str, Any]) -> Fields:
    """Return a form's fields; raises BodyUnfit."""
    body = _body(environ, LONGEST)
    try:
        given = parse_qs(body.decode("ascii"), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError as error:
        raise BodyUnfit from error
    return {name: [_with_plain_ends(one) for one in values] for name, values in given.items()}


def form_of(environ: dict[str, Any]) -> tuple[Fields, dict[str, SentFile]]:
    """Return the fields of a form with files, and its files by field; raises FilesTooLarge and BodyUnfit."""
    most = LARGEST + LONGEST
    if (length := length_of(environ, 10**_MOST_DIGITS)) > most:
        for _ in range(min(length, _DRAINED) // _PIECE):  # else the connection breaks before the answer is read
            if not environ["wsgi.input"].read(_PIECE):
                break
        raise FilesTooLarge
    fields: Fields = {}
    files: dict[str, SentFile] = {}
    for part, content in _parts(_body(environ, most), environ["CONTENT_TYPE"]):
        if part.name is None:
            raise BodyUnfit
        if part.filename is None:
            fields.setdefault(part.name, []).append(_with_plain_ends(_text(content)))
        elif part.filename:  # a field for which no file was chosen sends one without a name
            files[part.name] = SentFile(re.split(r"[/\\]", part.filename)[-1], content)
    if not fields and not files:
        raise BodyUnfit
    return fields, files


def _parts(body: bytes, content_type: str) -> Iterator[tuple[MultipartSegment, bytes]]:
    """Yield the parts of a form with their content, kept in memory only; raises BodyUnfit where it is not whole."""
    boundary = parse_options_header(content_type)[1].get("boundary", "")
    if not 0 < len(boundary) <= _LONGEST_BOUNDARY:
        raise BodyUnfit
    try:
        with PushMultipartParser(boundary, max_segment_count=_MOST_PARTS, strict=True) as parser:
            part, content = None, bytearray()
            for said in parser.parse(body):
                if isinstance(said, MultipartSegment):
                    part, content = said, bytearray()
                elif said is not None:
                    content += said
                elif part is not None:
                    yield part, bytes(content)
    except (MultipartError, UnicodeDecodeError) as error:
        raise BodyUnfit from error


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BodyUnfit from error


def _with_plain_ends(text: str) -> str:
    """Return a text with the line ends of a script: a form sends CR LF, and both are the same words."""
    return text.replace("\r\n", "\n")


def _body(environ: dict[str, Any], most: int) -> bytes:
    length = length_of(environ, most)
    try:
        body: bytes = environ["wsgi.input"].read(length)
    except (OSError, ValueError) as error:
        raise BodyUnfit from error
    if len(body) != length:
        raise BodyUnfit
    return body
