"""Parts of an official DOCX document: page, paragraphs, numbering, and its bytes."""

import io
import zipfile
from typing import Any

import docx
from docx.document import Document
from docx.enum.section import WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.table import _Cell
from docx.text.paragraph import Paragraph

from app.language import Language

CENTRE, LEFT, JUSTIFY = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.JUSTIFY
_TAGS = {"vi": "vi-VN", "en": "en-GB", "ja": "ja-JP"}
_LONG_AGO = (1980, 1, 1, 0, 0, 0)


def blank(lang: Language) -> Document:
    """An A4 page by Decree 30/2020/NĐ-CP: margins 20, 20, 30 and 20 mm, Times New Roman 14, numbers at the top."""
    document = docx.Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = (
        Mm(20),
        Mm(20),
        Mm(30),
        Mm(20),
    )
    section.header_distance = Mm(10)
    for name, size in (("Normal", 14), ("Title", 14), ("Heading 1", 14), ("Heading 2", 13)):
        _official(document.styles[name], lang, size, bold=name != "Normal")
    section.different_first_page_header_footer = True
    _speak(document, lang)
    _number_pages(section.header.paragraphs[0])
    return document


def begin_section(document: Document) -> None:
    """A new page whose section numbers its pages from one, and shows no number on its first."""
    section = document.add_section(WD_SECTION.NEW_PAGE)
    numbers = OxmlElement("w:pgNumType")
    numbers.set(qn("w:start"), "1")
    properties = section._sectPr  # noqa: SLF001 - python-docx has no numbers of its own
    for before in properties.findall(qn("w:pgNumType")):
        properties.remove(before)
    properties.insert(list(properties).index(properties.find(qn("w:cols"))), numbers)
    last = document.paragraphs[-1].paragraph_format  # holds the end of the section before, and takes no room
    last.line_spacing = Pt(1)
    last.space_before = last.space_after = Pt(0)


def _official(style: Any, lang: Language, size: int, *, bold: bool) -> None:
    font = style.font
    font.name, font.size, font.bold, font.italic, font.color.rgb = (
        "Times New Roman",
        Pt(size),
        bold,
        False,
        RGBColor(0, 0, 0),
    )
    properties = style.element.get_or_add_rPr()
    fonts = properties.get_or_add_rFonts()
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    for script in ("ascii", "hAnsi", "cs"):
        fonts.set(qn(f"w:{script}"), "Times New Roman")
    fonts.set(qn("w:eastAsia"), "MS Mincho")
    language = properties.find(qn("w:lang"))
    if language is None:
        language = OxmlElement("w:lang")
        properties.append(language)
    _tag(language, lang)
    spacing = style.paragraph_format
    spacing.space_before, spacing.space_after, spacing.line_spacing = Pt(0), Pt(0), 1.0
    borders = style.element.get_or_add_pPr().find(qn("w:pBdr"))
    if borders is not None:  # Word's own title is underlined in blue
        style.element.pPr.remove(borders)


def _speak(document: Document, lang: Language) -> None:
    """The language of everything."""
    for found in document.styles.element.iter(qn("w:lang")):
        _tag(found, lang)


def _tag(element: Any, lang: Language) -> None:
    """Latin letters and figures of a Japanese text are not Japanese: they would be broken at any letter."""
    element.set(qn("w:val"), "en-US" if lang == "ja" else _TAGS[lang])
    element.set(qn("w:eastAsia"), _TAGS[lang] if lang == "ja" else "ja-JP")


def speak_vietnamese(made: Paragraph) -> None:
    """Mark text that is Vietnamese whatever the language of the document."""
    for run_ in made.runs:
        language = OxmlElement("w:lang")
        language.set(qn("w:val"), _TAGS["vi"])
        run_._r.get_or_add_rPr().append(language)  # noqa: SLF001


def paragraph(
    where: Document | _Cell,
    text: str = "",
    *,
    align: Any = CENTRE,
    style: str | None = None,
    after: float = 0,
    **look: Any,
) -> Paragraph:
    """A paragraph with one run of text: `bold`, `italic`, `size`."""
    made = where.add_paragraph(style=style)
    made.alignment = align
    made.paragraph_format.space_after = Pt(after)
    if text:
        run(made, text, **look)
    return made


def run(
    into: Paragraph, text: str, *, bold: bool | None = None, italic: bool | None = None, size: float | None = None
) -> None:
    made = into.add_run(text)
    made.bold, made.italic = bold, italic
    if size:
        made.font.size = Pt(size)


def body(document: Document, *parts: tuple[str, bool]) -> Paragraph:
    """A paragraph of the text: justified, its first line indented; each part bold or not."""
    made = paragraph(document, align=JUSTIFY, after=6)
    made.paragraph_format.first_line_indent = Mm(10)
    made.paragraph_format.line_spacing = 1.15
    for text, bold in parts:
        run(made, text, bold=bold)
    return made


def rule(under: Paragraph, width: int, across: int) -> None:
    """A line of `width` mm in the middle under a paragraph that is `across` mm wide."""
    borders, line = OxmlElement("w:pBdr"), OxmlElement("w:top")
    for name, value in (("val", "single"), ("sz", "6"), ("space", "1"), ("color", "000000")):
        line.set(qn(f"w:{name}"), value)
    borders.append(line)
    under.paragraph_format.left_indent = under.paragraph_format.right_indent = Mm((across - width) / 2)
    under.paragraph_format.line_spacing = Pt(6)
    properties = under._p.get_or_add_pPr()  # noqa: SLF001 - python-docx has no borders of its own
    properties.insert_element_before(borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr")


def _number_pages(where: Paragraph) -> None:
    """In the middle of the top margin; none on the first page."""
    where.alignment = CENTRE
    made = where.add_run()
    for kind in ("begin", None, "end"):
        part = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            part.set(qn("w:fldCharType"), kind)
        else:
            part.text = "PAGE"
        made._r.append(part)  # noqa: SLF001


def to_bytes(document: Document) -> bytes:
    """The file, with equal bytes for equal documents: the entries of its archive have a fixed time."""
    _drop_thumbnail(document)
    written, out = io.BytesIO(), io.BytesIO()
    document.save(written)
    with zipfile.ZipFile(written) as parts, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as steady:
        for part in parts.infolist():
            steady.writestr(zipfile.ZipInfo(part.filename, _LONG_AGO), parts.read(part), zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _drop_thumbnail(document: Document) -> None:
    """The picture of an empty page that python-docx's own template comes with."""
    package = document.part.package
    for key, relation in list(package.rels.items()):
        if relation.reltype == RELATIONSHIP_TYPE.THUMBNAIL:
            del package.rels[key]
