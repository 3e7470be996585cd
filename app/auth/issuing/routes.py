"""Tokens over HTTP, for admins, and for provinces that hand out those of their communes."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app import clock, errors
from app.auth.api_route import ApiRoute
from app.auth.authority import CanHandOut
from app.auth.identity import Role
from app.auth.issuing import queries, service
from app.auth.issuing.hand_out import MEDIA_TYPES, Form, hand_out_file
from app.auth.issuing.schemas import Code, HandOutIn, RotationIn, TokenState
from app.auth.schemas import NewTokenOut, TokenIn, TokenOut
from app.auth.service import create_token
from app.auth.sessions import Reading, Writing
from app.db import rows
from app.paging import Cursor, Limit, Page, from_cursor, to_cursor
from app.web import respond

router = APIRouter(prefix="/v1", tags=["access"], route_class=ApiRoute)
NO_STORE = "no-store"
"""Of answers that hold a secret."""
_FILES = {kind: {"schema": {"type": "string", "format": "binary"}} for kind in MEDIA_TYPES.values()}


@router.post("/tokens", status_code=201)
async def new_token(
    token: TokenIn, who: CanHandOut, session: Writing, request: Request, response: Response
) -> NewTokenOut:
    """Issue a token. It is shown only once: a retry with the same key is answered 409 with its id."""
    await service.refuse_to_delegate(session, who, token.role, token.unit, may_delegate=token.may_delegate)
    made_id, text = await create_token(
        session,
        who,
        name=token.name,
        role=token.role,
        unit=token.unit,
        expires_at=token.expires_at,
        at=clock.now(),
        may_delegate=token.may_delegate,
    )
    request.state.answer_to_retries = respond(request, errors.TokenShownOnce(id=made_id))
    response.headers["Cache-Control"] = NO_STORE
    return NewTokenOut(id=made_id, token=text, **token.model_dump())


@router.post("/tokens/batch", status_code=201, response_class=Response, responses={201: {"content": _FILES}})
async def hand_out(
    asked: HandOutIn,
    who: CanHandOut,
    session: Writing,
    request: Request,
    format: Form = "xlsx",  # noqa: A002 - as reports call it
) -> Response:
    """Issue a token for each unit of a filter; the file with them is shown only once, as each of them is."""
    made = await service.hand_out(session, who, asked, clock.now())
    request.state.answer_to_retries = respond(request, errors.TokenShownOnce(ids=[one.id for one in made]))
    headers = {"Content-Disposition": f'attachment; filename="tokens.{format}"', "Cache-Control": NO_STORE}
    body = hand_out_file(made, asked.expires_at, format)
    return Response(body, 201, headers, MEDIA_TYPES[format])


@router.post("/tokens/{id}/rotate", status_code=201)
async def rotate_token(
    id: str,  # noqa: A002 - the contract's word
    asked: RotationIn,
    who: CanHandOut,
    session: Writing,
    request: Request,
    response: Response,
) -> NewTokenOut:
    """Issue a successor with the same rights. The old token stays valid for `grace_hours`."""
    old, made_id, text, expires_at = await service.rotate(session, who, id, asked, clock.now())
    request.state.answer_to_retries = respond(request, errors.TokenShownOnce(id=made_id))
    response.headers["Cache-Control"] = NO_STORE
    return NewTokenOut(
        id=made_id,
        token=text,
        name=old.name,
        role=old.role,
        unit=old.unit,
        expires_at=expires_at,
        may_delegate=old.may_delegate,
    )


@router.get("/tokens")
async def tokens(
    who: CanHandOut,
    session: Reading,
    limit: Limit = 100,
    cursor: Cursor = None,
    role: Role | None = None,
    unit: Code | None = None,
    province: Code | None = None,
    state: TokenState | None = None,
    expiring_within: Annotated[
        int | None, Query(ge=0, le=36_500, description="Only tokens that expire within this many days.")
    ] = None,
) -> Page[TokenOut]:
    """Every issued token, without its secret; a province's delegate sees those of its communes."""
    after = from_cursor("tokens", cursor, tuple[str])[0] if cursor else None
    await service.refuse_wrong_filters(session, unit=unit, province=province)
    await service.refuse_others_tokens(session, who, unit=unit, province=province)
    found = await rows(
        session,
        queries.TOKENS,
        delegate=service.delegate(who),
        at=clock.now(),
        after=after,
        role=role and role.value,
        unit=unit,
        province=province,
        state=state and state.value,
        days=expiring_within,
        limit=limit + 1,
    )
    items = [TokenOut.model_validate(row) for row in found[:limit]]
    return Page(items=items, next_cursor=to_cursor("tokens", items[-1].id) if len(found) > limit else None)


@router.delete("/tokens/{id}")
async def delete_token(id: str, who: CanHandOut, session: Writing) -> TokenOut:  # noqa: A002 - the contract's word
    """Revoke a token: every worker refuses it from its next request on."""
    return TokenOut.model_validate(await service.revoke(session, who, id, clock.now()))
