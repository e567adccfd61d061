"""Files that people share, by their bytes: what is taken, which words are read, and what is refused with a remedy."""

import io
import zipfile
import zlib

import pytest
from docx import Document
from PIL import Image

from schemas.attached import LARGEST, FileUnfit, read_file
from schemas.attachment import in_parts
from tests.support.files import (
    chunk,
    document,
    docx,
    links,
    paragraphs,
    picture,
    properties,
    types,
    zipped,
)

RED = paragraphs("Wie is er nog niet?")
GPS = Image.Exif()
GPS.get_ifd(0x8825).update({1: "N", 2: (52.0, 6.0, 12.0)})
NOTED = Image.Exif()
NOTED[0x013B] = "J. Jansen"  # who made it
PIXELS = picture()
END = PIXELS[-12:]


def refused(name: str, content: bytes) -> str:
    with pytest.raises(FileUnfit) as found:
        read_file(name, content)
    return str(found.value)


def test_what_people_share_is_read_with_all_its_words() -> None:
    for kind, name, media_type in (("PNG", "dia.png", "image/png"), ("JPEG", "foto.JPG", "image/jpeg")):
        for options in ({}, {"optimize": True}) + (({"progressive": True},) if kind == "JPEG" else ()):
            found = read_file(name, picture(kind, **options))
            assert (found.media_type, found.text) == (media_type, "")
    interlaced = PIXELS[:8] + chunk(b"IHDR", bytes((0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 1)))
    assert read_file("een.png", interlaced + chunk(b"IDAT", zlib.compress(b"\x00\x07")) + END).text == ""
    assert read_file("a.txt", "\ufeffWie één?\r\n".encode()).text == "Wie één?\r\n"
    assert read_file("a.md", b"# Lijst\n\n- [x] <https://example.org> 3 < 4\n").media_type == "text/markdown"
    split = "<w:p><w:r><w:t>Bel Jan</w:t></w:r><w:r><w:tab/><w:t>sen</w:t></w:r></w:p>" + paragraphs("Morgen.")
    beside = {
        "word/footnotes.xml": document(paragraphs("Onder aan de bladzijde.")),
        "word/_rels/document.xml.rels": links("hyperlink", "mailto:j.jansen@example.nl"),
        "docProps/core.xml": properties(title="Kernteam", creator=" "),
        "word/media/image1.png": PIXELS,
    }
    words = read_file("lijst.docx", docx(split, beside)).text
    for said in ("Bel Jan\tsen\nMorgen.", "Onder aan de bladzijde.", "mailto:j.jansen@example.nl", "Kernteam"):
        assert said in words
    hidden = '<w:p><w:r><w:drawing><wp:docPr xmlns:wp="w" name="1" descr="Foto van Piet"/></w:drawing></w:r></w:p>'
    assert "Foto van Piet" in read_file("lijst.docx", docx(hidden)).text
    deleted = "<w:p><w:del><w:r><w:delText>Geschrapt</w:delText></w:r></w:del></w:p>"
    assert "Geschrapt" in read_file("lijst.docx", docx(deleted)).text


