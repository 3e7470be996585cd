"""CSV as people and Excel save it: commas, semicolons or tabs, a title above the header, rows over several lines."""

import csv
import io
from collections.abc import Iterator

from app.imports.reading.encoding import encoding_of
from app.imports.reading.header import Chosen, Line
from app.imports.reading.limits import HEADER_WITHIN, MOST_COLUMNS, refused
from app.imports.reading.rows import Summary
from app.imports.reading.spanning import Spanning
from app.imports.reading.table import Sink, Source, read_sheet
from app.imports.reading.words.meaning import header_key, meaning_of

_DELIMITERS = (",", ";", "\t", "|")
_CODECS = {"windows-1258": "cp1258"}
_BEGINNING = 120_000


def read_delimited(body: bytes, chosen: Chosen, sink: Sink) -> tuple[Summary, frozenset[str]]:
    """Read the rows of a CSV file.

    Raises:
        FileRefused: it is no CSV, or is refused for what is in it.

    """
    encoding, mark = encoding_of(body)
    text = io.TextIOWrapper(io.BytesIO(body), _CODECS.get(encoding, encoding), newline="")
    beginning = text.read(_BEGINNING)
    if not beginning.strip("\ufeff \t\r\n\0,;"):
        raise refused("no-rows")
    delimiter = _delimiter(beginning.removeprefix("\ufeff"), chosen)
    text.seek(0)
    if mark:
        text.read(1)
    is_spaced = f'{delimiter} "' in beginning
    spanning = Spanning(delimiter)
    lines = _lines(text, spanning, is_spaced=is_spaced)
    source = Source(0, None, lines, {}, frozenset(), spanning=spanning)
    found = read_sheet(source, chosen, sink)
    if found is None:
        raise refused("no-header", within=HEADER_WITHIN)
    sheet, used = found
    return Summary("csv", {"encoding": encoding, "delimiter": delimiter}, (sheet,), ()), used


def _delimiter(beginning: str, chosen: Chosen) -> str:
    """The one under which a line names most fields."""
    if beginning[:4].lower() == "sep=" and beginning[4:5].strip():
        return beginning[4]
    lines = [line[:20_000] for line in beginning.splitlines()[:HEADER_WITHIN]]
    return max(_DELIMITERS, key=lambda mark: max((_named(line, mark, chosen) for line in lines), default=0))


def _named(line: str, delimiter: str, chosen: Chosen) -> int:
    names = [name.strip(' "') for name in line.split(delimiter, MOST_COLUMNS)]
    return len({m.field for name in names if name and (m := meaning_of(name)).field}) + sum(
        header_key(name) in chosen for name in names if name
    )


def _lines(text: io.TextIOWrapper, spanning: Spanning, *, is_spaced: bool) -> Iterator[Line]:
    """Each row with the line it begins on. Excel's own `sep=;` on the first line is no row.

    `is_spaced`: people write a space before a quoted cell, which would end at its first comma otherwise.
    """
    reader = csv.reader(text, delimiter=spanning.delimiter, skipinitialspace=is_spaced, strict=True)
    begins = 1
    try:
        for cells in reader:
            if reader.line_num > begins:
                spanning.lines.add(begins)
            if cells and not (begins == 1 and cells[0][:4].lower() == "sep="):
                yield begins, cells
            begins = reader.line_num + 1
    except csv.Error as error:
        raise refused("malformed-csv", line=begins, reason=str(error)[:100]) from None
