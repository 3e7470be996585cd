"""For those who write clients: the error codes, and the description of the interface, without any other host."""

from pathlib import Path

import fastapi_offline
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import HTMLResponse
from starlette.staticfiles import StaticFiles

from app import errors
from app.language_of_request import language_of
from app.messages import COMPLAINTS, text
from app.page.asking import refuse_unknown
from app.page.rendering import PageRoute, pages, render, root_of, safely, style_version
from app.progress.requests import respond

DOCS = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self' data:; form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
)
"""The interface's description is drawn by scripts of our own host, which set styles in place."""

_STATIC = Path(__file__).parent / "static"
_SWAGGER = Path(fastapi_offline.__file__).parent / "static"

router = APIRouter(include_in_schema=False, route_class=PageRoute)


class PageFiles(StaticFiles):
    """Files with the headers of a page."""

    def file_response(self, *args: object, **kwargs: object) -> Response:
        response = super().file_response(*args, **kwargs)  # type: ignore[arg-type]
        kept = "max-age=31536000, immutable" if response.media_type == "font/woff2" else "max-age=3600"
        response.headers["Cache-Control"] = f"public, {kept}"
        return safely(response)


@router.get("/problems")
async def problems(request: Request) -> Response:
    """What every `type` of a problem leads to."""
    refuse_unknown(request, ("lang",))
    lang = language_of(request)
    problems = [(kind, errors.title(kind, lang), text(f"help.{kind.code}", lang)) for kind in errors.all_problems()]
    codes = sorted({key.partition(".")[0] for key in COMPLAINTS})
    complaints = {code: text(code, lang) for code in codes}
    words = {name: text(f"problems.{name}", lang) for name in ("heading", "lead", "code", "status", "means", "errors")}
    values = {"problems": problems, "complaints": complaints, **words}
    body = render("problems.html", root_of(request), lang, here="/problems", asked={}, **values)
    return HTMLResponse(body, headers={"Content-Language": lang})


@router.get("/docs")
async def docs(request: Request) -> Response:
    return safely(_page(request, "docs.html"), DOCS)


@router.get("/openapi.json")
async def openapi(request: Request) -> Response:
    is_private = "authorization" in request.headers or "cookie" in request.headers  # as of any other answer
    return await respond(request, request.app.written_description, private=is_private)


@router.get("/favicon.svg")
async def favicon() -> Response:
    return Response((_STATIC / "favicon.svg").read_bytes(), media_type="image/svg+xml")


def _page(request: Request, template: str, **values: object) -> Response:
    html = pages.get_template(template).render(root=root_of(request), version=style_version(), **values)
    return HTMLResponse(html, headers={"Content-Language": "en"})


def mount_files(app: FastAPI) -> None:
    app.mount("/static", PageFiles(directory=_STATIC), name="static")
    app.mount("/docs/assets", PageFiles(directory=_SWAGGER), name="docs-assets")
