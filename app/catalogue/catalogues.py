"""A worker's copy of the catalogue, reloaded after changes, once for all concurrent callers."""

from collections.abc import Iterable
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from app.catalogue import queries
from app.catalogue.catalogue import Campaign, Catalogue, Category, Task, Unit
from app.concurrency import Batcher
from app.data_version import DataVersion, DataVersionMonitor
from app.db import Database

Thing = TypeVar("Thing", Campaign, Unit, Category, Task)


class Catalogues:
    """Keeps a worker's copy until the catalogue changes."""

    def __init__(self, database: Database, versions: DataVersionMonitor) -> None:
        self._database = database
        self._versions = versions
        self._cached: tuple[tuple[int, int], Catalogue] | None = None
        self._loads = Batcher(self._load)

    async def current(self) -> Catalogue:
        return await self.at(await self._versions.version())

    def cached(self, version: DataVersion) -> Catalogue | None:
        """The copy, if it is exact at a version that was just read."""
        return self._cached[1] if self._cached and self._cached[0] == _revision(version) else None

    async def at(self, version: DataVersion) -> Catalogue:
        """The catalogue at, or after, a version that was just read."""
        return self.cached(version) or await self._loads.submit(version)

    def close(self) -> None:
        self._loads.cancel()

    async def _load(self, versions: list[DataVersion]) -> Catalogue:
        """Load once for all concurrent callers."""
        newest = max(versions, key=_revision)
        if cached := self.cached(newest):
            return cached
        async with self._database.reading() as session:
            catalogue = await load(session)
        self._cached = (_revision(newest), catalogue)
        return catalogue


def _revision(version: DataVersion) -> tuple[int, int]:
    return version.connection, version.catalogue


async def load(session: AsyncSession) -> Catalogue:
    return Catalogue(
        campaigns=_by_code(Campaign(*row) for row in await session.execute(queries.CAMPAIGNS)),
        units=_by_code(Unit(*row) for row in await session.execute(queries.UNITS)),
        categories=_by_code(Category(*row) for row in await session.execute(queries.CATEGORIES)),
        tasks=_by_code(Task(*row) for row in await session.execute(queries.TASKS)),
        former_names=tuple((row.unit, row.names) for row in await session.execute(queries.FORMER_NAMES)),
    )


def _by_code(things: Iterable[Thing]) -> dict[str, Thing]:
    return {thing.code: thing for thing in things}
