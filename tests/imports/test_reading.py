"""What people and Excel make of a table: every way to write it reads the same."""

import unicodedata
from datetime import UTC, date, datetime
from typing import Any

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from app.errors import MalformedFile
from app.imports.readers.delimited import read_delimited
from app.imports.readers.ndjson import read_ndjson
from app.imports.readers.table import Table
from app.imports.readers.workbook import CellError, read_workbook
from app.imports.values import Unreadable, day_of, links_of, moment_of, text_of
from app.imports.words import STATUSES, field_of, status_of
from app.status import Status
from tests.imports.sheets import GOOD, HEADER, csv, saved, workbook

AT = datetime(2025, 6, 27, 10, 0, tzinfo=UTC)
CELL = datetime(2025, 6, 27, 17)  # noqa: DTZ001 - a cell of Excel knows no time zone
TEXT = csv(("Tỉnh Thanh Hóa", "hotlines", "Hoàn thành", "27/06/2025 17:00", "đã công bố, có người trực"))
QUOTED = TEXT.replace("đã công bố, có người trực", '"đã công bố, có người trực"')


def vietnamese_bytes(text: str) -> bytes:
    """Windows-1258 as Excel writes it: letters composed, tones behind them as marks of their own."""
    out = []
    for letter in unicodedata.normalize("NFC", text):
        try:
            out.append(letter.encode("cp1258"))
        except UnicodeEncodeError:
            base, *marks = list(unicodedata.normalize("NFD", letter))
            shapes = [mark for mark in marks if mark in "\u0302\u0306\u031b"]
            tones = [mark for mark in marks if mark not in shapes]
            out.append((unicodedata.normalize("NFC", base + "".join(shapes)) + "".join(tones)).encode("cp1258"))
    return b"".join(out)


ENCODED = {
    "utf-8": QUOTED.encode(),
    "with a mark": QUOTED.encode("utf-8-sig"),
    "utf-16": QUOTED.encode("utf-16"),
    "utf-16 be": b"\xfe\xff" + QUOTED.encode("utf-16-be"),
    "windows-1258": vietnamese_bytes(QUOTED),
    "decomposed": unicodedata.normalize("NFD", QUOTED).encode(),
    "crlf": QUOTED.replace("\n", "\r\n").encode(),
    "cr": QUOTED.replace("\n", "\r").encode(),
    "semicolons": QUOTED.replace(",", ";").encode(),
    "tabs in utf-16": QUOTED.replace(",", "\t").encode("utf-16"),
    "excel's first line": ("sep=;\r\n" + QUOTED.replace(",", ";")).encode(),
    "a title above": ("Sở Thông tin và Truyền thông\n\n" + QUOTED).encode(),
}


@pytest.mark.parametrize("name", ENCODED)
def test_a_csv_reads_the_same_however_it_was_saved(name: str) -> None:
    (row,) = read_delimited(ENCODED[name]).rows
    note = text_of(row.said["note"])
    assert note is not None
    assert note.replace(";", ",").replace("\t", ",") == "đã công bố, có người trực"
    assert (text_of(row.said["unit"]), status_of(row.said["status"])) == ("Tỉnh Thanh Hóa", Status.COMPLETED)
    assert moment_of(row.said["effective_at"]) == AT


def test_a_row_is_named_by_the_line_it_begins_on() -> None:
    text = 'task,status,note\n\nhotlines,completed,"a\nb"\nstaffing,completed,\n'
    assert [row.line for row in read_delimited(text.encode()).rows] == [3, 5]


def test_a_workbook_is_read_cell_by_cell() -> None:
    book: Any = openpyxl.Workbook()
    book.active.title = "Khác"
    book.active.append(("gì", "đó"))
    hidden = book.create_sheet("Ẩn")
    hidden.append(HEADER)
    hidden.append(GOOD)
    hidden.sheet_state = "hidden"
    sheet = book.create_sheet("Báo cáo")
    sheet.append(("Tỉnh Thanh Hóa",))
    sheet.append(())
    sheet.append(("STT", *HEADER, "Số văn bản", "Ngày văn bản"))
    sheet.append((1, 4, "hotlines", "Hoàn thành", CELL, 12.0, 1234, date(2025, 6, 27)))
    sheet.append(())
    sheet.append((2, "#REF!", "hotlines", "Hoàn thành", 45835.708333333336, True, None, 45835))
    sheet["B6"].data_type = "e"
    sheet.row_dimensions[4].hidden = True
    table = read_workbook(saved(book))
    first, second = table.rows
    assert (table.read_as["sheet"], first.line, second.line) == ("Báo cáo", 4, 6)
    assert [text_of(first.said[name]) for name in ("unit", "note", "document_number")] == ["4", "12", "1234"]
    assert (moment_of(first.said["effective_at"]), moment_of(second.said["effective_at"])) == (AT, AT)
    assert day_of(first.said["document_date"]) == day_of(second.said["document_date"]) == date(2025, 6, 27)
    assert isinstance(second.said["unit"], CellError)
    assert text_of(second.said["note"]) == "TRUE"


