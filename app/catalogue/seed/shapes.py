"""The types of the seed's data."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from app.level import Level

Kind = Literal[
    "province",
    "municipality",
    "commune",
    "ward",
    "special_zone",
    "government_office",
    "ministry",
    "enterprise",
]
Names = dict[str, str]


@dataclass(frozen=True, slots=True)
class SeedCampaign:
    code: str
    names: Names
    opening: datetime
    deadline: datetime
    go_live: datetime


@dataclass(frozen=True, slots=True)
class SeedUnit:
    code: str
    level: Level
    kind: Kind
    owner: str
    province: str | None
    names: Names
    latitude: float | None
    longitude: float | None


@dataclass(frozen=True, slots=True)
class SeedCategory:
    code: str
    position: int
    names: Names


@dataclass(frozen=True, slots=True)
class SeedTask:
    code: str
    category: str
    level: Level
    position: int
    names: Names
    quality_standard: str
    deadline: datetime
