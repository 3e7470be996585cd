"""The comparison of two moments over HTTP: each a bulletin, or a moment by both clocks."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from app.auth.api_route import ApiRoute
from app.bulletins import service
from app.bulletins.baseline import issued_end
from app.clock import Instant, text
from app.errors import Complaint, InvalidInput
from app.messages import say
from app.progress.answers.cells import read_cells
from app.progress.answers.compare import End, compare, computed_end
from app.progress.answers.context import ReadContext
from app.progress.moments import moment
from app.progress.requests import ProgressRequest, ProgressRequestDep, QueryContext, read_context
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

    def wrong(self, *, needed: bool) -> Iterator[Complaint]:
        """Complaints about parameters that exclude each other, or are missing."""
        if self.bulletin is not None and (self.at or self.known_at):
            yield Complaint(f"/query/{self.side}_bulletin", "not-together")
        if needed and self.bulletin is None and self.at is None:
            yield Complaint(f"/query/{self.side}", "missing", say("missing.moment"))

    async def settled(self, request: ProgressRequest) -> "AskedEnd":
        """The same with a `known_at` that is settled."""
        return self if self.known_at is None else replace(self, known_at=await request.settled(self.known_at))

    @property
    def key(self) -> str:
        """What it is of, where that is not the moment asked for."""
        return f"{self.side}_known_at={text(self.known_at)}" if self.known_at else ""


@router.get("/compare", response_model=CompareOut)
async def compare_(
    request: ProgressRequestDep,
    from_: Annotated[Instant | None, Query(alias="from")] = None,
    to: Annotated[
        Instant | None, Query(description="The later moment, by effective time. Default: `as_of`, or the present.")
    ] = None,
    from_bulletin: Number = None,
    to_bulletin: Number = None,
    from_known_at: Known = None,
    to_known_at: Known = None,
) -> Response:
    """What changed between two moments, province by province and line by line, lights and sentences included."""
    start = AskedEnd("from", from_, from_bulletin, from_known_at)
    end = AskedEnd("to", to, to_bulletin, to_known_at)
    if wrong := [*start.wrong(needed=True), *end.wrong(needed=False)]:
        raise InvalidInput(errors=wrong)
    request.must_be_computed = True

    await request.settle()
    start, end = await start.settled(request), await end.settled(request)

    async def made(query: QueryContext) -> dict[str, Any]:
        context = await read_context(query, as_of=request.as_of, known_at=request.known_at)
        return compare(context, await end_of(query, context, start), await end_of(query, context, end))

    return await request.answer_with(made, start.key, end.key)


async def end_of(query: QueryContext, context: ReadContext, asked: AskedEnd) -> End:
    """The figures of one of the two moments: by default the context's, of a bulletin as it was issued."""
    if asked.bulletin is not None:
        return await issued_end(context, await service.find(query.session, query.campaign, asked.bulletin))
    if asked.at is None and asked.known_at is None:
        return computed_end(context, context.moment, context.cells)
    known_at = asked.known_at or context.moment.known_at
    at = await moment(query.session, as_of=asked.at or context.moment.as_of, known_at=known_at, now=query.now)
    return computed_end(context, at, await read_cells(query.session, query.campaign.code, at))
