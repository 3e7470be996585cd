"""Files made to hurt: each is refused or complained of by a child process, and none takes its limits to do so."""

from collections.abc import Callable
from typing import Any

import pytest

from app.imports.reader import ChildReaders, FileRefused
from app.imports.reading.rows import ReadRow, Source
from tests.imports.corpus.parts import book, line, lines, merged, sheet, zipped

HEADER = lines(("task", "status", "note"))
GOOD = line(2, "hotlines", "completed", "x")
XML = '<?xml version="1.0"?>'
LAUGHS = (
    '<!DOCTYPE l [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefghi", "bcdefghij", strict=True))
    + "]>"
)


def csv_of(*rows: str) -> bytes:
    return "\n".join(("task,status,note", *rows)).encode()


def numbered(count: int) -> str:
    """Text that does not compress to nothing."""
    return "".join(map(str, range(count)))


def many_unknown_fields() -> bytes:
    return ('{"task":"a","status":"completed",' + ",".join(f'"f{n}":1' for n in range(100_000)) + "}").encode()


def lying_about_its_size() -> bytes:
    body = bytearray(book(sheet(HEADER + GOOD) + b" " * 5_000_000))
    place = body.rindex(len(sheet(HEADER + GOOD) + b" " * 5_000_000).to_bytes(4, "little"))
    body[place : place + 4] = (1000).to_bytes(4, "little")
    return bytes(body)


