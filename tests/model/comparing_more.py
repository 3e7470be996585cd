"""The answers about provinces, stretches of time and silence, held against the model's."""

from datetime import datetime
from typing import Any

from tests.model import details, owing
from tests.model.campaign import moment
from tests.model.comparing import Clocks, moment_of, same_figures, same_province, settled, written
from tests.model.figures import Cells
from tests.model.model import Moment, World
from tests.model.service_handle import ServiceHandle

HALF_A_TENTH = 0.05 + 1e-6


def compare_province(service: ServiceHandle, world: World, clocks: Clocks, province: str) -> None:
    path = f"/v1/progress/provinces/{province}"
    if not world.is_known(Moment(service.now, clocks.get("known_at"))):
        assert service.ask("an", "GET", path, params={"campaign": world.campaign, **written(clocks)}).status_code == 404
        return
    answer = service.get(path, campaign=world.campaign, **written(clocks))
    expected = details.province_in_full(Cells(world, moment_of(service, world, clocks, answer)), province)
    where = f"province {province} {clocks}"
    for name in ("delay_hours", "delay_waiting_hours"):
        same_hours(answer[name], expected.pop(name), f"{where} · {name}")
    own = round(answer["delay_hours"] - answer["delay_waiting_hours"], 1)
    assert answer["delay_own_hours"] == own, f"{where}: the parts of the delay do not add up"
    same_by("task", answer["open_assignments"], expected.pop("open_assignments"), where)
    same_communes(answer["communes"], expected.pop("communes"), where)
    same_province(answer, expected, where)


def same_hours(answer: float | None, exactly: float | None, where: str) -> None:
    """Hours rounded to the tenth; what lies on the edge may be rounded either way."""
    if answer is None or exactly is None:
        assert answer == exactly, f"{where}: {answer} hours, not {exactly}"
        return
    assert answer == round(answer, 1), f"{where}: {answer} is not rounded"
    assert abs(answer - exactly) <= HALF_A_TENTH, f"{where}: {answer} hours, not {exactly}"


def compare_agencies(service: ServiceHandle, world: World, clocks: Clocks) -> None:
    answer = service.get("/v1/progress/agencies", campaign=world.campaign, **written(clocks))
    expected = owing.agencies(Cells(world, moment_of(service, world, clocks, answer)))
    assert [item["code"] for item in answer["items"]] == [item["code"] for item in expected], (clocks, answer, expected)
    for item, owed in zip(answer["items"], expected, strict=True):
        where = f"agency {owed['code']} {clocks}"
        same_hours(item["median_answer_hours"], owed.pop("median_answer_hours"), where)
        same_figures(item, owed, where)


def same_by(key: str, answer: list[Any], expected: dict[str, Any], where: str) -> None:
    """The same things, whatever their order."""
    assert sorted(item[key] for item in answer) == sorted(expected), f"{where}: {answer}, expected {expected}"
    for item in answer:
        same_figures(item, expected[item[key]], f"{where} · {item[key]}")


def same_communes(answer: list[Any], expected: dict[str, Any], where: str) -> None:
    """A line without communes' work may be left out, or be there with nothing to do."""
    told = {line["category"]: line for line in answer if line["communes_total"] or line["category"] in expected}
    assert sorted(told) == sorted(expected), f"{where}: {answer}, expected {expected}"
    for category, communes in expected.items():
        line = {**communes}
        same_by("code", told[category]["not_done"], line.pop("not_done"), f"{where} · {category}")
        same_figures(told[category], line, f"{where} · {category}")


def compare_timeline(
    service: ServiceHandle,
    world: World,
    span: tuple[datetime, datetime],
    step: str,
    category: str | None,
    clocks: Clocks,
) -> None:
    start, end = span
    of = {"category": category} if category else {}
    asked = {"from": start.isoformat(), "to": end.isoformat(), "step": step, **of, **written(clocks)}
    answer = service.get("/v1/progress/timeline", campaign=world.campaign, **asked)
    points = details.boundaries(start, end, step)
    known_at = settled(clocks.get("known_at"), moment(answer["known_at"]), service.now)
    expected = details.timeline(world, known_at, points, category)
    same_figures(answer, {"step": step, "points": expected}, f"timeline {asked}")


def compare_comparison(service: ServiceHandle, world: World, start: datetime, end: datetime, clocks: Clocks) -> None:
    asked = {"from": start.isoformat(), "to": end.isoformat(), **written(clocks)}
    answer = service.get("/v1/progress/compare", campaign=world.campaign, **asked)
    known_at = settled(clocks.get("known_at"), moment(answer["known_at"]), service.now)
    expected = details.comparison(Cells(world, Moment(start, known_at)), Cells(world, Moment(end, known_at)))
    changes = {(one["province"], one["category"]): (one["before"], one["after"]) for one in answer["changes"]}
    assert len(changes) == len(answer["changes"]), answer
    assert changes == expected.pop("changes"), (asked, changes)
    same_figures(answer, {"from": start, "to": end, **expected}, f"compare {asked}")


def compare_silent(service: ServiceHandle, world: World, clocks: Clocks) -> None:
    answer = service.get("/v1/progress/silent", campaign=world.campaign, limit=1000, **written(clocks))
    expected = details.silent(Cells(world, moment_of(service, world, clocks, answer)))
    same_by("code", answer["items"], expected, f"silent {clocks}")
    assert answer["total"] == len(expected)
    heard = [moment(item["last_update_at"]) for item in answer["items"]]
    said = [at for at in heard if at]
    assert heard == [None] * (len(heard) - len(said)) + sorted(said), f"silent {clocks}: never first, then the longest"


def compare_dashboard(service: ServiceHandle, world: World, clocks: Clocks) -> None:
    """The three answers in one are the three answers."""
    asked = {"campaign": world.campaign, **written(clocks)}
    dashboard = service.get("/v1/progress/dashboard", **asked)
    for part, path in (("progress", ""), ("provinces", "/provinces"), ("matrix", "/matrix")):
        assert dashboard[part] == service.get(f"/v1/progress{path}", **asked), (part, asked)
