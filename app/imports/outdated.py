"""A preview in the light of what is known by now: what of it is decided anew, and what would come out differently."""

from collections.abc import Sequence
from typing import get_args

from app.errors import Complaint, PreviewOutdated
from app.imports.import_rows import ImportRow, Stood
from app.imports.judged import Judged
from app.imports.reading.rows import FileWarningCode
from app.imports.remarks import Remark, place_of, sentence
from app.language import Language
from app.messages import say
from app.status import Status

MOST_DIFFERENCES = 100
NOWHERE = Stood(Status.NOT_STARTED.value, None)
DECIDED_ANEW = frozenset(
    {
        "base-mismatch",
        "changed-since",
        "contradiction",
        "in-the-future",
        "no-such-assignment",
        "not-applicable",
        "not-complete",
        "not-your-role",
        "not-your-unit",
        "note-required",
        "returned-since",
        "verified",
    }
)
"""What is wrong with a row only in the light of what was reported, or of who asks and when."""
READING_WARNINGS = frozenset(get_args(FileWarningCode))
"""What a file is warned about however it is judged."""


def remain(row: ImportRow) -> tuple[Remark, ...]:
    """What is wrong with a row for good. A mark that could not be read was not kept, so it is no better by now."""
    return tuple(
        remark
        for remark in row.report.remarks
        if remark.code not in DECIDED_ANEW or (remark.code == "base-mismatch" and row.report.base is None)
    )


def refuse_differences(good: Sequence[ImportRow], judged: Judged, language: Language) -> None:
    changes = [
        _difference(row, now, judged.before.get(index), language)
        for index, (row, now) in enumerate(zip(good, judged.outcomes, strict=True))
        if (row.outcome, row.report.before) != (now, judged.before.get(index))
    ]
    if changes:
        raise PreviewOutdated(say("rows-differ", count=len(changes)), errors=changes[:MOST_DIFFERENCES])


def _difference(row: ImportRow, now: str, before: Stood | None, language: Language) -> Complaint:
    """The outcome of a row has changed, or where it finds its work."""
    expected, found = str(row.outcome), now
    if expected == found:
        expected, found = (row.report.before or NOWHERE).status, (before or NOWHERE).status
    remark = Remark("", "preview-outdated", {"expected": expected, "now": found})
    said = sentence(remark, language)
    if row.report.sheet is not None:
        said = f"{place_of(row.report.sheet, row.report.line)}: {said}"
    return Complaint(f"/lines/{row.report.line}", "preview-outdated", said)
