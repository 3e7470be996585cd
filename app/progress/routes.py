"""Progress over HTTP: every figure the ministry sees, at any moment, by either clock."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from app.auth.door import Door
from app.catalogue.lookup import CurrentCatalogue, province_of
from app.clock import Instant
from app.errors import Complaint, InvalidInput
from app.paging import Cursor, Limit, from_cursor
from app.progress import answers, detail
from app.progress.agencies import agencies
from app.progress.compare import compare
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
from app.progress.serving import AtDesk
from app.progress.silence import silent
from app.progress.timeline import Step, timeline

router = APIRouter(prefix="/v1/progress", tags=["progress"], route_class=Door)


@router.get("", response_model=ProgressOut)
async def progress(desk: AtDesk) -> Response:
    """The report: one line a category, with the sentence that an official would read out."""
    return await desk.answer_counted(answers.progress_counted, else_=answers.progress)


@router.get("/provinces", response_model=ProvincesOut)
async def provinces(desk: AtDesk) -> Response:
    """Every province: its light and why, when it was last heard of, its rank; in code order."""
    return await desk.answer(answers.provinces)


@router.get("/matrix", response_model=MatrixOut)
async def matrix(desk: AtDesk) -> Response:
    """Provinces × categories: states, and what is verified."""
    return await desk.answer(answers.matrix)


@router.get("/provinces/{code}", response_model=ProvinceDetailOut)
async def province(code: str, desk: AtDesk, catalogue: CurrentCatalogue) -> Response:
    """One province in full: its categories, its own open assignments, its communes in bands."""
    unit = province_of(catalogue, code)
    return await desk.answer(lambda view: detail.province(view, unit))


@router.get("/agencies", response_model=AgenciesOut)
async def agencies_(desk: AtDesk) -> Response:
    """What each agency owes: own tasks, open obstacles, the oldest, the median time to answer; who owes most first."""
    return await desk.answer(agencies)


@router.get("/silent", response_model=SilentOut)
async def silent_(desk: AtDesk, limit: Limit = 100, cursor: Cursor = None) -> Response:
    """Units with open work that were never heard of, or not for 72 hours: provinces, communes and agencies alike."""
    after = from_cursor(cursor, tuple[str, str]) if cursor else None
    return await desk.answer(lambda view: silent(view, limit=limit, after=after))


@router.get("/timeline", response_model=TimelineOut)
async def timeline_(
    desk: AtDesk,
    catalogue: CurrentCatalogue,
    category: str | None = None,
    from_: Annotated[Instant | None, Query(alias="from", description="Default: the campaign's opening.")] = None,
    to: Annotated[Instant | None, Query(description="Default: `as_of`, or the present.")] = None,
    step: Step = "day",
) -> Response:
    """How many provinces and assignments were completed at each hour or day, exactly as of each point."""
    if category is not None and category not in catalogue.categories:
        raise InvalidInput(errors=[Complaint("/query/category", "unknown-category", f"there is no {category}")])
    return await desk.answer(
        lambda view: timeline(
            view, start=from_ or view.campaign.opening, end=to or view.moment.as_of, step=step, category=category
        )
    )


@router.get("/compare", response_model=CompareOut)
async def compare_(
    desk: AtDesk,
    from_: Annotated[Instant, Query(alias="from")],
    to: Annotated[Instant | None, Query(description="Default: `as_of`, or the present.")] = None,
) -> Response:
    """What changed between two moments, province by province and line by line."""
    return await desk.answer(lambda view: compare(view, start=from_, end=to or view.moment.as_of))
