"""What is sent and answered when tokens are handed out."""

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from app.clock import Instant
from app.level import Level

Code = Annotated[str, StringConstraints(min_length=1, max_length=64)]


class TokenState(StrEnum):
    VALID = "valid"
    EXPIRED = "expired"
    REVOKED = "revoked"


class HandOutIn(BaseModel):
    """A token for each unit of a level: of a province, or of those named. `missing_only`: not for who has one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    level: Level
    province: Code | None = None
    units: Annotated[list[Code], Field(min_length=1, max_length=5000)] | None = None
    expires_at: Instant | None = None
    missing_only: bool = True


class RotationIn(BaseModel):
    """The successor expires at `expires_at`, else after as long as the token had; the old one is valid for a while."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    expires_at: Instant | None = None
    grace_hours: Annotated[int, Field(ge=0, le=720)] = 24
