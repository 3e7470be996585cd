"""The service's answers held against the model's, figure by figure."""

from datetime import datetime, timedelta
from typing import Any

from tests.model import figures
from tests.model.campaign import moment
from tests.model.figures import Cells
from tests.model.model import Moment, World
from tests.model.service_handle import ServiceHandle

Clocks = dict[str, datetime]
"""`as_of` and `known_at`, where they are given."""


def written(clocks: Clocks) -> dict[str, str]:
    return {name: at.isoformat() for name, at in clocks.items()}


SETTLED_WITHIN = timedelta(seconds=1)
"""How far behind the present the last settled moment may lie while nobody holds a transaction open."""


def present_moments(service: ServiceHandle, world: World) -> set[datetime]:
    """The later of the minute's start and the newest thing recorded, whether rulings are or not."""
    minute = service.now.replace(second=0, microsecond=0)
    return {max(minute, world.newest_recorded_at(rulings=ruled, obstacles=True)) for ruled in (True, False)}


def moment_of(service: ServiceHandle, world: World, clocks: Clocks, answer: dict[str, Any]) -> Moment:
    """The moment that was asked about; the answer has to say the same."""
    as_of, known_at = moment(answer["as_of"]), moment(answer["known_at"])
    assert as_of
    assert known_at == settled(clocks.get("known_at"), known_at, service.now)
    if "as_of" in clocks:
        assert as_of == clocks["as_of"]
    elif known_at:
        assert as_of == known_at
    else:
        assert as_of in present_moments(service, world)
    return Moment(as_of, known_at)


def settled(asked: datetime | None, answered: datetime | None, now: datetime) -> datetime | None:
    """The moment by which an answer is known: the one asked for, or the last settled one before it, about now."""
    if asked is None or asked < now - SETTLED_WITHIN:
        return asked
    assert answered
    assert now - SETTLED_WITHIN <= answered <= asked
    return answered


def compare_all(service: ServiceHandle, world: World, clocks: Clocks) -> None:
    """Every figure of a moment, on every answer that tells figures of one moment."""
    asked = {"campaign": world.campaign, **written(clocks)}
    answer = service.get("/v1/progress", **asked)
    cells = Cells(world, moment_of(service, world, clocks, answer))
    same_figures(answer, figures.progress(cells), f"progress {clocks}")
    same_figures(service.get("/v1/progress/matrix", **asked), figures.matrix(cells), f"matrix {clocks}")
    same_provinces(service.get("/v1/progress/provinces", **asked), figures.provinces(cells), f"provinces {clocks}")


def same_figures(answer: Any, expected: Any, where: str) -> None:
    """All that the model says is answered so; what else is answered is none of its business."""
    if isinstance(expected, dict):
        for name, value in expected.items():
            same_figures(answer[name], value, f"{where} · {name}")
    elif isinstance(expected, list):
        assert len(answer) == len(expected), where
        for place, (one, other) in enumerate(zip(answer, expected, strict=True)):
            same_figures(one, other, f"{where} · {other.get('code', place) if isinstance(other, dict) else place}")
    elif isinstance(expected, datetime):
        assert moment(answer) == expected, f"{where}: answered {answer}, expected {expected}"
    elif isinstance(expected, float):
        assert abs(answer - expected) < 0.000_051, f"{where}: answered {answer}, expected {expected}"
    else:
        assert answer == expected, f"{where}: answered {answer}, expected {expected}"


def same_provinces(answer: Any, expected: dict[str, dict[str, Any]], where: str) -> None:
    assert [item["code"] for item in answer["items"]] == list(expected), where
    for item in answer["items"]:
        same_province(item, expected[item["code"]], where)


def same_province(item: Any, expected: dict[str, Any], where: str) -> None:
    counted = {reason["kind"]: reason["count"] for reason in item["reasons"]}
    for reason in item["reasons"]:
        assert len(reason["assignments"]) == min(3, reason["count"]), f"{where}: {reason}"
    same_figures({**item, "reasons": counted}, expected, f"{where} · {expected['code']}")


EDGES = (
    timedelta(),
    timedelta(microseconds=1),
    timedelta(microseconds=-1),
    timedelta(hours=-48),
    timedelta(hours=-48, microseconds=-1),
    timedelta(hours=72),
    timedelta(hours=72, microseconds=-1),
    timedelta(minutes=-7),
    timedelta(hours=5),
    timedelta(days=9),
    timedelta(days=-30),
)
"""Distances from an event at which figures are compared: where lights and silence change, and where not."""


def turning_points(service: ServiceHandle, world: World) -> list[datetime]:
    """Every moment at which something was recorded, became true or was due."""
    points = {service.now, *(at for obstacle in world.obstacles.values() for at, _ in obstacle.changes)}
    for assignment in world.assignments.values():
        points.add(assignment.created_at)
        points |= {at for u in assignment.updates for at in (u.recorded_at, u.effective_at)}
        points |= {at for ruled in (assignment.deadline, assignment.not_applicable) for at, _ in ruled.decisions}
        points |= {due for due in (assignment.deadline.original, *_decided(assignment.deadline.decisions)) if due}
    return sorted(points)


def _decided(decisions: list[tuple[datetime, datetime | None]]) -> list[datetime | None]:
    return [value for _, value in decisions]
