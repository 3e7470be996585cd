"""The report as a workbook: a sheet for each of its sections, ready to print, without any formula."""

import io
from datetime import datetime

from app.clock import in_vietnam
from app.reports.files.xlsx_book import Colours, ReportWorkbook, SignedCount
from app.reports.report import AgencyOwing, Line, ProgressReport, Province, SilentUnit
from app.reports.words import listed, number

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
AGENCY_COLUMNS = (
    ("position", 6), ("agency", 44), ("light", 8), ("tasks_completed", 10), ("tasks_total", 10), ("overdue", 8),
    ("obstacles_open", 9), ("oldest", 18), ("due", 18), ("answers_overdue", 10), ("broken", 10), ("answered", 10),
    ("median", 14),
)  # fmt: skip


SILENT_COLUMNS = (("position", 6), ("unit", 44), ("reporting", 34))


def write(report: ProgressReport) -> bytes:
    out = io.BytesIO()
    book = ReportWorkbook(report, out)
    _lines(book)
    _statements(book)
    _provinces(book)
    _matrix(book)
    _agencies(book)
    _silent(book)
    _proposals(book)
    book.workbook.close()
    return out.getvalue()


def _lines(book: ReportWorkbook) -> None:
    columns = book.titled(LINE_COLUMNS)
    if since := book.report.since:
        columns.append((book.report.say("col.since", number=since.number), 11))
    sheet = book.sheet("report", columns, keep=2)
    for line in book.report.lines:
        sheet.row([*_line(line), *([_change(line)] if since else [])])
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
    since = [None] if report.since else []
    return [None, report.say("all"), done, whole, share, None, None, None, None, *tasks, *since]


def _change(line: Line) -> SignedCount | None:
    return None if line.change is None else SignedCount(line.change)


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
    first = report.say("mark").join(work for reason in one.reasons for work in reason.first)
    return [
        report.rank_of(one), one.code, one.name, report.light_of(one), report.reasons_of(one), first,
        report.reporting_of(one), one.categories_completed, one.categories_total,
        one.tasks_completed, one.tasks_total, one.tasks_verified, one.tasks_blocked, one.overdue,
        _local(one.last_update_at),
    ]  # fmt: skip


def _local(at: datetime | None) -> datetime | None:
    """Vietnamese time, as a cell has it: without a zone."""
    return in_vietnam(at).replace(tzinfo=None) if at else None


def _agencies(book: ReportWorkbook) -> None:
    """What agencies owe. It is not stored with a bulletin, so the sheet says by which knowledge it is."""
    report = book.report
    note = report.say("computed.all", moment=report.computed_at) if report.computed_at else ""
    sheet = book.sheet("agencies", book.titled(AGENCY_COLUMNS), keep=2, note=note)
    for position, agency in enumerate(report.agencies, 1):
        sheet.row(_agency(report, position, agency))
    sheet.colour(2, 2, {report.say(f"light.{light}"): look for light, look in LIGHTS.items()})
    for key in ("overdue", "answers_overdue", "broken"):
        sheet.loud([name for name, _ in AGENCY_COLUMNS].index(key))
    sheet.filter()


def _agency(report: ProgressReport, position: int, one: AgencyOwing) -> list[object]:
    return [
        position, one.name, report.light_of(one), one.tasks_completed, one.tasks_total, one.tasks_overdue,
        one.obstacles_open, _local(one.oldest_at), _local(one.due_at), one.overdue, one.broken, one.answered,
        one.median or None,
    ]  # fmt: skip


def _silent(book: ReportWorkbook) -> None:
    """The provinces as they were frozen with a bulletin; agencies, and how many communes, by the knowledge it names."""
    report = book.report
    notes = []
    if communes := report.silent_communes:
        notes.append(report.say("silent_communes", n=number(report.lang, communes)))
    if report.computed_at:
        notes.append(report.say("computed.agencies_communes", moment=report.computed_at))
    sheet = book.sheet("silent", book.titled(SILENT_COLUMNS), keep=2, note=report.say("space").join(notes))
    units: list[Province | SilentUnit] = [*(one for one in report.provinces if one.is_silent), *report.silent]
    for position, one in enumerate(sorted(units, key=lambda unit: unit.reporting != "never"), 1):
        sheet.row([position, one.name, report.say(f"reporting.{one.reporting}")])
    sheet.filter()


def _proposals(book: ReportWorkbook) -> None:
    """What was typed with the bulletin; without a word of it no sheet."""
    if not book.report.proposals:
        return
    titles = [book.report.say(key) for key in ("col.position", "proposals")]
    sheet = book.sheet("proposals", list(zip(titles, (6, 110), strict=True)), keep=1)
    for position, one in enumerate(book.report.proposals, 1):
        sheet.row([position, one])
    sheet.filter()


def _matrix(book: ReportWorkbook) -> None:
    report = book.report
    columns = [(f"{position}. {name}", 13) for position, name in report.columns]
    sheet = book.sheet("matrix", [(report.say("col.province"), 18), *columns], keep=1)
    for province in report.provinces:
        sheet.row([province.name, *(report.state_of(state) for state in province.states)])
    sheet.filter()
    sheet.colour(1, max(len(columns), 1), {report.say(f"cell.{state}"): look for state, look in STATES.items()})
