"""The work of reading grows with the file and not faster: ten times the input takes ten times the steps."""

import gc
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from app.imports.reading.rows import Source
from tests.imports.corpus.case import Kept, read_here
from tests.imports.corpus.parts import book, line, lines, merged, relationships, sheet

HEADER = "Đơn vị,Nhiệm vụ,Trạng thái,Thời điểm,Ghi chú,Minh chứng\n"
Make = Callable[[int], bytes]


def rows_of_csv(count: int) -> bytes:
    row = '38,việc {},Hoàn thành,27/06/2025 17:{:02},"ghi chú {}",https://a.vn/{}\n'
    return (HEADER + "".join(row.format(n, n % 60, n, n) for n in range(count))).encode()


def rows_of_workbook(count: int) -> bytes:
    rows = (("38", f"việc {n}", "Hoàn thành", 45835 + n % 100 / 100, f"ghi chú {n}") for n in range(count))
    return book(sheet(lines(("Đơn vị", "Nhiệm vụ", "Trạng thái", "Thời điểm", "Ghi chú"), *rows)))


def odd_rows(count: int) -> bytes:
    return (HEADER + "".join(f"38,mục {n},lạ {n},hôm qua {n},é? {n},liên kết {n}\n" for n in range(count))).encode()


def no_rows(count: int) -> bytes:
    return (
        HEADER + "38,a,Hoàn thành\n" + "".join(f"Mục {n},,,,,\nTổng cộng {n},,,,,\n" for n in range(count))
    ).encode()


def merges(count: int) -> bytes:
    rows = [line(n, f"xã {n}", "a", "completed") for n in range(2, count * 2 + 2)]
    areas = merged(*(f"A{n}:A{n + 1}" for n in range(2, count * 2 + 2, 2)))
    return book(sheet(lines(("unit", "task", "status")) + "".join(rows), areas))


def hyperlinks(count: int) -> bytes:
    rows = "".join(line(n, "a", "completed", "xem") for n in range(2, count + 2))
    links = "".join(f'<hyperlink ref="C{n}" r:id="r{n}"/>' for n in range(2, count + 2))
    targets = relationships([(f"r{n}", "hyperlink", f"https://a.vn/{n}") for n in range(2, count + 2)])
    content = sheet(lines(("task", "status", "evidence")) + rows, f"<hyperlinks>{links}</hyperlinks>")
    return book(content, parts={"xl/worksheets/_rels/sheet1.xml.rels": targets})


def shared(count: int) -> bytes:
    strings = "".join(f"<si><t>việc {n}</t><rPh><t>x</t></rPh></si>" for n in range(count))
    cells = "".join(
        f'<row r="{n + 2}"><c r="A{n + 2}" t="s"><v>{n}</v></c><c r="B{n + 2}" t="str"><v>blocked</v></c></row>'
        for n in range(count)
    )
    return book(sheet(lines(("task", "status")) + cells), strings=strings)


def lines_of_json(count: int) -> bytes:
    return "\n".join(f'{{"task":"a{n}","status":"completed","f{n % 90}":1}}' for n in range(count)).encode()


def fields_of_json(count: int) -> bytes:
    return ('{"task":"a","status":"completed",' + ",".join(f'"f{n}":1' for n in range(count)) + "}").encode()


def long_note(count: int) -> bytes:
    return (HEADER + "38,a,Hoàn thành,," + "đã\u200b làm " * (count // 4)).encode()


def many_links(count: int) -> bytes:
    return (HEADER + "38,a,Hoàn thành,,," + '"' + ";https://a.vn\n" * (count // 10) + '"').encode()


def wide(count: int) -> bytes:
    return (HEADER + "38,a,Hoàn thành" + ",x" * count).encode()


def empty_rows(count: int) -> bytes:
    data = "".join(f'<row r="{n}"><c r="A{n}" s="1"/></row>' for n in range(3, count + 3))
    return book(sheet(lines(("task", "status"), ("a", "completed")) + data))


SHAPES: dict[str, tuple[Source, Make]] = {
    "rows of CSV": ("csv", rows_of_csv),
    "rows of a workbook": ("xlsx", rows_of_workbook),
    "rows with something wrong": ("csv", odd_rows),
    "lines that are no rows": ("csv", no_rows),
    "merges": ("xlsx", merges),
    "hyperlinks": ("xlsx", hyperlinks),
    "shared strings": ("xlsx", shared),
    "lines of JSON": ("ndjson", lines_of_json),
    "fields of one line of JSON": ("ndjson", fields_of_json),
    "a long note": ("csv", long_note),
    "links in one cell": ("csv", many_links),
    "a wide row": ("csv", wide),
    "formatted empty rows": ("xlsx", empty_rows),
}
COUNT = 300


def steps(source: Source, body: bytes) -> int:
    """Calls, of Python and of C, while a file is read."""
    count = 0

    def step(_: FrameType, event: str, __: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    gc.disable()  # noqa: TID251 - what it would do is counted here
    before = sys.getprofile()
    sys.setprofile(step)
    try:
        read = read_here(source, body)
    finally:
        sys.setprofile(before)
        gc.enable()
    assert isinstance(read, Kept), read
    return count


@pytest.mark.parametrize("shape", SHAPES)
def test_ten_times_the_input_takes_ten_times_the_steps(shape: str) -> None:
    source, make = SHAPES[shape]
    one, ten = steps(source, make(COUNT)), steps(source, make(10 * COUNT))
    assert ten < 11 * one, f"{one} steps became {ten}"
