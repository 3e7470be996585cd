"""The report as CSV: one row a line, UTF-8 with a byte order mark, and no cell that a spreadsheet would evaluate."""

import csv
import io
import re

from app.clock import in_vietnam
from app.reports.report import Line, ProgressReport

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
_FORMULA = re.compile(r"""((?:^|[;,\t\r\n|])[\s"']*)([=+\-@＝＋－＠])""")


def write(report: ProgressReport) -> bytes:
    return _written(report, ",")


def write_for_vietnamese_excel(report: ProgressReport) -> bytes:
    """The same as an Excel with Vietnamese settings opens it in columns: with semicolons and decimal commas."""
    return _written(report, ";")


def _written(report: ProgressReport, delimiter: str) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow(harmless(report.say(f"col.{column}")) for column in COLUMNS)
    for line in report.lines:
        row = _row(report, line)
        writer.writerow(_with_decimal_comma(row) if delimiter == ";" else row)
    writer.writerow(_all_lines(report))
    return out.getvalue().encode("utf-8-sig")


def _with_decimal_comma(row: list[object]) -> list[object]:
    return [str(value).replace(".", ",") if isinstance(value, float) else value for value in row]


def harmless(text: str) -> str:
    """The text with an apostrophe before every start of a formula."""
    safe = _FORMULA.sub(r"\1'\2", text)
    return f"'{safe}" if safe.startswith(("\t", "\r", "\n")) else safe


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
    """In Vietnamese time, with its offset."""
    known_at = in_vietnam(report.known_at).isoformat() if report.known_at else None
    return [in_vietnam(report.as_of).isoformat(), known_at, report.bulletin.number if report.bulletin else None]
