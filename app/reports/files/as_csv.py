"""The report as CSV: one row a line, UTF-8 with a byte order mark, and no cell that a spreadsheet would evaluate."""

import csv
import io
from collections.abc import Callable
from datetime import datetime

from app.clock import in_vietnam
from app.reports.report import Line, ProgressReport
from app.workbooks import harmless

COLUMNS = (
    "position",
    "code",
    "name",
    "completed",
    "total",
    "completion",
    "verified",
    "in_progress",
    "blocked",
    "not_started",
    "tasks_completed",
    "tasks_total",
    "tasks_verified",
    "on_time",
    "late",
    "overdue",
    "missing",
    "statement",
    "as_of",
    "known_at",
    "bulletin",
    "restated",
    "compared",
    "before",
    "change",
)
"""The last three are about the bulletin that the report is compared with, and empty where there is none."""

# A cell begins at the start of the field, and also after another separator that a spreadsheet may split at.


def write(report: ProgressReport) -> bytes:
    return _written(report, ",", _for_programs)


def write_for_vietnamese_excel(report: ProgressReport) -> bytes:
    """The same as an Excel with Vietnamese settings opens it in columns: semicolons, decimal commas, its own dates."""
    return _written(report, ";", _for_vietnamese_excel)


def _written(report: ProgressReport, delimiter: str, shown: Callable[[object], object]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow(harmless(report.say(f"col.{column}")) for column in COLUMNS)
    for row in (*(_row(report, line) for line in report.lines), _all_lines(report)):
        writer.writerow(map(shown, row))
    return out.getvalue().encode("utf-8-sig")


def _for_programs(value: object) -> object:
    """Times are in Vietnamese time, with its offset."""
    return in_vietnam(value).isoformat() if isinstance(value, datetime) else value


def _for_vietnamese_excel(value: object) -> object:
    if isinstance(value, datetime):
        return f"{in_vietnam(value):%d/%m/%Y %H:%M}"
    return str(value).replace(".", ",") if isinstance(value, float) else value


def _row(report: ProgressReport, line: Line) -> list[object]:
    return [
        line.position,
        harmless(line.code),
        harmless(line.name),
        line.completed,
        line.total,
        line.completion,
        line.verified,
        line.in_progress,
        line.blocked,
        line.not_started,
        line.tasks_completed,
        line.tasks_total,
        line.tasks_verified,
        line.on_time,
        line.late,
        line.overdue,
        harmless("; ".join(line.missing)),
        harmless(line.statement),
        *_moment(report),
        harmless(line.changed),
        *_compared(report, line),
    ]


def _compared(report: ProgressReport, line: Line) -> list[object]:
    if report.since is None:
        return [None, None, None]
    return [report.since.number, line.before, line.change]


def _all_lines(report: ProgressReport) -> list[object]:
    """The provinces that have completed everything, in a last row without position and code."""
    row: list[object] = [None] * len(COLUMNS)
    row[2:5] = [report.say("all"), report.provinces_completed, report.provinces_total]
    row[-7:-3] = [*_moment(report), harmless(report.bulletin.changed) if report.bulletin else None]
    row[-3] = report.since.number if report.since else None
    return row


def _moment(report: ProgressReport) -> list[object]:
    return [report.as_of, report.known_at, report.bulletin.number if report.bulletin else None]
