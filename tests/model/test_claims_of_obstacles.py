"""Who waited for whom: what the service says of answers and delays, and what the model says, is the same sentence."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tests.model.acting import Report, report_one
from tests.model.asking import Reply, Request, ask_for_help, change_obstacle
from tests.model.campaign import CAMPAIGN, DEADLINE
from tests.model.comparing import Clocks, written
from tests.model.comparing_more import compare_agencies, compare_province
from tests.model.model import World
from tests.model.service_handle import MICROSECOND, ServiceHandle

Running = tuple[ServiceHandle, World]
HOUR = timedelta(hours=1)


def ask(running: Running, task: str | None = None, *, unit: str = "38", addressed_to: str = "viettel") -> UUID:
    made = ask_for_help(*running, "huong", Request(unit, task, addressed_to))
    assert made
    return made


def reply(running: Running, obstacle: UUID, state: str, *, who: str = "viettel", after: timedelta = HOUR) -> datetime:
    running[0].wait(after)
    change_obstacle(*running, who, obstacle, Reply(state))
    return running[0].now


def viettel(running: Running, clocks: Clocks | None = None) -> tuple[Any, ...]:
    """How many answers it owes, since when, how many it gave and how fast, once all was seen to be the model's."""
    asked = clocks or {}
    compare_agencies(*running, asked)
    items = running[0].get("/v1/progress/agencies", campaign=CAMPAIGN, **written(asked))["items"]
    own = next(item for item in items if item["code"] == "viettel")
    since = own["oldest_open_since"] and datetime.fromisoformat(own["oldest_open_since"])
    return own["obstacles_open"], since, own["obstacles_answered"], own["median_answer_hours"]


def delay(running: Running, clocks: Clocks) -> tuple[float, float, float]:
    """The hours past the deadlines of province 38: all, its own, waiting."""
    compare_province(*running, clocks, "38")
    full = running[0].get("/v1/progress/provinces/38", campaign=CAMPAIGN, **written(clocks))
    return full["delay_hours"], full["delay_own_hours"], full["delay_waiting_hours"]


def test_the_clock_of_an_obstacle_stops_at_an_answer_and_runs_again_when_it_is_reopened(running: Running) -> None:
    asked_at, obstacle = running[0].now, ask(running)
    reply(running, obstacle, "acknowledged")
    assert viettel(running) == (1, asked_at, 0, None)
    answered_at = reply(running, obstacle, "resolved", after=2 * HOUR)
    assert viettel(running) == (0, None, 1, 3.0)
    reopened_at = reply(running, obstacle, "open", who="huong", after=9 * HOUR)
    assert viettel(running) == (1, reopened_at, 1, 3.0)
    reply(running, obstacle, "declined", after=4 * HOUR)
    assert viettel(running) == (0, None, 2, 3.5)
    assert viettel(running, {"as_of": answered_at}) == (0, None, 1, 3.0)
    assert viettel(running, {"known_at": answered_at - MICROSECOND}) == (1, asked_at, 0, None)


def test_only_the_agency_addressed_and_the_ministry_answer(running: Running) -> None:
    obstacle = ask(running)
    for who in ("thu", "minh", "huong", "xa"):
        reply(running, obstacle, "resolved", who=who)
        assert viettel(running)[0] == 1, who
    reply(running, obstacle, "resolved", who="lan")
    reply(running, obstacle, "open", who="minh")
    assert viettel(running)[0] == 0


def test_delay_is_parted_into_the_unit_s_own_and_its_waiting_for_others(running: Running) -> None:
    service, world = running
    for commune in ("14758", "14797", "16522"):
        report_one(service, world, "huong", Report("may-moc", commune, "completed"))
    service.set_time(DEADLINE + 6 * HOUR)
    first, other = ask(running, "dia-chi"), ask(running, addressed_to="vnpt")
    ask(running, "thu-tuc")
    ask(running, unit="14758")
    ten = reply(running, first, "resolved", after=4 * HOUR)
    assert delay(running, {"as_of": ten}) == (10.0, 6.0, 4.0)
    reply(running, other, "declined", who="thu", after=2 * HOUR)
    service.wait(8 * HOUR)
    report_one(service, world, "huong", Report("dia-chi", "38", "completed", DEADLINE + 15 * HOUR))
    assert delay(running, {"as_of": DEADLINE + 99 * HOUR}) == (15.0, 9.0, 6.0)


def test_who_owes_most_answers_comes_first_then_who_has_owed_one_the_longest(running: Running) -> None:
    def order() -> list[str]:
        viettel(running)
        items = running[0].get("/v1/progress/agencies", campaign=CAMPAIGN, as_of=running[0].now.isoformat())["items"]
        return [item["code"] for item in items]

    assert order() == ["bkhcn", "viettel", "vnpt"]
    first = ask(running, addressed_to="vnpt")
    running[0].wait(HOUR)
    ask(running)
    assert order() == ["vnpt", "viettel", "bkhcn"]
    running[0].wait(HOUR)
    ask(running, unit="14758")
    assert order() == ["viettel", "vnpt", "bkhcn"]
    reply(running, first, "resolved", who="thu")
    assert order() == ["viettel", "bkhcn", "vnpt"]


def test_an_answer_is_due_after_three_working_days_and_a_promise_that_passes_is_broken(running: Running) -> None:
    service, world = running

    def past(clocks: Clocks | None = None) -> tuple[Any, ...]:
        viettel(running, clocks)
        items = service.get("/v1/progress/agencies", campaign=CAMPAIGN, **written(clocks or {}))["items"]
        own = next(item for item in items if item["code"] == "viettel")
        return own["answers_overdue"], own["promises_broken"]

    obstacle = ask(running)
    due = world.obstacles[obstacle].waits(service.now)[0].due
    change_obstacle(service, world, "viettel", obstacle, Reply("acknowledged", promised=HOUR))
    promised = world.obstacles[obstacle].promises[0].by
    assert promised
    service.set_time(due + HOUR)
    assert past() == (1, 1)
    assert past({"as_of": due}) == (0, 1)
    assert past({"as_of": promised}) == (0, 0)
    reply(running, obstacle, "declined")
    assert past() == (0, 0)
    assert past({"as_of": due + HOUR}) == (1, 1)
    reply(running, obstacle, "open", who="huong")
    assert past() == (0, 0)
