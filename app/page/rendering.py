"""Pages as responses: templates that escape everything, and headers that let a browser do very little."""

import hashlib
from collections.abc import Callable, Coroutine
from functools import cache, partial
from importlib.resources import files
from typing import Any

from fastapi import Request, Response
from fastapi.responses import HTMLResponse
from fastapi.routing import APIRoute
from jinja2 import Environment, PackageLoader, StrictUndefined

from app.database_errors import from_database
from app.errors import Problem
from app.language import LANGUAGES, Language
from app.language_of_request import language_of
from app.page.asking import link
from app.page.texts import COMMA, SELF_NAMES, day, decimal, in_language, number, signed, table
from app.prefix import prefix_of

STRICT = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; font-src 'self'; img-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
"""What a page may load: its own style, script, font and pictures, and the events of its own host."""

_TROUBLES = {
    "malformed-time": "bad-time",
    "unknown-campaign": "unknown-campaign",
    "unknown-parameter": "unknown-parameter",
    "unknown-value": "unknown-value",
    "not-together": "not-together",
    "malformed": "bad-number",
    "unfit": "twice",
    "not-found": "not-found",
    "other-site": "other-site",
    "too-many-requests": "too-many-requests",
    "unavailable": "unavailable",
}

pages = Environment(
    loader=PackageLoader("app.page"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,  # those of another release, unpacked over this one, would miss their texts
)
pages.globals["link"] = link
DRESS = ("page.css", "room.css", "page.js")


@cache
def style_version() -> str:
    """Changes with style and script, so that a browser never shows a new page in an old dress."""
    static = files(__package__).joinpath("static")
    return hashlib.sha256(b"".join(static.joinpath(name).read_bytes() for name in DRESS)).hexdigest()[:8]


def render(template: str, root: str, lang: Language, **values: Any) -> str:
    """A page of the service that is served under the path `root`."""
    return pages.get_template(template).render(
        root=root,
        lang=lang,
        say=in_language(lang),
        number=partial(number, lang),
        decimal=partial(decimal, lang),
        day=partial(day, lang),
        signed=signed,
        comma=COMMA[lang],
        languages=[(code, SELF_NAMES[code]) for code in LANGUAGES],
        version=style_version(),
        **values,
    )


def compile_templates() -> None:
    """Compile all templates, so that nobody waits for it: on the event loop the first page would stop all others.

    With them all that a page is made of is read, before another release can lie in its place.
    """
    for name in pages.list_templates():
        pages.get_template(name)
    for lang in LANGUAGES:
        table(lang)
    style_version()


def root_of(request: Request) -> str:
    """The path prefix under which a proxy serves the service."""
    return prefix_of(request.scope)


def here(request: Request) -> str:
    """The path below the prefix that a proxy may add."""
    return request.url.path


def safely(response: Response, policy: str = STRICT) -> Response:
    """The same response with the headers of every page; a policy that it brings along stays."""
    response.headers.setdefault("Content-Security-Policy", policy)
    response.headers["X-Content-Type-Options"] = "nosniff"
    # Not `no-referrer`: with it a browser sends `Origin: null`, and signing in could not tell whose form it was.
    response.headers["Referrer-Policy"] = "same-origin"
    return response


def trouble(request: Request, problem: Problem) -> Response:
    """A problem as a page, in the reader's language and without what the reader sent."""
    codes = [complaint.code for complaint in problem.errors] + [problem.code]
    known = next((_TROUBLES[code] for code in codes if code in _TROUBLES), "other")
    lang = language_of(request)
    body = render("trouble.html", root_of(request), lang, here="/", asked={}, kind=f"trouble.{known}")
    headers = {**problem.headers, "Cache-Control": "no-store", "Content-Language": lang}
    return HTMLResponse(body, problem.status, headers)


class PageRoute(APIRoute):
    """A route for people: what goes wrong is a page too, and every answer has the headers of a page."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                return safely(await handle(request))
            except Problem as problem:
                return safely(trouble(request, problem))
            except Exception as error:
                if found := from_database(error):
                    return safely(trouble(request, found))
                raise

        return answer
