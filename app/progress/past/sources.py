"""Where the figures of a past moment are read: from which sums, and by which late reports they are corrected.

As of a moment there are the transitions of effective time, in which everything is that is known now. As known at a
moment there are the known transitions. What is asked for by both clocks lies between the two: it is one of them,
corrected by what was recorded in between, whichever that is less of.
"""

from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession

from app import clock
from app.clock import LATEST
from app.ids import highest_at, lowest_at
from app.progress.figures.moment import Moment
from app.progress.past import balances, late_queries, past_queries, transitions

_TICK, _SECOND = timedelta(microseconds=1), timedelta(seconds=1)
SLACK = timedelta(seconds=1)
"""Ids are searched a little beyond a moment: not all have its microseconds."""
READING = 1
CORRECTING = 60
RECOUNTING = 50
"""About what it costs to read a report between the clocks, to correct an assignment that it touched, and to read the
state of an assignment from its history."""


Way = Literal["what was known", "what is known", "the history"]


class PastSource(NamedTuple):
    """The statements that read the figures of a moment, and their parameters."""

    way: tuple[str, bool, bool]
    parameters: dict[str, Any]

    @property
    def cells(self) -> Any:
        return past_queries.CELLS[self.way]

    @property
    def reasons(self) -> Any:
        return past_queries.REASONS[self.way]


async def source(session: AsyncSession, campaign: str, moment: Moment) -> PastSource | None:
    """Where a moment of a campaign is read; None where only the history can tell."""
    if moment.known_at is None:
        past = await transitions.past(session, moment.as_of)
        return PastSource(("", past.has_pending, False), past.parameters) if past else None
    return await _known(session, campaign, moment, moment.known_at)


async def _known(session: AsyncSession, campaign: str, moment: Moment, known_at: datetime) -> PastSource | None:
    reached = await transitions.reached_by(session)
    if reached is None or reached.checkpoint.closed_until is None:
        return None
    since = await transitions.pending_since(session, reached)
    base = min(moment.as_of, known_at, since - _TICK if since else LATEST)
    found = _from_what_was_known(moment, base, known_at, reached.checkpoint.closed_until)
    if base == known_at:
        return found
    costs = await costs_of_ways(session, campaign, base, known_at)
    cheapest = min(costs, key=lambda way: costs[way])
    if cheapest == "what is known":
        return await _from_what_is_known(session, moment, known_at)
    return found if cheapest == "what was known" else None


async def costs_of_ways(session: AsyncSession, campaign: str, base: datetime, known_at: datetime) -> dict[Way, float]:
    """About what each way costs, if reports had been recorded evenly over time, each about other work."""
    amounts = (await session.execute(late_queries.AMOUNTS, {"campaign": campaign})).one()
    now = max(clock.now(), known_at)
    assignments: float = amounts.assignments
    rate: float = amounts.reports / max((now - (amounts.since or now)) / _SECOND, 1)

    def correcting(since: datetime, until: datetime) -> float:
        reports = rate * ((until - since) / _SECOND)
        return READING * reports + CORRECTING * min(reports, assignments)

    return {
        "what was known": correcting(base, known_at),
        "what is known": correcting(known_at, now),
        "the history": RECOUNTING * assignments,
    }


def _from_what_was_known(moment: Moment, base: datetime, known_at: datetime, closed_until: datetime) -> PastSource:
    """What was known at a moment before, and what was recorded since."""
    parameters = {**balances.nearest_to(base, closed_until), "until": base, "as_of": moment.as_of}
    if base == known_at:
        return PastSource(("known_", False, False), parameters)
    late = _late(moment, base, known_at, summed_as_of=base, summed_known_at=base)
    return PastSource(("known_", False, True), parameters | late)


async def _from_what_is_known(session: AsyncSession, moment: Moment, known_at: datetime) -> PastSource | None:
    """What is known now, less what was recorded since."""
    past = await transitions.past(session, moment.as_of)
    if past is None:
        return None
    late = _late(moment, known_at, LATEST, summed_as_of=moment.as_of, summed_known_at=LATEST)
    return PastSource(("", past.has_pending, True), past.parameters | late)


def _late(moment: Moment, after: datetime, until: datetime, **summed: datetime) -> dict[str, Any]:
    ids = {"first_id": lowest_at(after - SLACK), "last_id": highest_at(until + SLACK)}
    return {**moment.clocks, **ids, **summed, "known_after": after, "known_until": until}
