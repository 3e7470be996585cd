"""Loading the demonstration into a database that holds no real reports."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.identity import Identity, Role
from app.bulletins.service import issue
from app.catalogue.catalogue import Catalogue
from app.catalogue.catalogues import load
from app.catalogue.seed import campaign
from app.catalogue.seeding import seed
from app.db import Database
from app.demo import queries
from app.demo.cast import cast_tokens
from app.demo.paper import LETTERHEAD
from app.demo.phrases import OFFICES
from app.demo.shapes import DemoReport, DemoRuling
from app.demo.store_obstacles import store_obstacles
from app.demo.story import bulletin_of_27_june, details, story
from app.errors import Conflict
from app.updates import queries as update_queries
from app.updates.rules import AssignmentKey
from app.updates.service import as_columns

__all__ = ["cast_tokens", "load_demo"]


MINISTRY = Identity(token="demo:ministry", name="demo", role=Role.MINISTRY)  # noqa: S106 - a name, not a secret


class HoldsRealReports(Conflict):
    """The demo never mixes with what people really reported."""

    def __init__(self) -> None:
        super().__init__(
            "this database holds real reports, and the demo never goes beside them; "
            "give it a database of its own (TIENDO_DATABASE_URL, or another TIENDO_DATA_DIR)"
        )


async def load_demo(database: Database) -> None:
    """Fill a migrated database with June 2025. Does nothing when the demo is there; all of it is stored, or nothing.

    Raises:
        HoldsRealReports: anything was reported or ruled in it that is not the demo's.

    """
    async with database.writing() as session:
        await session.execute(queries.LOCK_LOADER)
        if await session.scalar(queries.IS_LOADED):
            return
        if await session.scalar(queries.HOLDS_REPORTS):
            raise HoldsRealReports
        await seed(session)
        head = msgspec.json.encode(LETTERHEAD).decode()
        await session.execute(queries.HEAD_LETTERS, {"campaign": campaign().code, "letterhead": head})
        await _record_all(session)
        catalogue = await load(session)
        await store_obstacles(session, {unit.code: unit.owner for unit in catalogue.units.values()})
        await _announce(session, catalogue)


async def _record_all(session: AsyncSession) -> None:
    """The history first; what stands and what is counted follow from it by the write path's own statements."""
    reports, ruled = story().updates, story().rulings
    begins = min(one.recorded_at for one in reports.values())
    offices = {"tasks": list(OFFICES), "offices": list(OFFICES.values())}
    await session.execute(queries.NAME_OFFICES, offices)
    await session.execute(queries.ADD_REPORTS, _history(reports))
    await session.execute(queries.ADD_RULINGS, _rulings(ruled))
    await session.execute(queries.APPLY_RULINGS)
    await session.execute(queries.SET_LAST_REPORTS)
    works = {one.work for one in reports.values()}
    await session.execute(
        update_queries.UPDATE_CURRENT_STATE,
        as_columns(AssignmentKey(work.owner, work.task, work.unit) for work in works),
    )
    document = msgspec.json.encode(details()).decode()
    await session.execute(queries.MARK_LOADED, {"since": begins, "details": document})


async def _announce(session: AsyncSession, catalogue: Catalogue) -> None:
    """The bulletin as it was read out: with what had been recorded by then."""
    said = bulletin_of_27_june()
    two_tier = catalogue.campaigns[campaign().code]
    await issue(
        session,
        catalogue,
        two_tier,
        MINISTRY,
        as_of=said.as_of,
        title=said.title,
        proposals=said.proposals,
        issued_at=said.issued_at,
    )


def _history(reports: Mapping[UUID, DemoReport]) -> dict[str, list[Any]]:
    those = list(reports.values())
    return {
        **_keys(reports),
        "ids": list(reports),
        "statuses": [one.status.value for one in those],
        "effective": [one.effective_at for one in those],
        "recorded": [one.recorded_at for one in those],
        "notes": [one.note for one in those],
        "evidence": ["\n".join(one.evidence) or None for one in those],
        "document_numbers": [one.document_number for one in those],
        "document_dates": [one.document_date for one in those],
        "tokens": [f"demo:{one.by}" for one in those],
    }


def _rulings(ruled: Mapping[UUID, DemoRuling]) -> dict[str, list[Any]]:
    those = list(ruled.values())
    return {
        **_keys(ruled),
        "ids": list(ruled),
        "recorded": [one.recorded_at for one in those],
        "deadlines": [one.deadline for one in those],
        "not_applicable": [one.not_applicable for one in those],
        "reasons": [one.reason for one in those],
        "tokens": [MINISTRY.token] * len(those),
    }


def _keys(those: Mapping[UUID, DemoReport] | Mapping[UUID, DemoRuling]) -> dict[str, list[Any]]:
    works = [one.work for one in those.values()]
    return {
        "owners": [work.owner for work in works],
        "tasks": [work.task for work in works],
        "units": [work.unit for work in works],
    }
