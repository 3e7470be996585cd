"""What would come out differently by now than it was previewed, which a commit refuses."""

from collections.abc import Sequence

from app.errors import Complaint, PreviewOutdated
from app.imports.import_rows import ImportRow, Stood
from app.imports.judged import Judged
from app.imports.remarks import Remark, sentence
from app.language import Language
from app.messages import say
from app.status import Status

MOST_DIFFERENCES = 100
NOWHERE = Stood(Status.NOT_STARTED.value, None)


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
    return Complaint(f"/lines/{row.report.line}", "preview-outdated", sentence(remark, language))
