"""Files beside lessons and items: read from a folder, looked through, and made into a draft like any other item."""

import hashlib
from pathlib import Path
from typing import cast

import msgspec
from sqlalchemy import Connection

from schemas.attached import LARGEST, FileUnfit, read_file
from schemas.attachment import AttachmentPublished, in_parts
from schemas.codes import Language
from schemas.refused import Refused

from . import items
from .items import check_item


class AttachmentRefused(Refused, ValueError):
    """A file that cannot be shared, with what to do about it."""


def read_attachment(
    file: Path, name: str, of: str, language: Language, title: str, alternative: str, licence: str
) -> AttachmentPublished:
    """Read a file that is to stand beside the event `of`; raises AttachmentRefused, and ItemUnreadable of a field."""
    try:
        with file.open("rb") as stream:
            content = stream.read(LARGEST + 1)
    except (FileNotFoundError, IsADirectoryError) as error:
        raise AttachmentRefused(f"{file}: there is no such file; check its name.") from error
    return made_of(file.name, content, str(file), name, of, language, title, alternative, licence)


def made_of(
    file_name: str,
    content: bytes,
    where: str,
    name: str,
    of: str,
    language: Language,
    title: str,
    alternative: str,
    licence: str,
) -> AttachmentPublished:
    """Look the bytes of a file through, and make it what stands beside the event `of`; raises as `read_attachment`.

    `where` is what messages call the file.
    """
    try:
        found = read_file(file_name, content)
    except FileUnfit as error:
        raise AttachmentRefused(f"{where}: this file {error}.") from error
    said = {
        "item": name, "language": language, "title": title, "of": of, "file_name": file_name,
        "media_type": found.media_type, "size": len(content), "sha256": hashlib.sha256(content).hexdigest(),
        "alternative": alternative, "licence": licence, "text": in_parts(found.text), "content": content,
    }  # fmt: skip
    try:
        made = msgspec.convert(said, AttachmentPublished)
    except msgspec.ValidationError as error:
        raise AttachmentRefused(
            "An attachment's name here holds small letters, digits and hyphens, at most 49, and begins with no hyphen."
        ) from error
    check_item(made, where)
    return made


def find(connection: Connection, name: str) -> AttachmentPublished:
    """Return a draft; raises ItemUnknown."""
    found = items.find(connection, AttachmentPublished.noun, name)
    return cast(AttachmentPublished, found)  # what is kept under this noun is nothing else


def drafts(connection: Connection) -> list[AttachmentPublished]:
    """Return every draft in order of its name."""
    return [cast(AttachmentPublished, one) for one in items.drafts(connection, (AttachmentPublished.noun,))]
