"""The figures that the ministry sees, computed from cells. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Literal, NamedTuple

from app.conditions import is_silent
from app.progress.figures.cell import Cell, Cells, total

Light = Literal["green", "yellow", "red"]
Reporting = Literal["never", "stale", "fresh"]


@dataclass(frozen=True)
class CategoryFigures:
    """One line of the report: provinces by state, the assignments of every owner, and those of all together."""

    code: str
    owners: Mapping[str, Cell]
    provinces: Mapping[str, Cell]
    assignments: Cell

    @cached_property
    def states(self) -> Mapping[str, str]:
        """The state of each province."""
        return {code: cell.state for code, cell in self.provinces.items()}

    @cached_property
    def _in_states(self) -> Counter[str]:
        return Counter(self.states.values())

    def in_state(self, state: str) -> int:
        return self._in_states[state]

    @property
    def provinces_total(self) -> int:
        return len(self.provinces)

    @property
    def provinces_completed(self) -> int:
        return self.in_state("completed")

    @cached_property
    def provinces_verified(self) -> int:
        return sum(cell.all_verified for cell in self.provinces.values())

    @cached_property
    def missing(self) -> list[str]:
        return [code for code, state in self.states.items() if state != "completed"]

    @property
    def completion(self) -> float | None:
        """To 4 decimals, null where nothing applies. Numerator and denominator count the same set."""
        return round(self.provinces_completed / self.provinces_total, 4) if self.provinces else None


@dataclass(frozen=True)
class ProvinceFigures:
    code: str
    by_category: Mapping[str, Cell]

    @cached_property
    def assignments(self) -> Cell:
        return total(self.by_category.values())

    @cached_property
    def categories_completed(self) -> int:
        return sum(cell.complete == cell.total for cell in self.by_category.values())

    @cached_property
    def completed(self) -> bool:
        return bool(self.by_category) and self.categories_completed == len(self.by_category)

    @cached_property
    def light(self) -> Light | None:
        return light(self.assignments)


class Figures(NamedTuple):
    """All figures of a campaign at a moment."""

    categories: list[CategoryFigures]
    provinces: list[ProvinceFigures]


class RankKey(NamedTuple):
    """What provinces are ranked by: most categories completed, largest share of assignments, fewest overdue."""

    categories: int
    share: float
    overdue: int


def categories(cells: Cells, codes: Sequence[str], provinces: Sequence[str]) -> list[CategoryFigures]:
    """The lines of the report in their order."""
    owners: dict[str, dict[str, Cell]] = defaultdict(dict)
    for (owner, code), cell in cells.items():
        owners[code][owner] = cell
    return [category(code, owners[code], provinces) for code in codes]


def category(
    code: str, owners: Mapping[str, Cell], provinces: Sequence[str], assignments: Cell | None = None
) -> CategoryFigures:
    """`assignments` are those of all owners, where they have been counted already."""
    those = {province: owners[province] for province in provinces if province in owners}
    return CategoryFigures(code, owners, those, total(owners.values()) if assignments is None else assignments)


def provinces(cells: Cells, codes: Sequence[str], provinces: Sequence[str]) -> list[ProvinceFigures]:
    """Every province with its categories in the order of the report."""
    return [
        ProvinceFigures(province, {code: cells[province, code] for code in codes if (province, code) in cells})
        for province in provinces
    ]


def of_cells(cells: Cells, codes: Sequence[str], those: Sequence[str]) -> Figures:
    """All figures of the categories `codes` and the provinces `those`."""
    return Figures(categories(cells, codes, those), provinces(cells, codes, those))


def light(cell: Cell) -> Light | None:
    """Red when anything is overdue, yellow when anything is due soon or blocked, else green; none for no work."""
    if not cell.total:
        return None
    if cell.overdue:
        return "red"
    return "yellow" if cell.due_soon or cell.blocked else "green"


def reasons(cell: Cell) -> Iterator[tuple[str, int]]:
    """Why a light is not green, with the number of assignments for each reason."""
    for kind, count in (("overdue", cell.overdue), ("due_soon", cell.due_soon), ("blocked", cell.blocked)):
        if count:
            yield kind, count


def reporting(cell: Cell, last_update_at: datetime | None, at: datetime) -> Reporting:
    """`never`: no report yet; `stale`: silent while work is open."""
    if last_update_at is None:
        return "never"
    return "stale" if cell.complete < cell.total and is_silent(last_update_at, at) else "fresh"


def is_silent_with_work(reporting: Reporting, assignments_open: int) -> bool:
    """Never reported, or not lately, while work is open."""
    return reporting != "fresh" and assignments_open > 0


def ranks(figures: Sequence[ProvinceFigures]) -> dict[str, int]:
    """Each province's rank. Equal provinces share one, and the next rank is skipped (1, 1, 3)."""
    keys = {province.code: _rank_key(province) for province in figures}
    counts = Counter(keys.values())
    ordered = sorted(counts, key=lambda key: (-key.categories, -key.share, key.overdue))
    rank_of, better = {}, 0
    for key in ordered:
        rank_of[key] = better + 1
        better += counts[key]
    return {code: rank_of[key] for code, key in keys.items()}


def _rank_key(province: ProvinceFigures) -> RankKey:
    cell = province.assignments
    return RankKey(province.categories_completed, cell.complete / cell.total if cell.total else 0.0, cell.overdue)
