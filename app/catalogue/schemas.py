"""Schemas of the catalogue."""

from pydantic import BaseModel, ConfigDict

from app.clock import Instant
from app.level import Level


class Out(BaseModel):
    model_config = ConfigDict(frozen=True, from_attributes=True)


class Names(BaseModel):
    """A name in Vietnamese, English and Japanese."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    vi: str
    en: str
    ja: str


class SignerOut(Out):
    """Who signs, with the line above the position (`KT. BỘ TRƯỞNG`)."""

    on_behalf: str | None
    position: str
    name: str | None


class LetterheadOut(Out):
    """What a campaign's documents are headed and signed with; null and empty where it has nothing of its own."""

    issuer: Names | None = None
    symbol: str | None = None
    place: Names | None = None
    signer: SignerOut | None = None
    addressees: list[str] = []
    recipients: list[str] = []


class CampaignOut(Out):
    code: str
    name: str
    names: Names
    opening: Instant
    deadline: Instant
    go_live: Instant
    current: bool
    letterhead: LetterheadOut


class UnitOut(Out):
    """A unit; coordinates in degrees (WGS 84)."""

    code: str
    level: Level
    kind: str
    province: str | None
    name: str
    names: Names
    latitude: float | None
    longitude: float | None


class ProvinceOut(UnitOut):
    communes_total: int


class CategoryOut(Out):
    code: str
    campaign: str
    position: int
    name: str
    names: Names


class TaskOut(Out):
    """A task. New assignments start with its `deadline` and `quality_standard`."""

    code: str
    category: str
    level: Level
    position: int
    name: str
    names: Names
    deadline: Instant | None
    quality_standard: str | None
    created_at: Instant


class AssignmentOut(Out):
    """A task given to one unit. `responsible_person` is null for callers who may not see it."""

    task: str
    category: str
    unit: str
    unit_name: str
    province: str | None
    owner: str
    status: str
    effective_at: Instant | None
    deadline: Instant | None
    original_deadline: Instant | None
    responsible_office: str | None
    responsible_person: str | None
    quality_standard: str | None
    not_applicable: bool
