"""An after-action report as files: a page to read or print, and a document to write on in the office."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from results.aar import Review
from results.aar_chapters import Chapter
from results.page import laid_out
from results.tables import Table
from results.wording import say

if TYPE_CHECKING:
    from docx.document import Document

MADE = datetime(2026, 1, 1, tzinfo=UTC)
"""The moment written into every document, so that equal drills give equal files."""
COLOURS = {"good": "1F5582", "poor": "A8322A", "unsure": "8A6410"}
FONTS = {"zh": "宋体", "en": "Calibri"}


def html_text(review: Review) -> str:
    """Lay the report out as a page of its own."""
    return laid_out("aar.html.j2", review.lang, {"review": review})


def docx_bytes(review: Review) -> bytes:
    """Lay the report out as a Word document."""
    from docx import Document

    document = Document()
    _set_up(document, review)
    stamp = document.add_paragraph()
    _run(stamp, review.stamp, bold=True, colour="A8322A")
    document.add_heading(review.title, 0)
    _run(document.add_paragraph(), review.subtitle, bold=True)
    for name, value in review.facts:
        line = document.add_paragraph()
        line.paragraph_format.space_after = 0
        _run(line, f"{name}: " if review.lang == "en" else f"{name}：", bold=True)
        line.add_run(value)
    document.add_heading(say(review.lang, "At a glance"), 1)
    for sentence in review.headline:
        document.add_paragraph(sentence, style="List Bullet")
    for chapter in review.chapters:
        _chapter(document, chapter)
    _signatures(document, review)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def _set_up(document: Document, review: Review) -> None:
    """Set paper, fonts, and the stamp at the head of every page."""
    from docx.oxml.ns import qn
    from docx.shared import Mm, Pt

    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(20)
    section.top_margin = section.bottom_margin = Mm(20)
    for name in ("Normal", "Title", "Heading 1", "List Bullet", "List Number"):
        style: Any = document.styles[name]
        style.font.name = FONTS["en"]
        style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), FONTS["zh"])
    normal: Any = document.styles["Normal"]
    normal.font.size = Pt(10.5)
    head = section.header.paragraphs[0]
    _run(head, f"{review.stamp} · {review.title}", colour="A8322A")
    properties = document.core_properties
    properties.title, properties.author = f"{review.stamp} {review.title}", "Beiqin"
    properties.created = properties.modified = MADE


def _chapter(document: Document, chapter: Chapter) -> None:
    from docx.shared import Mm

    document.add_heading(chapter.title, 1)
    for sentence in chapter.sentences:
        document.add_paragraph(sentence)
    for point in chapter.points:
        document.add_paragraph(point, style="List Bullet")
    if chapter.picture is not None:
        document.add_picture(io.BytesIO(chapter.picture.png), width=Mm(168))
    if chapter.table is not None:
        _table(document, chapter.table)
    for sentence in chapter.after:
        _run(document.add_paragraph(), sentence, colour="666666")


def _table(document: Document, table: Table) -> None:
    """Write a table; its heading is repeated on every page."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    grid = document.add_table(rows=1, cols=len(table.headings))
    grid.style = document.styles["Table Grid"]
    for at, heading in enumerate(table.headings):
        _cell(grid.rows[0].cells[at], heading, bold=True)
    repeated = OxmlElement("w:tblHeader")
    repeated.set(qn("w:val"), "true")
    grid.rows[0]._tr.get_or_add_trPr().append(repeated)  # noqa: SLF001 - python-docx has no other way
    for row in table.rows:
        cells = grid.add_row().cells
        for at, cell in enumerate(row):
            _cell(cells[at], cell.text, colour=COLOURS.get(cell.mark, ""))
            if at not in table.words:
                cells[at].paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
    document.add_paragraph()


def _cell(cell: Any, text: str, *, bold: bool = False, colour: str = "") -> None:  # noqa: ANN401
    from docx.shared import Pt

    run = _run(cell.paragraphs[0], text, bold=bold, colour=colour)
    run.font.size = Pt(9)


def _signatures(document: Document, review: Review) -> None:
    document.add_paragraph()
    for name in review.signatures:
        document.add_paragraph(f"{name}{'：' if review.lang == 'zh' else ': '}{'_' * 24}")


def _run(paragraph: Any, text: str, *, bold: bool = False, colour: str = "") -> Any:  # noqa: ANN401
    from docx.shared import RGBColor

    run = paragraph.add_run(text)
    run.bold = bold
    if colour:
        run.font.color.rgb = RGBColor.from_string(colour)
    return run
