"""What a file's sender should know though nothing is refused for it. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

from app import clock
from app.imports.judging.judge import Decisions
from app.imports.judging.known import KnownReport
from app.imports.judging.rules import RECENTLY
from app.imports.plan import Planned
from app.imports.remarks import Remark, place_of, some_lines
from app.imports.schemas import Outcome

HOUR = timedelta(hours=1)


def cautions(
    planned: Sequence[Planned], outcomes: Sequence[Outcome], decisions: Decisions, *, without_times: bool
) -> Iterator[Remark]:
    """Whose recent reports are replaced, what an earlier file of the same template changed, how times were taken."""
    if without_times:
        yield Remark("", "judged-without-times")
    replaced: dict[str, list[tuple[int, KnownReport]]] = defaultdict(list)
    for index, report in decisions.replaced.items():
        if outcomes[index] == "current":
            replaced[report.token_name or report.token].append((index, report))
    for by, those in sorted(replaced.items()):
        since = max(report.recorded_at for _, report in those)
        lines = _lines(planned, [index for index, _ in those])
        parameters = {
            "count": len(those),
            "by": by,
            "role": those[0][1].role,
            "since": clock.text(since),
            "lines": lines,
            "hours": RECENTLY // HOUR,
        }
        yield Remark("", "replaces-others", parameters)
    if behind := [index for index in decisions.behind_undo if outcomes[index] == "superseded"]:
        yield Remark("", "behind-undo", {"count": len(behind), "lines": _lines(planned, behind)})
    if more := decisions.more_of_verified:
        yield Remark("", "verified-left-alone", {"count": len(more), "lines": _lines(planned, more)})
    if overtaken := decisions.overtaken:
        lines = _lines(planned, overtaken)
        yield Remark("", "changed-by-earlier-file", {"count": len(overtaken), "lines": lines})


def _lines(planned: Sequence[Planned], indexes: Iterable[int]) -> str:
    """The lines of rows, with their sheet where several were read."""
    return some_lines(place_of(planned[index].sheet, planned[index].line) for index in sorted(indexes))