def test_a_text_is_cut_in_parts_that_fit_and_lose_no_word() -> None:
    text = "\n".join(f"regel {one} " + "woord " * 30 for one in range(200))
    parts = in_parts(text)
    assert max(map(len, parts)) <= 4_000
    assert " ".join(parts).split() == text.split()
    assert in_parts("x" * 9_000) == ("x" * 4_000, "x" * 1_000)


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("../lijst.txt", b"woord", "name that is not plain"),
        ("c:\\lijst.txt", b"woord", "name that is not plain"),
        (".txt", b"woord", "name that is not plain"),
        ("lijst\r\n.txt", b"woord", "name that is not plain"),
        ("lijst.exe", b"woord", "no kind that can be shared"),
        ("lijst.pdf", b"%PDF-1.7", "no kind that can be shared"),
        ("lijst.txt", b"%PDF-1.7", "cannot be looked through"),
        ("lijst.docx", b"\xd0\xcf\x11\xe0 old Word", "cannot be looked through"),
        ("dia.png", picture("JPEG"), "something else by its bytes"),
        ("dia.jpg", PIXELS, "something else by its bytes"),
        ("lijst.txt", docx(), "something else by its bytes"),
        ("lijst.txt", b"x" * (LARGEST + 1), "larger than 512 KiB"),
        ("lijst.txt", b"", "is empty"),
    ],
)
def test_a_name_or_kind_that_is_not_what_it_says_is_refused(name: str, content: bytes, sentence: str) -> None:
    assert sentence in refused(name, content)


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("foto.jpg", picture("JPEG", exif=GPS), "EXIF"),
        ("foto.jpg", picture("JPEG", comment=b"door J. Jansen"), "EXIF"),
        ("foto.jpg", picture("JPEG", icc_profile=b"x" * 200), "EXIF"),
        ("dia.png", picture("PNG", exif=NOTED), "holds notes beside its pixels"),
        ("dia.png", PIXELS[:-12] + chunk(b"tEXt", b"Author\x00J. Jansen") + END, "holds notes beside its pixels"),
        ("dia.png", PIXELS[:33] + chunk(b"zzZz", b"") + PIXELS[33:], "holds notes beside its pixels"),
        ("dia.png", PIXELS + docx(), "goes on behind the end"),
        ("foto.jpg", picture("JPEG") + docx(), "goes on behind the end"),
        ("foto.jpg", picture("JPEG")[:-2], "no whole JPEG"),
        ("dia.png", PIXELS[:-12], "no whole PNG"),
        ("dia.png", PIXELS[:50] + bytes((PIXELS[50] ^ 1,)) + PIXELS[51:], "no whole PNG"),
        (
            "dia.png",
            PIXELS[:8] + chunk(b"IHDR", bytes((0, 0, 0x27, 0x10, 0, 0, 0x27, 0x10, 8, 2, 0, 0, 0))) + PIXELS[33:],
            "more than 16 million",
        ),
        ("dia.png", PIXELS[:33] + chunk(b"IDAT", zlib.compress(bytes(90_000_000), 9)) + END, "unpacks to more"),
    ],
)
def test_a_picture_with_more_than_its_pixels_is_refused(name: str, content: bytes, sentence: str) -> None:
    assert sentence in refused(name, content)


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.txt", b"\xff\xfe\x00", "no text in UTF-8"),
        ("a.txt", b"een\x00twee", "signs that nobody sees"),
        ("a.txt", "om\u202edraai".encode(), "signs that nobody sees"),
        ("a.txt", b"  \n", "holds no words"),
        ("a.txt", b"\n <!DOCTYPE html><p>", "begins like a web page"),
        ("a.md", b"Zie <script>alert(1)</script>", "holds HTML"),
        ("a.md", b"[hier](javascript:alert(1))", "holds HTML or a link that runs"),
        ("a.md", b"[hier](&#106;avascript&colon;alert(1))", "holds HTML or a link that runs"),
        ("a.md", b"[hier](" + b" " * 400_000 + b"< data:text/html,x)", "holds HTML or a link that runs"),
        ("a.md", b"![x](https://example.org/volgt-u.png)", "picture from elsewhere"),
    ],
)
def test_a_text_that_hides_or_runs_something_is_refused(name: str, content: bytes, sentence: str) -> None:
    assert sentence in refused(name, content)


