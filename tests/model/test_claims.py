"""The edges of the contract one by one: what the service says and what the model says are the same sentence."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.model.acting import Report, report_one
from tests.model.campaign import CAMPAIGN, DEADLINE, LATER, OPENED, make_task
from tests.model.comparing import Clocks, compare_all, written
from tests.model.model import Assignment, Task, World
from tests.model.stage import MICROSECOND, Stage

Play = tuple[Stage, World]
HOUR = timedelta(hours=1)
AFTER = DEADLINE + 10 * HOUR
"""When the dated work is overdue, and the later work not yet due within 48 hours."""


def say(play: Play, status: str, at: datetime | None = None, *, who: str = "huong", task: str = "dia-chi") -> None:
    stage, world = play
    stage.wait(timedelta(seconds=1))
    report_one(stage, world, who, Report(task, "38", status, at))


def line(play: Play, clocks: Clocks | None = None, code: str = "cong-bo") -> Any:
    """The line of the report, once every figure of that moment was seen to be the model's."""
    stage, world = play
    compare_all(stage, world, clocks or {})
    lines = stage.get("/v1/progress", campaign=CAMPAIGN, **written(clocks or {}))["categories"]
    return next(one for one in lines if one["code"] == code)


def thanh_hoa(play: Play, clocks: Clocks | None = None) -> Any:
    stage, world = play
    compare_all(stage, world, clocks or {})
    items = stage.get("/v1/progress/provinces", campaign=CAMPAIGN, **written(clocks or {}))["items"]
    return next(item for item in items if item["code"] == "38")


def decide(play: Play, sent: dict[str, Any], task: str = "dia-chi") -> Assignment:
    stage, world = play
    stage.wait(timedelta(seconds=1))
    who = "an" if "deadline" in sent else "lan"
    answer = stage.ask(who, "PATCH", f"/v1/assignments/{task}/38", json=sent)
    assert answer.status_code == 200, answer.text
    return world.assignments[task, "38"]


def move_deadline(play: Play, deadline: datetime | None) -> None:
    moved = decide(play, {"deadline": deadline and deadline.isoformat()})
    moved.deadline.decisions.append((play[0].now, deadline))


def test_the_later_recorded_of_one_moment_holds(play: Play) -> None:
    say(play, "completed", OPENED - HOUR)
    known = play[0].now
    say(play, "blocked", OPENED - HOUR)
    assert line(play)["assignments_completed"] == 0
    assert line(play, {"known_at": known})["assignments_completed"] == 1


def test_a_report_that_arrives_late_changes_only_its_own_time(play: Play) -> None:
    say(play, "completed", OPENED - HOUR)
    say(play, "blocked", OPENED - 5 * HOUR)
    assert line(play)["provinces_blocked"] == 0
    assert line(play, {"as_of": OPENED - 2 * HOUR})["provinces_blocked"] == 1


@pytest.mark.parametrize(("later", "on_time"), [(timedelta(), 1), (MICROSECOND, 0)])
def test_on_time_is_up_to_the_deadline_itself(play: Play, later: timedelta, on_time: int) -> None:
    play[0].turn_to(AFTER)
    say(play, "completed", DEADLINE + later)
    assert line(play)["completed_on_time"] == on_time
    assert line(play)["completed_late"] == 1 - on_time


def test_work_without_a_deadline_is_on_time_whenever_it_is_done(play: Play) -> None:
    play[0].turn_to(LATER + 99 * HOUR)
    say(play, "completed", task="thu-tuc")
    assert line(play)["completed_on_time"] == 1


def test_verifying_late_does_not_make_work_late(play: Play) -> None:
    say(play, "completed", OPENED)
    play[0].turn_to(AFTER)
    say(play, "verified", who="lan")
    assert (line(play)["completed_on_time"], line(play)["assignments_verified"]) == (1, 1)


def test_a_return_ends_the_run_of_completion(play: Play) -> None:
    say(play, "completed", OPENED)
    say(play, "returned", who="lan")
    assert (line(play)["assignments_completed"], line(play)["provinces_in_progress"]) == (0, 1)
    play[0].turn_to(AFTER)
    say(play, "completed")
    assert line(play)["completed_late"] == 1


def test_a_correction_in_the_middle_of_a_run_breaks_it(play: Play) -> None:
    say(play, "completed", OPENED - 9 * HOUR)
    play[0].turn_to(AFTER)
    say(play, "in_progress", AFTER - 5 * HOUR)
    say(play, "completed", AFTER - HOUR)
    assert line(play)["completed_late"] == 1
    say(play, "completed", AFTER - 5 * HOUR)
    assert line(play)["completed_on_time"] == 1


