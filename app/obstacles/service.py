"""Reporting obstacles, answering them, and what agencies owe."""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.identity import Identity, not_your_unit
from app.catalogue.catalogue import Catalogue
from app.catalogue.preconditions import refuse_stale
from app.db import rows
from app.errors import InvalidInput, NotFound, NotYourUnit
from app.ids import ids_at
from app.obstacles import queries, rules
from app.obstacles.rules import Group, ObstacleState, Parties, SentChange, State
from app.obstacles.schemas import ObstacleIn
from app.obstacles.working_days import Holidays, answer_due


class NewObstacle(NamedTuple):
    """A new obstacle, ready to be stored."""

    owner: str
    unit: str
    task: str | None
    group: Group
    title: str
    detail: str
    addressed_to: str
    needed_by: datetime | None


class Owed(NamedTuple):
    """What an agency owes at a moment: open obstacles, since when the oldest waits, what is past, how fast it answers.

    `answers_overdue`, `first_answer_due` and `promises_broken` are about the open ones.
    """

    agency: str
    obstacles_open: int
    oldest_open_since: datetime | None
    answers_overdue: int
    first_answer_due: datetime | None
    promises_broken: int
    answers: int
    median_answer_hours: float | None


class WaitingFor(NamedTuple):
    """A period in which a unit waited for an agency; `until` is None while it still does."""

    obstacle: UUID
    unit: str
    task: str | None
    addressed_to: str
    since: datetime
    until: datetime | None


async def report(
    session: AsyncSession, catalogue: Catalogue, who: Identity, sent: ObstacleIn, holidays: Holidays
) -> UUID:
    """Validate a new obstacle and store it; its waiting time runs from now."""
    if complaints := list(rules.unfit(sent, who, catalogue)):
        authority = any(complaint.code in rules.AUTHORITY for complaint in complaints)
        raise not_your_unit(who, complaints) if authority else InvalidInput(errors=complaints)
    unit = catalogue.units[sent.unit or who.unit or ""]
    asked = NewObstacle(
        unit.owner, unit.code, sent.task, sent.group, sent.title, sent.detail, sent.addressed_to, sent.needed_by
    )
    now: datetime = (await session.execute(queries.NOW)).scalar_one()
    return await store(session, asked, token=who.token, at=now, holidays=holidays)


async def store(session: AsyncSession, asked: NewObstacle, *, token: str, at: datetime, holidays: Holidays) -> UUID:
    """Add an obstacle with its first event."""
    made, event, due = next(ids_at(at)), next(ids_at(at)), answer_due(at, holidays)
    parameters = {**asked._asdict(), "id": made, "at": at, "token": token, "answer_due": due}
    await session.execute(queries.ADD, parameters)
    await _add_event(session, asked, made, event, ObstacleState(State.OPEN, due, None), None, token=token, at=at)
    return made


async def answer(
    session: AsyncSession, who: Identity, obstacle: UUID, sent: SentChange, if_match: str | None, holidays: Holidays
) -> None:
    """Set a state, add a response, promise an answer; the rules decide who may do which."""
    found = (await session.execute(queries.LOCK, {"id": obstacle})).one_or_none()
    if found is None:
        raise NotFound
    if not (rules.may_answer(who, found.addressed_to) or who.owns(found.owner, found.unit)):
        raise NotYourUnit
    refuse_stale(if_match, found.version)
    at: datetime = (await session.execute(queries.MOMENT, {"owner": found.owner, "id": obstacle})).scalar_one()
    parties = Parties(found.owner, found.unit, found.addressed_to)
    rules.refuse_change(who, parties, state_of(found), sent, at)
    await change(session, found, sent, token=who.token, at=at, holidays=holidays)


def state_of(found: Any) -> ObstacleState:
    return ObstacleState(State(found.state), found.answer_due, found.promised_by)


async def change(
    session: AsyncSession, found: Any, sent: SentChange, *, token: str, at: datetime, holidays: Holidays
) -> None:
    """Add an event to an obstacle, a row of `queries.LOCK`, and let it stand so."""
    after = rules.after_change(state_of(found), sent, at, holidays)
    await session.execute(queries.MOVE, {"owner": found.owner, "id": found.id, **after._asdict()})
    await _add_event(session, found, found.id, next(ids_at(at)), after, sent.response, token=token, at=at)


async def _add_event(
    session: AsyncSession,
    about: Any,
    obstacle: UUID,
    event: UUID,
    after: ObstacleState,
    response: str | None,
    *,
    token: str,
    at: datetime,
) -> None:
    await session.execute(
        queries.ADD_EVENT,
        {
            "owner": about.owner,
            "id": event,
            "obstacle": obstacle,
            "unit": about.unit,
            "addressed_to": about.addressed_to,
            "at": at,
            **after._asdict(),
            "response": response,
            "token": token,
        },
    )


async def owed(session: AsyncSession, campaign: str, at: datetime, judged_at: datetime | None = None) -> list[Owed]:
    """What each agency that was ever addressed in a campaign owes, by what was recorded up to a moment.

    The session must see all. What is overdue and broken is so at `judged_at`, which may be later.
    """
    asked = {"campaign": campaign, "at": at, "judged_at": judged_at or at}
    return [Owed(*row) for row in await rows(session, queries.OWED, **asked)]


async def waits_of(session: AsyncSession, owner: str, at: datetime) -> list[WaitingFor]:
    """For what and how long an owner's units waited for others, as of a moment. The session must see everything."""
    return [WaitingFor(*row) for row in await rows(session, queries.WAITS_OF, owner=owner, at=at, judged_at=at)]
