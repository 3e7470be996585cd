"""Progress over HTTP: every figure the ministry sees, at any moment, by either clock."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response

from app.auth.door import Door
from app.catalogue.catalogue import Catalogue
from app.catalogue.lookup import CurrentCatalogue, known_unit, province_of
from app.clock import Instant
from app.errors import Complaint, InvalidInput
from app.paging import Cursor, Limit, from_cursor
from app.progress import answers, detail
from app.progress.agencies import agencies
from app.progress.schemas import (
    AgenciesOut,
    MatrixOut,
    ProgressOut,
    ProvinceDetailOut,
    ProvincesOut,
    SilentOut,
    TimelineOut,
)
from app.progress.serving import AtDesk
from app.progress.silence import silent
from app.progress.timeline import Span, Step, series, timeline
from app.progress.view import View

Level = Literal["province", "commune", "agency"]

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
async def silent_(
    desk: AtDesk,
    catalogue: CurrentCatalogue,
    level: Level | None = None,
    province: str | None = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """Units with open work that were never heard of, or not for 72 hours: provinces, communes and agencies alike."""
    owner = known_unit(catalogue, province, "province", "province").code if province is not None else None
    after = from_cursor(cursor, tuple[str, str]) if cursor else None
    return await desk.answer(lambda view: silent(view, limit=limit, after=after, level=level, owner=owner))


@router.get("/timeline", response_model=TimelineOut)
async def timeline_(
    desk: AtDesk,
    catalogue: CurrentCatalogue,
    category: Annotated[
        list[str] | None, Query(description="One, several (repeated) or `*` for each; default: all together.")
    ] = None,
    from_: Annotated[Instant | None, Query(alias="from", description="Default: the campaign's opening.")] = None,
    to: Annotated[Instant | None, Query(description="Default: `as_of`, or the present.")] = None,
    step: Step = "day",
) -> Response:
    """How many provinces and assignments were completed at each hour or day, exactly as of each point.

    One category or none gives `points`; several, or `*`, give `series` with the points of each.
    """
    asked = category or []
    _refuse_unknown_categories(catalogue, asked)

    async def made(view: View) -> dict[str, Any]:
        span = Span(from_ or view.campaign.opening, to or view.moment.as_of, step)
        if len(asked) > 1 or "*" in asked:
            return await series(view, span, view.category_codes if "*" in asked else list(dict.fromkeys(asked)))
        return await timeline(view, span, asked[0] if asked else None)

    return await desk.answer(made)


def _refuse_unknown_categories(catalogue: Catalogue, asked: list[str]) -> None:
    unknown = [code for code in asked if code != "*" and code not in catalogue.categories]
    if unknown:
        complaints = [Complaint("/query/category", "unknown-category", f"there is no {code}") for code in unknown]
        raise InvalidInput(errors=complaints)
