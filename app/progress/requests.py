"""From a request to its answer: cached while that is exact, computed from one snapshot of the database otherwise."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Annotated, Any

import msgspec
from fastapi import Depends, Request, Response

from app import clock
from app.auth.authority import CanWatch
from app.auth.computed import ComputedQuestions
from app.auth.identity import Identity
from app.catalogue.catalogue import Campaign, Catalogue
from app.catalogue.catalogues import Catalogues
from app.clock import text
from app.data_version import DataVersion
from app.db import Database, ReadSession, limit_statements
from app.language import Language
from app.language_of_request import InLanguage
from app.progress.answers.cells import read_cells
from app.progress.answers.context import ReadContext
from app.progress.figures.context import FigureContext
from app.progress.figures.figures import Figures
from app.progress.moments import AsOf, InCampaign, KnownAt, campaign_asked, moment
from app.progress.past.past_figures import PastFigures
from app.progress.present.current_counts import CurrentCounts
from app.response_cache import Admission, Answer, Key, MakeVersionedBody, ResponseCache, request_key, whole_field
from app.settled import SettledMoments
from app.web import async_dependency

MakeAnswer = Callable[[ReadContext], Awaitable[dict[str, Any]]]
MakeAnswerFromFigures = Callable[[FigureContext, Figures], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class QueryContext:
    """What an answer is computed from: one snapshot of the database, catalogue, campaign, language and present time."""

    session: ReadSession
    catalogue: Catalogue
    campaign: Campaign
    lang: Language
    now: datetime


Make = Callable[[QueryContext], Awaitable[dict[str, Any]]]


def _from_cells(make: MakeAnswerFromFigures) -> MakeAnswer:
    async def made(context: ReadContext) -> dict[str, Any]:
        return make(context, context.figures)

    return made


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, by whomever: a cache entry keeps this to compute its answer again, and nothing of a request."""

    state: Any
    lang: Language
    campaign: str | None
    as_of: datetime | None = None
    known_at: datetime | None = None

    def context(self, version: DataVersion) -> AbstractAsyncContextManager[QueryContext]:
        return query_context(self.state, version, lang=self.lang, campaign=self.campaign)

    async def body(self, make: Make, version: DataVersion) -> bytes:
        async with self.context(version) as query:
            return msgspec.json.encode(await make(query))

    async def figures(self, make: MakeAnswer, query: QueryContext) -> dict[str, Any]:
        return await make(await read_context(query, as_of=self.as_of, known_at=self.known_at))

    async def body_for_good(self, make: MakeAnswer) -> tuple[DataVersion, bytes]:
        """An answer as known at a settled moment, which nothing changes any more."""
        version = await self.state.data_versions.version()
        async with self.context(version) as query:
            body = msgspec.json.encode(await self.figures(make, query))
            return version.for_good() if self._is_for_good(query) else version, body

    def _is_for_good(self, query: QueryContext) -> bool:
        """Whether no clock changes what is asked for: the campaign is named, or none opens from now on."""
        return self.campaign is not None or all(one.opening <= query.now for one in query.catalogue.campaigns.values())

    async def body_from_counts(self, make: MakeAnswerFromFigures) -> tuple[DataVersion, bytes]:
        counted = await self._counted()
        if counted is None:
            version = await self.state.data_versions.version()
            return version, await self.body(partial(self.figures, _from_cells(make)), version)
        version, context, figures = counted
        return version, msgspec.json.encode(make(context, figures))

    async def _counted(self) -> tuple[DataVersion, FigureContext, Figures] | None:
        present: CurrentCounts = self.state.current_counts
        past: PastFigures = self.state.past_figures
        if self.as_of:
            return await past.figures(self.campaign, self.lang, self.as_of)
        return await present.figures(self.campaign, self.lang)


class CachedRequest:
    """The parameters of a route whose answers are cached, as a dependency."""

    def __init__(self, request: Request, who: CanWatch, lang: InLanguage, campaign: InCampaign = None) -> None:
        self.request = request
        self.who = who
        self.private = who is not None
        self.must_be_computed = False
        self.lang = lang
        self.campaign = campaign

    @property
    def question(self) -> Question:
        return Question(self.request.app.state, self.lang, self.campaign)

    @property
    def key(self) -> Key:
        """The key under which equal requests share an answer."""
        return request_key(self.request.scope["path"], self.request.scope["query_string"], self.lang)

    @property
    def admission(self) -> Admission | None:
        """What whoever has an answer computed needs; None for the present, which is counted already."""
        return admission(self.request, self.who) if self.must_be_computed else None

    async def answer_with(self, make: Make, *more: str) -> Response:
        """The cached answer while it is still exact, else a new one by `make`; `more` is added to its key."""
        cache: ResponseCache = self.request.app.state.response_cache
        answer = await cache.get((*self.key, *more), partial(self.question.body, make), self.lang, self.admission)
        return await respond(self.request, answer, private=self.private)


