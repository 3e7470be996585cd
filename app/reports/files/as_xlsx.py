"""The report as a workbook: lines, provinces and matrix, ready to print, without any formula."""

import io

from app.clock import in_vietnam
from app.reports.files.xlsx_book import Colours, ReportWorkbook
from app.reports.report import Line, ProgressReport, Province
from app.reports.words import listed

LIGHTS: dict[str, Colours] = {
    "green": ("#E2F0D9", "#1E5B20"),
    "yellow": ("#FFF2CC", "#6B4E00"),
    "red": ("#F8D7DA", "#842029"),
}
STATES: dict[str, Colours] = {
    "verified": ("#A9D08E", "#12400F"),
    "completed": ("#E2F0D9", "#1E5B20"),
    "in_progress": ("#DDEBF7", "#1F3864"),
    "blocked": ("#F8D7DA", "#842029"),
    "not_started": ("#FFFFFF", "#404040"),
}
"""Colours of states; they only repeat the word in the cell."""
LINE_COLUMNS = (
    ("position", 6), ("name", 38), ("completed", 10), ("total", 9), ("completion", 10), ("verified", 8),
    ("in_progress", 8), ("blocked", 8), ("not_started", 8), ("tasks_completed", 9), ("tasks_total", 9),
    ("tasks_verified", 9), ("on_time", 8), ("late", 8), ("overdue", 8),
)  # fmt: skip
STATEMENT_COLUMNS = (("position", 6), ("name", 34), ("statement", 60), ("missing", 56))
PROVINCE_COLUMNS = (
    ("rank", 6), ("code", 5), ("province", 17), ("light", 7), ("reasons", 21), ("first", 40), ("reporting", 10),
    ("categories", 8), ("categories_total", 8), ("tasks_completed", 8), ("tasks_total", 8),
    ("tasks_verified", 8), ("tasks_blocked", 8), ("overdue", 7), ("updated", 18),
)  # fmt: skip


def write(report: ProgressReport) -> bytes:
    out = io.BytesIO()
    book = ReportWorkbook(report, out)
    _lines(book)
    _statements(book)
    _provinces(book)
    _matrix(book)
    book.workbook.close()
    return out.getvalue()


def _lines(book: ReportWorkbook) -> None:
    sheet = book.sheet("report", book.titled(LINE_COLUMNS), keep=2)
    for line in book.report.lines:
        sheet.row(_line(line))
    keys = [key for key, _ in LINE_COLUMNS]
    sheet.loud(keys.index("overdue"))
    sheet.filter()
    if book.report.lines:
        sheet.total(_totals(book.report))
        sheet.chart(keys.index("name"), keys.index("completed"), keys.index("total"))


def _totals(report: ProgressReport) -> list[object]:
    """Of the columns that can be added up; of the provinces, those that have completed everything."""
    lines, done, whole = report.lines, report.provinces_completed, report.provinces_total
    tasks = [
        sum(getattr(line, name) for line in lines)
        for name in ("tasks_completed", "tasks_total", "tasks_verified", "on_time", "late", "overdue")
    ]
    share = done / whole if whole else None
    return [None, report.say("all"), done, whole, share, None, None, None, None, *tasks]


def _line(line: Line) -> list[object]:
    return [
        line.position, line.name, line.completed, line.total, line.completion, line.verified, line.in_progress,
        line.blocked, line.not_started, line.tasks_completed, line.tasks_total, line.tasks_verified, line.on_time,
        line.late, line.overdue,
    ]  # fmt: skip


def _statements(book: ReportWorkbook) -> None:
    report = book.report
    changed = [("restated", 34)] if report.bulletin else []
    sheet = book.sheet("statements", book.titled([*STATEMENT_COLUMNS, *changed]), keep=2)
    for line in report.lines:
        names = listed(report.lang, line.missing)
        sheet.row([line.position, line.name, line.statement, names, *([line.changed] if changed else [])])
    sheet.filter()


def _provinces(book: ReportWorkbook) -> None:
    report = book.report
    sheet = book.sheet("provinces", book.titled(PROVINCE_COLUMNS), keep=3)
    for province in report.provinces:
        sheet.row(_province(report, province))
    sheet.colour(3, 3, {report.say(f"light.{light}"): look for light, look in LIGHTS.items()})
    sheet.filter()


def _province(report: ProgressReport, one: Province) -> list[object]:
    heard = in_vietnam(one.last_update_at).replace(tzinfo=None) if one.last_update_at else None
    first = report.say("mark").join(work for reason in one.reasons for work in reason.first)
    return [
        one.rank, one.code, one.name, report.light_of(one), report.reasons_of(one), first,
        report.say(f"reporting.{one.reporting}"), one.categories_completed, one.categories_total,
        one.tasks_completed, one.tasks_total, one.tasks_verified, one.tasks_blocked, one.overdue, heard,
    ]  # fmt: skip


def _matrix(book: ReportWorkbook) -> None:
    report = book.report
    columns = [(f"{position}. {name}", 13) for position, name in report.columns]
    sheet = book.sheet("matrix", [(report.say("col.province"), 18), *columns], keep=1)
    for province in report.provinces:
        sheet.row([province.name, *(report.state_of(state) for state in province.states)])
    sheet.filter()
    sheet.colour(1, max(len(columns), 1), {report.say(f"cell.{state}"): look for state, look in STATES.items()})
