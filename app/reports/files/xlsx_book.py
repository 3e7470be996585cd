"""The workbook of a report: formats, headings and print set-up of its sheets."""

import io
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from math import ceil
from typing import NamedTuple
from unicodedata import east_asian_width

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from app.reports.report import ProgressReport
from app.workbooks import SAFE_OPTIONS

Column = tuple[str, int]
"""A title and a width in characters."""
Colours = tuple[str, str]
"""Background and text."""
FONT = {"vi": "Times New Roman", "en": "Times New Roman", "ja": "MS Mincho"}
TIME = {"vi": "dd/mm/yyyy hh:mm", "en": "yyyy-mm-dd hh:mm", "ja": "yyyy/mm/dd hh:mm"}
LINE_HEIGHT = 15.5
A4 = 9


class SignedCount(int):
    """A difference of two counts, written with its sign."""


class CellFormats(NamedTuple):
    """The formats of cells by the type of their value."""

    text: Format
    count: Format
    change: Format
    share: Format
    time: Format


class ReportWorkbook:
    """A workbook, with the formats that its sheets share."""

    def __init__(self, report: ProgressReport, out: io.BytesIO) -> None:
        self.report = report
        self.workbook: Workbook = xlsxwriter.Workbook(out, SAFE_OPTIONS)
        created = report.as_of.astimezone(UTC).replace(tzinfo=None)  # so that equal reports have equal bytes
        self.workbook.set_properties({"title": report.title, "created": created})
        self.title = self._format(bold=True, font_size=14)
        self.note = self._format(text_wrap=True, valign="top")
        self.head = self._format(bold=True, border=1, bg_color="#D9E2F3", text_wrap=True, align="center")
        self.cells = self._looks()
        self.sums = self._looks(bold=True, bg_color="#F2F2F2")

    def sheet(self, name: str, columns: Sequence[Column], *, keep: int, note: str = "") -> "ReportSheet":
        """A sheet whose header row and first `keep` columns stay in sight, with a note of its own in the heading."""
        return ReportSheet(self, self.workbook.add_worksheet(self.report.say(f"sheet.{name}")), columns, keep, note)

    def titled(self, columns: Sequence[tuple[str, int]]) -> list[Column]:
        return [(self.report.say(f"col.{key}"), width) for key, width in columns]

    def _looks(self, **properties: object) -> CellFormats:
        return CellFormats(
            text=self._format(border=1, text_wrap=True, indent=1, **properties),
            count=self._format(border=1, align="center", num_format="#,##0", **properties),
            change=self._format(border=1, align="center", num_format="+#,##0;−#,##0;0", **properties),
            share=self._format(border=1, align="center", num_format="0.00%", **properties),
            time=self._format(
                border=1, align="center", num_format=TIME[self.report.lang], text_wrap=True, **properties
            ),
        )

    def _format(self, **properties: object) -> Format:
        font = {"font_name": FONT[self.report.lang], "font_size": 11, "valign": "vcenter"}
        return self.workbook.add_format({**font, **properties})


