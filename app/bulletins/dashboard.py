"""The answer with everything that a dashboard shows first."""

from typing import Any

from fastapi import APIRouter, Response

from app.auth.door import Door
from app.bulletins import service
from app.bulletins.schemas import BulletinOut
from app.progress.schemas import Head, MatrixOut, ProgressOut, ProvincesOut
from app.progress.serving import AtDesk, Setting, view_of

router = APIRouter(prefix="/v1/progress", tags=["progress"], route_class=Door)


class DashboardOut(Head):
    """Progress, provinces, matrix and the last bulletin, of one moment and under one ETag."""

    progress: ProgressOut
    provinces: ProvincesOut
    matrix: MatrixOut
    bulletin: BulletinOut | None


@router.get("/dashboard", response_model=DashboardOut)
async def dashboard(desk: AtDesk) -> Response:
    """All that a dashboard's first view needs in one answer."""

    async def made(setting: Setting) -> dict[str, Any]:
        view = await view_of(setting, as_of=desk.as_of, known_at=desk.known_at)
        return await service.dashboard(setting, view)

    return await desk.answer_with(made)
