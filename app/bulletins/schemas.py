"""Schemas of bulletins."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, StringConstraints

from app.clock import Instant
from app.progress.schemas import ProgressOut


class BulletinIn(BaseModel):
    """The moment to freeze, by effective time; not in the future."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    as_of: Instant
    title: Annotated[str, StringConstraints(min_length=1, max_length=300)] | None = None


class BulletinHeadOut(BaseModel):
    campaign: str
    number: int
    title: str
    issued_at: Instant
    as_of: Instant


class DifferenceOut(BaseModel):
    """A figure that is different by what is known now. `category` is null for the whole campaign's."""

    category: str | None
    figure: str
    issued: Any
    now: Any


class BulletinOut(BulletinHeadOut):
    """As issued. `restated`: later reports have changed what was true at that moment."""

    progress: ProgressOut
    restated: bool
    differences: list[DifferenceOut]
