"""The edges of the contract one by one: what the service says and what the model says are the same sentence."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.model.acting import Report, report_one
from tests.model.campaign import CAMPAIGN, DEADLINE, LATER, OPENED, make_task
from tests.model.comparing import Clocks, compare_all, written
from tests.model.model import Assignment, Task, World
from tests.model.service_handle import MICROSECOND, ServiceHandle

Running = tuple[ServiceHandle, World]
HOUR = timedelta(hours=1)
AFTER = DEADLINE + 10 * HOUR
"""When the dated work is overdue, and the later work not yet due within 48 hours."""


def say(
    running: Running, status: str, at: datetime | None = None, *, who: str = "huong", task: str = "dia-chi"
) -> None:
    service, world = running
    service.wait(timedelta(seconds=1))
    report_one(service, world, who, Report(task, "38", status, at))


def line(running: Running, clocks: Clocks | None = None, code: str = "cong-bo") -> Any:
    """The line of the report, once every figure of that moment was seen to be the model's."""
    service, world = running
    compare_all(service, world, clocks or {})
    lines = service.get("/v1/progress", campaign=CAMPAIGN, **written(clocks or {}))["categories"]
    return next(one for one in lines if one["code"] == code)


def thanh_hoa(running: Running, clocks: Clocks | None = None) -> Any:
    service, world = running
    compare_all(service, world, clocks or {})
    items = service.get("/v1/progress/provinces", campaign=CAMPAIGN, **written(clocks or {}))["items"]
    return next(item for item in items if item["code"] == "38")


def decide(running: Running, sent: dict[str, Any], task: str = "dia-chi") -> Assignment:
    service, world = running
    service.wait(timedelta(seconds=1))
    who = "an" if "deadline" in sent else "lan"
    answer = service.ask(who, "PATCH", f"/v1/assignments/{task}/38", json=sent)
    assert answer.status_code == 200, answer.text
    return world.assignments[task, "38"]


def move_deadline(running: Running, deadline: datetime | None) -> None:
    moved = decide(running, {"deadline": deadline and deadline.isoformat()})
    moved.deadline.decisions.append((running[0].now, deadline))


def test_the_later_recorded_of_one_moment_holds(running: Running) -> None:
    say(running, "completed", OPENED - HOUR)
    known = running[0].now
    say(running, "blocked", OPENED - HOUR)
    assert line(running)["assignments_completed"] == 0
    assert line(running, {"known_at": known})["assignments_completed"] == 1


def test_a_report_that_arrives_late_changes_only_its_own_time(running: Running) -> None:
    say(running, "completed", OPENED - HOUR)
    say(running, "blocked", OPENED - 5 * HOUR)
    assert line(running)["provinces_blocked"] == 0
    assert line(running, {"as_of": OPENED - 2 * HOUR})["provinces_blocked"] == 1


@pytest.mark.parametrize(("later", "on_time"), [(timedelta(), 1), (MICROSECOND, 0)])
def test_on_time_is_up_to_the_deadline_itself(running: Running, later: timedelta, on_time: int) -> None:
    running[0].set_time(AFTER)
    say(running, "completed", DEADLINE + later)
    assert line(running)["completed_on_time"] == on_time
    assert line(running)["completed_late"] == 1 - on_time


def test_work_without_a_deadline_is_on_time_whenever_it_is_done(running: Running) -> None:
    running[0].set_time(LATER + 99 * HOUR)
    say(running, "completed", task="thu-tuc")
    assert line(running)["completed_on_time"] == 1


def test_verifying_late_does_not_make_work_late(running: Running) -> None:
    say(running, "completed", OPENED)
    running[0].set_time(AFTER)
    say(running, "verified", who="lan")
    assert (line(running)["completed_on_time"], line(running)["assignments_verified"]) == (1, 1)


def test_a_return_ends_the_completion_streak(running: Running) -> None:
    say(running, "completed", OPENED)
    say(running, "returned", who="lan")
    assert (line(running)["assignments_completed"], line(running)["provinces_in_progress"]) == (0, 1)
    running[0].set_time(AFTER)
    say(running, "completed")
    assert line(running)["completed_late"] == 1


def test_a_correction_in_the_middle_of_a_run_breaks_it(running: Running) -> None:
    say(running, "completed", OPENED - 9 * HOUR)
    running[0].set_time(AFTER)
    say(running, "in_progress", AFTER - 5 * HOUR)
    say(running, "completed", AFTER - HOUR)
    assert line(running)["completed_late"] == 1
    say(running, "completed", AFTER - 5 * HOUR)
    assert line(running)["completed_on_time"] == 1


