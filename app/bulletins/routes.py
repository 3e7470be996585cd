"""Bulletins over HTTP: issue one, list them, read one as it was issued."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from app import clock
from app.auth.api_route import ApiRoute
from app.auth.authority import CanVerify, CanWatch
from app.auth.service import audit
from app.auth.sessions import Reading, Writing
from app.bulletins import queries, service
from app.bulletins.schemas import BulletinHeadOut, BulletinIn, BulletinOut
from app.catalogue.lookup import CurrentCatalogue
from app.db import rows
from app.language_of_request import InLanguage
from app.paging import Cursor, Limit, Page, from_cursor, to_cursor
from app.progress.moments import InCampaign, campaign_asked
from app.progress.requests import CachedRequestDep

router = APIRouter(prefix="/v1/bulletins", tags=["bulletins"], route_class=ApiRoute)


@router.post("", status_code=201)
async def issue(
    request: Request,
    bulletin: BulletinIn,
    who: CanVerify,
    catalogue: CurrentCatalogue,
    session: Writing,
    lang: InLanguage,
    response: Response,
    campaign: InCampaign = None,
) -> BulletinOut:
    """Freeze the progress of a moment under the next number. It is never altered."""
    of, state = campaign_asked(catalogue, campaign, clock.now()), request.app.state
    row = await service.issue(
        session,
        catalogue,
        of,
        who,
        as_of=bulletin.as_of,
        title=bulletin.title,
        proposals=bulletin.proposals,
        snapshot_at=service.settled_snapshots(state.settled_moments, state.database),
    )
    subject = f"{row.campaign}/{row.number}"
    after = {"as_of": clock.text(row.as_of), "title": row.title}
    await audit(session, who, "bulletin.issue", subject, at=row.issued_at, after=after)
    response.headers["Location"] = f"/v1/bulletins/{row.number}?campaign={row.campaign}"
    return BulletinOut.model_validate(
        {**service.head(row), **service.frozen(row, lang), "restated": False, "differences": [], "not_frozen": []}
    )


@router.get("")
async def bulletins(
    _: CanWatch,
    catalogue: CurrentCatalogue,
    session: Reading,
    campaign: InCampaign = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[BulletinHeadOut]:
    """The bulletins of a campaign, the last one first."""
    before = from_cursor("bulletins", cursor, tuple[int])[0] if cursor else None
    of = campaign_asked(catalogue, campaign, clock.now())
    found = await rows(session, queries.BULLETINS, campaign=of.code, before=before, limit=limit + 1)
    items = [BulletinHeadOut.model_validate(service.head(row)) for row in found[:limit]]
    return Page(items=items, next_cursor=to_cursor("bulletins", items[-1].number) if len(found) > limit else None)


@router.get("/{number}", response_model=BulletinOut)
async def bulletin(number: Annotated[int, Path(ge=1, le=2**31)], request: CachedRequestDep) -> Response:
    """A bulletin as issued, and whether later reports have changed its figures."""
    request.must_be_computed = True
    return await request.answer_with(lambda query: service.shown_numbered(query, number))
