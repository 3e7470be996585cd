"""The story itself: the same every time, the report's figures by both clocks, and nothing that the rules refuse."""

import hashlib
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from app.auth.identity import Identity, Role
from app.catalogue.catalogue import Campaign, Catalogue, Category, Task, Unit
from app.catalogue.seed import agencies, campaign, categories, communes, provinces, tasks
from app.clock import end_of_day
from app.demo import agencies as demo_agencies
from app.demo import communes as demo_communes
from app.demo import provinces as demo_provinces
from app.demo.histories import END
from app.demo.hours import june
from app.demo.june27 import COMPLETED, EVERYTHING_DONE, MOMENT, SILENT_PROVINCE, is_done
from app.demo.obstacles import obstacles
from app.demo.shapes import MINISTRY, DemoObstacle, DemoReport, DemoRuling, Work
from app.demo.store_obstacles import NO_HOLIDAYS
from app.demo.story import bulletin_of_27_june, story
from app.obstacles.rules import Group, ObstacleState, Parties, SentChange, State, after_change, refuse_change, unfit
from app.obstacles.schemas import ObstacleIn
from app.obstacles.working_days import answer_due
from app.status import Status
from app.updates import rules
from app.updates.reports import Report
from app.updates.rules import AssignmentKey

PUBLISHED = {
    "equipment": 26,
    "information-systems": 29,
    "procedures-published": 17,
    "commune-procedures": 19,
    "processes-and-forms": 14,
    "access-points": 23,
    "hotlines": 27,
    "reporting-system": 21,
    "online-meetings": 29,
    "staffing": 29,
}
"""The report of 27 June 2025, 17:00."""

LATER = june(90)
READ_OUT = june(27, 17, 30)
ELSEWHERE = """
import hashlib
from app.demo.story import story
report = repr((list(story().updates.items()), list(story().rulings.items())))
print(hashlib.sha256(report.encode()).hexdigest())
"""
CATEGORY = {task.code: task.category for task in tasks()}


def standing(as_of: datetime, known_at: datetime) -> dict[Work, DemoReport]:
    """Where each piece of work stands: the greatest (effective, recorded, id), written from the contract alone."""
    best: dict[Work, tuple[Any, ...]] = {}
    for update_id, report in story().updates.items():
        if report.effective_at <= as_of and report.recorded_at <= known_at:
            key = (report.effective_at, report.recorded_at, update_id)
            if report.work not in best or key > best[report.work][:3]:
                best[report.work] = (*key, report)
    return {work: found[3] for work, found in best.items()}


def done_in(category: str, stands: dict[Work, DemoReport]) -> set[str]:
    works = [task.code for task in tasks() if task.category == category]
    return {
        province.code
        for province in provinces()
        if all(_complete(stands.get(Work(province.code, task, province.code))) for task in works)
    }


def communes_done(stands: dict[Work, DemoReport]) -> set[str]:
    """The provinces all of whose communes have done all their work."""
    works = [task.code for task in tasks() if task.level == "commune"]
    late = {unit.owner for unit in communes() for task in works if not _complete(stands.get(_of(unit, task)))}
    return {province.code for province in provinces()} - late


def _of(unit: Any, task: str) -> Work:
    return Work(unit.owner, task, unit.code)


def _complete(report: DemoReport | None) -> bool:
    return report is not None and report.status.complete


@pytest.mark.parametrize("known_at", [MOMENT, LATER], ids=["as known then", "as known now"])
def test_the_ten_figures_of_27_june_are_the_published_ones(known_at: datetime) -> None:
    stands = standing(MOMENT, known_at)
    assert {category: len(done_in(category, stands)) for category in PUBLISHED} == PUBLISHED


@pytest.mark.parametrize("known_at", [MOMENT, READ_OUT, LATER])
def test_thanh_hoa_had_done_everything_its_communes_work_included_as_one_of_three(known_at: datetime) -> None:
    stands = standing(MOMENT, known_at)
    everything = set.intersection(*(done_in(category, stands) for category in PUBLISHED))
    assert everything == communes_done(stands) == EVERYTHING_DONE
    assert "38" in everything


def test_nothing_recorded_later_takes_back_that_they_were_done() -> None:
    for report in story().updates.values():
        if report.recorded_at > MOMENT and report.work.owner in EVERYTHING_DONE:
            assert report.status.complete or report.effective_at < MOMENT
    for known_at in (june(28, 17), june(30, 12), END):
        assert communes_done(standing(known_at, known_at)) >= EVERYTHING_DONE


