"""Refused rows as a table of their own, which says as much as the file that they stood in. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from app.imports.import_rows import ImportRow, sent_from_json
from app.imports.reading.limits import MOST_COLUMNS
from app.imports.reading.values.cells import LinkCell
from app.imports.reading.values.links import opened_by
from app.imports.shown import SheetColumns
from app.imports.template_texts import LINE, WHY, header_of
from app.language import Language

_UNITS = ("unit", "unit_code")


class RefusedTable(NamedTuple):
    """The columns of a sheet that are read, and a cell for each of them in each refused row."""

    columns: SheetColumns
    cells: list[list[Any]]


def refused_table(
    columns: SheetColumns, rows: Sequence[ImportRow], read_as: Mapping[str, Any], language: Language
) -> RefusedTable:
    """The rows as they were sent, and beside them what was said of them on their sheet or above."""
    adds_units = not {*_UNITS}.intersection(columns.fields) and any(map(_named_above, rows))
    width, kept = len(columns.headers), _to_be_read_again(columns, added=3 if adds_units else 2)
    between = str(read_as.get("delimiter", ","))
    whole = [_as_wide_as(width, sent_from_json(row.sent), between) for row in rows]
    cells = [[_without_link(row[place], columns.fields[place]) for place in kept] for row in whole]
    return _with_units(RefusedTable(columns.only(kept), cells), rows, language)


def _with_units(table: RefusedTable, rows: Sequence[ImportRow], language: Language) -> RefusedTable:
    """With the units that rows lack, or without a column in which nothing stands.

    In such a table an empty unit is missing, as it was in the file: there it stood in other rows.
    """
    above = [_named_above(row) for row in rows]
    places = [place for place, field in enumerate(table.columns.fields) if field in _UNITS]
    if not places:
        return _with_column(table, rows, above, language) if any(above) else table
    if not any(_lacks_unit(row) for row in rows) and not any(cells[place] for cells in table.cells for place in places):
        kept = [place for place in range(len(table.columns.headers)) if place not in places]
        return RefusedTable(table.columns.only(kept), [[cells[place] for place in kept] for cells in table.cells])
    for cells, name in zip(table.cells, above, strict=True):
        if name:
            cells[places[0]] = cells[places[0]] or name
    return table


def _with_column(
    table: RefusedTable, rows: Sequence[ImportRow], above: Sequence[str | None], language: Language
) -> RefusedTable:
    """Where others are named above their rows, each row says whose it is."""
    units = [name or row.report.unit for row, name in zip(rows, above, strict=True)]
    headers, fields = table.columns.headers, table.columns.fields
    columns = SheetColumns.of_titles([header_of("unit", language), *headers], ["unit", *fields])
    return RefusedTable(columns, [[unit, *cells] for unit, cells in zip(units, table.cells, strict=True)])


def _complaints_of_units(row: ImportRow) -> Iterator[Mapping[str, Any]]:
    return (remark.parameters for remark in row.report.remarks if (remark.pointer, remark.code) == ("/unit", "missing"))


def _lacks_unit(row: ImportRow) -> bool:
    return any(True for _ in _complaints_of_units(row))


def _named_above(row: ImportRow) -> str | None:
    """The unit that the sheet or a line above a row names, which is another than the sender's."""
    return next((str(said["above"]) for said in _complaints_of_units(row) if "above" in said), None)


def _without_earlier_reasons(headers: Sequence[str]) -> list[int]:
    """The places of the columns that come back: the reasons of an earlier file of refused rows no longer hold."""
    titles = [header.strip() for header in headers]
    earlier = {
        title for pair in zip(WHY.values(), LINE.values(), strict=True) if {*pair} <= {*titles} for title in pair
    }
    return [place for place, title in enumerate(titles) if title not in earlier]


def _to_be_read_again(columns: SheetColumns, *, added: int) -> list[int]:
    """As many columns as are read beside those that are added: those that are no field go first, from the right."""
    kept = _without_earlier_reasons(columns.headers)
    too_many = max(0, len(kept) + added - MOST_COLUMNS)
    left_out = {*[place for place in reversed(kept) if not columns.fields[place]][:too_many]}
    return [place for place in kept if place not in left_out]


def _as_wide_as(width: int, sent: list[Any], between: str) -> list[Any]:
    """A cell for each column. What a comma too many has parted from the last one stands in it again."""
    cells = [*sent[:width], *[None] * (width - len(sent))]
    if any(beyond := [str(cell) for cell in sent[width:] if cell not in (None, "")]) and width:
        cells[-1] = between.join([*([str(cells[-1])] if cells[-1] not in (None, "") else []), *beyond])
    return cells


def _without_link(cell: Any, field: str | None) -> Any:
    """A cell that opens an address as what it is read as: that is its address under evidence alone."""
    if not (isinstance(cell, Mapping) and "link" in cell):
        return cell
    return opened_by(LinkCell(cell["text"], cell["link"])) if field == "evidence" else cell["text"]
