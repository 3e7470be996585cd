"""The rows of a file, judged assignment by assignment: which are unchanged, which refused, and why. Pure."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import msgspec

from app.imports.judging import rules
from app.imports.judging.content import ReportContent, together
from app.imports.judging.known import KnownReport, KnownReports
from app.imports.judging.rows import JudgedRow, Sending, day_of, moment_of, of_one_moment
from app.imports.judging.rules import RowRefusal
from app.updates.rules import AssignmentKey

Bases = Mapping[UUID, tuple[AssignmentKey, KnownReport]]
LAST = UUID(int=(1 << 128) - 1)
MOST_LINES = 10
"""Of so many rows that contradict a row the lines are named."""


@dataclass
class Decisions:
    """What was decided of rows, by their index; the others are to be stored. `as_filled` are unchanged too."""

    unchanged: set[int] = field(default_factory=set)
    as_filled: set[int] = field(default_factory=set)
    refused: dict[int, RowRefusal] = field(default_factory=dict)
    replaced: dict[int, KnownReport] = field(default_factory=dict)
    overtaken: dict[int, KnownReport] = field(default_factory=dict)
    """Untouched template rows whose work an earlier file of the same template changed."""
    repeated: dict[int, list[int]] = field(default_factory=dict)
    """By the row that counts, those that say the same or less: they hold if it does, and are refused with it."""
    together: dict[int, ReportContent] = field(default_factory=dict)
    """By the row that counts, what it says with those: a link in one and a note in another are one report."""
    behind_undo: set[int] = field(default_factory=set)
    """Rows that are stored, but as history: what an undo restored has a later time."""
    more_of_verified: set[int] = field(default_factory=set)
    """Rows that hold, whose note, links or document are not stored since the work is verified."""
    said_since: dict[int, datetime] = field(default_factory=dict)
    """Of refused rows that repeat a last row: when that was said. What was reported since is news to their sender."""


def judge(
    rows: Sequence[tuple[AssignmentKey, JudgedRow]],
    known: Mapping[AssignmentKey, KnownReports],
    bases: Bases,
    sending: Sending,
) -> Decisions:
    """Decide in the order of the contract, each assignment by itself."""
    decisions = Decisions()
    by_subject: dict[AssignmentKey, list[JudgedRow]] = defaultdict(list)
    for subject, row in rows:
        if row.base is None or not _decided_by_base(subject, row, known, bases, decisions):
            by_subject[subject].append(row)
    for subject, those in by_subject.items():
        held = known.get(subject) or KnownReports()
        _judge_assignment(those, held, bases, sending, decisions)
    return decisions


def _decided_by_base(
    subject: AssignmentKey,
    row: JudgedRow,
    known: Mapping[AssignmentKey, KnownReports],
    bases: Bases,
    decisions: Decisions,
) -> bool:
    """1. Of a template row: whether it is as it was filled, or was filled from another assignment."""
    assert row.base is not None  # noqa: S101 - says it to mypy
    about, base = bases.get(row.base.update, (None, None)) if row.base.update else (subject, None)
    if about != subject:
        decisions.refused[row.index] = RowRefusal("base-mismatch", "base", {})
    elif rules.as_filled(row, base):
        decisions.unchanged.add(row.index)
        decisions.as_filled.add(row.index)
        if earlier := _of_same_template(row.base.template, base, known.get(subject)):
            decisions.overtaken[row.index] = earlier
    else:
        return False
    return True


def _of_same_template(template: str, base: KnownReport | None, known: KnownReports | None) -> KnownReport | None:
    """The last report since the base that came by a file of the same template."""
    since = [r for r in known.reports if template in r.templates] if known else []
    return next((report for report in reversed(since) if base is None or report.id > base.id), None)


def _judge_assignment(
    rows: Sequence[JudgedRow], known: KnownReports, bases: Bases, sending: Sending, decisions: Decisions
) -> None:
    if len(rows) == 1 and not known.reports and not known.last_rows:
        _judge_in_turn(rows, known, bases, sending, decisions)
        return
    moments: dict[datetime | None, list[JudgedRow]] = defaultdict(list)
    for row in rows:
        moments[moment_of(row, sending)].append(row)
    sound: list[JudgedRow] = []
    for moment in sorted(moments, key=of_one_moment):
        sound += _of_moment(moments[moment], decisions)
    _judge_in_turn(sound, known, bases, sending, decisions)


def _of_moment(rows: list[JudgedRow], decisions: Decisions) -> Iterator[JudgedRow]:
    """2. Rows of one moment: refused where they contradict each other; what is said twice counts once."""
    if len(rows) == 1:
        yield rows[0]
    elif rules.contradiction(rows):
        first = rows[: MOST_LINES + 1]
        for row in rows:
            lines = [_place(other, row) for other in first if other is not row][:MOST_LINES]
            more = "…" if len(rows) > MOST_LINES + 1 else ""
            parameters = {"lines": ", ".join(lines) + more, "others": len(rows) - 1}
            decisions.refused[row.index] = RowRefusal("contradiction", "status", parameters)
    else:
        fullest, *others = sorted(rows, key=lambda row: -sum(map(bool, row.content)))
        content = together([row.content for row in (fullest, *others)])
        if content != fullest.content:
            decisions.together[fullest.index] = content
        decisions.repeated[fullest.index] = [row.index for row in others]
        decisions.unchanged.update(decisions.repeated[fullest.index])
        yield msgspec.structs.replace(fullest, content=content)


def _place(other: JudgedRow, row: JudgedRow) -> str:
    """The line of another row, with its sheet where that is another."""
    return f"{other.line}" if other.sheet == row.sheet else f"{other.sheet}!{other.line}"


def _judge_in_turn(
    rows: Sequence[JudgedRow], known: KnownReports, bases: Bases, sending: Sending, decisions: Decisions
) -> None:
    """3 to 7, in the order of moments: each row as if those before it were stored."""
    for row in rows:
        if row.is_left_out:
            _note_since(row, known, decisions)
            continue
        base = bases[row.base.update][1] if row.base and row.base.update else None
        is_last = row is rows[-1]
        refusal = rules.returned_since(row, known, base, sending) if is_last else None
        if refusal is None and rules.holds_already(row, known, sending):
            decisions.unchanged.add(row.index)
            if rules.says_more_of_verified(row, known):
                decisions.more_of_verified.add(row.index)
            _remember(row, known, sending, stored=False)
            continue
        refusal = refusal or rules.changed_since(row, known, base, sending) or rules.verdict_kept(row, known, sending)
        refusal = refusal or rules.refused_before(row, known, base, sending)
        if refusal:
            decisions.refused[row.index] = refusal
            _note_since(row, known, decisions)
            for repeated in decisions.repeated.get(row.index, ()):
                decisions.unchanged.discard(repeated)
                decisions.refused[repeated] = refusal
            continue
        if earlier := rules.replaced(row, known, sending):
            decisions.replaced[row.index] = earlier
        if rules.behind_an_undo(row, known, sending):
            decisions.behind_undo.add(row.index)
        _remember(row, known, sending, stored=True)


def _note_since(row: JudgedRow, known: KnownReports, decisions: Decisions) -> None:
    if since := rules.said_since(row, known):
        decisions.said_since[row.index] = since


def _remember(row: JudgedRow, known: KnownReports, sending: Sending, *, stored: bool) -> None:
    """Let the rows after this one know what it said."""
    now = max(sending.now, known.stands.effective_at) if known.stands else sending.now
    at = moment_of(row, sending) or now
    known.said_on[row.day or day_of(at)] = row.content
    if stored:
        forever = datetime.max.replace(tzinfo=at.tzinfo)
        known.store(KnownReport(LAST, at, forever, row.content, sending.token, import_unit=sending.unit))
