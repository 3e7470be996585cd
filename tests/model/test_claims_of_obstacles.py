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
from tests.model.stage import MICROSECOND, Stage

Play = tuple[Stage, World]
HOUR = timedelta(hours=1)


def ask(play: Play, task: str | None = None, *, unit: str = "38", addressed_to: str = "viettel") -> UUID:
    made = ask_for_help(*play, "huong", Request(unit, task, addressed_to))
    assert made
    return made


def reply(play: Play, obstacle: UUID, state: str, *, who: str = "viettel", after: timedelta = HOUR) -> datetime:
    play[0].wait(after)
    change_obstacle(*play, who, obstacle, Reply(state))
    return play[0].now


def viettel(play: Play, clocks: Clocks | None = None) -> tuple[Any, ...]:
    """How many answers it owes, since when, how many it gave and how fast, once all was seen to be the model's."""
    asked = clocks or {}
    compare_agencies(*play, asked)
    items = play[0].get("/v1/progress/agencies", campaign=CAMPAIGN, **written(asked))["items"]
    own = next(item for item in items if item["code"] == "viettel")
    since = own["oldest_open_since"] and datetime.fromisoformat(own["oldest_open_since"])
    return own["obstacles_open"], since, own["obstacles_answered"], own["median_answer_hours"]


def delay(play: Play, clocks: Clocks) -> tuple[float, float, float]:
    """The hours past the deadlines of province 38: all, its own, waiting."""
    compare_province(*play, clocks, "38")
    full = play[0].get("/v1/progress/provinces/38", campaign=CAMPAIGN, **written(clocks))
    return full["delay_hours"], full["delay_own_hours"], full["delay_waiting_hours"]


def test_the_clock_of_an_obstacle_stops_at_an_answer_and_runs_again_when_it_is_reopened(play: Play) -> None:
    asked_at, obstacle = play[0].now, ask(play)
    reply(play, obstacle, "acknowledged")
    assert viettel(play) == (1, asked_at, 0, None)
    answered_at = reply(play, obstacle, "resolved", after=2 * HOUR)
    assert viettel(play) == (0, None, 1, 3.0)
    reopened_at = reply(play, obstacle, "open", who="huong", after=9 * HOUR)
    assert viettel(play) == (1, reopened_at, 1, 3.0)
    reply(play, obstacle, "declined", after=4 * HOUR)
    assert viettel(play) == (0, None, 2, 3.5)
    assert viettel(play, {"as_of": answered_at}) == (0, None, 1, 3.0)
    assert viettel(play, {"known_at": answered_at - MICROSECOND}) == (1, asked_at, 0, None)


def test_only_the_agency_addressed_and_the_ministry_answer(play: Play) -> None:
    obstacle = ask(play)
    for who in ("thu", "minh", "huong", "xa"):
        reply(play, obstacle, "resolved", who=who)
        assert viettel(play)[0] == 1, who
    reply(play, obstacle, "resolved", who="lan")
    reply(play, obstacle, "open", who="minh")
    assert viettel(play)[0] == 0


def test_delay_is_parted_into_the_unit_s_own_and_its_waiting_for_others(play: Play) -> None:
    stage, world = play
    for commune in ("14758", "14797", "16522"):
        report_one(stage, world, "huong", Report("may-moc", commune, "completed"))
    stage.turn_to(DEADLINE + 6 * HOUR)
    first, other = ask(play, "dia-chi"), ask(play, addressed_to="vnpt")
    ask(play, "thu-tuc")
    ask(play, unit="14758")
    ten = reply(play, first, "resolved", after=4 * HOUR)
    assert delay(play, {"as_of": ten}) == (10.0, 6.0, 4.0)
    reply(play, other, "declined", who="thu", after=2 * HOUR)
    stage.wait(8 * HOUR)
    report_one(stage, world, "huong", Report("dia-chi", "38", "completed", DEADLINE + 15 * HOUR))
    assert delay(play, {"as_of": DEADLINE + 99 * HOUR}) == (15.0, 9.0, 6.0)


def test_who_owes_most_answers_comes_first_then_who_has_owed_one_the_longest(play: Play) -> None:
    def order() -> list[str]:
        viettel(play)
        items = play[0].get("/v1/progress/agencies", campaign=CAMPAIGN, as_of=play[0].now.isoformat())["items"]
        return [item["code"] for item in items]

    assert order() == ["bkhcn", "viettel", "vnpt"]
    first = ask(play, addressed_to="vnpt")
    play[0].wait(HOUR)
    ask(play)
    assert order() == ["vnpt", "viettel", "bkhcn"]
    play[0].wait(HOUR)
    ask(play, unit="14758")
    assert order() == ["viettel", "vnpt", "bkhcn"]
    reply(play, first, "resolved", who="thu")
    assert order() == ["viettel", "bkhcn", "vnpt"]
