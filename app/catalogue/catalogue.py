"""The catalogue in memory as one immutable value: campaigns, units, categories and tasks."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from app.catalogue.name_index import UnitName
from app.catalogue.unit_names import UnitNames
from app.clock import EARLIEST
from app.level import Level

Names = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Campaign:
    code: str
    names: Names
    opening: datetime
    deadline: datetime
    go_live: datetime
    version: int
    letterhead: Mapping[str, Any] = field(default_factory=dict)
    """What its documents are headed and signed with, as far as it is set: issuer, symbol, place, signer, …"""


@dataclass(frozen=True, slots=True)
class Unit:
    code: str
    level: Level
    kind: str
    owner: str
    province: str | None
    names: Names
    latitude: float | None
    longitude: float | None
    version: int
    created_at: datetime = EARLIEST


@dataclass(frozen=True, slots=True)
class Category:
    code: str
    campaign: str
    position: int
    names: Names
    version: int
    created_at: datetime = EARLIEST


@dataclass(frozen=True, slots=True)
class Task:
    code: str
    category: str
    level: Level
    position: int
    names: Names
    deadline: datetime | None
    quality_standard: str | None
    created_at: datetime
    version: int


@dataclass(frozen=True)
class Catalogue:
    """Everything by code, in the order in which it is shown."""

    campaigns: Mapping[str, Campaign]
    units: Mapping[str, Unit]
    categories: Mapping[str, Category]
    tasks: Mapping[str, Task]
    former_names: tuple[tuple[str, Names], ...] = field(default=())

    @cached_property
    def provinces(self) -> tuple[Unit, ...]:
        return tuple(unit for unit in self.units.values() if unit.level == "province")

    @cached_property
    def agencies(self) -> tuple[Unit, ...]:
        return tuple(unit for unit in self.units.values() if unit.level == "agency")

    @cached_property
    def communes(self) -> Mapping[str, tuple[Unit, ...]]:
        """The communes of each province."""
        found: dict[str, list[Unit]] = defaultdict(list)
        for unit in self.units.values():
            if unit.province is not None:
                found[unit.province].append(unit)
        return {province: tuple(units) for province, units in found.items()}

    @cached_property
    def unit_names(self) -> UnitNames:
        """The index from written names to units: present names in every language, and former names."""
        now = [
            UnitName(unit.code, unit.level, unit.province, name)
            for unit in self.units.values()
            for name in dict.fromkeys(unit.names.values())
        ]
        before = [
            UnitName(unit.code, unit.level, unit.province, name)
            for code, names in self.former_names
            if (unit := self.units.get(code))
            for name in dict.fromkeys(names.values())
        ]
        return UnitNames([*before, *now])

    def unit_name(self, code: str, language: str) -> str:
        """A unit's name; its code where this copy does not have the unit yet."""
        unit = self.units.get(code)
        return named(unit.names, language) if unit else code

    def is_agency(self, owner: str) -> bool:
        return owner in self.units and self.units[owner].level == "agency"

    def categories_of(self, campaign: str) -> tuple[Category, ...]:
        return tuple(category for category in self.categories.values() if category.campaign == campaign)

    def tasks_of(self, category: str) -> tuple[Task, ...]:
        return self._tasks_by_category.get(category, ())

    @cached_property
    def _tasks_by_category(self) -> Mapping[str, tuple[Task, ...]]:
        by_category: defaultdict[str, list[Task]] = defaultdict(list)
        for task in self.tasks.values():
            by_category[task.category].append(task)
        return {category: tuple(tasks) for category, tasks in by_category.items()}

    def current_campaign(self, at: datetime) -> Campaign | None:
        """The campaign that opened last; before the first has opened, the first."""
        in_order = sorted(self.campaigns.values(), key=lambda campaign: (campaign.opening, campaign.code))
        opened = [campaign for campaign in in_order if campaign.opening <= at]
        return (opened or in_order[:1] or [None])[-1]  # type: ignore[list-item]


def named(names: Names, language: str) -> str:
    """The name in a language, or else in Vietnamese."""
    return names.get(language) or names.get("vi") or next(iter(names.values()), "")
