"""The form of the DOCX document: its sections, headings, tables and pages."""

import pytest
from docx.oxml.ns import qn
from httpx import AsyncClient

from app.language import LANGUAGES, Language
from app.reports.files import as_docx
from app.reports.report import Letterhead
from tests.conftest import Service
from tests.reports import reading
from tests.reports.conftest import a_report
from tests.reports.test_documents import everything, report
from tests.slowly import in_languages


async def test_each_appendix_names_its_document_and_numbers_its_own_pages(demo: Service) -> None:
    found = reading.document(await report(demo.client("khach"), bulletin=1))
    lines = [one.text.replace("\u00a0", " ") for one in found.paragraphs if one.text.startswith("(Kèm theo Báo cáo số")]
    said = "(Kèm theo Báo cáo số          /BC-BKHCN ngày 27 tháng 6 năm 2025 của Bộ Khoa học và Công nghệ)"
    assert lines == [said, said]
    starts = [section._sectPr.find(qn("w:pgNumType")) for section in found.sections]  # noqa: SLF001
    assert [None if one is None else one.get(qn("w:start")) for one in starts] == [None, "1", "1"]
    assert all(section.different_first_page_header_footer for section in found.sections)
    assert "Kèm theo" not in everything(await report(demo.client("khach"), bulletin=1, lang="en"))


@pytest.mark.parametrize("lang", in_languages("vi"))
async def test_a_screen_reader_knows_languages_headings_and_tables(demo: Service, lang: Language) -> None:
    found = reading.document(await report(demo.client("khach"), bulletin=1, lang=lang))
    tags = {style.element.rPr.find(qn("w:lang")).get(qn("w:val")) for style in (found.styles["Normal"],)}
    assert tags == {{"vi": "vi-VN", "en": "en-GB", "ja": "en-US"}[lang]}
    headings = [one.text for one in found.paragraphs if one.style and one.style.name == "Heading 1"]
    assert len(headings) == 8
    for shown, part in zip(found.tables, found.element.body.findall(qn("w:tbl")), strict=True):
        if shown.style and shown.style.name == "Table Grid":
            assert part.tblPr.find(qn("w:tblCaption")).get(qn("w:val"))
            assert list(part.find(qn("w:tr")).iter(qn("w:tblHeader")))


@pytest.mark.parametrize("lang", LANGUAGES)
async def test_no_page_is_left_empty_and_no_small_table_is_divided(lan: AsyncClient, lang: str) -> None:
    found = reading.document(await report(lan, lang=lang))
    parts = list(found.element.body)
    for place, part in enumerate(parts):
        if not part.tag.endswith("}tbl") or place + 1 == len(parts):
            continue
        ends = [part.find(f"{qn('w:pPr')}/{qn('w:sectPr')}") is not None for part in parts[place + 1 : place + 3]]
        is_empty = not list(parts[place + 1].iter(qn("w:t")))
        assert not (is_empty and ends == [False, True])
        if ends[0]:  # what ends a section takes no room behind a table that fills its page
            spacing = parts[place + 1].find(f"{qn('w:pPr')}/{qn('w:spacing')}")
            assert (spacing.get(qn("w:line")), spacing.get(qn("w:lineRule"))) == ("20", "exact")
    small = [one for one in found.tables if one.style and one.style.name == "Table Grid" and len(one.rows) <= 9]
    for one in small:
        kept = [row.cells[0].paragraphs[0].paragraph_format.keep_with_next for row in one.rows]
        assert kept == [True] * (len(kept) - 1) + [None]


def test_a_title_may_be_as_long_as_a_name_may_be() -> None:
    long = "Tiến độ triển khai “" + "Kết nối mạng truyền số liệu chuyên dùng " * 8 + "”"
    assert reading.document(as_docx.write(a_report(long))).core_properties.title == long[:255]


def test_several_addressees_stand_below_each_other() -> None:
    head = Letterhead("Bộ Nội vụ", "BC-BNV", "Huế", addressees=("A", "B", "C"))
    found = reading.document(as_docx.write(a_report(letterhead=head)))
    lines = [one for one in found.paragraphs if one.text in ("Kính gửi:", "- A;", "- B;", "- C.")]
    indents = [one.paragraph_format.left_indent for one in lines]
    assert len(lines) == 4
    assert indents[0] < indents[1] == indents[2] == indents[3]