REFUSED: dict[str, tuple[str, Source, Callable[[], bytes]]] = {
    "a zip bomb": ("too-large", "xlsx", lambda: book(b" " * 200_000_000)),
    "a part that lies about its size": ("malformed-xlsx", "xlsx", lying_about_its_size),
    "70,000 parts": ("too-large", "xlsx", lambda: zipped({f"a{n}": b"" for n in range(70_000)})),
    "an entity bomb": ("document-type", "xlsx", lambda: book(f"{XML}{LAUGHS}<worksheet>&j;</worksheet>".encode())),
    "entities in the strings": (
        "document-type",
        "xlsx",
        lambda: book(sheet(HEADER + GOOD), parts={"xl/workbook.xml": f"{XML}{LAUGHS}<workbook/>".encode()}),
    ),
    "a far cell": (
        "cell-out-of-range",
        "xlsx",
        lambda: book(sheet(HEADER + line(2) + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')),
    ),
    "a row beyond the last": ("malformed-xlsx", "xlsx", lambda: book(sheet(HEADER + '<row r="2000000"/>'))),
    "a bad coordinate": (
        "malformed-xlsx",
        "xlsx",
        lambda: book(sheet(HEADER + '<row r="2"><c r="2A"><v>1</v></c></row>')),
    ),
    "a bad row": ("malformed-xlsx", "xlsx", lambda: book(sheet('<row r="x"/>'))),
    "no xml": ("malformed-xlsx", "xlsx", lambda: book(b"no xml")),
    "a raw NUL": ("malformed-xlsx", "xlsx", lambda: book(sheet(HEADER + GOOD.replace("x", "\0")))),
    "a string that is not there": (
        "malformed-xlsx",
        "xlsx",
        lambda: book(sheet(HEADER + '<row r="2"><c r="A2" t="s"><v>7</v></c></row>')),
    ),
    "cut off": ("malformed-xlsx", "xlsx", lambda: book(sheet(HEADER + GOOD))[:900]),
    "nothing": ("wrong-magic", "xlsx", lambda: b""),
    "text": ("wrong-magic", "xlsx", lambda: b"task,status\n"),
    "300 sheets": ("too-many-sheets", "xlsx", lambda: book({f"S{n}": b"<worksheet/>" for n in range(300)})),
    "one string in a million cells": (
        "too-large",
        "xlsx",
        lambda: book(
            sheet(HEADER + "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(2, 20_000))),
            strings=f"<si><t>{numbered(8000)}</t></si>",
        ),
    ),
    "merges over each other": (
        "too-large",
        "xlsx",
        lambda: book(sheet(HEADER + "".join(line(n, "a", "b") for n in range(2, 3000)), merged(*["A2:IV3000"] * 900))),
    ),
    "a token without an end": (
        "malformed-xlsx",
        "xlsx",
        lambda: book(sheet(f'{HEADER}<c a="{numbered(1_500_000)}"/>')),
    ),
    "too many rows": ("too-many-rows", "csv", lambda: csv_of(*["hotlines,completed"] * 100_001)),
    "half a million quotes": ("malformed-csv", "csv", lambda: csv_of('"' * 500_001)),
    "marks in Windows-1258": (
        "unknown-encoding",
        "csv",
        lambda: csv_of("hotlines,completed,e") + b"\xec\xcc" * 100_000,
    ),
    "a long line in Windows-1258": (
        "unknown-encoding",
        "csv",
        lambda: csv_of("hotlines,completed,") + b"\xea\xec" * 1_000_000,
    ),
    "a million empty lines": ("no-rows", "csv", lambda: csv_of("\n" * 1_000_000)),
}


@pytest.mark.parametrize("name", REFUSED)
async def test_a_hostile_file_is_refused(name: str) -> None:
    code, source, make = REFUSED[name]
    with pytest.raises(FileRefused) as refusal:
        await ChildReaders().read(source, make())
    assert refusal.value.refusal.code == code, refusal.value.refusal


def first(row: ReadRow) -> tuple[str, str]:
    return row.complaints[0].field, row.complaints[0].code


COMPLAINED_OF: dict[str, tuple[tuple[str, str], Source, Callable[[], bytes]]] = {
    "a time to try everything on": (
        ("effective_at", "malformed-time"),
        "csv",
        lambda: b"task,status,time\na,completed," + b"1T" * 30_000,
    ),
    "marks": (("note", "too-long"), "csv", lambda: csv_of("a,completed,e" + "\u0300\u0323" * 60_000)),
    "marks in many cells": (
        ("note", "combining-marks"),
        "csv",
        lambda: csv_of(*["a,completed,e" + "\u0300\u0323" * 1500] * 800),
    ),
    "marks in a name": (("task", "combining-marks"), "csv", lambda: csv_of("e" + "\u0300\u0323" * 140 + ",completed")),
    "a giant cell": (
        ("note", "too-long"),
        "xlsx",
        lambda: book(sheet(HEADER + line(2, "a", "completed", numbered(500_000)))),
    ),
    "600,000 cells": (("", "too-many-cells"), "csv", lambda: csv_of("a,completed" + ",x" * 600_000)),
    "thousands of links": (
        ("evidence", "too-long"),
        "csv",
        lambda: b"task,status,evidence\na,completed," + b";https://a" * 6_000,
    ),
    "100,000 unknown fields": (
        ("", "unknown-field"),
        "ndjson",
        many_unknown_fields,
    ),
    "a deep nest": (
        ("task", "wrong-type"),
        "ndjson",
        lambda: b'{"status":"completed","task":' + b"[" * 900 + b"]" * 900 + b"}",
    ),
    "a deeper nest": (("", "malformed-json"), "ndjson", lambda: b"[" * 200_000),
    "a number without an end": (("", "malformed-json"), "ndjson", lambda: b'{"unit":' + b"9" * 1_000_000 + b"}"),
}


@pytest.mark.parametrize("name", COMPLAINED_OF)
async def test_a_hostile_cell_is_complained_of(name: str) -> None:
    complaint, source, make = COMPLAINED_OF[name]
    read = await ChildReaders().read(source, make())
    assert first(read.rows[0]) == complaint, read.rows[0].complaints[:3]


async def test_complaints_of_a_row_stop_at_a_hundred_and_say_how_many_more() -> None:
    _, source, make = COMPLAINED_OF["100,000 unknown fields"]
    (row,) = (await ChildReaders().read(source, make())).rows
    assert len(row.complaints) == 101
    assert row.complaints[-1].params == {"more": 99_900}


TAKEN: dict[str, tuple[int, Callable[[], bytes]]] = {
    "two million styles": (1, lambda: book(sheet(HEADER + GOOD), styles=f"<cellXfs>{'<xf/>' * 200_000}</cellXfs>")),
    "half a million formatted rows": (
        1,
        lambda: book(
            sheet(HEADER + GOOD + "".join(f'<row r="{n}"><c r="A{n}" s="1"/></row>' for n in range(3, 500_000)))
        ),
    ),
    "a value on the last row": (
        2,
        lambda: book(sheet(HEADER + GOOD + '<row r="1048576"><c r="C1048576"><v>1</v></c></row>')),
    ),
    "100,000 links on one cell": (
        1,
        lambda: book(
            sheet(
                HEADER + GOOD,
                "<hyperlinks>" + "".join(f'<hyperlink ref="A1" r:id="i{n}"/>' for n in range(50_000)) + "</hyperlinks>",
            )
        ),
    ),
}


@pytest.mark.parametrize("name", TAKEN)
async def test_what_is_odd_and_harmless_is_read(name: str) -> None:
    count, make = TAKEN[name]
    assert len((await ChildReaders().read("xlsx", make())).rows) == count


async def test_cells_are_given_back_as_they_were_sent() -> None:
    cells: tuple[Any, ...] = ('<c r="A2"><f>1+1</f></c>', '<c r="B2" t="e"><v>#REF!</v></c>', "a_x0000_b", 1.5)
    body = book(sheet(lines(("task", "status", "note", "STT"), cells)))
    read = await ChildReaders().read("xlsx", body)
    assert read.sent(0) == ({"formula": "1+1", "value": None}, {"error": "#REF!"}, "a␀b", 1.5)
    assert [complaint.code for complaint in read.rows[0].complaints] == [
        "formula-not-calculated",
        "cell-error",
        "nul-character",
    ]
