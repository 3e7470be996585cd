"""What every reader makes of a file: rows with their line in the file, each cell under the field it belongs to."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from app.errors import Complaint, MalformedFile
from app.imports.words import Field, field_of, fits

MOST_ROWS = 100_000
MOST_COLUMNS = 64
HEADER_WITHIN = 30
"""A title and a few lines of guidance may stand above the header."""

Cell = Any
"""A string, number, truth value, date or moment, or nothing; in NDJSON also a list or an object."""
Line = tuple[int, Sequence[Cell]]


class Row(msgspec.Struct, frozen=True, gc=False):
    """`said` holds the cells of the fields that are understood, `sent` all of them in the order of the columns."""

    line: int
    said: dict[Field, Cell]
    sent: tuple[Cell, ...]
    complaints: tuple[Complaint, ...] = ()


@dataclass(frozen=True)
class Table:
    """A file that was opened. `read_as` says how, for whoever wonders.

    Its rows are read whenever they are asked for, so that a large file is never held as cells; of NDJSON the headers
    are complete when all rows were read once.
    """

    source: str
    headers: Collection[str]
    read: Callable[[], Iterable[Row]]
    read_as: dict[str, object] = field(default_factory=dict)

    @property
    def rows(self) -> Iterable[Row]:
        return self.read()


def refused(code: str, detail: str) -> MalformedFile:
    return MalformedFile(detail, errors=[Complaint("", code, detail)])


def table_of(source: str, read: Callable[[], Iterator[Line]], read_as: dict[str, object]) -> Table:
    """The table under the first line that is a header.

    Raises:
        MalformedFile: `no-header`, `duplicate-column`, and as its rows are read `too-many-rows` or `no-rows`.

    """
    header_line, headers, fields = _header(read())

    def rows() -> Iterator[Row]:
        lines = read()
        _header(lines)
        return within_limits(_rows(lines, fields), "the file has a header and no rows")

    columns = {header: name for header, name in zip(headers, fields, strict=True) if header}
    return Table(source, headers, rows, {**read_as, "header_line": header_line, "columns": columns})


def _header(lines: Iterator[Line]) -> tuple[int, list[str], list[Field | None]]:
    for line, cells in lines:
        fields = [field_of(cell) for cell in cells]
        if fits(fields):
            _refuse_duplicates(cells, fields)
            return line, ["" if cell is None else str(cell).strip() for cell in cells], fields
        if line >= HEADER_WITHIN:
            break
    raise no_header()


def no_header() -> MalformedFile:
    return refused(
        "no-header",
        f"none of the first {HEADER_WITHIN} lines is a header: it names at least task (Nhiệm vụ) and "
        "status (Trạng thái)",
    )


def _refuse_duplicates(cells: Sequence[Cell], fields: Sequence[Field | None]) -> None:
    named = [name for name in fields if name]
    for name in named:
        if named.count(name) > 1:
            which = ", ".join(str(cell) for cell, its in zip(cells, fields, strict=True) if its == name)
            raise refused("duplicate-column", f"more than one column is {name}: {which}")


def _rows(lines: Iterator[Line], fields: Sequence[Field | None]) -> Iterator[Row]:
    width = len(fields)
    complaint = Complaint("", "too-many-cells", f"the row has more cells than the header's {width}")
    for line, cells in lines:
        if all(map(blank, cells)):
            continue
        said: dict[Any, Cell] = dict(zip(fields, cells, strict=False))
        if len(cells) < width:
            said |= dict.fromkeys(fields[len(cells) :])
        said.pop(None, None)
        too_wide = len(cells) > width and not all(map(blank, cells[width:]))
        yield Row(line, said, tuple(cells), (complaint,) if too_wide else ())


def within_limits(rows: Iterable[Row], without: str) -> Iterator[Row]:
    """The same rows, refused when there are too many of them or none."""
    count = 0
    for count, row in enumerate(rows, 1):
        if count > MOST_ROWS:
            raise refused("too-many-rows", f"the file has more than {MOST_ROWS} rows; send it in parts")
        yield row
    if not count:
        raise refused("no-rows", without)


def blank(cell: Cell) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())
