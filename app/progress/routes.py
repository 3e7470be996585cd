"""Progress over HTTP: every figure the ministry sees, at any moment, by either clock."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from app import clock
from app.auth.api_route import ApiRoute
from app.catalogue.lookup import EACH, CurrentCatalogue, province_of, refuse_wrong_filters
from app.clock import Instant
from app.level import Level
from app.paging import Cursor, Limit, from_cursor
from app.progress.answers import province_detail
from app.progress.answers.agencies import agencies
from app.progress.answers.context import ReadContext
from app.progress.answers.matrix import matrix
from app.progress.answers.progress import progress
from app.progress.answers.provinces import provinces
from app.progress.answers.silent import silent
from app.progress.answers.timeline import Span, Step, points, series, timeline
from app.progress.moments import current_code
from app.progress.requests import ProgressRequestDep
from app.progress.schemas import (
    AgenciesOut,
    MatrixOut,
    ProgressOut,
    ProvinceDetailOut,
    ProvincesOut,
    SilentOut,
    TimelineOut,
)

WHOLE_PAGE = 100

router = APIRouter(prefix="/v1/progress", tags=["progress"], route_class=ApiRoute)


@router.get("", response_model=ProgressOut)
async def progress_(request: ProgressRequestDep) -> Response:
    """The report: one line a category, with the sentence that an official would read out."""
    return await request.answer_counted(progress)


@router.get("/provinces", response_model=ProvincesOut)
async def provinces_(request: ProgressRequestDep) -> Response:
    """Every province: its light and why, its last report, its rank; in code order."""
    return await request.answer(provinces)


@router.get("/matrix", response_model=MatrixOut)
async def matrix_(request: ProgressRequestDep) -> Response:
    """Provinces × categories: states, and what is verified."""
    return await request.answer(matrix)


@router.get("/provinces/{code}", response_model=ProvinceDetailOut)
async def province(code: str, request: ProgressRequestDep, catalogue: CurrentCatalogue) -> Response:
    """One province in full: its categories, its own open assignments, its communes in bands."""
    unit = province_of(catalogue, code)
    return await request.answer(lambda context: province_detail.province(context, unit))


@router.get("/agencies", response_model=AgenciesOut)
async def agencies_(request: ProgressRequestDep) -> Response:
    """What each agency owes: own tasks, open obstacles, the oldest, the median time to answer; the most owing first."""
    return await request.answer(agencies)


@router.get("/silent", response_model=SilentOut)
async def silent_(
    request: ProgressRequestDep,
    catalogue: CurrentCatalogue,
    level: Level | None = None,
    province: str | None = None,
    limit: Limit = WHOLE_PAGE,
    cursor: Cursor = None,
) -> Response:
    """Units with open work that never reported, or not lately: provinces, communes and agencies alike."""
    after = from_cursor("silent", cursor, tuple[str, str]) if cursor else None
    refuse_wrong_filters(catalogue, campaign=request.campaign, province=province)
    if cursor or limit != WHOLE_PAGE:  # which may be anything, so each may be a question that nobody asked before
        request.must_be_computed = True
    return await request.answer(lambda context: silent(context, limit=limit, after=after, level=level, owner=province))


@router.get("/timeline", response_model=TimelineOut)
async def timeline_(
    request: ProgressRequestDep,
    catalogue: CurrentCatalogue,
    category: Annotated[
        list[str] | None, Query(description="One, several (repeated) or `*` for each; default: all together.")
    ] = None,
    from_: Annotated[
        Instant | None, Query(alias="from", description="The first point. Default: the campaign's opening, or `to`.")
    ] = None,
    to: Annotated[Instant | None, Query(description="The last point. Default: `as_of`, or the present.")] = None,
    step: Step = "day",
) -> Response:
    """How many provinces and assignments were completed at each hour or day, exactly as of each point.

    One category or none gives `points`; several, or `*`, give `series` with the points of each.
    """
    asked = category or []
    request.must_be_computed = True
    if from_ and to:
        points(from_, to, step)  # which may refuse them
    refuse_wrong_filters(
        catalogue,
        campaign=request.campaign or current_code(catalogue, clock.now()),
        category=[code for code in asked if code != EACH],
    )

    async def made(context: ReadContext) -> dict[str, Any]:
        end = to or context.moment.as_of
        span = Span(from_ or min(context.campaign.opening, end), end, step)
        if len(asked) > 1 or EACH in asked:
            those = context.category_codes if EACH in asked else list(dict.fromkeys(asked))
            return await series(context, span, those)
        return await timeline(context, span, asked[0] if asked else None)

    return await request.answer(made)