def with_data_between() -> bytes:
    """Return an archive with data that stands in none of its parts, behind the first one."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("[Content_Types].xml", types())
        made.write(b"hidden")
        archive.start_dir = made.tell()
        archive.writestr("word/document.xml", document(RED))
    return made.getvalue()


def field(instruction: str) -> str:
    """Return a field whose instruction is cut over runs, as Word may do."""
    halves = (instruction[:3], instruction[3:])
    inner = "".join(f"<w:r><w:instrText>{half}</w:instrText></w:r>" for half in halves)
    return f'<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r>{inner}<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (docx(more={"word/vbaProject.bin": b"x"}), "holds macros"),
        (docx(more={"[Content_Types].xml": types("application/vnd.ms-word.document.macroEnabled.main+xml")}), "macros"),
        (docx(more={"word/embeddings/oleObject1.bin": b"x"}), "another file or a control inside"),
        (docx(more={"word/comments.xml": b"<c/>"}), "comments, names of their writers"),
        (docx(more={"word/afdruk.xml": b"<c/>"}), "plain documents do not have"),
        (docx(more={"../buiten.xml": b"<c/>"}), "leads outside"),
        (docx(more={"docProps/core.xml": properties(creator="J. Jansen")}), "names its author"),
        (docx(more={"docProps/core.xml": properties(lastModifiedBy="J. Jansen")}), "names its author"),
        (docx(more={"docProps/app.xml": properties(Manager="J. Jansen")}), "names its author"),
        (docx(more={"word/media/image1.jpg": picture("JPEG", exif=GPS)}), "EXIF"),
        (
            docx(more={"word/_rels/settings.xml.rels": links("attachedTemplate", "https://example.org/a.dotm")}),
            "takes a template",
        ),
        (docx(more={"word/_rels/document.xml.rels": links("image", "https://example.org/a.png")}), "takes a template"),
        (docx(more={"word/_rels/document.xml.rels": links("hyperlink", "file:///c:/a")}), "takes a template"),
        (docx('<w:p><w:ins w:author="J. Jansen"><w:r/></w:ins></w:p>'), "who changed or noted"),
        (docx(field("DDEAUTO c:\\\\windows")), "fetches or runs"),
        (docx(field("AUTHOR")), "names a person"),
        (docx("<!-- van J. Jansen -->"), "notes between its parts"),
        (docx(field("PAGE" + " " * 3_000)), "a field that is too long"),
        (docx('<w:p><w:fldSimple w:instr=" INCLUDETEXT a "/></w:p>'), "fetches or runs"),
        (docx('<w:altChunk r:id="r1"/>'), "another file, a control"),
        (
            docx(more={"word/document.xml": b'<!DOCTYPE w [<!ENTITY a "b">]>' + document(RED)}),
            "declares a document type",
        ),
        (docx(more={"word/document.xml": document(RED)[:-9]}), "no whole document"),
        (docx(more={"word/styles.xml": bytes(17 * 1024 * 1024)}), "unpacks to more"),
        (zipped({"word/document.xml": document(RED)}), "no Word document"),
        (b"PK\x03\x04" + docx(), "belongs to none"),
        (with_data_between(), "belongs to none"),
        (docx() + b"<script>", "belongs to none"),
        (docx().replace(b"word/document.xml", b"word/settings.xml", 1), "no whole document"),
    ],
)
def test_a_document_that_runs_hides_or_names_somebody_is_refused(content: bytes, sentence: str) -> None:
    assert sentence in refused("lijst.docx", content)


def test_what_word_itself_would_leave_in_is_named_with_the_way_to_take_it_out() -> None:
    made = io.BytesIO()
    written = Document()
    written.add_paragraph("Wie is er nog niet?", style="List Bullet")
    written.add_picture(io.BytesIO(PIXELS))
    written.save(made)
    assert "Inspect Document" in refused("lijst.docx", made.getvalue())
    with zipfile.ZipFile(made) as archive:
        kept = {name: archive.read(name) for name in archive.namelist() if not name.startswith("customXml")}
    del kept["docProps/thumbnail.jpeg"]
    assert "names its author" in refused("lijst.docx", zipped(kept))
    kept["docProps/core.xml"] = properties(title="Kernteam")
    assert read_file("lijst.docx", zipped(kept)).text.startswith("Wie is er nog niet?\n")
