"""Asking what waits for somebody: whose it is, as of when, changed since when."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.identity import Identity
from app.catalogue.catalogue import Catalogue
from app.db import rows
from app.inbox import queries
from app.inbox.schemas import Reason
from app.updates import feed
from app.updates.cursors import Snapshot

ANSWER_WAITS = timedelta(days=7)
"""For how long an answer stays in the inbox of those who asked."""
NOTHING_NEW = Snapshot(0)


class InboxQuery(NamedTuple):
    """Whose inbox, as of when; `seen` and `now` are the snapshots between which others may have changed something."""

    who: Identity
    owner: str | None
    unit: str | None
    at: datetime
    seen: Snapshot = NOTHING_NEW
    now: Snapshot = NOTHING_NEW

    def parameters(self, catalogue: Catalogue) -> dict[str, object]:
        asked = catalogue.units.get(self.unit or self.owner or "")
        return {
            "token": self.who.token,
            "owner": self.owner,
            "unit": self.unit,
            "agency": asked.code if asked and asked.level == "agency" else None,
            "at": self.at,
            "answered_since": self.at - ANSWER_WAITS,
            **feed.between(self.seen, self.now),
        }


async def counts(session: AsyncSession, catalogue: Catalogue, asked: InboxQuery) -> Any:
    """How many wait for each reason."""
    return (await session.execute(queries.COUNTS, asked.parameters(catalogue))).one()


async def page(
    session: AsyncSession,
    catalogue: Catalogue,
    asked: InboxQuery,
    wanted: Sequence[Reason],
    after: tuple[int, str] | None,
    limit: int,
) -> list[Any]:
    """What waits for one of the reasons, the most pressing first."""
    rank, key = after or (0, "")
    return await rows(
        session,
        queries.PAGE,
        **asked.parameters(catalogue),
        order=[reason.value for reason in Reason],
        wanted=[reason.value for reason in wanted],
        rank=rank,
        key=key,
        limit=limit,
    )