class ReportSheet:
    """A sheet that is filled row by row below its heading."""

    def __init__(self, book: ReportWorkbook, sheet: Worksheet, columns: Sequence[Column], keep: int, note: str) -> None:
        self._book, self._sheet = book, sheet
        self._widths = [width for _, width in columns]
        self._row = 0
        self._heading(note)
        self._head([title for title, _ in columns], keep)
        self._top = self._row
        _print_setup(sheet)

    def row(self, values: Sequence[object]) -> None:
        """Write values by their type; text never becomes a formula, a link or a number."""
        for column, value in enumerate(values):
            self._write(column, value)
        self._sheet.set_row(self._row, LINE_HEIGHT * _lines(values, self._widths))
        self._row += 1

    def colour(self, first: int, last: int, words: Mapping[str, Colours]) -> None:
        """Colour the cells of some columns by the word in them."""
        for word, (background, text) in words.items():
            look = self._book.workbook.add_format({"bg_color": background, "font_color": text})
            self._when(first, last, {"criteria": "==", "value": f'"{word}"', "format": look})

    def loud(self, column: int) -> None:
        """Highlight the figures of a column that are not zero."""
        look = self._book.workbook.add_format({"bold": True, "font_color": "#842029"})
        self._when(column, column, {"criteria": ">", "value": 0, "format": look})

    def filter(self) -> None:
        """Let the reader filter the rows."""
        if self._row > self._top:
            self._sheet.autofilter(self._top - 1, 0, self._row - 1, len(self._widths) - 1)

    def total(self, values: Sequence[object]) -> None:
        """A last row in bold, which no filter or sorting takes along."""
        for column, value in enumerate(values):
            self._write(column, value, self._book.sums)
        self._sheet.set_row(self._row, LINE_HEIGHT * 1.3)
        self._row += 1

    def chart(self, names: int, part: int, whole: int) -> None:
        """A sheet with bars of a column in front of those of another one, in the order of the rows from the top."""
        report, name, font = self._book.report, self._sheet.get_name(), FONT[self._book.report.lang]
        last = self._top + len(report.lines) - 1
        chart = self._book.workbook.add_chart({"type": "bar"})
        for column, colour in ((whole, "#D6DCE5"), (part, "#2E75B6")):
            chart.add_series(
                {
                    "name": [name, self._top - 1, column],
                    "categories": [name, self._top, names, last, names],
                    "values": [name, self._top, column, last, column],
                    "fill": {"color": colour},
                    "data_labels": {"value": column == part, "position": "inside_base", "font": {"color": "#FFFFFF"}},
                    "gap": 40,
                    "overlap": 100,
                }
            )
        title = f"{report.say('chart')} ({report.say('as_of', moment=report.spoken)})"
        chart.set_title({"name": title, "name_font": {"name": font, "size": 13}})
        chart.set_y_axis({"reverse": True, "num_font": {"name": font, "size": 10}})
        chart.set_x_axis({"min": 0, "major_gridlines": {"visible": True, "line": {"color": "#E7E6E6"}}})
        chart.set_legend({"position": "bottom", "font": {"name": font}})
        sheet = self._book.workbook.add_chartsheet(report.say("sheet.chart"))
        sheet.set_chart(chart)
        sheet.set_landscape()
        sheet.set_paper(A4)

    def _when(self, first: int, last: int, rule: dict[str, object]) -> None:
        """A rule for the rows of some columns, which may be none."""
        if last < first or self._row == self._top:
            return
        self._sheet.conditional_format(self._top, first, self._row - 1, last, {"type": "cell", **rule})

    def _write(self, column: int, value: object, looks: CellFormats | None = None) -> None:
        book, sheet, row = looks or self._book.cells, self._sheet, self._row
        if isinstance(value, str):
            sheet.write_string(row, column, value, book.text)
        elif isinstance(value, datetime):
            sheet.write_datetime(row, column, value, book.time)
        elif isinstance(value, SignedCount):
            sheet.write_number(row, column, value, book.change)
        elif isinstance(value, int | float):
            sheet.write_number(row, column, value, book.share if isinstance(value, float) else book.count)
        else:
            sheet.write_blank(row, column, None, book.count)

    def _heading(self, note: str) -> None:
        report, last = self._book.report, len(self._widths) - 1
        self._sheet.write_string(0, 0, report.title, self._book.title)
        lines = [report.say("as_of", moment=report.spoken), *report.notes, *([note] if note else []), report.summary]
        for row, line in enumerate(lines, 1):
            if last:  # a single cell cannot be merged
                self._sheet.merge_range(row, 0, row, last, "", self._book.note)
            self._sheet.write_string(row, 0, line, self._book.note)
            self._sheet.set_row(row, LINE_HEIGHT * _lines([line], [sum(self._widths)]))
        self._row = len(lines) + 2

    def _head(self, titles: Sequence[str], keep: int) -> None:
        for column, (title, width) in enumerate(zip(titles, self._widths, strict=True)):
            self._sheet.set_column(column, column, width)
            self._sheet.write_string(self._row, column, title, self._book.head)
        self._sheet.set_row(self._row, LINE_HEIGHT * _lines(titles, [0.8 * width for width in self._widths]))
        self._sheet.repeat_rows(self._row)
        self._row += 1
        self._sheet.freeze_panes(self._row, keep)


def _lines(values: Sequence[object], widths: Sequence[float]) -> int:
    """How many lines the longest text takes: Excel fits a row's height only interactively."""
    texts = ((value, width) for value, width in zip(values, widths, strict=True) if isinstance(value, str))
    return max((ceil(_width(text) / (1.1 * width)) for text, width in texts), default=1) or 1


def _width(text: str) -> float:
    return sum(2.7 if east_asian_width(sign) in "WF" else 1 for sign in text)


def _print_setup(sheet: Worksheet) -> None:
    sheet.set_paper(A4)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.7, right=0.7, top=0.75, bottom=0.75)
    sheet.center_horizontally()
    sheet.set_footer("&C&P / &N")
    sheet.hide_gridlines(1)
    sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})  # codes keep their zeros