def test_a_verdict_is_judged_at_its_own_moment(play: Play) -> None:
    say(play, "completed", OPENED - 5 * HOUR)
    say(play, "in_progress", OPENED - HOUR)
    say(play, "verified", OPENED - 6 * HOUR, who="lan")
    say(play, "verified", who="lan")
    assert line(play)["assignments_verified"] == 0
    say(play, "verified", OPENED - 2 * HOUR, who="lan")
    assert line(play, {"as_of": OPENED - 2 * HOUR})["assignments_verified"] == 1


def test_a_moved_deadline_changes_past_lights_as_known_now_but_not_as_known_then(play: Play) -> None:
    play[0].turn_to(AFTER)
    then = play[0].now
    assert thanh_hoa(play)["light"] == "red"
    for commune in ("14758", "14797", "16522"):
        stage, world = play
        report_one(stage, world, "huong", Report("may-moc", commune, "completed", OPENED))
    move_deadline(play, LATER + 99 * HOUR)
    assert thanh_hoa(play, {"as_of": then})["light"] == "green"
    assert thanh_hoa(play, {"as_of": then, "known_at": then})["light"] == "red"


@pytest.mark.parametrize(
    ("before", "light"),
    [
        (timedelta(hours=48, microseconds=1), "green"),
        (timedelta(hours=48), "yellow"),
        (timedelta(), "yellow"),
        (-MICROSECOND, "red"),
    ],
)
def test_a_light_turns_by_the_clock_alone(play: Play, before: timedelta, light: str) -> None:
    assert thanh_hoa(play, {"as_of": DEADLINE - before})["light"] == light


def test_what_does_not_apply_counts_nowhere(play: Play) -> None:
    stage, world = play
    before = line(play)
    ruled = decide(play, {"not_applicable": True, "reason": "Không có"})
    ruled.not_applicable.decisions.append((stage.now, True))
    assert line(play)["assignments_total"] == before["assignments_total"] - 1
    assert line(play, {"known_at": stage.now - MICROSECOND})["assignments_total"] == before["assignments_total"]
    say(play, "completed", task="thu-tuc")
    assert "38" not in line(play)["missing"]
    report_one(stage, world, "huong", Report("dia-chi", "38", "completed"))


def test_equals_share_a_rank_and_the_next_follows_after_them(play: Play) -> None:
    say(play, "completed", OPENED)
    items = play[0].get("/v1/progress/provinces", campaign=CAMPAIGN)["items"]
    compare_all(*play, {})
    ranks = sorted(item["rank"] for item in items)
    assert thanh_hoa(play)["rank"] == 1
    assert ranks[1] == 2
    assert len(set(ranks)) < len(ranks)


@pytest.mark.parametrize(
    ("later", "reporting"), [(timedelta(hours=72, microseconds=-1), "fresh"), (72 * HOUR, "stale")]
)
def test_silence_begins_after_72_hours(play: Play, later: timedelta, reporting: str) -> None:
    assert thanh_hoa(play)["reporting"] == "never"
    say(play, "in_progress")
    assert thanh_hoa(play, {"as_of": play[0].now + later})["reporting"] == reporting


def test_a_new_task_counts_from_the_moment_it_was_recorded(play: Play) -> None:
    stage, world = play
    stage.wait(HOUR)
    before = line(play)["assignments_total"]
    created_at = make_task(stage, "moi", "cong-bo", "province", DEADLINE)
    world.add_task(Task("moi", "cong-bo", "province", DEADLINE), created_at)
    assert line(play)["assignments_total"] == before + 8
    assert line(play, {"as_of": created_at - MICROSECOND})["assignments_total"] == before
    assert line(play, {"as_of": LATER, "known_at": created_at - MICROSECOND})["assignments_total"] == before


def test_nothing_is_there_before_the_campaign_was_made(play: Play) -> None:
    nothing = line(play, {"as_of": OPENED - timedelta(days=99)})
    assert (nothing["provinces_total"], nothing["completion"], nothing["missing"]) == (0, None, [])


def test_a_slow_clock_is_set_right_and_a_wrong_one_is_refused(play: Play) -> None:
    stage, world = play
    report_one(stage, world, "huong", Report("dia-chi", "38", "completed", stage.now + timedelta(minutes=5)))
    report_one(stage, world, "huong", Report("dia-chi", "38", "blocked", stage.now + timedelta(minutes=6)))
    assert line(play)["assignments_completed"] == 1
    assert len(world.assignments["dia-chi", "38"].updates) == 1


def test_what_is_not_theirs_to_say_is_refused_and_changes_nothing(play: Play) -> None:
    stage, world = play
    for who, status in (("minh", "completed"), ("huong", "verified"), ("lan", "completed"), ("viettel", "blocked")):
        report_one(stage, world, who, Report("dia-chi", "38", status))
    assert not list(world.updates())
    compare_all(stage, world, {})