def test_a_verdict_is_judged_at_its_own_moment(running: Running) -> None:
    say(running, "completed", OPENED - 5 * HOUR)
    say(running, "in_progress", OPENED - HOUR)
    say(running, "verified", OPENED - 6 * HOUR, who="lan")
    say(running, "verified", who="lan")
    assert line(running)["assignments_verified"] == 0
    say(running, "verified", OPENED - 2 * HOUR, who="lan")
    assert line(running, {"as_of": OPENED - 2 * HOUR})["assignments_verified"] == 1


def test_a_moved_deadline_changes_past_lights_as_known_now_but_not_as_known_then(running: Running) -> None:
    running[0].set_time(AFTER)
    then = running[0].now
    assert thanh_hoa(running)["light"] == "red"
    for commune in ("14758", "14797", "16522"):
        service, world = running
        report_one(service, world, "huong", Report("may-moc", commune, "completed", OPENED))
    move_deadline(running, LATER + 99 * HOUR)
    assert thanh_hoa(running, {"as_of": then})["light"] == "green"
    assert thanh_hoa(running, {"as_of": then, "known_at": then})["light"] == "red"


@pytest.mark.parametrize(
    ("before", "light"),
    [
        (timedelta(hours=48, microseconds=1), "green"),
        (timedelta(hours=48), "yellow"),
        (timedelta(), "yellow"),
        (-MICROSECOND, "red"),
    ],
)
def test_a_light_changes_with_time_alone(running: Running, before: timedelta, light: str) -> None:
    assert thanh_hoa(running, {"as_of": DEADLINE - before})["light"] == light


def test_what_does_not_apply_counts_nowhere(running: Running) -> None:
    service, world = running
    before = line(running)
    ruled = decide(running, {"not_applicable": True, "reason": "Không có"})
    ruled.not_applicable.decisions.append((service.now, True))
    assert line(running)["assignments_total"] == before["assignments_total"] - 1
    assert line(running, {"known_at": service.now - MICROSECOND})["assignments_total"] == before["assignments_total"]
    say(running, "completed", task="thu-tuc")
    assert "38" not in line(running)["missing"]
    report_one(service, world, "huong", Report("dia-chi", "38", "completed"))


def test_equals_share_a_rank_and_the_next_follows_after_them(running: Running) -> None:
    say(running, "completed", OPENED)
    items = running[0].get("/v1/progress/provinces", campaign=CAMPAIGN)["items"]
    compare_all(*running, {})
    ranks = sorted(item["rank"] for item in items)
    assert thanh_hoa(running)["rank"] == 1
    assert ranks[1] == 2
    assert len(set(ranks)) < len(ranks)


@pytest.mark.parametrize(
    ("later", "reporting"), [(timedelta(hours=72, microseconds=-1), "fresh"), (72 * HOUR, "stale")]
)
def test_silence_begins_after_72_hours(running: Running, later: timedelta, reporting: str) -> None:
    assert thanh_hoa(running)["reporting"] == "never"
    say(running, "in_progress")
    last_report = datetime.fromisoformat(thanh_hoa(running, {"as_of": LATER})["last_update_at"])
    assert thanh_hoa(running, {"as_of": last_report + later})["reporting"] == reporting


def test_a_new_task_counts_from_the_moment_it_was_recorded(running: Running) -> None:
    service, world = running
    service.wait(HOUR)
    before = line(running)["assignments_total"]
    created_at = make_task(service, "moi", "cong-bo", "province", DEADLINE)
    world.add_task(Task("moi", "cong-bo", "province", DEADLINE), created_at)
    assert line(running)["assignments_total"] == before + 8
    assert line(running, {"as_of": created_at - MICROSECOND})["assignments_total"] == before
    assert line(running, {"as_of": LATER, "known_at": created_at - MICROSECOND})["assignments_total"] == before


def test_nothing_is_there_before_the_campaign_was_made(running: Running) -> None:
    nothing = line(running, {"as_of": OPENED - timedelta(days=99)})
    assert (nothing["provinces_total"], nothing["completion"], nothing["missing"]) == (0, None, [])


def test_a_slow_clock_is_set_right_and_a_wrong_one_is_refused(running: Running) -> None:
    service, world = running
    report_one(service, world, "huong", Report("dia-chi", "38", "completed", service.now + timedelta(minutes=5)))
    report_one(service, world, "huong", Report("dia-chi", "38", "blocked", service.now + timedelta(minutes=6)))
    assert line(running)["assignments_completed"] == 1
    assert len(world.assignments["dia-chi", "38"].updates) == 1


def test_what_is_not_theirs_to_say_is_refused_and_changes_nothing(running: Running) -> None:
    service, world = running
    for who, status in (("minh", "completed"), ("huong", "verified"), ("lan", "completed"), ("viettel", "blocked")):
        report_one(service, world, who, Report("dia-chi", "38", status))
    assert not list(world.updates())
    compare_all(service, world, {})
