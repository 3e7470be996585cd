"""The answer with everything that a dashboard shows first."""

from typing import Any

from fastapi import APIRouter, Response

from app.auth.api_route import ApiRoute
from app.bulletins import service
from app.bulletins.schemas import BulletinOut
from app.progress.requests import ProgressRequestDep, QueryContext, read_context
from app.progress.schemas import Head, MatrixOut, ProgressOut, ProvincesOut

router = APIRouter(prefix="/v1/progress", tags=["progress"], route_class=ApiRoute)


class DashboardOut(Head):
    """Progress, provinces, matrix and the last bulletin, of one moment and under one ETag."""

    progress: ProgressOut
    provinces: ProvincesOut
    matrix: MatrixOut
    bulletin: BulletinOut | None


@router.get("/dashboard", response_model=DashboardOut)
async def dashboard(request: ProgressRequestDep) -> Response:
    """All that a dashboard's first view needs in one answer."""

    async def made(query: QueryContext) -> dict[str, Any]:
        context = await read_context(query, as_of=request.as_of, known_at=request.known_at)
        return await service.dashboard(query, context)

    return await request.answer_with(made)
