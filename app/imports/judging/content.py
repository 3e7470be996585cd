"""What a report says apart from when, and when two of them say the same. Pure."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from app.status import COMPLETE, VERDICTS, Status


class ReportContent(NamedTuple):
    """The status, and the cells beside it. In a row of a file an empty cell says nothing."""

    status: str
    note: str | None = None
    evidence: tuple[str, ...] = ()
    document_number: str | None = None
    document_date: object = None

    @property
    def is_verdict(self) -> bool:
        return self.status in VERDICTS

    @property
    def is_complete(self) -> bool:
        return self.status in COMPLETE

    @property
    def is_bare(self) -> bool:
        """Whether the status is all that is said."""
        return not any(self[1:])


NOTHING_YET = ReportContent(Status.NOT_STARTED.value)


def agrees_with(row: ReportContent, held: ReportContent) -> bool:
    """Whether each filled cell of a row holds what is held; the status is not looked at."""
    return all(_same(mine, theirs) for mine, theirs in zip(row[1:], held[1:], strict=True) if mine)


def says(row: ReportContent, held: ReportContent) -> bool:
    """Whether a row says what is held: the status, and every cell that is filled."""
    return row.status == held.status and agrees_with(row, held)


def contradict(rows: Iterable[ReportContent]) -> bool:
    """Whether rows cannot all be meant: other statuses, or a cell that two of them have filled differently."""
    return any(len({_plain(cell) for cell in cells if cell}) > 1 for cells in zip(*set(rows), strict=True))


def together(rows: Sequence[ReportContent]) -> ReportContent:
    """What rows that do not contradict each other say between them: each cell that one of them has filled."""
    return ReportContent(*(next(filter(None, cells), cells[0]) for cells in zip(*rows, strict=True)))


def _same(mine: object, theirs: object) -> bool:
    """Whether two cells say the same."""
    return mine == theirs or (isinstance(mine, str) and isinstance(theirs, str) and _plain(mine) == _plain(theirs))


def _plain(cell: object) -> object:
    """What a cell says: of a text, spaces, case and the marks at its end say nothing."""
    return " ".join(cell.casefold().split()).rstrip(" .,;!") if isinstance(cell, str) else cell


def status_holds(row: ReportContent, held: ReportContent) -> bool:
    """Whether the status of a row holds: `completed` also holds where the work is verified."""
    return row.status == held.status or (row.status == Status.COMPLETED and held.status == Status.VERIFIED)


def sets_back(row: ReportContent, held: ReportContent) -> bool:
    """Whether a row takes back what was reached: complete work, or work that had begun."""
    if held.is_complete:
        return not row.is_complete
    return row.status == Status.NOT_STARTED and held.status != Status.NOT_STARTED


def filled_from(held: ReportContent | None) -> ReportContent:
    """What a template has in the cells to be filled in: no note, no time, and nothing of a verdict but its status."""
    if held is None:
        return NOTHING_YET
    return ReportContent(held.status) if held.is_verdict else held._replace(note=None)
