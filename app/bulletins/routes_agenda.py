"""The agenda over HTTP: who must speak at the meeting, and why."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from app.auth.api_route import ApiRoute
from app.bulletins.baseline import baseline, bulletin_heads
from app.clock import Instant
from app.progress.answers.agencies import agencies
from app.progress.answers.agenda import agenda
from app.progress.answers.provinces import provinces as provinces_answer
from app.progress.requests import ProgressRequestDep, QueryContext, read_context
from app.progress.schemas import Head, ReasonAssignmentOut

router = APIRouter(prefix="/v1/progress", tags=["progress"], route_class=ApiRoute)


class BaselineOut(BaseModel):
    """The moment that falling back is measured from: a bulletin, or without one the same hour of the day before."""

    bulletin: int | None
    as_of: Instant
    known_at: Instant | None


class RedOut(BaseModel):
    """Something is overdue: how much, and the first three assignments."""

    kind: Literal["red"]
    overdue_open: int
    assignments: list[ReasonAssignmentOut]


class AnswersOverdueOut(BaseModel):
    """An agency owes answers that were due, or promised, before now; the earliest day on which one is due."""

    kind: Literal["answers_overdue"]
    answers_overdue: int
    promises_broken: int
    first_answer_due: Instant


class FallenBackOut(BaseModel):
    """Categories that had been completed at the baseline and no longer are."""

    kind: Literal["fallen_back"]
    categories: list[str]


class SilentReasonOut(BaseModel):
    """Work is open, and the unit never reported or has been silent since."""

    kind: Literal["silent"]
    last_update_at: Instant | None
    assignments_open: int


class SpeakerOut(BaseModel):
    """A province or an agency, its reasons with the facts, and one sentence."""

    level: Literal["province", "agency"]
    code: str
    name: str
    reasons: list[Annotated[RedOut | AnswersOverdueOut | FallenBackOut | SilentReasonOut, Field(discriminator="kind")]]
    sentence: str


class AgendaOut(Head):
    """The most urgent first: red, then answers overdue, then fallen back, then silent."""

    since: BaselineOut | None
    items: list[SpeakerOut]


@router.get("/agenda", response_model=AgendaOut)
async def agenda_(request: ProgressRequestDep) -> Response:
    """Who must speak and why: red, answers overdue, fallen back since the last bulletin, silent with open work."""

    async def made(query: QueryContext) -> dict[str, Any]:
        context = await read_context(query, as_of=request.as_of, known_at=request.known_at)
        before = await baseline(context, await bulletin_heads(context), query.now)
        provinces = (await provinces_answer(context))["items"]
        owing = (await agencies(context))["items"]
        return {
            **context.head(),
            "since": before.head() if before else None,
            "items": agenda(context, provinces, owing, before.cells if before else None),
        }

    return await request.answer_with(made)
