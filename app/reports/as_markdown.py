"""The report as Markdown, with every name escaped: none becomes markup, a link or HTML."""

import re
from collections.abc import Iterable, Sequence

from app.reports.report import Line, ProgressReport
from app.reports.words import listed, number

_SPECIAL = re.compile(r"([\\`*_\[\]<>|~&#$])")
SIGNS = {
    "verified": "■",
    "completed": "●",
    "in_progress": "○",
    "blocked": "▲",
    "not_started": "□",
    None: "–",
}
"""A sign for each state, different in shape; Times New Roman has all of them."""


def write(report: ProgressReport) -> bytes:
    parts = [
        f"# {escaped(report.title)}",
        f"**{report.say('as_of', moment=report.spoken)}**",
        *(f"> {escaped(note)}" for note in report.notes),
        escaped(report.summary),
        f"## {report.say('lines')}",
        "\n".join(f"{line.position}. **{escaped(line.name)}**: {escaped(line.said)}" for line in report.lines),
        f"## {report.say('table')}",
        _figures(report),
        f"## {report.say('missing')}",
        "\n".join(
            f"{line.position}. **{escaped(line.name)}**: {escaped(missing(report, line))}" for line in report.lines
        ),
        f"## {report.say('provinces')}",
        _provinces(report),
        f"## {report.say('matrix')}",
        _matrix(report),
        legend(report),
    ]
    return ("\n\n".join(parts) + "\n").encode()


def escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)


def missing(report: ProgressReport, line: Line) -> str:
    """The names of those who have not completed a line; where no province has such work, the number of open tasks."""
    if line.missing and len(line.missing) == line.total:
        return report.say("missing_all", n=line.total)
    if line.missing:
        names = listed(report.lang, line.missing)
        return f"{names} {report.say('missing_some', n=len(line.missing))}"
    if line.total == 0 and line.tasks_completed < line.tasks_total:
        return report.say("missing_tasks", n=number(report.lang, line.tasks_total - line.tasks_completed))
    return report.say("missing_none")


def legend(report: ProgressReport) -> str:
    signs = "   ".join(f"{sign} {report.say('cell.' + (state or 'none'))}" for state, sign in SIGNS.items())
    return f"{report.say('matrix_note')} {signs}"


def _figures(report: ProgressReport) -> str:
    keys = ("position", "name", "share", "verified", "tasks", "on_time", "late", "overdue")
    head = [report.say(f"col.{key}") for key in keys]
    return _table(head, (figures(report, line) for line in report.lines), numbers_from=2)


def figures(report: ProgressReport, line: Line) -> list[str]:
    """A row of the table of figures: `26/34` and the rest."""

    def n(value: int) -> str:
        return number(report.lang, value)

    of_provinces = [f"{line.completed}/{line.total}", n(line.verified)] if line.total else ["–", "–"]
    tasks = f"{n(line.tasks_completed)}/{n(line.tasks_total)}"
    return [str(line.position), line.name, *of_provinces, tasks, n(line.on_time), n(line.late), n(line.overdue)]


def _provinces(report: ProgressReport) -> str:
    keys = ("rank", "province", "light", "categories", "tasks", "reasons", "reporting")
    head = [report.say(f"col.{key}") for key in keys]
    return _table(head, provinces(report), numbers_from=None)


def provinces(report: ProgressReport) -> Iterable[list[str]]:
    """Rows of the table of provinces, the best first."""
    for one in sorted(report.provinces, key=lambda province: (province.rank, province.code)):
        done, whole = number(report.lang, one.tasks_completed), number(report.lang, one.tasks_total)
        yield [
            str(one.rank),
            one.name,
            report.light_of(one),
            f"{one.categories_completed}/{one.categories_total}",
            f"{done}/{whole}",
            report.reasons_of(one) or "–",
            report.say(f"reporting.{one.reporting}"),
        ]


def _matrix(report: ProgressReport) -> str:
    head = [report.say("col.province"), *(str(position) for position, _ in report.columns)]
    rows = ([one.name, *(SIGNS[state] for state in one.states)] for one in report.provinces)
    return _table(head, rows, numbers_from=None)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]], *, numbers_from: int | None) -> str:
    sides = ["---:" if numbers_from is not None and i >= numbers_from else "---" for i in range(len(head))]
    lines = [[escaped(cell) for cell in head], sides, *([escaped(cell) for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