def test_a_workbook_that_counts_from_1904_means_the_same_day() -> None:
    book: Any = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904
    book.active.append(HEADER)
    book.active.append(("38", "hotlines", "completed", CELL, ""))
    assert moment_of(next(iter(read_workbook(saved(book)).rows)).said["effective_at"]) == AT


def test_a_formula_counts_by_what_it_last_showed() -> None:
    never_calculated = workbook(HEADER, ("38", "hotlines", "completed", "", "=1+1"))
    assert isinstance(next(iter(read_workbook(never_calculated).rows)).said["note"], CellError)


def test_columns_nobody_knows_are_left_out_and_named() -> None:
    table = read_delimited(b"STT,task,status,recorded_at\n1,hotlines,completed,x\n")
    (row,) = table.rows
    assert table.read_as["columns"] == {"STT": None, "task": "task", "status": "status", "recorded_at": None}
    assert set(row.said) == {"task", "status"}


def test_ndjson_takes_the_json_of_the_interface_and_the_words_of_a_file() -> None:
    lines = '\ufeff{"task": "a", "document": {"number": "1", "date": null}}\r\n\n{"Nhiệm vụ": "b", "Ghi chú": "x"}'
    first, second = read_ndjson(lines.encode()).rows
    assert first.said == {"task": "a", "document_number": "1", "document_date": None}
    assert (second.line, second.said) == (3, {"task": "b", "note": "x"})


@pytest.mark.parametrize(
    "written",
    [
        "2025-06-27T10:00:00Z",
        "2025-06-27T17:00:00+07:00",
        "2025-06-27 17:00:00 +07:00".replace(" +", "+"),
        "27/06/2025 17:00",
        "27/6/2025 17:00:00",
        "27-06-2025 17:00",
        "27.06.2025 17:00",
        "17:00 27/06/2025",
        "17:00 ngày 27/06/2025",
        "17h00, ngày 27/6/2025",
        "17h 27/06/2025",
        "17 giờ 00 phút ngày 27/06/2025",
        "2025-06-27 17:00",
        "2025-06-27T17:00",
        CELL,
    ],
)
def test_a_moment_is_understood_as_it_is_written(written: Any) -> None:
    assert moment_of(written) == AT


@pytest.mark.parametrize(
    "written",
    ["06/27/2025", "31/02/2025 10:00", "27/06/25", "27/06/2025 5:00 PM", "hôm qua", "27/06/2025 25:00", "17:00", 45835],
)
def test_a_moment_is_never_guessed(written: Any) -> None:
    with pytest.raises(Unreadable) as refusal:
        moment_of(written)
    assert refusal.value.code == "malformed-time"


def test_a_bare_day_means_its_first_moment_as_in_a_date_cell() -> None:
    assert moment_of("27/06/2025") == moment_of(CELL.replace(hour=0)) == datetime(2025, 6, 26, 17, tzinfo=UTC)


def test_links_are_parted_by_spaces_and_lines() -> None:
    assert links_of(" https://a.vn\nhttps://b.vn  https://c.vn ") == ["https://a.vn", "https://b.vn", "https://c.vn"]


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Đơn vị", "unit"),
        ("ĐƠN VỊ", "unit"),
        ("don vi", "unit"),
        (unicodedata.normalize("NFD", "Trạng thái"), "status"),
        ("Trạng thái *", "status"),
        ("Thời điểm (ngày giờ)", "effective_at"),
        ("effective_at", "effective_at"),
        ("Số văn bản", "document_number"),
        ("状態", "status"),
        ("STT", None),
        ("", None),
        (7, None),
    ],
)
def test_a_header_is_known_by_its_letters(header: object, field: str | None) -> None:
    assert field_of(header) == field


def test_each_word_means_one_status() -> None:
    for status, words in STATUSES.items():
        assert {status_of(word) for those in words.values() for word in those} == {status}
        assert status_of(status.value) is status


def test_gibberish_is_refused_rather_than_stored() -> None:
    with pytest.raises(MalformedFile):
        read_delimited(TEXT.encode().replace(b"\xc3\xb4", b"\xc3", 1))


@pytest.mark.parametrize(
    "table",
    [
        read_delimited(b"title\n\ntask,status\na,completed\nb,blocked\n"),
        read_ndjson(b'{"task": "a", "status": "completed"}\n{"task": "b", "strange": 1}\n'),
        read_workbook(workbook(("task", "status"), ("a", "completed"), ("b", "blocked"))),
    ],
)
def test_the_rows_of_a_file_can_be_read_again(table: Table) -> None:
    assert [row.said["task"] for row in table.rows] == ["a", "b"]
    assert list(table.rows) == list(table.rows)
