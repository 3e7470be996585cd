"""The comparison of two moments over HTTP: each a bulletin, or a moment by both clocks."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from app.auth.api_route import ApiRoute
from app.bulletins import service
from app.clock import Instant
from app.errors import Complaint, InvalidInput
from app.progress.answers.cells import read_cells
from app.progress.answers.compare import End, compare
from app.progress.answers.context import ReadContext
from app.progress.figures.moment import Moment
from app.progress.moments import moment
from app.progress.requests import ProgressRequestDep, QueryContext, read_context
from app.progress.schemas import CompareOut

router = APIRouter(prefix="/v1/progress", tags=["progress"], route_class=ApiRoute)

Number = Annotated[int | None, Query(ge=1, le=2**31 - 1, description="A bulletin's moment, as it was known then.")]
Known = Annotated[Instant | None, Query(description="Only what had been recorded by then. Default: `known_at`.")]


@dataclass(frozen=True, slots=True)
class AskedEnd:
    """One of the two moments as requested. A bulletin has its own moment by both clocks."""

    side: str
    at: datetime | None
    bulletin: int | None
    known_at: datetime | None

    def check(self, *, needed: bool) -> None:
        """Refuse parameters that exclude each other, or are missing."""
        if self.bulletin is not None and (self.at or self.known_at):
            raise InvalidInput(errors=[Complaint(f"/query/{self.side}_bulletin", "not-together", _NOT_TOGETHER)])
        if needed and self.bulletin is None and self.at is None:
            raise InvalidInput(errors=[Complaint(f"/query/{self.side}", "missing", "a moment or a bulletin")])


_NOT_TOGETHER = "a bulletin has its own moment"


@router.get("/compare", response_model=CompareOut)
async def compare_(
    request: ProgressRequestDep,
    from_: Annotated[Instant | None, Query(alias="from")] = None,
    to: Annotated[Instant | None, Query(description="Default: `as_of`, or the present.")] = None,
    from_bulletin: Number = None,
    to_bulletin: Number = None,
    from_known_at: Known = None,
    to_known_at: Known = None,
) -> Response:
    """What changed between two moments, province by province and line by line, lights and sentences included."""
    start = AskedEnd("from", from_, from_bulletin, from_known_at)
    end = AskedEnd("to", to, to_bulletin, to_known_at)
    start.check(needed=True)
    end.check(needed=False)
    request.must_be_computed = True

    async def made(setting: QueryContext) -> dict[str, Any]:
        view = await read_context(setting, as_of=request.as_of, known_at=request.known_at)
        return compare(view, await end_of(setting, view, start), await end_of(setting, view, end))

    return await request.answer_with(made)


async def end_of(setting: QueryContext, view: ReadContext, asked: AskedEnd) -> End:
    """The figures of one of the two moments; by default the context's."""
    if asked.bulletin is not None:
        row = await service.find(setting.session, setting.campaign, asked.bulletin)
        at = Moment(row.as_of, row.issued_at, present=False)
    elif asked.at is None and asked.known_at is None:
        return End(view.moment, view.cells)
    else:
        known_at = asked.known_at or view.moment.known_at
        at = await moment(setting.session, as_of=asked.at or view.moment.as_of, known_at=known_at, now=setting.now)
    return End(at, await read_cells(setting.session, setting.campaign.code, at), asked.bulletin)
