"""Progress over HTTP: every figure the ministry sees, at any moment, by either clock."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from app.auth.api_route import ApiRoute
from app.catalogue.lookup import CurrentCatalogue, province_of
from app.clock import Instant
from app.errors import Complaint, InvalidInput
from app.paging import Cursor, Limit, from_cursor
from app.progress.answers import province_detail
from app.progress.answers.agencies import agencies
from app.progress.answers.compare import compare
from app.progress.answers.matrix import matrix
from app.progress.answers.progress import progress, progress_counted
from app.progress.answers.provinces import provinces
from app.progress.answers.silent import silent
from app.progress.answers.timeline import Step, timeline
from app.progress.requests import ProgressRequestDep
from app.progress.schemas import (
    AgenciesOut,
    CompareOut,
    MatrixOut,
    ProgressOut,
    ProvinceDetailOut,
    ProvincesOut,
    SilentOut,
    TimelineOut,
)

router = APIRouter(prefix="/v1/progress", tags=["progress"], route_class=ApiRoute)


@router.get("", response_model=ProgressOut)
async def progress_(request: ProgressRequestDep) -> Response:
    """The report: one line a category, with the sentence that an official would read out."""
    return await request.answer_counted(progress_counted, else_=progress)


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
async def silent_(request: ProgressRequestDep, limit: Limit = 100, cursor: Cursor = None) -> Response:
    """Units with open work that never reported, or not lately: provinces, communes and agencies alike."""
    after = from_cursor(cursor, tuple[str, str]) if cursor else None
    return await request.answer(lambda context: silent(context, limit=limit, after=after))


@router.get("/timeline", response_model=TimelineOut)
async def timeline_(
    request: ProgressRequestDep,
    catalogue: CurrentCatalogue,
    category: str | None = None,
    from_: Annotated[Instant | None, Query(alias="from", description="Default: the campaign's opening.")] = None,
    to: Annotated[Instant | None, Query(description="Default: `as_of`, or the present.")] = None,
    step: Step = "day",
) -> Response:
    """How many provinces and assignments were completed at each hour or day, exactly as of each point."""
    if category is not None and category not in catalogue.categories:
        raise InvalidInput(errors=[Complaint("/query/category", "unknown-category", f"there is no {category}")])
    return await request.answer(
        lambda context: timeline(
            context,
            start=from_ or context.campaign.opening,
            end=to or context.moment.as_of,
            step=step,
            category=category,
        )
    )


@router.get("/compare", response_model=CompareOut)
async def compare_(
    request: ProgressRequestDep,
    from_: Annotated[Instant, Query(alias="from")],
    to: Annotated[Instant | None, Query(description="Default: `as_of`, or the present.")] = None,
) -> Response:
    """What changed between two moments, province by province and line by line."""
    return await request.answer(lambda context: compare(context, start=from_, end=to or context.moment.as_of))
