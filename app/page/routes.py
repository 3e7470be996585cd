"""The page over HTTP: the overview, what stands behind it, and the way in."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from fastapi import APIRouter, FastAPI, Request, Response

from app import clock, web
from app.auth.authority import COOKIE, CanWatch
from app.catalogue.lookup import CurrentCatalogue, province_of
from app.data_version import DataVersion
from app.errors import NotFound
from app.messages import say
from app.page import details, reference, sign_in
from app.page.asking import THEN, Asked, InQuestion, InQuestionOfOverview
from app.page.comparing import comparison
from app.page.context import Context, context_of, surroundings
from app.page.ends import InComparison
from app.page.overview import overview
from app.page.rendering import here, render, root_of, safely, trouble
from app.page.sign_in import GuardedRoute
from app.progress.requests import admission, query_context, respond, settled
from app.response_cache import ResponseCache

Gather = Callable[[Context], Awaitable[Mapping[str, Any]]]

DOCUMENTS = ("docx", "xlsx", "csv", "md")
WITH_PDF = ("docx", "pdf", "xlsx", "csv", "md")
"""Where a converter is set up."""

router = APIRouter(include_in_schema=False, route_class=GuardedRoute)


@router.get("/")
async def page(request: Request, who: CanWatch, asked: InQuestionOfOverview) -> Response:
    """The report of a moment, for people; `?view=room` for the screen of a room."""
    return await _page(request, who, asked, "room.html" if asked.room else "overview.html", overview)


@router.get("/provinces/{code}")
async def province(
    request: Request, who: CanWatch, asked: InQuestion, code: str, catalogue: CurrentCatalogue
) -> Response:
    unit = province_of(catalogue, code)
    return await _page(request, who, asked, "province.html", partial(details.province, unit=unit))


@router.get("/lines/{code}")
async def line(request: Request, who: CanWatch, asked: InQuestion, code: str, catalogue: CurrentCatalogue) -> Response:
    category = catalogue.categories.get(code)
    if category is None:
        raise NotFound(say("no-such.category", seen=code))
    return await _page(request, who, asked, "line.html", partial(details.line, category=category))


@router.get("/agencies")
async def agencies(request: Request, who: CanWatch, asked: InQuestion) -> Response:
    return await _page(request, who, asked, "agencies.html", details.owing)


@router.get("/bulletins")
async def bulletins(request: Request, who: CanWatch, asked: InQuestion) -> Response:
    return await _page(request, who, asked, "bulletins.html", details.issued)


@router.get("/compare")
async def compare(request: Request, who: CanWatch, asked: InComparison) -> Response:
    """Two moments beside each other."""
    ends = await asked.settled(partial(settled, request, who))
    return await _page(request, who, ends.asked, "compare.html", partial(comparison, ends=ends), *ends.key)


async def _page(request: Request, who: Any, asked: Asked, template: str, gather: Gather, *more: str) -> Response:
    """The page made by `gather`, or the kept one while it is still the truth."""
    cache: ResponseCache = request.app.state.response_cache
    asked = await _settled(request, who, asked)
    signed_in = COOKIE in request.cookies and who is not None
    asks = [f"{name}={value}" for name, value in asked.parameters.items()]
    key = ("page", root_of(request), template, request.url.path, str(signed_in), *asks, *more)

    # A cache entry keeps what it takes to make the page again, and nothing of the request.
    state, root, place = request.app.state, root_of(request), here(request)
    documents = WITH_PDF if state.pdf_converter.is_set_up else DOCUMENTS

    async def made(version: DataVersion) -> bytes:
        async with query_context(state, version, lang=asked.lang, campaign=asked.campaign) as query:
            context = await context_of(query, asked, root=root, signed_in=signed_in)
            values = {**surroundings(context, place), **await gather(context)}
            return render(template, context.root, asked.lang, documents=documents, **values).encode()

    is_past = any(one is not None for one in (asked.as_of, asked.known_at, asked.bulletin)) or bool(more)
    answer = await cache.get(key, made, asked.lang, admission(request, who) if is_past else None)
    return await respond(request, answer, private=who is not None, content_type=b"text/html; charset=utf-8")


async def _settled(request: Request, who: Any, asked: Asked) -> Asked:
    """The same with a second clock that is settled. As known at a moment that has not come is as known now."""
    moment = asked.known_at if isinstance(asked.known_at, datetime) else asked.as_of if asked.known_at else None
    if moment is None:
        return asked
    if asked.known_at == THEN and moment >= clock.now():
        return replace(asked, known_at=None)
    known_at = await settled(request, who, moment)
    return asked if known_at == moment else replace(asked, known_at=known_at)


ROUTERS = (router, sign_in.router, reference.router)


def install(app: FastAPI) -> None:
    """The page, the way in to it, what it is dressed in, and the reference for those who write clients."""
    for each in ROUTERS:
        app.include_router(each)
    reference.mount_files(app)
    app.add_exception_handler(404, _not_found)


async def _not_found(request: Request, _: Exception) -> Response:
    """An address that leads nowhere: a page for whoever reads with a browser, a problem for programs."""
    is_reader = "text/html" in request.headers.get("accept", "") and not request.url.path.startswith("/v1")
    return safely(trouble(request, NotFound())) if is_reader else web.respond(request, NotFound())
