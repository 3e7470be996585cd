"""What people do to the service, done to the model as well: reports by every way in, and rulings."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tests.model.campaign import REPORTERS
from tests.model.model import COMPLETE, VERDICTS, Moment, Update, World
from tests.model.service_handle import ServiceHandle

AHEAD = timedelta(minutes=5)
MINISTRY = ("lan", "an")


@dataclass(frozen=True)
class Report:
    """A row as someone sends it."""

    task: str
    unit: str
    status: str
    effective_at: datetime | None = None

    @property
    def note(self) -> str | None:
        return "Làm lại" if self.status == "returned" else None

    def sent(self) -> dict[str, Any]:
        told = {"effective_at": self.effective_at.isoformat()} if self.effective_at else {}
        return {"task": self.task, "unit": self.unit, "status": self.status, "note": self.note, **told}


def refused_for_authority(world: World, who: str, report: Report) -> bool:
    """Whether it is not theirs to say: verdicts are the ministry's, all else the unit's own or its province's."""
    if report.status in VERDICTS:
        return who not in MINISTRY
    own, unit = REPORTERS.get(who), world.units[report.unit]
    return own not in (unit.code, unit.owner)


def refused_for_meaning(world: World, report: Report, now: datetime) -> bool:
    """Whether it cannot be so: in the future, of what does not apply, a verdict on what was not complete."""
    assignment = world.assignments.get((report.task, report.unit))
    if assignment is None or assignment.not_applicable.at(now + AHEAD):
        return True
    if report.effective_at and report.effective_at > now + AHEAD:
        return True
    effective_at = min(report.effective_at or now, now)
    return report.status in VERDICTS and world.status_now(report.task, report.unit, effective_at) not in COMPLETE


def is_bad(world: World, who: str, report: Report, now: datetime) -> bool:
    return refused_for_authority(world, who, report) or refused_for_meaning(world, report, now)


def report_one(service: ServiceHandle, world: World, who: str, report: Report) -> None:
    """One report: stored as the contract says, or refused as it says."""
    answer = service.ask(who, "POST", "/v1/status-updates", json=report.sent())
    if refused_for_authority(world, who, report):
        assert answer.status_code == 403, (who, report, answer.text)
    elif refused_for_meaning(world, report, service.now):
        assert answer.status_code == 422, (who, report, answer.text)
    else:
        assert answer.status_code == 201, (who, report, answer.text)
        _store(world, report, answer.json())


def _store(world: World, report: Report, stored: dict[str, Any]) -> None:
    recorded_at = datetime.fromisoformat(stored["recorded_at"])
    expected = min(report.effective_at or recorded_at, recorded_at)
    assert (stored["task"], stored["unit"], stored["status"]) == (report.task, report.unit, report.status)
    assert datetime.fromisoformat(stored["effective_at"]) == expected, (report, stored)
    undoes = UUID(stored["undoes"]) if stored["undoes"] else None
    update = Update(UUID(stored["id"]), report.status, expected, recorded_at, stored["note"], stored["import"], undoes)
    world.assignments[report.task, report.unit].updates.append(update)
    if "is_current" in stored:
        assert stored["is_current"] is is_current(world, report, update), (report, stored)


def is_current(world: World, report: Report, update: Update) -> bool:
    return world.assignments[report.task, report.unit].winners(Moment(update.recorded_at))[-1] is update


def good_and_bad(world: World, who: str, reports: list[Report], now: datetime) -> tuple[list[Report], list[int]]:
    """The rows that will be stored, and the places of those that will not: each judged after the ones before it."""
    trial = _Trial(world, now)
    try:
        for place, report in enumerate(reports):
            trial.judge(who, place, report)
    finally:
        trial.take_back()
    return trial.good, trial.bad


class _Trial:
    """Rows put into the model only for as long as the rows after them are judged."""

    def __init__(self, world: World, now: datetime) -> None:
        self.world, self.now = world, now
        self.good: list[Report] = []
        self.bad: list[int] = []

    def judge(self, who: str, place: int, report: Report) -> None:
        if is_bad(self.world, who, report, self.now):
            self.bad.append(place)
            return
        self.good.append(report)
        update = Update(UUID(int=place), report.status, min(report.effective_at or self.now, self.now), self._last())
        self.world.assignments[report.task, report.unit].updates.append(update)

    def _last(self) -> datetime:
        return datetime.max.replace(tzinfo=self.now.tzinfo)

    def take_back(self) -> None:
        for report in self.good:
            self.world.assignments[report.task, report.unit].updates.pop()


def report_many(
    service: ServiceHandle, world: World, who: str, reports: list[Report], *, mode: str, dry_run: bool
) -> None:
    """A batch: what the answer counts is what the model counts, and what it stored is what the history then holds."""
    good, bad = good_and_bad(world, who, reports, service.now)
    params = {"mode": mode, "dry_run": str(dry_run).lower()}
    rows = [report.sent() for report in reports]
    answer = service.ask(who, "POST", "/v1/status-updates/batch", params=params, json={"updates": rows})
    named = sorted({int(error["pointer"].split("/")[2]) for error in answer.json().get("errors", [])})
    assert named == bad, (who, reports, answer.text)
    if mode == "atomic" and bad:
        assert answer.status_code == (200 if dry_run else 422), answer.text
        return
    assert answer.status_code == 200, answer.text
    counted = answer.json()
    assert (counted["received"], counted["stored"], counted["rejected"]) == (len(reports), len(good), len(bad))
    if dry_run:
        return
    assert counted["current"] == take_from_history(service, world, good)
    assert counted["superseded"] == counted["stored"] - counted["current"]


def take_from_history(service: ServiceHandle, world: World, expected: list[Report]) -> int:
    """Put what was just recorded into the model as the history tells it; answers how many of it are current."""
    known = {update.id for _, update in world.updates()}
    since = service.now.isoformat()
    rows = [row for row in service.all_of("/v1/status-updates", recorded_since=since) if UUID(row["id"]) not in known]
    rows.reverse()
    assert len(rows) == len(expected), (rows, expected)
    for row, report in zip(rows, expected, strict=True):
        _store(world, report, {name: value for name, value in row.items() if name != "is_current"})
    newest = [world.assignments[report.task, report.unit].updates[-1] for report in expected]
    standing = {world.assignments[r.task, r.unit].winners(Moment(service.now + AHEAD))[-1].id for r in expected}
    return len({UUID(row["id"]) for row in rows} & standing) if newest else 0
