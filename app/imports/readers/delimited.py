"""CSV as people and Excel save it: commas, semicolons or tabs, a title above the header, rows over several lines."""

import csv
import io
import re
from collections.abc import Iterator

from app.imports.readers.encoding import decode
from app.imports.readers.table import HEADER_WITHIN, Table, no_header, refused, table_of
from app.imports.words import field_of, fits

_DELIMITERS = (",", ";", "\t")
_LINE = re.compile(r"[^\r\n]*(?:\r\n?|\n)|[^\r\n]+")
"""Lines one by one: a file object of a text would hold all of it once more, at four bytes a letter."""
_LONGEST_CELL = 32_767
"""What a cell of Excel can hold."""


def read_delimited(body: bytes) -> Table:
    """The rows of a CSV file."""
    if body.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise refused("wrong-magic", "this is an Excel file, not CSV; send it with the content type of .xlsx")
    text, encoding = decode(body)
    if not text.strip():
        raise refused("no-rows", "the file is empty")
    delimiter = _delimiter(text)

    def lines() -> Iterator[tuple[int, list[str]]]:
        return _lines(decode(body)[0], delimiter)  # the text is let go between two readings

    return table_of("csv", lines, {"encoding": encoding, "delimiter": delimiter})


def _delimiter(text: str) -> str:
    """The one under which the header names most fields."""
    best, most = None, 0
    for delimiter in _DELIMITERS:
        named = max((_named(cells) for cells in _beginning(text, delimiter)), default=0)
        best, most = (delimiter, named) if named > most else (best, most)
    if best is None:
        raise no_header()
    return best


def _named(cells: list[str]) -> int:
    fields = [field_of(cell) for cell in cells]
    return sum(field is not None for field in fields) if fits(fields) else 0


def _beginning(text: str, delimiter: str) -> Iterator[list[str]]:
    head = "\n".join(text[: HEADER_WITHIN * 4000].splitlines()[:HEADER_WITHIN])
    try:
        yield from csv.reader(io.StringIO(head, newline=""), delimiter=delimiter)
    except csv.Error:
        return


def _lines(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Each row with the line it begins on. Excel's own `sep=;` on the first line is no row."""
    written = (line[0] for line in _LINE.finditer(text))
    reader = csv.reader(written, delimiter=delimiter, strict=True)
    begins = 1
    try:
        for cells in reader:
            if not (begins == 1 and text[:4].lower() == "sep="):
                yield begins, cells
            begins = reader.line_num + 1
    except csv.Error as error:
        raise refused("malformed-csv", f"the row that begins on line {begins} is not CSV: {error}") from None
