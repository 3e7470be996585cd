"""What a run is made of: who takes part, what they report, and when."""

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import strategies as st

from tests.model.acting import Report
from tests.model.asking import Reply, Request
from tests.model.campaign import AGENCIES, DEADLINE, LATER, REPORTERS
from tests.model.comparing import EDGES, Clocks, turning_points
from tests.model.file_rules import FileRow, vietnamese_day
from tests.model.model import World
from tests.model.service_handle import ServiceHandle

INVOLVED = ("38", "40", "12", "14758", "14797", "16681", "03388", "viettel", "vnpt")
"""The units that something happens to: few, so that much happens to each."""
STATUSES = ("not_started", "in_progress", "blocked", "completed", "completed", "completed")
VERDICTS = ("verified", "verified", "returned")

SPANS = st.sampled_from(
    [timedelta(milliseconds=1), timedelta(seconds=59), timedelta(hours=5), timedelta(days=1), timedelta(days=3)]
)
AGES = st.sampled_from(
    [
        timedelta(),
        timedelta(microseconds=1),
        timedelta(minutes=3),
        timedelta(hours=5),
        timedelta(days=1),
        timedelta(days=1, microseconds=1),
        timedelta(days=4),
        timedelta(days=30),
        timedelta(minutes=-4),
        timedelta(minutes=-6),
    ]
)
"""How long ago something is said to have become true; the last two are a slow clock, and one too slow."""


def assignments(world: World) -> st.SearchStrategy[tuple[str, str]]:
    """The task and the unit of one of the few assignments that a run is about."""
    return st.sampled_from([key for key, assignment in world.assignments.items() if assignment.unit.code in INVOLVED])


@st.composite
def effective_times(draw: st.DrawFn, now: datetime, said: list[datetime]) -> datetime | None:
    """Now, some time ago, at the moment of an earlier report of the same work, or just when it was due."""
    before = [at for at in (*said, DEADLINE, DEADLINE + timedelta(microseconds=1), LATER) if at <= now]
    kind = draw(st.sampled_from(["now", "ago", "ago", "then"] if before else ["now", "ago"]))
    if kind == "now":
        return None
    return now - draw(AGES) if kind == "ago" else draw(st.sampled_from(before))


@st.composite
def reports(draw: st.DrawFn, service: ServiceHandle, world: World, statuses: tuple[str, ...]) -> Report:
    task, unit = draw(assignments(world))
    said = sorted({update.effective_at for update in world.assignments[task, unit].updates})
    return Report(task, unit, draw(st.sampled_from(statuses)), draw(effective_times(service.now, said)))


NOTES = st.sampled_from([None, None, None, "đợt 1", "đợt 2"])


@st.composite
def file_rows(draw: st.DrawFn, service: ServiceHandle, world: World, who: str) -> FileRow:
    """A row of a file, mostly about one's own work: with a time, a bare day, or neither; often one said before."""
    own = REPORTERS.get(who)
    mine = [key for key, a in world.assignments.items() if own in (None, a.unit.code, a.unit.owner)]
    few = [key for key in mine if key[1] in INVOLVED] or mine
    task, unit = draw(st.sampled_from(few)) if draw(st.integers(0, 9)) else draw(assignments(world))
    said = sorted({update.effective_at for update in world.assignments[task, unit].updates})
    status = draw(st.sampled_from(STATUSES if own else VERDICTS))
    at = draw(effective_times(service.now, said))
    if at is not None and draw(st.booleans()):
        return FileRow(task, unit, status, draw(NOTES), None, vietnamese_day(at))
    return FileRow(task, unit, status, draw(NOTES), at)


@st.composite
def edited(draw: st.DrawFn, service: ServiceHandle, rows: list[FileRow], *, verdicts: bool) -> list[FileRow]:
    """A template with some of its rows filled in."""
    statuses = st.sampled_from(VERDICTS if verdicts else STATUSES)
    times = st.sampled_from([None, None, service.now - timedelta(hours=2)])
    places = draw(st.sets(st.integers(0, len(rows) - 1), max_size=4))
    return [
        replace(row, status=draw(statuses), note=draw(NOTES), at=draw(times)) if place in places else row
        for place, row in enumerate(rows)
    ]


@st.composite
def verdicts(draw: st.DrawFn, service: ServiceHandle, world: World) -> Report:
    """A verdict, where there is one on something that was complete at some time."""
    complete = [
        (key, update.effective_at)
        for key, assignment in world.assignments.items()
        for update in assignment.updates
        if update.complete
    ]
    if not complete:
        return draw(reports(service, world, VERDICTS))
    (task, unit), since = draw(st.sampled_from(complete))
    at = draw(st.sampled_from([None, since, since, min(since + timedelta(hours=5), service.now)]))
    return Report(task, unit, draw(st.sampled_from(VERDICTS)), at)


@st.composite
def clocks(draw: st.DrawFn, service: ServiceHandle, world: World) -> Clocks:
    """Neither clock, either, or both: at, just before and long after moments at which something happened."""
    given = draw(st.sampled_from([(), ("as_of",), ("known_at",), ("as_of", "known_at"), ("as_of", "known_at")]))
    points = st.sampled_from(turning_points(service, world))
    return {clock: draw(points) + draw(st.sampled_from(EDGES)) for clock in given}


@st.composite
def moments(draw: st.DrawFn, service: ServiceHandle, world: World) -> datetime:
    return draw(st.sampled_from(turning_points(service, world))) + draw(st.sampled_from(EDGES))


@st.composite
def knowing(draw: st.DrawFn, service: ServiceHandle, world: World) -> Clocks:
    """What is known by now, or what was known at some moment."""
    return {"known_at": draw(moments(service, world))} if draw(st.booleans()) else {}


@st.composite
def waiting_clocks(draw: st.DrawFn, world: World) -> Clocks:
    """Moments at which waiting began or ended, or long after, by what is known or was known then."""
    said = sorted(at for obstacle in world.obstacles.values() for at, _ in obstacle.changes)
    changes = st.sampled_from(said)
    around = st.sampled_from([timedelta(), timedelta(microseconds=-1), timedelta(hours=5), timedelta(days=9)])
    due = sorted(wait.due for obstacle in world.obstacles.values() for wait in obstacle.waits(said[-1]))
    due += sorted(one.by for obstacle in world.obstacles.values() for one in obstacle.promises if one.by)
    as_of = draw(changes | st.sampled_from(due)) + draw(around | st.just(timedelta(microseconds=1)))
    return {"as_of": as_of, **({"known_at": draw(changes)} if draw(st.booleans()) else {})}


@st.composite
def requests(draw: st.DrawFn, world: World) -> Request:
    """A difficulty of one of the few units, with work that may be theirs, or with none in particular."""
    unit = draw(st.sampled_from(INVOLVED))
    owed = sorted(task for task, of in world.assignments if of == unit)
    task = draw(st.sampled_from([None, None, *owed, *owed, *sorted(world.tasks)]))
    return Request(unit, task, draw(st.sampled_from(AGENCIES)))


REPLIES = st.builds(
    Reply,
    st.sampled_from(["acknowledged", "resolved", "resolved", "declined", "open", "open"]),
    st.sampled_from(["Đã xem xét", "Chưa được", None]),
    st.sampled_from([None, None, timedelta(minutes=5), timedelta(days=1), timedelta(days=4)]),
)
