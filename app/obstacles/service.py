"""Reporting obstacles, answering them, and what agencies owe."""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.identity import Identity
from app.catalogue.catalogue import Catalogue
from app.catalogue.preconditions import refuse_stale
from app.db import rows
from app.errors import InvalidInput, NotFound, NotYourUnit
from app.ids import ids_at
from app.obstacles import queries, rules
from app.obstacles.rules import Group, State
from app.obstacles.schemas import ObstacleIn


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
    """What an agency owes at a moment: open obstacles, since when the oldest waits, how fast it answers."""

    agency: str
    obstacles_open: int
    oldest_open_since: datetime | None
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


async def report(session: AsyncSession, catalogue: Catalogue, who: Identity, sent: ObstacleIn) -> UUID:
    """Validate a new obstacle and store it; its waiting time runs from now."""
    if complaints := list(rules.unfit(sent, who, catalogue)):
        authority = any(complaint.code in rules.AUTHORITY for complaint in complaints)
        raise (NotYourUnit if authority else InvalidInput)(errors=complaints)
    unit = catalogue.units[sent.unit or who.unit or ""]
    asked = NewObstacle(
        unit.owner, unit.code, sent.task, sent.group, sent.title, sent.detail, sent.addressed_to, sent.needed_by
    )
    now: datetime = (await session.execute(queries.NOW)).scalar_one()
    return await store(session, asked, token=who.token, at=now)


async def store(session: AsyncSession, asked: NewObstacle, *, token: str, at: datetime) -> UUID:
    """Add an obstacle with its first event."""
    made, event = next(ids_at(at)), next(ids_at(at))
    await session.execute(queries.ADD, {**asked._asdict(), "id": made, "at": at, "token": token})
    await _add_event(session, asked, made, event, State.OPEN, None, token=token, at=at)
    return made


async def answer(
    session: AsyncSession,
    who: Identity,
    obstacle: UUID,
    state: State | None,
    response: str | None,
    if_match: str | None,
) -> None:
    """Set a state, or add a response; the rules decide who may do which."""
    found = (await session.execute(queries.LOCK, {"id": obstacle})).one_or_none()
    if found is None:
        raise NotFound
    refuse_stale(if_match, found.version)
    before = State(found.state)
    rules.refuse_change(who, found.addressed_to, before, state or before, response)
    at: datetime = (await session.execute(queries.MOMENT, {"owner": found.owner, "id": obstacle})).scalar_one()
    await change(session, found, state or before, response, token=who.token, at=at)


async def change(
    session: AsyncSession, found: Any, state: State, response: str | None, *, token: str, at: datetime
) -> None:
    """Add an event to an obstacle and set its state. `found` has its owner, id, unit and addressed_to."""
    await session.execute(queries.MOVE, {"owner": found.owner, "id": found.id, "state": state})
    await _add_event(session, found, found.id, next(ids_at(at)), state, response, token=token, at=at)


async def _add_event(
    session: AsyncSession,
    about: Any,
    obstacle: UUID,
    event: UUID,
    state: State,
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
            "state": state,
            "response": response,
            "token": token,
        },
    )


async def owed(session: AsyncSession, at: datetime) -> list[Owed]:
    """What each agency that was ever addressed owes at a moment. The session must see everything."""
    return [Owed(*row) for row in await rows(session, queries.OWED, at=at)]


async def waits_of(session: AsyncSession, owner: str, at: datetime) -> list[WaitingFor]:
    """For what and how long an owner's units waited for others, as of a moment. The session must see everything."""
    return [WaitingFor(*row) for row in await rows(session, queries.WAITS_OF, owner=owner, at=at)]
