"""Authority in the signature: what a route asks for when it says who may."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request
from fastapi.dependencies.models import Dependant
from fastapi.security import HTTPBearer

from app import clock
from app.auth.identity import ANYONE, Identity, Role
from app.auth.limits import Limits, peer_of
from app.auth.service import Identities
from app.data_version import DataVersion
from app.errors import NotYourRole, Unauthenticated
from app.messages import say
from app.settings import Settings

COOKIE = "tiendo"
_COOKIE = f"{COOKIE}=".encode()
bearer = HTTPBearer(auto_error=False, description="A token: `Authorization: Bearer tdo_…`")


async def bearer_identity(request: Request) -> Identity | None:
    """Who the `Authorization` header says it is; None without one, refused with a bad one."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if not scheme:
        return None
    identity = await recognise(request, token.strip() if scheme.lower() == "bearer" else "")
    _cache_identity(request, identity)
    return identity


def credentials(headers: Mapping[bytes, bytes]) -> bytes:
    """What of a request says who asks: `Authorization`, else the cookies if the page's is among them, else nothing."""
    authorization, cookies = headers.get(b"authorization"), headers.get(b"cookie", b"")
    if authorization:
        return authorization
    return b"cookie " + cookies if _COOKIE in cookies else b""


def token_sent(request: Request) -> str | None:
    """The token of the header, else of the page's cookie."""
    _, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() or request.cookies.get(COOKIE)


def _cache_identity(request: Request, identity: Identity) -> None:
    """Recognise the same credentials at once the next time; not from a header sent twice, which is read in two ways."""
    sent = request.scope["headers"]
    headers = dict(sent)
    if len(headers) == len(sent):
        request.app.state.identities.cache(credentials(headers), identity)


def cached_viewer(
    identities: Identities, headers: Mapping[bytes, bytes], version: DataVersion, *, public: bool
) -> Identity | None:
    """Who may watch, where that can be said at once: recognised before, or anyone where progress is public.

    None says nothing but that `CanWatch` has to find out.
    """
    asked = credentials(headers)
    if asked:
        return identities.cached(asked, version, clock.now())
    return ANYONE if public else None


def cached_identity(
    identities: Identities, headers: Mapping[bytes, bytes], version: DataVersion, at: datetime
) -> Identity | None:
    """Who the `Authorization` header was authenticated as before, if that still holds at a version read just now."""
    return identities.cached(headers[b"authorization"], version, at)


async def recognise(request: Request, token: str) -> Identity:
    """Whose token it is.

    Raises:
        Unauthenticated: it is a bad one.
        TooManyRequests: the address has sent too many bad ones, or the token too many requests.

    """
    state, peer = request.app.state, peer_of(request.client.host if request.client else "")
    limits: Limits = state.limits
    identity: Identity | None = await state.identities.authenticate(
        token, clock.now(), limits.look_up(peer, request.scope["state"])
    )
    if identity is None:
        limits.bad_tokens.count(peer, request.scope["state"])
        raise Unauthenticated
    request.state.token = identity.token  # for the log
    if not getattr(request.state, "counted", False):
        state.limits.requests.count(identity.token, request.scope["state"])
    return identity


async def _identity(request: Request, _: Annotated[object, Depends(bearer)] = None) -> Identity:
    return await authenticated(request)


async def authenticated(request: Request) -> Identity:
    """Whose token it is, looked up once for a request.

    Raises:
        Unauthenticated: there is no token, or a bad one.

    """
    identity: Identity | None = getattr(request.state, "identity", None) or await bearer_identity(request)
    if identity is None:
        raise Unauthenticated
    request.state.identity = identity
    request.state.may_look = True
    return identity


def needs_token(dependant: Dependant) -> bool:
    """Whether a route, by its signature, answers only callers with a token."""
    return dependant.call is _identity or any(map(needs_token, dependant.dependencies))


def watches(dependant: Dependant) -> bool:
    """Whether a route, by its signature, answers everyone where progress is public, and the page's cookie."""
    return dependant.call is _viewer_or_anyone or any(map(watches, dependant.dependencies))


def role_needed(dependant: Dependant) -> Role | None:
    """The role that a route asks for in its signature, the highest where it asks for several."""
    mine = getattr(dependant.call, "role", None)
    below = [mine, *map(role_needed, dependant.dependencies)]
    return max((role for role in below if role), key=lambda role: list(Role).index(role), default=None)


def refuse_role(who: Identity, role: Role) -> None:
    if not who.role.at_least(role):
        raise NotYourRole(say("role-needed", needed=role, role=who.role))


async def _viewer_or_anyone(request: Request, _: Annotated[object, Depends(bearer)] = None) -> Identity | None:
    """Whoever may watch progress: a token, the page's cookie, or anyone where progress is public."""
    identity = await bearer_identity(request)
    if identity is None and (cookie := request.cookies.get(COOKIE)):
        identity = await recognise(request, cookie)
        _cache_identity(request, identity)
    settings: Settings = request.app.state.settings
    if identity is None and not settings.public_progress:
        raise Unauthenticated
    request.state.may_look = True  # what a refusal says of the catalogue is for those who may read it
    return identity


def at_least(role: Role) -> Callable[[Identity], Awaitable[Identity]]:
    async def authorised(who: Annotated[Identity, Depends(_identity)]) -> Identity:
        refuse_role(who, role)
        return who

    authorised.role = role  # type: ignore[attr-defined] # `role_needed` looks for it before a body is read
    return authorised


async def _hands_out(who: Annotated[Identity, Depends(_identity)]) -> Identity:
    if not who.may_delegate and not who.role.at_least(Role.ADMIN):
        raise NotYourRole(say("role-needed", needed=Role.ADMIN, role=who.role))
    return who


CanWatch = Annotated[Identity | None, Depends(_viewer_or_anyone)]
CanView = Annotated[Identity, Depends(at_least(Role.VIEWER))]
CanReport = Annotated[Identity, Depends(at_least(Role.REPORTER))]
CanVerify = Annotated[Identity, Depends(at_least(Role.MINISTRY))]
CanAdminister = Annotated[Identity, Depends(at_least(Role.ADMIN))]
CanHandOut = Annotated[Identity, Depends(_hands_out)]
"""An admin, or the reporter of a province that hands out the tokens of its communes."""
SomeIdentity = Annotated[Identity, Depends(_identity)]
