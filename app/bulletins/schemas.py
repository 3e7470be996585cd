"""Schemas of bulletins."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from app.bulletins.rules import Cause
from app.clock import Instant
from app.progress.schemas import MatrixOut, ProgressOut, ProvincesOut

Proposal = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]


class BulletinIn(BaseModel):
    """The moment to freeze, by effective time, not in the future. `proposals`: of its report, a line each."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    as_of: Instant
    title: Annotated[str, StringConstraints(min_length=1, max_length=300)] | None = None
    proposals: Annotated[list[Proposal], Field(max_length=40)] = []


class BulletinHeadOut(BaseModel):
    campaign: str
    number: int
    title: str
    issued_at: Instant
    as_of: Instant
    known_at: Instant


class DifferenceOut(BaseModel):
    """A figure that is different by what is known now: of a category, of a province (its `light`), or of the whole.

    `cause`: reports, rulings on what applies, or deadlines since. A figure that several have moved comes several times,
    each from where the one before left it.
    """

    category: str | None
    province: str | None
    figure: str
    issued: Any
    now: Any
    cause: Cause


class BulletinOut(BulletinHeadOut):
    """As issued. `restated`: what is known of that moment has changed since. `not_frozen`: what was not stored with an
    early bulletin, and is computed by its two clocks.
    """

    progress: ProgressOut
    provinces: ProvincesOut
    matrix: MatrixOut
    proposals: list[str]
    restated: bool
    differences: list[DifferenceOut]
    not_frozen: list[str]