def test_what_the_provinces_had_open_at_the_meeting_was_promised_for_29_june() -> None:
    stands = standing(MOMENT, MOMENT)
    promised = [one for one in story().rulings.values() if one.deadline == end_of_day(date(2025, 6, 29))]
    assert len(promised) > 80
    assert not any(_complete(stands.get(one.work)) for one in promised)
    assert all(MOMENT < one.recorded_at < june(28) for one in promised)
    kept = standing(june(30), LATER)
    assert 0.5 < sum(_complete(kept.get(one.work)) for one in promised) / len(promised) < 1


def test_the_two_clocks_tell_different_stories_of_other_moments() -> None:
    for moment in (june(20, 17), june(24, 17)):
        then, now = standing(moment, moment), standing(moment, LATER)
        differing = {category for category in PUBLISHED if done_in(category, then) != done_in(category, now)}
        assert len(differing) >= 3


def test_a_premature_claim_counted_until_it_was_set_back() -> None:
    claims = [
        report for report in story().updates.values() if report.note and report.note.startswith("Đính chính: khi đó")
    ]
    assert len(claims) >= 10
    for report in claims:
        before = standing(report.effective_at, report.recorded_at - timedelta(seconds=1))
        assert before[report.work].status is Status.COMPLETED
        assert standing(report.effective_at, LATER)[report.work].status is Status.IN_PROGRESS


def test_nearly_everything_is_done_on_the_first_of_july() -> None:
    stands = standing(END, END)
    own = [work for work in stands if work.task in PUBLISHED or work.task == "centre-network"]
    open_there = [work for work in own if not stands[work].status.complete]
    assert len(own) == 34 * 11
    assert 1 <= len(open_there) <= 5
    done = sum(_complete(report) for work, report in stands.items() if CATEGORY[work.task] == "commune-infrastructure")
    assert 0.97 < done / (3321 * 2) < 1


def test_most_communes_are_heard_of_and_a_few_never() -> None:
    heard = {report.work.unit for report in story().updates.values()}
    never = [unit for unit in communes() if unit.code not in heard]
    assert len(never) == 9
    assert len({unit.owner for unit in never}) == 9


def test_one_province_was_silent_for_more_than_72_hours_and_the_others_were_not() -> None:
    last = {}
    for report in story().updates.values():
        if report.recorded_at <= MOMENT and report.work.unit == report.work.owner:
            last[report.work.owner] = report.recorded_at
    work_is_open = {p.code for p in provinces() if any(not is_done(t, p.code) for t in PUBLISHED)}
    stale = {code for code in work_is_open if MOMENT - last[code] > timedelta(hours=72)}
    assert stale == {SILENT_PROVINCE}
    heard_there = [t.recorded_at for t in story().updates.values() if t.work.owner == SILENT_PROVINCE]
    assert MOMENT - max(at for at in heard_there if at <= MOMENT) > timedelta(hours=72)


def test_there_is_something_of_everything() -> None:
    at_the_report = Counter(report.status for report in standing(MOMENT, LATER).values())
    assert set(at_the_report) >= set(Status) - {Status.NOT_STARTED}
    assert any(report.document_number for report in story().updates.values())
    assert all(link.split("/")[2].endswith(".example.org") for t in story().updates.values() for link in t.evidence)
    late = [t for t in story().updates.values() if t.recorded_at - t.effective_at > timedelta(days=2)]
    assert len(late) > 100
    after_the_deadline = [
        report
        for report in story().updates.values()
        if report.status is Status.COMPLETED and report.effective_at > june(31)
    ]
    assert after_the_deadline
    assert 10_000 < len(story().updates) < 16_000


def test_it_is_recorded_in_june_in_the_order_of_the_ids() -> None:
    ids = list(story().updates)
    assert ids == sorted(ids)
    moments = [report.recorded_at for report in story().updates.values()]
    assert moments == sorted(moments)
    assert june(2) < moments[0]
    assert moments[-1] <= june(31, 18)
    assert bulletin_of_27_june().as_of == MOMENT


def test_it_is_the_same_in_every_process() -> None:
    here = hashlib.sha256(repr((list(story().updates.items()), list(story().rulings.items()))).encode()).hexdigest()
    for seed in ("1", "2"):
        there = subprocess.run(  # a set is walked through in another order there
            [sys.executable, "-c", ELSEWHERE], env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
        )
        assert there.stdout.strip() == here


def test_its_figures_are_those_it_says_it_has() -> None:
    assert COMPLETED == PUBLISHED


def test_every_report_would_have_been_taken() -> None:
    """Each one, in the order of recording, by the very rules of the service."""
    catalogue, replay = _catalogue(), Replay()
    for report, ruled in _in_order():
        if ruled is not None:
            replay.not_applicable[ruled.work] = ruled.not_applicable
            continue
        assert report is not None
        assert list(replay.complaints(report, catalogue)) == []
        replay.history.setdefault(report.work, []).append(report)


