"""The sheet for a steering committee as PDF and as DOCX, on A4, at most two pages of each.

The PDF is laid out here, so its pages are counted, and its lines made fewer and shorter until there are at most two.
The DOCX is what the PDF says in a type no larger and between margins no wider; whoever opens it lays it out.
"""

import io
import unicodedata
from datetime import datetime
from typing import Final

from docx import Document
from docx.document import Document as DocxDocument
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from fpdf import FPDF, TextStyle, ViewerPreferences, XPos, YPos

from hub.serving.sheet import Sheet, shortened
from hub.serving.sheet_words import WORDS
from hub.serving.spoken import day

MOST_PAGES: Final = 2
_BUDGETS: Final = ((12, 600), (9, 400), (7, 300), (5, 240), (3, 180), (2, 140), (1, 100))  # lines a section, characters
_MARGIN: Final = 20  # millimetres
_ROOM: Final = 35  # at the right: who lacks the type shows a wider one, and its lines must still end on the page
_TITLE, _HEADING, _BODY = 17, 12.5, 10.5  # points
_MOST_LINES, _NARROWEST = 102, 190  # lines on two pages, and letters on a line, that there is room for at most
_CODE: Final = "windows-1252"  # what the fonts that every PDF reader has can write


class SheetTooLong(ValueError):
    """A sheet that does not fit on two pages however much is left out."""


class _Pages(FPDF):
    """A4 pages with a line at the foot that says whose they are and which."""

    def __init__(self, made: Sheet) -> None:
        super().__init__(format="A4")
        self._made = made

    def footer(self) -> None:
        """Write the foot of a page."""
        said = WORDS["footer"].told(self._made.language)
        self.set_y(-15)
        self.set_font("Helvetica", size=8)
        told = said.format(
            name=self._made.name, date=day(self._made.made_on, self._made.language), page=self.page_no(), pages="{nb}"
        )
        self.cell(0, 5, writable(told))


def as_pdf(whole: Sheet) -> bytes:
    """Return the sheet as a PDF with its language, title and outline; raises SheetTooLong."""
    return _fitted(whole)[1]


def as_docx(whole: Sheet) -> bytes:
    """Return the sheet as a DOCX with its language, title and headings; raises SheetTooLong."""
    made, _ = _fitted(whole)
    book = Document()
    section = book.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    for side in ("left_margin", "right_margin", "top_margin", "bottom_margin"):
        setattr(section, side, Cm(_MARGIN / 10))
    _speak(book, made)
    book.add_heading(made.title, level=1)
    for line in made.head:
        book.add_paragraph(line)
    for part in made.sections:
        book.add_heading(part.heading, level=2)
        for line in part.lines:
            book.add_paragraph(line, style="List Bullet")
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def writable(text: str) -> str:
    """Return a text in the letters that the PDF's fonts have: an accent they lack goes, another letter becomes a ?."""
    if _can_write(text):
        return text
    found = []
    for letter in text:
        plain = letter
        if not _can_write(letter):
            plain = "".join(one for one in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(one))
            plain = "".join(one if _can_write(one) else "?" for one in plain)
        found.append(plain)
    return "".join(found)


def _can_write(text: str) -> bool:
    try:
        text.encode(_CODE)
    except UnicodeEncodeError:
        return False
    return text.isprintable()


def _fitted(whole: Sheet) -> tuple[Sheet, bytes]:
    for most, longest in _BUDGETS:
        made = shortened(whole, most, longest)
        if _least_lines(made) > _MOST_LINES:
            continue  # not worth laying out
        pages, body = _laid_out(made)
        if pages <= MOST_PAGES:
            return made, body
    raise SheetTooLong("The sheet does not fit on two pages, however much is left out.")


def _least_lines(made: Sheet) -> int:
    """Return how many lines a sheet takes at least, as if all its letters were of the narrowest."""
    told = [*made.head, *(line for part in made.sections for line in (part.heading, *part.lines))]
    return 1 + sum(-(-len(line) // _NARROWEST) for line in told)


def _laid_out(made: Sheet) -> tuple[int, bytes]:
    pdf = _Pages(made)
    pdf.core_fonts_encoding = _CODE
    pdf.set_margins(_MARGIN, _MARGIN, _ROOM)
    pdf.set_auto_page_break(True, margin=_MARGIN)
    pdf.set_lang(made.language)
    pdf.set_title(made.title)
    pdf.set_author("Regiohelix")
    pdf.set_creation_date(datetime.fromisoformat(made.made_on))
    pdf.viewer_preferences = ViewerPreferences(display_doc_title=True)
    pdf.set_section_title_styles(
        TextStyle("Helvetica", "B", _TITLE, b_margin=2), TextStyle("Helvetica", "B", _HEADING, t_margin=4, b_margin=1)
    )
    pdf.set_font("Helvetica", size=_BODY)
    pdf.add_page()
    pdf.start_section(writable(made.title))
    pdf.set_font("Helvetica", size=_BODY)
    for line in made.head:
        _paragraph(pdf, line)
    for part in made.sections:
        pdf.start_section(writable(part.heading), level=1)
        pdf.set_font("Helvetica", size=_BODY)
        for line in part.lines:
            _paragraph(pdf, line, "•")
    return pdf.page_no(), bytes(pdf.output())


def _paragraph(pdf: FPDF, line: str, bullet: str = "") -> None:
    if bullet:
        pdf.cell(4, 5, bullet)
    pdf.multi_cell(0, 5, writable(line), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    pdf.ln(0.8)


def _speak(book: DocxDocument, made: Sheet) -> None:
    """Write a document's language, title and type."""
    about = book.core_properties
    about.title, about.language, about.author, about.comments = made.title, made.language, "Regiohelix", ""
    about.created = about.modified = datetime.fromisoformat(made.made_on).replace(tzinfo=None)
    for name, size in (("Normal", _BODY), ("List Bullet", _BODY), ("Heading 1", _TITLE), ("Heading 2", _HEADING)):
        style = book.styles[name]
        style.font.size = Pt(size)
        style.paragraph_format.space_after = Pt(2)
        style.paragraph_format.space_before = Pt(6 if name == "Heading 2" else 0)
    spoken = OxmlElement("w:lang")
    spoken.set(qn("w:val"), "nl-NL" if made.language == "nl" else "en-GB")
    book.styles["Normal"].element.get_or_add_rPr().append(spoken)
