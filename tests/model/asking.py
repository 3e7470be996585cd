"""Obstacles done to the service and to the model: asked, answered, opened again, and refused to whom they are not."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tests.model.acting import MINISTRY
from tests.model.campaign import REPORTERS, moment
from tests.model.model import World
from tests.model.obstacles import ANSWERS, Obstacle, Promise
from tests.model.service_handle import ServiceHandle

TASKS_OF = {"province": ("province", "commune"), "commune": ("commune",), "agency": ("agency",)}
"""Whose work a unit's difficulty may be about: a province also speaks of its communes'."""


@dataclass(frozen=True)
class Request:
    """A difficulty as someone sends it."""

    unit: str
    task: str | None
    addressed_to: str

    def sent(self) -> dict[str, Any]:
        about = {"task": self.task} if self.task else {}
        words = {"title": "Đường truyền yếu", "detail": "Xin hỗ trợ", "group": "infrastructure"}
        return {"unit": self.unit, "addressed_to": self.addressed_to, **about, **words}


@dataclass(frozen=True)
class Reply:
    """A change of an obstacle as someone sends it; `promised` is how long from now on the answer may take."""

    state: str
    response: str | None = "Đã xem xét"
    promised: timedelta | None = None

    def sent(self, now: datetime) -> dict[str, Any]:
        promised = {"promised_by": (now + self.promised).isoformat()} if self.promised else {}
        return {"state": self.state, **({"response": self.response} if self.response else {}), **promised}


def is_theirs(world: World, who: str, unit: str) -> bool:
    """Whether someone speaks for a unit: it is their own, or a commune of their province."""
    return REPORTERS.get(who) in (unit, world.units[unit].owner)


def ask_for_help(service: ServiceHandle, world: World, who: str, request: Request) -> UUID | None:
    """Report an obstacle; answers which it is, or None when it was rightly refused."""
    answer = service.ask(who, "POST", "/v1/obstacles", json=request.sent())
    if not is_theirs(world, who, request.unit):
        assert answer.status_code == 403, (who, request, answer.text)
        return None
    if request.task and world.tasks[request.task].level not in TASKS_OF[world.units[request.unit].level]:
        assert answer.status_code == 422, (who, request, answer.text)
        return None
    assert answer.status_code == 201, (who, request, answer.text)
    made = Obstacle(request.unit, world.units[request.unit].owner, request.task, request.addressed_to)
    world.obstacles[UUID(answer.json()["id"])] = made
    _take_change(service, made, "open", answer.json())
    return UUID(answer.json()["id"])


def _take_change(
    service: ServiceHandle, obstacle: Obstacle, state: str, told: dict[str, Any], promised: datetime | None = None
) -> None:
    """Put a change into the model at the moment that the service tells of it."""
    at = datetime.fromisoformat(told["history"][-1]["at"])
    assert service.now <= at <= service.now + timedelta(milliseconds=1), (service.now, told)
    obstacle.changes.append((at, state))
    if promised:
        obstacle.promises.append(Promise(at, promised))
    assert [change["state"] for change in told["history"]] == [said for _, said in obstacle.changes]
    assert (told["state"], told["unit"], told["task"]) == (state, obstacle.unit, obstacle.task)
    waits = obstacle.waits(at)
    assert (moment(told["answer_due"]), moment(told["promised_by"])) == (waits[-1].due, obstacle.promised_by()), told
    assert moment(told["waiting_since"]) == (None if waits[-1].until else waits[-1].since), (told, waits)


def change_obstacle(service: ServiceHandle, world: World, who: str, obstacle: UUID, reply: Reply) -> None:
    """Answer an obstacle or open it again: done as the contract says, or refused as it says."""
    answer = service.ask(who, "PATCH", f"/v1/obstacles/{obstacle}", json=reply.sent(service.now))
    about = world.obstacles[obstacle]
    refusals = refused_for_authority(world, who, about, reply) or refused_for_meaning(who, about, reply, service.now)
    if refusals:
        assert answer.status_code in refusals, (who, about, reply, answer.text)
        return
    assert answer.status_code == 200, (who, about, reply, answer.text)
    _take_change(service, about, reply.state, answer.json(), service.now + reply.promised if reply.promised else None)


def may_answer(who: str, about: Obstacle) -> bool:
    return who in MINISTRY or REPORTERS.get(who) == about.addressed_to


def refused_for_authority(world: World, who: str, about: Obstacle, reply: Reply) -> set[int]:
    """To others it is not there; the unit that asked only opens it again, which the agency that answered may not."""
    if may_answer(who, about):
        opens_again = reply.state == "open" and about.state in ANSWERS
        may_open = who in MINISTRY or is_theirs(world, who, about.unit)
        return {403} if opens_again and not may_open else set()
    if not is_theirs(world, who, about.unit):
        return {403, 404}
    return set() if reply.state == "open" and not reply.promised else {403}


def refused_for_meaning(who: str, about: Obstacle, reply: Reply, now: datetime) -> set[int]:
    """What was answered is only opened again, and that with a reason, as is declining. Its answerer may add words.

    Who still has to answer may promise to, without a word; nothing is promised with an answer.
    """
    refusals = set[int]()
    promises = reply.promised is not None and now + reply.promised != about.promised_by()
    adds_words = reply.state == about.state and may_answer(who, about)
    answered = about.state in ANSWERS or adds_words
    only_promises = promises and reply.state == about.state
    if reply.response is None and reply.state in ("open", "declined", about.state) and not only_promises:
        refusals.add(422)
    if reply.promised and reply.state in ANSWERS:
        refusals.add(409)
    if (reply.state == "open" and not answered) or (reply.state == "acknowledged" and about.state in ANSWERS):
        refusals.add(409)
    return refusals
