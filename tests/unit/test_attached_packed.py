"""Documents that are packed to harm: to take the reader's memory or time, to hide bytes, or to fetch from elsewhere."""

import struct
import time
import tracemalloc
import zlib
from collections.abc import Mapping

import pytest

from schemas.attached import FileUnfit, read_file
from tests.support.files import chunk, document, docx, paragraphs, types

BODY = document(paragraphs("Wie is er nog niet?"))
PARTS = {"[Content_Types].xml": types(), "_rels/.rels": b"<Relationships/>", "word/document.xml": BODY}
MEBIBYTE = 1024 * 1024
ROOM = b"\x20\xa2" + struct.pack("<H", 600) + b"\x28\xa0" + struct.pack("<H", 600) + bytes(596)  # as Word leaves it


def packed(
    parts: Mapping[str, bytes], said: int | None = None, tail: bytes = b"", extra: bytes = b"", listed: bytes = b""
) -> bytes:
    """Return an archive by hand; `said` is what it says the size of its text is, `tail` stands behind the packed text.

    `extra` stands beside each part and `listed` in the list.
    """
    out = directory = b""
    for name, part in parts.items():
        deflate = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
        data = deflate.compress(part) + deflate.flush()
        size = len(part)
        if name == "word/document.xml":
            data, size = data + tail, size if said is None else said
        common = struct.pack("<2H2H3I2H", 0, 8, 0, 33, zlib.crc32(part[:size]), len(data), size, len(name), len(extra))
        end = struct.pack("<3H2I", 0, 0, 0, 0, len(out))
        out += b"PK\3\4" + struct.pack("<H", 20) + common + name.encode() + extra + data
        directory += b"PK\1\2" + struct.pack("<2H", 20, 20) + common[:-2] + struct.pack("<H", len(listed)) + end
        directory += name.encode() + listed
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, len(parts), len(parts), len(directory), len(out), 0)
    return out + directory + end


def refused(content: bytes) -> str:
    with pytest.raises(FileUnfit) as found:
        read_file("lijst.docx", content)
    return str(found.value)


def test_a_plain_archive_is_taken_also_with_the_room_that_word_leaves() -> None:
    for made in (packed(PARTS), packed(PARTS, extra=ROOM), packed(PARTS, extra=b"UT\x05\x00\x03time")):
        assert read_file("lijst.docx", made).text == "Wie is er nog niet?"


def test_a_part_that_unpacks_to_more_than_it_says_takes_no_memory() -> None:
    bomb = packed(PARTS | {"word/document.xml": BODY + bytes(100 * MEBIBYTE)}, said=len(BODY))
    tracemalloc.start()
    try:
        assert "belongs to none of its parts" in refused(bomb)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 4 * MEBIBYTE, "no more than the file itself, a few times"


@pytest.mark.parametrize(
    "content",
    [
        packed(PARTS, tail=b"J. Jansen, 111222333"),
        packed(PARTS | {"word/document.xml": BODY + b"<!-- J. Jansen -->"}, said=len(BODY)),
        packed(PARTS, extra=b"\xfe\xca" + struct.pack("<H", 40) + b"J. Jansen".ljust(40)),
        packed(PARTS, listed=b"\xfe\xca" + struct.pack("<H", 40) + b"J. Jansen".ljust(40)),
        packed(PARTS, extra=ROOM[:-9] + b"J. Jansen"),
    ],
)
def test_no_bytes_stay_in_an_archive_that_nobody_read(content: bytes) -> None:
    assert "belongs to none of its parts" in refused(content)


def test_a_part_has_one_name_whoever_reads_it() -> None:
    parts = PARTS | {"word/styles.xml": document("")}
    assert read_file("lijst.docx", packed(parts)).text == "Wie is er nog niet?"
    twice = packed(parts).replace(b"word/styles.xml", b"word/footer.xml", 1)
    assert "no whole document" in refused(twice)
    name = b"word/header9.xml"
    other = b"up" + struct.pack("<HBI", 5 + len(name), 1, zlib.crc32(b"word/document.xml")) + name  # Info-ZIP's field
    assert "two names" in refused(packed(PARTS, listed=b"UT\x01\x00\x03" + other))
    assert "two names" in refused(packed(PARTS, extra=other))


def test_a_few_kilobytes_do_not_keep_a_reader_busy() -> None:
    side = 4_000
    head = struct.pack(">IIBBBBB", side, side, 8, 6, 0, 0, 0)
    pixels = chunk(b"IDAT", zlib.compress(bytes(side * (1 + 4 * side)), 9))
    one = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + pixels + chunk(b"IEND", b"")
    began = time.process_time()
    assert "pixels together" in refused(packed(PARTS | {f"word/media/p{each}.png": one for each in range(15)}))
    scan = b"\xff\xd8\xff\xc0\x00\x0b\x08\x00\x10\x00\x10\x01\x01\x11\x00\xff\xda\x00\x02" + b"\xff\x00" * 7_000_000
    assert "not packed as pictures" in refused(packed(PARTS | {"word/media/p.jpg": scan + b"\xff\xd9"}))
    elements = document("<w:p/>" * 400_000)
    assert "too many parts" in refused(packed(PARTS | {f"word/header{each}.xml": elements for each in range(5)}))
    names = "".join(f' xmlns:a{each}="{each}" a{each}:x="{"y" * 200}"' for each in range(30_000))
    assert "too many parts" in refused(docx(f"<w:p{names}/>"))
    assert time.process_time() - began < 4.0, "it was over a minute"


@pytest.mark.parametrize(
    "drawing",
    [
        '<v:imagedata src="https://example.org/who-opened-it.png"/>',
        '<v:fill althref="\\\\example.org\\share\\a.png"/>',
        '<v:imagedata xmlns:o="o" o:href="file://example.org/a.png"/>',
    ],
)
def test_a_drawing_of_the_older_kind_fetches_nothing(drawing: str) -> None:
    body = f'<w:p><w:r><w:pict><v:shape xmlns:v="v">{drawing}</v:shape></w:pict></w:r></w:p>'
    assert "takes a picture, or leads, elsewhere" in refused(docx(body))
    within = body.replace(drawing, '<v:imagedata r:id="r1" r:href="rId2"/>')
    assert read_file("lijst.docx", docx(within + paragraphs("Ja."))).text == "Ja."
