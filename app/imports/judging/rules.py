"""The seven steps of judgement, each named by what it decides; the first that decides holds. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from app import clock
from app.imports.judging.content import (
    NOTHING_YET,
    ReportContent,
    agrees_with,
    contradict,
    filled_from,
    says,
    sets_back,
    status_holds,
)
from app.imports.judging.known import KnownReport, KnownReports
from app.imports.judging.rows import (
    JudgedRow,
    RefusedRow,
    Sending,
    day_of,
    has_time,
    is_bare_day,
    moment_of,
    written_moment_of,
)
from app.status import Status

RECENTLY = timedelta(hours=72)
"""How long whoever replaces another's report is warned of it."""


class RowRefusal(NamedTuple):
    """Why a row is not stored: a code, the field it is about, and what its message tells."""

    code: str
    field: str
    parameters: dict[str, Any]


def as_filled(row: JudgedRow, base: KnownReport | None) -> bool:
    """1. The cells of a template row are as it was filled; an emptied note, link or document says nothing."""
    filled = filled_from(base.content if base else None)
    return (
        row.has_no_time
        and row.content.status == filled.status
        and row.content.note is None
        and agrees_with(row.content, filled)
    )


def contradiction(rows: Sequence[JudgedRow]) -> bool:
    """2. Rows of one assignment and one moment that cannot all be meant."""
    return contradict(row.content for row in rows)


def returned_since(
    row: JudgedRow, known: KnownReports, base: KnownReport | None, sending: Sending
) -> RowRefusal | None:
    """3. A row that says of returned work what had been said before the return, and no more.

    Also while the work is being done again: `in progress` said meanwhile does not make an old file new. A template row
    that was filled after the return is new.
    """
    returned = known.open_return()
    if returned is None or (base is not None and base.place > returned.place):
        return None
    if is_bare_day(row, sending) and row.day and row.day > day_of(returned.effective_at):
        return None
    if _repeats_the_run(row, known, returned, sending) or _was_refused_before(row, known, returned, sending):
        return _stands("returned-since", returned)
    return None


def _repeats_the_run(row: JudgedRow, known: KnownReports, returned: KnownReport, sending: Sending) -> bool:
    """Whether a row says what had been reported before the return, and of no other moment."""
    if not any(says(row.content, report.content) for report in known.run_before(returned)):
        return False
    return not has_time(row, sending) or _repeats_a_time(row, known, returned)


def _was_refused_before(row: JudgedRow, known: KnownReports, returned: KnownReport, sending: Sending) -> bool:
    """Whether files had said this before the return, and were refused: the return does not make it news."""
    if known.stands is not None and status_holds(row.content, known.stands.content):
        return False
    return any(
        said.refused_since < returned.recorded_at and _repeats_refused(row, said, sending)
        for said in known.refused_rows
    )


def _repeats_refused(row: JudgedRow, said: RefusedRow, sending: Sending) -> bool:
    """Whether a row says what an earlier file said in vain, without a time or of the same one."""
    same_time = not has_time(row, sending) or row.effective_at == said.effective_at
    return same_time and says(row.content, said.content)


def _repeats_a_time(row: JudgedRow, known: KnownReports, returned: KnownReport) -> bool:
    """Whether a row about work that stands returned has a time that was reported before."""
    if known.stands is not returned or row.effective_at is None:
        return False
    return bool(known.at(row.effective_at)) or _was_said_ahead(row, known)


def _was_said_ahead(row: JudgedRow, known: KnownReports) -> bool:
    """Whether a file said just this of this very time before it came: nothing is recorded of the time itself."""
    if row.effective_at is None or known.at(row.effective_at):
        return False
    return any(last.effective_at == row.effective_at and says(row.content, last.content) for last in known.last_rows)


