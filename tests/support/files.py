"""Files to share and files to refuse, made by the libraries that people's programs use or by hand."""

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from typing import Any

import msgspec
from PIL import Image

from schemas.attached import read_file
from schemas.attachment import AttachmentPublished, in_parts
from schemas.canonical import sha256_hex
from tests.support.items import an_item

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


def picture(kind: str = "PNG", **options: Any) -> bytes:
    """Return a small picture as Pillow writes it."""
    made = io.BytesIO()
    Image.new("RGB", (40, 30), (20, 120, 90)).save(made, kind, **options)
    return made.getvalue()


def chunk(name: bytes, data: bytes) -> bytes:
    """Return one chunk of a PNG."""
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def paragraphs(*texts: str) -> str:
    """Return paragraphs of a Word document."""
    return "".join(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in texts)


def document(body: str) -> bytes:
    """Return the main part of a Word document."""
    return f'<w:document xmlns:w="{_W}" xmlns:r="{_OFFICE}"><w:body>{body}</w:body></w:document>'.encode()


def types(main: str = MAIN) -> bytes:
    """Return the list of what a document's parts are."""
    override = f'<Override PartName="/word/document.xml" ContentType="{main}"/>'
    return f'<Types xmlns="{_PACKAGE}/content-types">{override}</Types>'.encode()


def links(type_: str, target: str) -> bytes:
    """Return the relations of a part: one to something outside of the document."""
    return (
        f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" Type="{_OFFICE}/{type_}" '
        f'Target="{target}" TargetMode="External"/></Relationships>'
    ).encode()


def properties(**said: str) -> bytes:
    """Return a document's own properties."""
    inner = "".join(f"<{name}>{text}</{name}>" for name, text in said.items())
    return f'<cp xmlns="{_PACKAGE}/metadata/core-properties">{inner}</cp>'.encode()


def docx(body: str = paragraphs("Wie is er nog niet?"), more: Mapping[str, bytes] | None = None) -> bytes:
    """Return a Word document with a body, and parts beside it or in the place of its own."""
    parts = {"[Content_Types].xml": types(), "_rels/.rels": b"<Relationships/>", "word/document.xml": document(body)}
    return zipped(parts | dict(more or {}))


def zipped(parts: Mapping[str, bytes]) -> bytes:
    """Return a zip archive."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return made.getvalue()


def an_attachment(
    of: str, content: bytes, file_name: str, item: str = "lijst", /, **changed: Any
) -> AttachmentPublished:
    """Return a file beside an event, as a node makes it; with `changed`, what a node would not say of it."""
    found = read_file(file_name, content)
    said: dict[str, Any] = {
        "of": of, "file_name": file_name, "media_type": found.media_type, "size": len(content),
        "sha256": sha256_hex(content), "text": in_parts(found.text), "content": content,
    }  # fmt: skip
    made = an_item("attachment", item, **(said | changed))
    return msgspec.convert(made, AttachmentPublished)
