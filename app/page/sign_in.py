"""Signing in to the page: a token becomes a cookie that can read progress and nothing else."""

import re
import secrets
from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from app.auth.authority import COOKIE, recognise
from app.errors import Problem, Unauthenticated, UnsupportedMedia
from app.language_of_request import language_of
from app.page.asking import link
from app.page.rendering import PageRoute, here, render, root_of
from app.settings import Settings

_ONWARD = re.compile(
    r"(/((provinces|lines)/[\w-]{1,64}|agencies|bulletins|compare))?(\?[\w.,:%&=+-]{0,2000})?", re.ASCII
)
"""Where a reader goes after signing in: one of the pages, with nothing but a question."""


FORM = "tiendo_form"
"""A cookie with the mark of the form to sign in."""
_MARK = re.compile(r"[\w-]{22}", re.ASCII)


class OtherSite(Problem):
    """A form of another site could sign a reader in as somebody else."""

    status, code = 403, "other-site"


class GuardedRoute(PageRoute):
    """A page that asks those whom it does not know to sign in."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def answer(request: Request) -> Response:
            response = await handle(request)
            return _ask_to_sign_in(request, response) if response.status_code == 401 else response

        return answer


def _ask_to_sign_in(request: Request, refusal: Response) -> Response:
    """On to the form; a cookie that is no longer good is dropped, and where progress is public it was not needed."""
    settings: Settings = request.app.state.settings
    path = "" if here(request) == "/" else here(request)
    onward = path + (f"?{request.url.query}" if request.url.query else "")
    if settings.public_progress and COOKIE in request.cookies:
        target = _address(request, onward)
    else:
        target = root_of(request) + link("/sign-in", {"lang": language_of(request), "next": onward})
    response = RedirectResponse(target, 303, {"Cache-Control": "no-store"})
    response.headers.update({name: refusal.headers[name] for name in ("Content-Security-Policy", "Referrer-Policy")})
    _forget(response)
    return response


router = APIRouter(include_in_schema=False, route_class=PageRoute)


@router.get("/sign-in")
async def form(request: Request) -> Response:
    return _form(request, _onward(request.query_params.get("next", "")))


@router.post("/sign-in")
async def sign_in(request: Request) -> Response:
    """Take a token and hand out the cookie. A bad one is counted, and never shown again."""
    if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        raise UnsupportedMedia
    async with request.form(max_files=0, max_fields=8) as sent:
        token, onward = str(sent.get("token", "")).strip(), _onward(str(sent.get("next", "")))
        _refuse_other_forms(request, str(sent.get("form", "")))
    try:
        await recognise(request, token)
    except Unauthenticated:
        return _form(request, onward, refused=True)
    settings: Settings = request.app.state.settings
    address = _address(request, _in_its_language(request, onward))
    response = RedirectResponse(address, 303, {"Cache-Control": "no-store"})
    response.set_cookie(COOKIE, token, path="/", httponly=True, samesite="strict", secure=settings.secure_cookie)
    return response


@router.post("/sign-out")
async def sign_out(request: Request) -> Response:
    """The cookie is sent only from pages of ours, so whoever brings it may drop it."""
    if not _is_of_this_site(request, otherwise=COOKIE in request.cookies):
        raise OtherSite
    response = RedirectResponse(root_of(request) + link("/sign-in", {"lang": language_of(request)}), 303)
    _forget(response)
    return response


def _form(request: Request, onward: str, *, refused: bool = False) -> Response:
    lang = language_of(request)
    asked = {"next": onward} if onward else {}
    mark = request.cookies.get(FORM, "")
    mark = mark if _MARK.fullmatch(mark) else secrets.token_urlsafe(16)
    values = {"asked": asked, "onward": onward, "refused": refused, "mark": mark}
    body = render("sign_in.html", root_of(request), lang, here="/sign-in", **values)
    headers = {"Cache-Control": "no-store", "Content-Language": lang}
    if refused:
        headers |= Unauthenticated().headers
    response = HTMLResponse(body, 401 if refused else 200, headers)
    if not refused:
        secure = request.app.state.settings.secure_cookie
        response.set_cookie(FORM, mark, path="/", httponly=True, samesite="strict", secure=secure)
    return response


def _in_its_language(request: Request, onward: str) -> str:
    """The language that was chosen for the form is that of the page behind it, unless that has one of its own."""
    if "lang" not in request.query_params or "lang=" in onward:
        return onward
    return f"{onward}{'&' if '?' in onward else '?'}lang={language_of(request)}"


def _address(request: Request, onward: str) -> str:
    return root_of(request) + (onward if onward.startswith("/") else f"/{onward}")


def _onward(asked: str) -> str:
    """Only a page of our own with a question to it: never another address."""
    return asked if _ONWARD.fullmatch(asked) else ""


def _refuse_other_forms(request: Request, mark: str) -> None:
    """The form has the mark of a cookie that a browser sends with forms of this site only."""
    known = request.cookies.get(FORM, "")
    is_marked = bool(known) and secrets.compare_digest(known.encode(), mark.encode(errors="replace"))
    if not _is_of_this_site(request, otherwise=is_marked):
        raise OtherSite


def _is_of_this_site(request: Request, *, otherwise: bool) -> bool:
    """A browser says where a form comes from: over HTTPS in so many words, else by an origin that is the host.

    Behind a proxy the host may be the proxy's name for us, so another origin is not yet another site.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    return _host_of(request.headers.get("origin", "")) == request.headers.get("host", "?") or otherwise


def _host_of(origin: str) -> str | None:
    """The host of an origin; None where it names none, or is no address."""
    try:
        return urlsplit(origin).netloc or None
    except ValueError:
        return None


def _forget(response: Response) -> None:
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict")