def holds_already(row: JudgedRow, known: KnownReports, sending: Sending) -> bool:
    """4. What the row says holds: at its time, on its day, or now."""
    if has_time(row, sending) and row.effective_at:
        there = known.at(row.effective_at)
        held = there[-1] if there else known.stands if _was_said_ahead(row, known) else None
        return held is not None and _holds(row.content, held, known)
    otherwise = any(not says(row.content, last.content) for last in known.last_rows)
    if is_bare_day(row, sending) and row.day and not (row.day == sending.today and otherwise):
        return any(_holds(row.content, report, known) for report in known.not_taken_back(row.day))
    return _holds(row.content, known.stands, known) if known.stands else says(row.content, NOTHING_YET)


def _holds(row: ReportContent, held: KnownReport, known: KnownReports) -> bool:
    """The status holds, and the filled cells are those of the last report of the row's own kind.

    Of verified work nothing more is to be said by a file than that it is complete.
    """
    if not status_holds(row, held.content):
        return False
    if row.is_bare or row.status != held.content.status or _was_said_before(row, known):
        return True
    return _agrees_with_own_kind(row, held, known)


def _agrees_with_own_kind(row: ReportContent, held: KnownReport, known: KnownReports) -> bool:
    own = known.own_kind(row, held)
    return own is not None and agrees_with(row, own)


def says_more_of_verified(row: JudgedRow, known: KnownReports) -> bool:
    """Whether a row that holds has cells that nobody reported: they are not stored, for the work is verified."""
    held = known.stands
    if held is None or held.content.status != Status.VERIFIED or row.content.is_verdict:
        return False
    return not _was_said_before(row.content, known) and not _agrees_with_own_kind(row.content, held, known)


def _was_said_before(row: ReportContent, known: KnownReports) -> bool:
    """Whether an earlier file said just this last, stored or in vain: its note is no news."""
    said_before = [said.content for said in known.last_rows] + [said.content for said in known.refused_rows]
    return any(says(row, content) for content in said_before)


def changed_since(row: JudgedRow, known: KnownReports, base: KnownReport | None, sending: Sending) -> RowRefusal | None:
    """5. Somebody reported something else, of which the row's sender cannot have known."""
    if known.stands is None:
        return None
    if has_time(row, sending):
        changed = _corrected_since(row, known, sending)
    elif _is_news(row, known, sending):
        changed = False
    else:
        changed = _reported_since_last_row(row, known) or _moved_since_base(row, known, base)
    if changed or (is_bare_day(row, sending) and _set_back_on_its_day(row, known, sending)):
        return _stands("changed-since", known.stands)
    return None


def _is_news(row: JudgedRow, known: KnownReports, sending: Sending) -> bool:
    """A bare day after that of the last report."""
    if not is_bare_day(row, sending) or row.day is None:
        return False
    return known.standing is None or row.day > day_of(known.standing.effective_at)


def _reported_since_last_row(row: JudgedRow, known: KnownReports) -> bool:
    """(a) The row repeats a last row, and something else was reported since."""
    return any(
        says(row.content, last.content)
        and any(r.recorded_at > last.committed_at and not says(row.content, r.content) for r in known.reports)
        for last in known.last_rows
    )


def said_since(row: JudgedRow, known: KnownReports) -> datetime | None:
    """When files had first said last what a row says; None where they had not. What was undone was never said."""
    said = (last for last in known.last_rows if not last.is_undone and says(row.content, last.content))
    return min((last.committed_at for last in said), default=None)


def _moved_since_base(row: JudgedRow, known: KnownReports, base: KnownReport | None) -> bool:
    """(b) The work of an edited template row moved since it was filled, not by files of the same template.

    A return that stands is answered by the row: otherwise `returned_since` had refused it. What was stored and taken
    back since moved nothing.
    """
    if row.base is None:
        return False
    standing = known.standing
    answered = standing if standing and standing.content.status == Status.RETURNED else None
    since = [r for r in known.reports if base is None or (r.place > base.place and r.id > base.id)]
    taken_back = {r.undoes for r in since if r.undoes}.intersection(r.id for r in since)
    return any(
        row.base.template not in report.templates
        for report in since
        if report is not answered and taken_back.isdisjoint((report.id, report.undoes))
    )


