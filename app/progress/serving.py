"""From a request to an exact answer: asked of the shelf first, made from one view of the database otherwise."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

import msgspec
from fastapi import Depends, Request, Response

from app import clock
from app.auth.authority import CanWatch
from app.catalogue.catalogue import Campaign, Catalogue, Catalogues
from app.db import Database, ReadSession
from app.language import InLanguage, Language
from app.progress.archive import Archive
from app.progress.cells import read_cells
from app.progress.ledger import Figures
from app.progress.moments import AsOf, InCampaign, KnownAt, campaign_asked, moment
from app.progress.present import Present
from app.progress.shelf import Answer, Key, Shelf
from app.progress.view import Scene, View
from app.snapshot import Version
from app.web import made_here

Make = Callable[[View], Awaitable[dict[str, Any]]]
MakeCounted = Callable[[Scene, Figures], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Setting:
    """What an answer is made in: one view of the database, the catalogue, the campaign, the language, the present."""

    session: ReadSession
    catalogue: Catalogue
    campaign: Campaign
    lang: Language
    now: datetime


class PlainDesk:
    """What a kept route is given: who asks in which language about which campaign, and how to answer."""

    def __init__(self, request: Request, who: CanWatch, lang: InLanguage, campaign: InCampaign = None) -> None:
        self.request = request
        self.private = who is not None
        self.lang = lang
        self.campaign = campaign

    async def answer_with(self, make: Callable[[Setting], Awaitable[dict[str, Any]]]) -> Response:
        """The answer made by `make`, or the kept one while it is still the truth."""
        shelf: Shelf = self.request.app.state.shelf
        key = shelf_key(self.request.scope, self.lang)
        answer = await shelf.get(key, lambda version: self._made(make, version))
        return respond(self.request, answer, private=self.private)

    async def _made(self, make: Callable[[Setting], Awaitable[dict[str, Any]]], version: Version) -> bytes:
        async with setting_of(self.request.app.state, version, lang=self.lang, campaign=self.campaign) as setting:
            return msgspec.json.encode(await make(setting))


class Desk(PlainDesk):
    """A desk that is also told the moment."""

    def __init__(
        self,
        request: Request,
        who: CanWatch,
        lang: InLanguage,
        campaign: InCampaign = None,
        as_of: AsOf = None,
        known_at: KnownAt = None,
    ) -> None:
        super().__init__(request, who, lang, campaign)
        self.as_of = as_of
        self.known_at = known_at

    async def answer(self, make: Make) -> Response:
        return await self.answer_with(self._viewed(make))

    async def answer_counted(self, make: MakeCounted, *, else_: Make) -> Response:
        """From counts that one question brings, of the present or the past; where it cannot, as every answer."""
        if self.known_at:
            return await self.answer(else_)
        state = self.request.app.state

        async def made() -> tuple[Version, bytes]:
            counted = await self._counted(state)
            if counted is None:
                version = await state.watch.version()
                return version, await self._made(self._viewed(else_), version)
            version, scene, figures = counted
            return version, msgspec.json.encode(make(scene, figures))

        answer = await state.shelf.get_made(shelf_key(self.request.scope, self.lang), made)
        return respond(self.request, answer, private=self.private)

    async def _counted(self, state: Any) -> tuple[Version, Scene, Figures] | None:
        present: Present = state.present
        archive: Archive = state.archive
        if self.as_of:
            return await archive.scene(self.campaign, self.lang, self.as_of)
        return await present.scene(self.campaign, self.lang)

    def _viewed(self, make: Make) -> Callable[[Setting], Awaitable[dict[str, Any]]]:
        async def made(setting: Setting) -> dict[str, Any]:
            return await make(await view_of(setting, as_of=self.as_of, known_at=self.known_at))

        return made


@asynccontextmanager
async def setting_of(state: Any, version: Version, *, lang: Language, campaign: str | None) -> AsyncIterator[Setting]:
    """One view of the database, at or after a version that was read just now."""
    catalogues: Catalogues = state.catalogues
    database: Database = state.database
    catalogue = await catalogues.at(version)
    now = clock.now()
    asked = campaign_asked(catalogue, campaign, now)
    async with database.reading() as session:
        yield Setting(session, catalogue, asked, lang, now)


async def view_of(setting: Setting, *, as_of: datetime | None = None, known_at: datetime | None = None) -> View:
    """The figures' starting point at a moment."""
    session, campaign = setting.session, setting.campaign
    at = await moment(session, as_of=as_of, known_at=known_at, now=setting.now)
    cells = await read_cells(session, campaign.code, at)
    return View(setting.catalogue, campaign, at, setting.lang, session, cells)


AtPlainDesk = Annotated[PlainDesk, Depends(made_here(PlainDesk))]
AtDesk = Annotated[Desk, Depends(made_here(Desk))]


def shelf_key(scope: Any, lang: str) -> Key:
    """What two requests for the same answer have in common."""
    return scope["path"], scope["query_string"].decode("latin-1"), lang


def respond(request: Request, answer: Answer, *, private: bool, content_type: bytes = b"application/json") -> Response:
    """The answer in the best encoding that the client takes; 304 when it has it."""
    asked = dict(request.scope["headers"])
    sheet = answer.sheet(asked.get(b"accept-encoding", b""), private=private, content_type=content_type)
    page = sheet.page_for(asked.get(b"if-none-match"))
    response = Response(page.body, page.status)
    response.raw_headers = list(page.headers)  # more are added on the way out
    return response