def test_the_replay_notices_a_verdict_on_open_work() -> None:
    report = next(t for t in story().updates.values() if t.status is Status.VERIFIED)
    assert [c.code for c in Replay().complaints(report, _catalogue())] == ["not-complete"]


class Replay:
    """What the service would have known at each moment of June."""

    def __init__(self) -> None:
        self.history: dict[Work, list[DemoReport]] = {}
        self.not_applicable: dict[Work, bool] = {}

    def complaints(self, demo: DemoReport, catalogue: Catalogue) -> Iterable[Any]:
        who = _sender(demo, catalogue)
        report = Report(demo.work.task, demo.work.unit, demo.status, demo.effective_at, demo.note, demo.evidence)
        found = rules.find_assignment(report, who, catalogue)
        assert found == AssignmentKey(demo.work.owner, demo.work.task, demo.work.unit)
        assert demo.effective_at <= demo.recorded_at
        assert demo.document_date is None or demo.document_date <= demo.recorded_at.date()
        yield from rules.validate_alone(report, who, demo.recorded_at)
        ruled_out = self.not_applicable.get(demo.work, False)
        yield from rules.validate_against_assignment(
            report, not_applicable=ruled_out, status_then=self._status_then(demo)
        )

    def _status_then(self, demo: DemoReport) -> str:
        before = [one for one in self.history.get(demo.work, []) if one.effective_at <= demo.effective_at]
        return max(before, key=lambda one: one.effective_at).status if before else Status.NOT_STARTED


def _in_order() -> list[tuple[DemoReport | None, DemoRuling | None]]:
    report: list[Any] = [(one.recorded_at, one, None) for one in story().updates.values()]
    ruled: list[Any] = [(one.recorded_at, None, one) for one in story().rulings.values()]
    return [(one, other) for _, one, other in sorted(report + ruled, key=lambda entry: entry[0])]


def _sender(report: DemoReport, catalogue: Catalogue) -> Identity:
    if report.by == MINISTRY:
        return Identity("demo", "lan", Role.MINISTRY)
    return _unit(report.by, catalogue)


def _unit(code: str, catalogue: Catalogue) -> Identity:
    unit = catalogue.units[code]
    role = Role.AGENCY if unit.level == "agency" else Role.REPORTER
    return Identity("demo", code, role, code, unit.owner)


def _catalogue() -> Catalogue:
    two_tier = campaign()
    units = [*provinces(), *communes(), *agencies()]
    return Catalogue(
        campaigns={
            two_tier.code: Campaign(two_tier.code, {}, two_tier.opening, two_tier.deadline, two_tier.go_live, 1)
        },
        units={u.code: Unit(u.code, u.level, u.kind, u.owner, u.province, u.names, None, None, 1) for u in units},
        categories={c.code: Category(c.code, two_tier.code, c.position, c.names, 1) for c in categories()},
        tasks={
            t.code: Task(t.code, t.category, t.level, t.position, t.names, t.deadline, None, two_tier.opening, 1)
            for t in tasks()
        },
    )


def test_every_obstacle_is_about_work_that_its_unit_has_and_is_answered_in_order() -> None:
    catalogue, report = _catalogue(), list(obstacles())
    assert [one.at for one in report] == sorted(one.at for one in report)
    assert {one.group for one in report} == {"infrastructure", "systems", "institution_staff", "support"}
    for one in report:
        sent = ObstacleIn(
            unit=one.unit,
            task=one.task,
            group=Group(one.group),
            title=one.title,
            detail=one.detail,
            addressed_to=one.addressed_to,
        )
        assert list(unfit(sent, _unit(one.unit, catalogue), catalogue)) == []
        _take_every_change(one, catalogue)
        assert [one.at, *(c.at for c in one.changes)] == sorted([one.at, *(c.at for c in one.changes)])
        assert {change.by for change in one.changes} <= {one.addressed_to, one.unit}


def _take_every_change(report: DemoObstacle, catalogue: Catalogue) -> None:
    before = ObstacleState(State.OPEN, answer_due(report.at, NO_HOLIDAYS), None)
    for change in report.changes:
        promised = end_of_day(change.promised_by) if change.promised_by else None
        sent = SentChange(State(change.state), change.response, promised is not None, promised)
        parties = Parties(catalogue.units[report.unit].owner, report.unit, report.addressed_to)
        refuse_change(_unit(change.by, catalogue), parties, before, sent, change.at)
        before = after_change(before, sent, change.at, NO_HOLIDAYS)


def test_what_is_left_open_was_not_done_before() -> None:
    for task, province in demo_provinces.NEVER_DONE:
        assert not is_done(task, province)
    assert {province.code for province in provinces()} >= demo_communes.NEVER_HEARD
    assert demo_agencies.COORDINATOR in {agency.code for agency in agencies()}