class ProgressRequest(CachedRequest):
    """The same with a moment, by both clocks."""

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
        self.must_be_computed = as_of is not None or known_at is not None
        self._known_at_asked = known_at

    @property
    def question(self) -> Question:
        return Question(self.request.app.state, self.lang, self.campaign, self.as_of, self.known_at)

    @property
    def key(self) -> Key:
        """Named by its own moment, too, where that is not the one asked for."""
        answered = self.known_at
        return super().key if answered is None or answered == self._known_at_asked else (*super().key, text(answered))

    async def settle(self) -> None:
        """From here on `known_at` is settled: the moment asked for, or the last settled one before it."""
        if self.known_at:
            self.known_at = await self.settled(self.known_at)

    async def settled(self, moment: datetime) -> datetime:
        return await settled(self.request, self.who, moment)

    async def answer_with(self, make: Make, *more: str) -> Response:
        await self.settle()
        return await super().answer_with(make, *more)

    async def answer(self, make: MakeAnswer) -> Response:
        """An answer of figures alone: made once and for good where `known_at` is given."""
        if self.known_at is None:
            return await self.answer_with(partial(self.question.figures, make))
        await self.settle()
        return await self._versioned(partial(self.question.body_for_good, make))

    async def answer_counted(self, make: MakeAnswerFromFigures) -> Response:
        """An answer from counts, which take one query; where that is not possible, from the cells of a session."""
        if self.known_at:
            return await self.answer(_from_cells(make))
        return await self._versioned(partial(self.question.body_from_counts, make))

    async def _versioned(self, make: MakeVersionedBody) -> Response:
        cache: ResponseCache = self.request.app.state.response_cache
        answer = await cache.get_versioned(self.key, make, self.lang, self.admission)
        return await respond(self.request, answer, private=self.private)


@asynccontextmanager
async def query_context(
    state: Any, version: DataVersion, *, lang: Language, campaign: str | None
) -> AsyncIterator[QueryContext]:
    """A session with one snapshot of the database, taken at or after a version that was just read."""
    catalogues: Catalogues = state.catalogues
    database: Database = state.database
    catalogue = await catalogues.at(version)
    now = clock.now()
    asked = campaign_asked(catalogue, campaign, now)
    async with database.answering() as session:
        await limit_statements(session)
        yield QueryContext(session, catalogue, asked, lang, now)


async def read_context(
    query: QueryContext, *, as_of: datetime | None = None, known_at: datetime | None = None
) -> ReadContext:
    """The cells of a moment, and the session that they were read in."""
    session, campaign = query.session, query.campaign
    at = await moment(session, as_of=as_of, known_at=known_at, now=query.now)
    cells = await read_cells(session, campaign.code, at)
    return ReadContext(query.catalogue, campaign, at, query.lang, session, cells)


CachedRequestDep = Annotated[CachedRequest, Depends(async_dependency(CachedRequest))]
ProgressRequestDep = Annotated[ProgressRequest, Depends(async_dependency(ProgressRequest))]


def admission(request: Request, who: Identity | None) -> Admission:
    """A place among those whose questions are being computed."""
    questions: ComputedQuestions = request.app.state.computed_questions
    return questions.admitted(who, _address(request), request.scope["state"])


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


async def settled(request: Request, who: Identity | None, moment: datetime) -> datetime:
    """A moment once it is settled, or the last settled one before it.

    Where that is not known yet, the database is asked, and claims a moment: that counts as what must be computed.
    """
    moments: SettledMoments = request.app.state.settled_moments
    if not moments.is_settled(moment):
        questions: ComputedQuestions = request.app.state.computed_questions
        questions.count(who, _address(request), request.scope["state"])
    return await moments.wait_for(moment)


async def respond(
    request: Request, answer: Answer, *, private: bool, content_type: bytes = b"application/json"
) -> Response:
    """The answer in the best encoding that the client accepts; 304 when its ETag matches."""
    asked = request.scope["headers"]
    accepted = whole_field(asked, b"accept-encoding")
    await answer.encode(accepted)
    variant = answer.variant(accepted, private=private, content_type=content_type)
    prepared = variant.response_for(whole_field(asked, b"if-none-match"))
    response = Response(prepared.body, prepared.status)
    response.raw_headers = list(prepared.headers)  # the middleware adds more
    return response
