"""Tokens over HTTP, for admins."""

from fastapi import APIRouter, Request

from app import clock, errors
from app.auth import queries
from app.auth.api_route import ApiRoute
from app.auth.authority import CanAdminister
from app.auth.schemas import NewTokenOut, TokenIn, TokenOut
from app.auth.service import create_token, revoke_token
from app.auth.sessions import Reading, Writing
from app.db import rows
from app.paging import Cursor, Limit, Page, from_cursor, to_cursor
from app.web import respond

router = APIRouter(prefix="/v1", tags=["access"], route_class=ApiRoute)


@router.post("/tokens", status_code=201)
async def new_token(token: TokenIn, who: CanAdminister, session: Writing, request: Request) -> NewTokenOut:
    """Issue a token. It is shown only once: a retry with the same key is answered 409 with its id."""
    made_id, text = await create_token(
        session,
        who,
        name=token.name,
        role=token.role,
        unit=token.unit,
        expires_at=token.expires_at,
        at=clock.now(),
    )
    request.state.kept_answer = respond(request, errors.TokenShownOnce(id=made_id))
    return NewTokenOut(id=made_id, token=text, **token.model_dump())


@router.get("/tokens")
async def tokens(_: CanAdminister, session: Reading, limit: Limit = 100, cursor: Cursor = None) -> Page[TokenOut]:
    """Every issued token, without its secret."""
    after = from_cursor(cursor, tuple[str])[0] if cursor else None
    found = await rows(session, queries.TOKENS, after=after, limit=limit + 1)
    items = [TokenOut.model_validate(row) for row in found[:limit]]
    return Page(items=items, next_cursor=to_cursor(items[-1].id) if len(found) > limit else None)


@router.delete("/tokens/{id}")
async def delete_token(id: str, who: CanAdminister, session: Writing) -> TokenOut:  # noqa: A002 - the contract's word
    """Revoke a token: every worker refuses it from its next request on."""
    return TokenOut.model_validate(await revoke_token(session, who, id, clock.now()))
