"""Names that would be formulas, markup or broken files stay what they are: text."""

import io
import zipfile
from dataclasses import replace

import openpyxl
import pytest
from httpx import AsyncClient
from hypothesis import given
from hypothesis import strategies as st

from app.reports.files import as_csv, as_docx, as_markdown, as_xlsx
from app.reports.files.formats import FORMATS
from app.reports.service import plain, without_opening
from app.workbooks import harmless
from tests.reports import reading
from tests.reports.conftest import a_report

FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", ' "=1', '=HYPERLINK("http://x";"y")')
STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@pytest.mark.parametrize("name", FORMULAS)
def test_no_cell_of_the_csv_begins_like_a_formula(name: str) -> None:
    for row in reading.table(as_csv.write(a_report(name))):
        assert not [cell for cell in row if cell.lstrip(' "').startswith(STARTS)]


@given(st.text(alphabet="ab=+-@\t\r\n;,|\"' ＝", max_size=12))
def test_however_a_spreadsheet_splits_the_csv_no_part_begins_like_a_formula(name: str) -> None:
    safe = harmless(name)
    for mark in ";,\t|":
        assert not [part for part in safe.split(mark) if part.strip(" ").startswith(STARTS[:4])]
    assert safe.replace("'", "") == name.replace("'", "")


@pytest.mark.parametrize("name", [*FORMULAS, "http://evil.test", "mailto:x@y", "12", "{=1}"])
def test_the_workbook_holds_text_no_formula_and_no_link(name: str) -> None:
    book = openpyxl.load_workbook(io.BytesIO(as_xlsx.write(a_report(name))))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d"}
    assert all(cell.hyperlink is None for cell in cells)
    assert str(book.worksheets[0]["A1"].value).replace("_x000D_", "\r") == name


def test_markup_in_a_name_is_text_in_markdown() -> None:
    said = as_markdown.write(a_report("<b>[x](javascript:1)</b> | `*_#")).decode()
    assert r"\<b\>\[x\](javascript:1)\</b\> \| \`\*\_\#" in said
    assert "<b>" not in said


def test_template_language_in_a_name_is_text_in_the_document() -> None:
    for name in ("{{ 7*7 }}", "<w:t>x</w:t> & {% for %}"):
        document = reading.document(as_docx.write(a_report(name)))
        assert f"1. {name}: {name}." in reading.text(document)


@pytest.mark.parametrize("form", FORMATS)
def test_the_same_report_is_the_same_bytes(form: str) -> None:
    write = FORMATS[form].write  # type: ignore[index]
    assert write(a_report()) == write(a_report())
    assert write(a_report()) != write(replace(a_report(), provinces_completed=4, statement="Tính đến nay, 4."))


def test_the_document_bears_no_time_of_its_making() -> None:
    with zipfile.ZipFile(io.BytesIO(as_docx.write(a_report()))) as parts:
        assert {part.date_time for part in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert not [part.filename for part in parts.infolist() if "thumbnail" in part.filename]


@pytest.mark.parametrize("form", FORMATS)
async def test_a_title_with_control_characters_is_a_readable_document(lan: AsyncClient, form: str) -> None:
    title = '=cmd|\u0001\u000b\uffff\u2028x"\r\nX-Evil: 1'
    made = await lan.post("/v1/bulletins", json={"as_of": "2025-06-27T17:00:00+07:00", "title": title})
    assert made.status_code == 201
    answer = await lan.get(f"/v1/reports/progress.{form}", params={"bulletin": 1})
    assert answer.status_code == 200
    assert "x-evil" not in answer.headers
    assert answer.headers["content-disposition"] == f'attachment; filename="tien-do_bulletin-1_vi.{form}"'
    if form == "docx":
        assert '=cmd| x" X-Evil: 1' in reading.text(reading.document(answer.content))
    if form == "xlsx":
        assert reading.workbook(answer.content).worksheets[0]["A1"].value == '=cmd| x" X-Evil: 1'


def test_plain_text_is_on_one_line() -> None:
    assert plain("a\x00\r\n\tb\ud800\ufffec") == "a b c"


def test_a_document_says_the_moment_once() -> None:
    moment = "17 giờ ngày 27/6/2025"
    assert without_opening(f"Tính đến {moment}, trong số 34 tỉnh.", moment) == "Trong số 34 tỉnh."
    assert without_opening("2025年6月27日17時現在、34省・市。", "2025年6月27日17時") == "34省・市。"
    assert without_opening("Something else.", moment) == "Something else."