def _corrected_since(row: JudgedRow, known: KnownReports, sending: Sending) -> bool:
    """(c) The unit's files said just this of that moment, and something else was reported of it since."""
    if row.effective_at is None:
        return False
    there = known.at(row.effective_at)
    if not there:
        return _was_said_ahead(row, known) and _reported_since_last_row(row, known)
    said = any(r.is_of_files_of(sending.unit) and says(row.content, r.content) for r in there)
    said = said or any(
        last.effective_at == row.effective_at and says(row.content, last.content) for last in known.last_rows
    )
    return said and not says(row.content, there[-1].content)


def _set_back_on_its_day(row: JudgedRow, known: KnownReports, sending: Sending) -> bool:
    """(d) The row would become current, and take back what was reported on its day by others, or in the file."""
    standing = known.standing
    moment = moment_of(row, sending)
    if row.day is None or (standing and moment and moment < standing.effective_at):
        return False
    others = [r.content for r in known.on(row.day) if not r.is_of_files_of(sending.unit)]
    in_file = known.said_on.get(row.day)
    return any(sets_back(row.content, said) for said in (*others[-1:], in_file) if said)


def verdict_kept(row: JudgedRow, known: KnownReports, sending: Sending) -> RowRefusal | None:
    """6. Only the ministry takes back a verdict: a file does not replace it, nor break the run it stands on.

    What is said of now comes after all that was reported, also where the database's clock is ahead of this machine's.
    """
    standing = known.stands
    if standing is None or standing.content.status != Status.VERIFIED or sending.is_ministry:
        return None
    at = moment_of(row, sending)
    if at is None or at >= standing.effective_at:
        return _stands("verified", standing)
    breaks = not row.content.is_complete and known.complete_since is not None and at >= known.complete_since
    return _stands("verified", standing) if breaks else None


def refused_before(
    row: JudgedRow, known: KnownReports, base: KnownReport | None, sending: Sending
) -> RowRefusal | None:
    """What earlier files said in vain does not become news because something else was reported since.

    A template row that was filled after it is new.
    """
    if known.stands is None or _is_news(row, known, sending):
        return None
    since = [said.refused_since for said in known.refused_rows if _repeats_refused(row, said, sending)]
    moved = any(
        report.recorded_at > min(since)
        for report in known.reports
        if since and not says(row.content, report.content) and (base is None or report.id > base.id)
    )
    return _stands("changed-since", known.stands) if moved else None


def behind_an_undo(row: JudgedRow, known: KnownReports, sending: Sending) -> bool:
    """Whether a row is only history because of what an undo said: the sender may well mean it to be current."""
    standing = known.stands
    written = written_moment_of(row)
    if standing is None or standing.undoes is None or written is None:
        return False
    return written < min(standing.effective_at, sending.now)


def replaced(row: JudgedRow, known: KnownReports, sending: Sending) -> KnownReport | None:
    """7. The row is stored; what another token reported lately and it replaces, its sender is warned of."""
    standing = known.standing
    if standing is None or standing.token == sending.token or standing.recorded_at < sending.now - RECENTLY:
        return None
    if row.content.is_verdict and not standing.content.is_verdict:
        return None  # It answers the report, which keeps its place in the history.
    at = moment_of(row, sending)
    return standing if at is None or at >= standing.effective_at else None


def _stands(code: str, standing: KnownReport) -> RowRefusal:
    parameters = {
        "status": str(standing.content.status),
        "since": clock.text(standing.effective_at),
        "by": standing.token_name or standing.token,
        "role": standing.role,
        "note": standing.content.note,
    }
    return RowRefusal(code, "status", parameters)
