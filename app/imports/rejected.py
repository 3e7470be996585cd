"""The refused rows as they were sent, each with the reason: to be corrected and sent again."""

from collections.abc import Sequence

from app.imports.kept import KeptRow, sent_from_json
from app.imports.reasons import LINE, WHY, reasons
from app.imports.sheets import CELL, HEADER, new_book, write
from app.imports.words import field_of
from app.language import Language


def rejected_workbook(headers: Sequence[str], found: Sequence[KeptRow], language: Language) -> bytes:
    """The columns as they were named, then why, then the line it stood on; the last two are not read again."""
    out, book = new_book()
    sheet = book.add_worksheet("Tiến Độ")
    head, cell, why = book.add_format(HEADER), book.add_format(CELL), book.add_format({**CELL, "bg_color": "#FDE9E7"})
    titles = [*headers, WHY[language], LINE[language]]
    for place, title in enumerate(titles):
        write(sheet, 0, place, title, head)
        sheet.set_column(place, place, 60 if place == len(headers) else 24)
    columns = column_names(headers)
    for number, row in enumerate(found, 1):
        complaints = row.report.complaints
        said = reasons(((column_of(c.pointer, columns), c.code, c.detail) for c in complaints), language)
        for place, value in enumerate(sent_from_json(row.sent)[: len(headers)]):
            write(sheet, number, place, value, cell)
        write(sheet, number, len(headers), said, why)
        write(sheet, number, len(headers) + 1, row.line, cell)
    sheet.freeze_panes(1, 0)
    book.close()
    return out.getvalue()


def column_names(headers: Sequence[str]) -> dict[str, str]:
    """What the file calls each field. A name goes before its code."""
    named: dict[str, str] = {}
    for header in headers:
        if field := field_of(header):
            name = field.removesuffix("_code")
            named[name] = header if name == field else named.get(name, header)
    return named


def column_of(pointer: str, columns: dict[str, str]) -> str | None:
    return columns.get(pointer.split("/")[1]) if "/" in pointer else None
