"""The seven steps of judgement, without a database: what a row says, held against what is known."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from app.imports.judging.content import ReportContent
from app.imports.judging.judge import Bases, Decisions, judge
from app.imports.judging.known import KnownReport, KnownReports
from app.imports.judging.rows import JudgedRow, LastRow, RefusedRow, Sending, TemplateBase
from app.updates.rules import AssignmentKey

NOW = datetime(2025, 6, 27, 10, tzinfo=UTC)
TODAY = date(2025, 6, 27)
HOUR = timedelta(hours=1)
HOTLINES = AssignmentKey("38", "hotlines", "38")
SENDING = Sending(NOW, token="huong", unit="38")
MINISTRY = Sending(NOW, token="lan", unit="*", is_ministry=True)


def said(status: str, note: str | None = None, *links: str) -> ReportContent:
    return ReportContent(status, note, links)


def row(
    status: str,
    note: str | None = None,
    *,
    at: datetime | None = None,
    day: date | None = None,
    base: TemplateBase | None = None,
    line: int = 2,
    links: Sequence[str] = (),
) -> JudgedRow:
    return JudgedRow(line, line, ReportContent(status, note, tuple(links)), at, day, base)


def report(
    number: int,
    status: str,
    ago: timedelta,
    *,
    recorded: timedelta | None = None,
    note: str | None = None,
    token: str = "phong",
    unit: str | None = None,
    templates: tuple[str, ...] = (),
) -> KnownReport:
    recorded_at = NOW - (ago if recorded is None else recorded)
    return KnownReport(
        UUID(int=number), NOW - ago, recorded_at, ReportContent(status, note), token, token, unit, templates
    )


def last(content: ReportContent, ago: timedelta, at: datetime | None = None) -> LastRow:
    return LastRow(content, at, NOW - ago)


def decide(
    *rows: JudgedRow,
    known: Sequence[KnownReport] = (),
    lasts: Sequence[LastRow] = (),
    bases: Bases | None = None,
    sending: Sending = SENDING,
    since: datetime | None = None,
    refused: Sequence[RefusedRow] = (),
) -> Decisions:
    held = {HOTLINES: KnownReports.of(known, since, tuple(lasts), tuple(refused))}
    return judge([(HOTLINES, one) for one in rows], held, bases or {}, sending)


def outcome(*rows: JudgedRow, **given: object) -> list[str]:
    decisions = decide(*rows, **given)  # type: ignore[arg-type]
    return [
        "unchanged"
        if one.index in decisions.unchanged
        else decisions.refused[one.index].code
        if one.index in decisions.refused
        else "stored"
        for one in rows
    ]


def from_template(update: KnownReport | None, template: str = "t1") -> TemplateBase:
    return TemplateBase(template, update.id if update else None)


def based_on(*updates: KnownReport) -> Bases:
    return {update.id: (HOTLINES, update) for update in updates}


# 1. As it was filled


@pytest.mark.parametrize("status", ["not_started", "blocked", "verified", "returned"])
def test_an_untouched_template_row_is_unchanged_whatever_was_reported_since(status: str) -> None:
    filled = None if status == "not_started" else report(1, status, 9 * HOUR, note="lời của Bộ")
    newer = report(2, "completed", HOUR)
    known = [*([filled] if filled else []), newer]
    bases = based_on(*([filled] if filled else []))
    assert outcome(row(status, base=from_template(filled)), known=known, bases=bases) == ["unchanged"]


def test_a_template_row_that_was_touched_is_judged_on() -> None:
    assert outcome(row("completed", base=from_template(None))) == ["stored"]
    assert outcome(row("not_started", "chờ thiết bị", base=from_template(None))) == ["stored"]


def test_emptied_papers_of_a_template_row_say_nothing() -> None:
    filled = KnownReport(UUID(int=1), NOW, NOW, ReportContent("blocked", "x", ("https://a.vn",), "1/BC"), "huong")
    bases = based_on(filled)
    assert outcome(row("blocked", base=from_template(filled)), known=[filled], bases=bases) == ["unchanged"]
    full = row("blocked", base=from_template(filled), links=["https://a.vn"])
    assert outcome(full, known=[filled], bases=bases) == ["unchanged"]


def test_a_base_of_other_work_or_of_none_that_is_known_is_a_mismatch() -> None:
    elsewhere = report(7, "completed", HOUR)
    other: Bases = {elsewhere.id: (AssignmentKey("38", "staffing", "38"), elsewhere)}
    assert outcome(row("completed", base=from_template(elsewhere)), bases=other) == ["base-mismatch"]
    assert outcome(row("completed", base=from_template(elsewhere)), bases={}) == ["base-mismatch"]


def test_an_untouched_row_whose_work_the_same_template_changed_is_known() -> None:
    filled, sent = report(1, "blocked", 9 * HOUR), report(2, "completed", HOUR, unit="38", templates=("t1",))
    decisions = decide(row("blocked", base=from_template(filled)), known=[filled, sent], bases=based_on(filled))
    assert decisions.overtaken == {2: sent}


# 2. Contradiction


def test_rows_of_one_moment_that_say_different_things_are_all_refused_and_name_each_other() -> None:
    three = [
        row("completed"),
        row("blocked", day=TODAY, line=3),
        row("completed", at=NOW + timedelta(minutes=4), line=4),
    ]
    decisions = decide(*three)
    assert {line: refusal.parameters["lines"] for line, refusal in decisions.refused.items()} == {
        2: "3, 4",
        3: "2, 4",
        4: "2, 3",
    }


def test_rows_of_different_moments_contradict_nothing() -> None:
    assert outcome(row("blocked", at=NOW - HOUR), row("completed", line=3)) == ["stored", "stored"]


def test_the_last_second_of_a_day_and_the_bare_day_are_one_moment() -> None:
    end = datetime(2025, 6, 20, 16, 59, 59, tzinfo=UTC)
    day = row("blocked", day=date(2025, 6, 20), line=3)
    assert outcome(row("completed", at=end), day) == ["contradiction"] * 2


def test_what_is_said_twice_counts_once_and_the_fuller_row_is_stored() -> None:
    assert outcome(row("completed"), row("completed", "xong", line=3)) == ["unchanged", "stored"]
    assert outcome(row("completed", "xong"), row("completed", "rồi", line=3)) == ["contradiction"] * 2


def test_rows_of_one_moment_that_complete_each_other_are_one_report() -> None:
    rows = [row("completed", links=["https://a.vn"]), row("completed", "xong", line=3), row("completed", line=4)]
    decisions = decide(*rows)
    [(counted, repeated)] = decisions.repeated.items()
    assert {counted, *repeated} == {2, 3, 4}
    assert decisions.together == {counted: said("completed", "xong", "https://a.vn")}
    assert decisions.unchanged == {*repeated}


def test_an_untouched_template_row_contradicts_nothing() -> None:
    assert outcome(row("not_started", base=from_template(None)), row("completed", line=3)) == ["unchanged", "stored"]


def test_what_is_said_twice_is_refused_twice() -> None:
    known = [report(1, "in_progress", 9 * HOUR, token="huong"), report(2, "blocked", HOUR)]
    rows = [row("in_progress"), row("in_progress", line=3)]
    found = outcome(*rows, known=known, lasts=[last(said("in_progress"), 8 * HOUR)])
    assert found == ["changed-since", "changed-since"]


# 3. Returned since

COMPLETED = report(1, "completed", 30 * HOUR, note="đã xong")
RETURNED = report(2, "returned", 2 * HOUR, note="thiếu số máy", token="lan")


@pytest.mark.parametrize(
    "again",
    [
        row("completed"),
        row("completed", "đã xong"),
        row("completed", day=TODAY),
        row("completed", day=date(2025, 6, 26)),
        row("completed", at=COMPLETED.effective_at),
        row("completed", at=RETURNED.effective_at),
    ],
)
def test_what_was_said_before_the_return_does_not_answer_it(again: JudgedRow) -> None:
    decisions = decide(again, known=[COMPLETED, RETURNED])
    refusal = decisions.refused[2]
    assert (refusal.code, refusal.parameters["note"], refusal.parameters["by"]) == (
        "returned-since",
        "thiếu số máy",
        "lan",
    )


@pytest.mark.parametrize(
    "answer",
    [
        row("completed", at=NOW - HOUR),
        row("completed", "đã bổ sung số máy"),
        row("completed", links=["https://a.vn/moi"]),
        row("in_progress"),
        row("completed", day=TODAY + timedelta(days=1)),
    ],
)
def test_a_later_time_or_something_new_answers_a_return(answer: JudgedRow) -> None:
    sending = replace_now(timedelta(days=2)) if answer.day else SENDING
    assert outcome(answer, known=[COMPLETED, RETURNED], sending=sending) == ["stored"]


def replace_now(later: timedelta) -> Sending:
    return SENDING._replace(now=NOW + later)


def test_an_edited_row_of_a_fresh_template_answers_the_return_it_shows() -> None:
    base = from_template(RETURNED)
    known, bases = [COMPLETED, RETURNED], based_on(RETURNED)
    assert outcome(row("completed", base=base), known=known, bases=bases) == ["returned-since"]
    assert outcome(row("completed", "đã bổ sung", base=base), known=known, bases=bases) == ["stored"]


RESUMED = report(3, "in_progress", HOUR, note="đang làm lại")


@pytest.mark.parametrize("again", [row("completed"), row("completed", "đã xong"), row("completed", day=TODAY)])
@pytest.mark.parametrize("said_last", [(), (last(said("in_progress", "đang làm lại"), HOUR),)])
def test_in_progress_said_after_a_return_does_not_make_an_old_file_new(
    again: JudgedRow, said_last: tuple[LastRow, ...]
) -> None:
    known = [COMPLETED, RETURNED, RESUMED]
    decisions = decide(again, known=known, lasts=said_last)
    assert decisions.refused[2].code == "returned-since"
    assert decisions.refused[2].parameters["note"] == "thiếu số máy"


@pytest.mark.parametrize("answer", [row("completed", at=NOW - HOUR / 2), row("completed", "đã bổ sung số máy")])
def test_work_that_is_done_again_is_reported_with_a_time_or_something_new(answer: JudgedRow) -> None:
    assert outcome(answer, known=[COMPLETED, RETURNED, RESUMED]) == ["stored"]


def test_a_template_row_filled_after_the_return_says_that_it_is_done_again() -> None:
    base = from_template(RESUMED)
    known, bases = [COMPLETED, RETURNED, RESUMED], based_on(RESUMED)
    assert outcome(row("completed", base=base), known=known, bases=bases) == ["stored"]


def test_once_it_was_reported_done_again_the_old_row_holds_as_any_other() -> None:
    again = report(4, "completed", HOUR / 2, note="đã bổ sung")
    assert outcome(row("completed"), known=[COMPLETED, RETURNED, RESUMED, again]) == ["unchanged"]


@pytest.mark.parametrize("note", ["đã  xong", "Đã xong", "đã xong.", " ĐÃ XONG "])
def test_spaces_case_and_a_full_stop_make_no_new_note(note: str) -> None:
    assert outcome(row("completed", note), known=[COMPLETED, RETURNED]) == ["returned-since"]
    assert outcome(row("completed", note), known=[COMPLETED]) == ["unchanged"]


def test_only_the_last_word_of_a_file_is_held_against_a_return() -> None:
    both = [row("completed", at=COMPLETED.effective_at), row("completed", at=NOW - HOUR, line=3)]
    assert outcome(*both, known=[COMPLETED, RETURNED]) == ["unchanged", "stored"]


# 4. It holds already


def test_a_row_with_a_time_is_held_against_the_winner_of_that_time() -> None:
    at = NOW - 5 * HOUR
    first, second = report(1, "completed", 5 * HOUR), report(2, "blocked", 5 * HOUR, recorded=4 * HOUR)
    assert outcome(row("blocked", at=at), known=[first, second]) == ["unchanged"]
    assert outcome(row("completed", at=at), known=[first, second]) == ["stored"]


def test_a_bare_day_holds_where_anything_of_that_day_says_it() -> None:
    known = [report(1, "completed", 50 * HOUR), report(2, "blocked", HOUR)]
    assert outcome(row("completed", day=date(2025, 6, 25)), known=known) == ["unchanged"]
    assert outcome(row("completed", day=date(2025, 6, 24)), known=known) == ["stored"]


def test_a_bare_day_of_today_is_held_against_what_stands_where_a_last_row_said_otherwise() -> None:
    known = [report(1, "blocked", 3 * HOUR, unit="38"), report(2, "completed", 2 * HOUR, unit="38")]
    again = row("blocked", day=TODAY)
    assert outcome(again, known=known) == ["unchanged"]
    assert outcome(again, known=known, lasts=[last(said("completed"), 2 * HOUR)]) == ["stored"]


def test_a_row_without_a_time_is_held_against_what_stands() -> None:
    known = [report(1, "completed", 3 * HOUR, note="xong")]
    assert outcome(row("completed"), known=known) == ["unchanged"]
    assert outcome(row("completed", "xong"), known=known) == ["unchanged"]
    assert outcome(row("completed", "số mới"), known=known) == ["stored"]
    assert outcome(row("not_started")) == ["unchanged"]


def test_completed_holds_where_it_is_verified_and_its_note_is_that_of_the_last_report() -> None:
    known = [report(1, "completed", 3 * HOUR, note="xong"), report(2, "verified", HOUR, note="đạt", token="lan")]
    assert outcome(row("completed", "xong"), known=known, since=known[0].effective_at) == ["unchanged"]


def test_a_row_that_repeats_a_last_row_needs_the_status_alone() -> None:
    known = [report(1, "completed", 3 * HOUR, note="xong"), report(2, "completed", HOUR, note="số máy 1022")]
    lasts = [last(said("completed", "xong"), 3 * HOUR)]
    assert outcome(row("completed", "xong"), known=known, lasts=lasts) == ["unchanged"]


def test_a_row_without_a_time_counts_in_the_rows_of_the_file_before_it() -> None:
    known = [report(1, "completed", 5 * HOUR)]
    assert outcome(row("completed"), row("blocked", at=NOW - HOUR, line=3), known=known) == ["stored", "stored"]


# 5. Changed since


def test_a_row_without_a_time_that_repeats_a_last_row_does_not_undo_what_came_since() -> None:
    known = [report(1, "in_progress", 20 * HOUR, unit="38"), report(2, "completed", HOUR, token="xa")]
    lasts = [last(said("in_progress"), 20 * HOUR)]
    decisions = decide(row("in_progress"), known=known, lasts=lasts)
    assert decisions.refused[2].code == "changed-since"
    assert decisions.refused[2].parameters["by"] == "xa"
    assert outcome(row("in_progress", day=TODAY), known=known, lasts=lasts) == ["changed-since"]
    assert outcome(row("in_progress", at=NOW), known=known, lasts=lasts) == ["stored"], "a time says it all the same"
    assert outcome(row("blocked"), known=known, lasts=lasts) == ["stored"], "it says something new"


def test_a_bare_day_after_the_last_report_is_news() -> None:
    known = [report(1, "in_progress", 99 * HOUR, unit="38"), report(2, "completed", 30 * HOUR, token="xa")]
    lasts = [last(said("in_progress"), 99 * HOUR)]
    assert outcome(row("in_progress", day=TODAY), known=known, lasts=lasts) == ["stored"]
    assert outcome(row("in_progress"), known=known, lasts=lasts) == ["changed-since"]


def test_an_edited_template_row_whose_work_moved_since_is_refused() -> None:
    filled, newer = report(1, "blocked", 9 * HOUR), report(2, "completed", HOUR, token="xa")
    edited, bases = row("in_progress", base=from_template(filled)), based_on(filled)
    assert outcome(edited, known=[filled, newer], bases=bases) == ["changed-since"]
    same = replace_report(newer, ("t1",))
    assert outcome(edited, known=[filled, same], bases=bases) == ["stored"], "it moved by a file of this template"
    nothing = row("blocked", base=from_template(None))
    assert outcome(nothing, known=[newer]) == ["changed-since"]


def replace_report(one: KnownReport, templates: tuple[str, ...]) -> KnownReport:
    return one._replace(templates=templates, import_unit="38")


def test_a_row_with_a_time_that_the_units_files_said_before_does_not_undo_a_correction() -> None:
    mine = report(1, "completed", 5 * HOUR, unit="38")
    theirs = report(2, "blocked", 5 * HOUR, recorded=HOUR, token="xa")
    at = mine.effective_at
    assert outcome(row("completed", at=at), known=[mine, theirs]) == ["changed-since"]
    byhand = mine._replace(import_unit=None)
    assert outcome(row("completed", at=at), known=[byhand, theirs]) == ["stored"]
    lasts = [last(said("completed"), 2 * HOUR, at)]
    assert outcome(row("completed", at=at), known=[byhand, theirs], lasts=lasts) == ["changed-since"]


def test_a_bare_day_does_not_set_back_what_others_reported_on_that_day() -> None:
    theirs = report(1, "completed", 3 * HOUR, token="xa")
    assert outcome(row("in_progress", day=TODAY), known=[theirs]) == ["changed-since"]
    own = theirs._replace(import_unit="38")
    assert outcome(row("in_progress", day=TODAY), known=[own]) == ["stored"], "one's own file is corrected"
    begun = theirs._replace(content=said("in_progress"))
    assert outcome(row("not_started", day=TODAY), known=[begun]) == ["changed-since"]
    assert outcome(row("blocked", day=TODAY), known=[begun]) == ["stored"]


def test_a_bare_day_does_not_set_back_what_the_same_file_says_of_that_day() -> None:
    rows = [row("completed", at=NOW - HOUR), row("in_progress", day=TODAY, line=3)]
    assert outcome(*rows) == ["stored", "changed-since"]


# 6. A verdict is not taken back

DONE = report(1, "completed", 30 * HOUR)
VERIFIED = report(2, "verified", 2 * HOUR, token="lan")


@pytest.mark.parametrize(
    "taken",
    [
        row("blocked"),
        row("completed", "ghi chú khác", at=NOW - HOUR),
        row("in_progress", at=NOW - HOUR),
        row("blocked", at=NOW - 20 * HOUR),
        row("blocked", at=NOW - 30 * HOUR),
        row("not_started", day=TODAY),
    ],
)
def test_a_file_takes_no_verdict_back(taken: JudgedRow) -> None:
    found = outcome(taken, known=[DONE, VERIFIED], since=DONE.effective_at)
    assert found == ["changed-since" if taken.day else "verified"]
    ministry = outcome(taken, known=[DONE, VERIFIED], since=DONE.effective_at, sending=MINISTRY)
    assert ministry == ["changed-since" if taken.day else "stored"]


def test_completed_holds_of_verified_work_and_what_else_it_says_is_named() -> None:
    more = decide(row("completed", "ghi chú khác"), known=[DONE, VERIFIED], since=DONE.effective_at)
    assert (more.unchanged, more.refused, more.more_of_verified) == ({2}, {}, {2})
    same = decide(row("completed"), known=[DONE, VERIFIED], since=DONE.effective_at)
    assert (same.unchanged, same.more_of_verified) == ({2}, set())


def test_what_lies_before_the_run_of_a_verdict_is_history() -> None:
    early = row("blocked", at=NOW - 40 * HOUR)
    assert outcome(early, known=[DONE, VERIFIED], since=DONE.effective_at) == ["stored"]


# 7. Stored; and files whose times say when they were sent


def test_whoever_replaces_anothers_recent_report_is_told_so() -> None:
    theirs = report(1, "blocked", HOUR, token="xa")
    assert decide(row("completed"), known=[theirs]).replaced == {2: theirs}
    mine, old = theirs._replace(token="huong"), report(1, "blocked", 80 * HOUR, token="xa")
    assert not decide(row("completed"), known=[mine]).replaced
    assert not decide(row("completed"), known=[old]).replaced
    assert not decide(row("completed", at=NOW - 2 * HOUR), known=[theirs]).replaced


def test_a_file_whose_times_are_its_sending_is_judged_as_one_without_times() -> None:
    again, sending = row("completed", at=NOW - timedelta(minutes=1)), SENDING._replace(without_times=True)
    assert outcome(again, known=[COMPLETED, RETURNED]) == ["stored"]
    assert outcome(again, known=[COMPLETED, RETURNED], sending=sending) == ["returned-since"]
    assert outcome(again, known=[DONE, VERIFIED], since=DONE.effective_at, sending=sending) == ["unchanged"]


# What was refused before


def test_what_was_refused_before_is_no_news_when_the_work_is_returned() -> None:
    known = [report(1, "verified", 30 * HOUR), report(2, "returned", HOUR, token="lan")]
    refused = [RefusedRow(said("blocked"), None, NOW - 5 * HOUR)]
    assert outcome(row("blocked"), known=known, refused=refused) == ["returned-since"]
    assert outcome(row("blocked", "mất điện"), known=known, refused=refused) == ["stored"]
    assert outcome(row("in_progress"), known=known, refused=refused) == ["stored"]
    assert outcome(row("blocked", at=NOW), known=known, refused=refused) == ["stored"]
    first_after_it = [RefusedRow(said("blocked"), None, NOW - HOUR / 2)]
    assert outcome(row("blocked"), known=known, refused=first_after_it) == ["stored"]


def test_what_was_refused_before_holds_where_somebody_has_reported_just_that() -> None:
    known = [report(1, "completed", 9 * HOUR), report(2, "returned", 3 * HOUR), report(3, "blocked", HOUR)]
    refused = [RefusedRow(said("blocked", "mất điện"), None, NOW - 5 * HOUR)]
    assert outcome(row("blocked"), known=known, refused=refused) == ["unchanged"]
    assert outcome(row("blocked", "mất điện"), known=known, refused=refused) == ["unchanged"]
    assert outcome(row("blocked", "mất nước"), known=known, refused=refused) == ["stored"]


def test_what_was_refused_before_does_not_replace_what_was_reported_since() -> None:
    known = [report(1, "verified", 30 * HOUR), report(2, "in_progress", HOUR)]
    refused = [RefusedRow(said("blocked"), None, NOW - 5 * HOUR)]
    assert outcome(row("blocked"), known=known, refused=refused) == ["changed-since"]
    assert outcome(row("blocked", at=NOW), known=known, refused=refused) == ["stored"]
    bases = based_on(*known)
    fresh = row("blocked", base=from_template(known[1]))
    assert outcome(fresh, known=known, refused=refused, bases=bases) == ["stored"]
    timed = [RefusedRow(said("blocked"), NOW - 6 * HOUR, NOW - 5 * HOUR)]
    assert outcome(row("blocked", at=NOW - 6 * HOUR), known=known, refused=timed) == ["changed-since"]


# Said ahead of its time


def test_a_time_that_had_not_come_is_no_news_once_it_has() -> None:
    """A clock that is a few minutes fast, and the same rows again an hour later: nothing is recorded of the time."""
    ahead = NOW - 2 * HOUR
    stored = report(1, "completed", 2 * HOUR + timedelta(minutes=3), unit="38")
    lasts = [LastRow(said("completed"), ahead, stored.recorded_at)]
    again = row("completed", at=ahead)
    returned = report(2, "returned", 2 * HOUR + timedelta(minutes=1), token="lan")
    blocked = report(2, "blocked", 2 * HOUR + timedelta(minutes=1), token="xa")
    assert outcome(again, known=[stored], lasts=lasts) == ["unchanged"]
    assert outcome(again, known=[stored, returned], lasts=lasts) == ["returned-since"]
    assert outcome(again, known=[stored, blocked], lasts=lasts) == ["changed-since"]
    assert outcome(again, known=[stored, returned]) == ["stored"], "a time after the return, said for the first time"
    assert outcome(row("completed", "đã bổ sung", at=ahead), known=[stored, returned], lasts=lasts) == ["stored"]


@pytest.mark.parametrize("said_now", [row("blocked"), row("blocked", day=TODAY), row("not_started", "chưa")])
def test_a_verdict_of_this_second_is_kept_by_a_machine_whose_clock_is_behind_the_databases(said_now: JudgedRow) -> None:
    done, verified = report(1, "completed", -timedelta(seconds=1)), report(2, "verified", -timedelta(seconds=2))
    found = outcome(said_now, known=[done, verified], since=done.effective_at)
    assert found == ["changed-since" if said_now.day else "verified"]
    others = report(1, "in_progress", -timedelta(seconds=2), token="xa")
    assert decide(row("blocked"), known=[others]).replaced == {2: others}
