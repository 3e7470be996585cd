"""What is known of an assignment while a file is judged: its reports in the order in which they hold. Pure."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from itertools import takewhile
from typing import NamedTuple
from uuid import UUID

from app.imports.judging.content import ReportContent
from app.imports.judging.rows import LastRow, RefusedRow, bounds_of
from app.status import Status


class KnownReport(NamedTuple):
    """A report of the history, and how it came: `import_unit` and `templates` are those of its file, if it had one."""

    id: UUID
    effective_at: datetime
    recorded_at: datetime
    content: ReportContent
    token: str
    token_name: str = ""
    import_unit: str | None = None
    templates: tuple[str, ...] = ()
    undoes: UUID | None = None
    role: str | None = None

    @property
    def place(self) -> tuple[datetime, datetime, UUID]:
        """Of the reports up to a moment the one with the greatest place holds."""
        return self.effective_at, self.recorded_at, self.id

    def is_of_files_of(self, unit: str) -> bool:
        return self.import_unit == unit


@dataclass
class KnownReports:
    """The reports of one assignment that matter, in the order in which they hold; and what earlier files said last.

    While the file is judged, what its rows store goes into `timeline`, beside what was reported before; and `said_on`
    has the last that they said of each day, stored or not. A file may have all its rows about one assignment, so none
    of the questions goes through them all.
    """

    reports: list[KnownReport] = field(default_factory=list)
    complete_since: datetime | None = None
    last_rows: tuple[LastRow, ...] = ()
    refused_rows: tuple[RefusedRow, ...] = ()
    timeline: list[KnownReport] = field(default_factory=list)
    said_on: dict[date, ReportContent] = field(default_factory=dict)
    _last_return: KnownReport | None = None
    _last_complete: KnownReport | None = None

    def __post_init__(self) -> None:
        for report in self.timeline:
            self._note(report)

    @classmethod
    def of(
        cls,
        reports: Iterable[KnownReport],
        complete_since: datetime | None = None,
        last_rows: tuple[LastRow, ...] = (),
        refused_rows: tuple[RefusedRow, ...] = (),
    ) -> "KnownReports":
        in_order = sorted(reports, key=_place)
        return cls(in_order, complete_since, last_rows, refused_rows, list(in_order))

    @property
    def standing(self) -> KnownReport | None:
        """What stands by all that was reported before this file."""
        return self.reports[-1] if self.reports else None

    @property
    def stands(self) -> KnownReport | None:
        """What stands as if the earlier rows of the file were stored."""
        return self.timeline[-1] if self.timeline else None

    def store(self, report: KnownReport) -> None:
        """Let the rows after this one be judged as if it were stored."""
        insort(self.timeline, report, key=_place)
        self._note(report)

    def _note(self, report: KnownReport) -> None:
        if report.content.status == Status.RETURNED:
            self._last_return = _later(report, self._last_return)
        elif report.content.is_complete:
            self._last_complete = _later(report, self._last_complete)

    def at(self, moment: datetime) -> list[KnownReport]:
        """The reports of exactly that moment; the last is its winner."""
        first = bisect_left(self.reports, moment, key=_effective_at)
        return self.reports[first : bisect_right(self.reports, moment, key=_effective_at)]

    def on(self, day: date) -> list[KnownReport]:
        begins, ends = bounds_of(day)
        first = bisect_left(self.timeline, begins, key=_effective_at)
        return self.timeline[first : bisect_left(self.timeline, ends, key=_effective_at)]

    def not_taken_back(self, day: date) -> list[KnownReport]:
        """The reports of a day but those that were taken back with their file."""
        return [report for report in self.on(day) if report.id not in self._taken_back]

    @cached_property
    def _taken_back(self) -> set[UUID]:
        return {report.undoes for report in self.reports if report.undoes}

    def own_kind(self, row: ReportContent, until: KnownReport) -> ReportContent | None:
        """The last report, or verdict, up to another: what the cells of a row of that kind are compared with."""
        upto = bisect_right(self.timeline, until.place, key=_place)
        before = (self.timeline[place].content for place in range(upto - 1, -1, -1))
        return next((content for content in before if content.is_verdict == row.is_verdict), None)

    def open_return(self) -> KnownReport | None:
        """The last return, as long as nothing complete was reported after it."""
        returned, complete = self._last_return, self._last_complete
        is_open = returned is not None and (complete is None or complete.place < returned.place)
        return returned if is_open else None

    def run_before(self, returned: KnownReport) -> list[KnownReport]:
        """The run of complete reports that a return has ended."""
        before = [report for report in self.reports if report.place < returned.place]
        return list(takewhile(lambda report: report.content.is_complete, reversed(before)))


def _later(report: KnownReport, other: KnownReport | None) -> KnownReport:
    return report if other is None or report.place >= other.place else other


def _place(report: KnownReport) -> tuple[datetime, datetime, UUID]:
    return report.place


def _effective_at(report: KnownReport) -> datetime:
    return report.effective_at
