"""The page over HTTP, and the way in to it."""

from dataclasses import replace

from fastapi import APIRouter, FastAPI, Request, Response

from app.auth.authority import COOKIE, CanWatch
from app.data_version import DataVersion
from app.page import reference, service, sign_in
from app.page.asking import Asked, InQuestion
from app.page.rendering import root_of
from app.page.sign_in import GuardedRoute
from app.progress.requests import query_context, respond
from app.response_cache import ResponseCache

router = APIRouter(include_in_schema=False, route_class=GuardedRoute)


@router.get("/")
async def page(request: Request, who: CanWatch, asked: InQuestion) -> Response:
    """The report of a moment, for people."""
    shelf: ResponseCache = request.app.state.response_cache
    if asked.known_at:
        asked = replace(asked, known_at=await request.app.state.settled_moments.wait_for(asked.known_at))
    signed_in = COOKIE in request.cookies and who is not None
    key = ("page", root_of(request), str(signed_in), *(f"{name}={value}" for name, value in asked.parameters.items()))
    answer = await shelf.get(key, lambda version: _made(request, version, asked, signed_in=signed_in))
    return respond(request, answer, private=who is not None, content_type=b"text/html; charset=utf-8")


async def _made(request: Request, version: DataVersion, asked: Asked, *, signed_in: bool) -> bytes:
    async with query_context(request.app.state, version, lang=asked.lang, campaign=asked.campaign) as setting:
        return await service.page(setting, asked, root=root_of(request), signed_in=signed_in)


def install(app: FastAPI) -> None:
    """The page, the way in to it, what it is dressed in, and the reference for those who write clients."""
    for each in (router, sign_in.router, reference.router):
        app.include_router(each)
    reference.mount_files(app)
