"""What the names in a row mean: its task and its unit, by code or by name, never guessed. Pure."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Self, cast

from app.catalogue.catalogue import Catalogue, named
from app.catalogue.spelling import fold
from app.catalogue.unit_names import Ambiguous, Found, Unknown
from app.imports.remarks import Remark, short
from app.level import Level

MOST_OFFERS = 500
BesideCodes = Literal["of a file's own", "as filled", "typed over"]
"""What the names in a row are that stand beside its codes."""
Names = tuple[str | None, str | None]
"""What a row calls its task or its unit: the code and the name."""


@dataclass(frozen=True)
class Doubt:
    """A name that may mean several things, or none: with what it may have meant."""

    code: str
    parameters: Mapping[str, Any]

    @classmethod
    def about(
        cls, code: str, seen: str, candidates: Sequence[str] = (), names: Sequence[str] = (), **told: Any
    ) -> Self:
        return cls(code, {"seen": short(seen), "candidates": list(candidates), "named": list(names), **told})

    def may_be(self, code: str | None) -> bool:
        """Whether a thing is one of several that bear the name: of 3,321 communes many share theirs."""
        return self.code.startswith("ambiguous-") and code in self.parameters["candidates"]


Finder = Callable[[str], str | Doubt]


class RowNames:
    """Remembers what each written name of a unit meant: a file says the same few again and again."""

    def __init__(self, home: str | None, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._home = home
        self._offers = MOST_OFFERS
        self._meanings: dict[tuple[str, str | None], str | Doubt] = {}
        self._tasks = _tasks_by_name(catalogue)
        self._former: dict[str, list[str]] = defaultdict(list)
        for code, names in catalogue.former_names:
            self._former[code] += names.values()
        self.similar_at_home: dict[str, tuple[str, ...]] = {}
        """By units of others that were found by their names: those of one's own that are called nearly so."""

    def task(self, names: Names, remarks: list[Remark], beside: BesideCodes) -> str | None:
        """The task of a row; what is wrong with its names is added to the remarks."""
        return self._named("task", names, self._task, remarks, beside)

    def unit(self, names: Names, level: str | None, remarks: list[Remark], beside: BesideCodes) -> str | None:
        """The unit of a row, of the level that its task is for."""
        return self._named("unit", names, lambda written: self._unit(written, level), remarks, beside)

    def _named(self, field: str, names: Names, find: Finder, remarks: list[Remark], beside: BesideCodes) -> str | None:
        """The code stands beside the name in the template; where both are written they have to mean the same.

        A name that is not understood does not matter beside a code that is: exports have names of their own. In a row
        that was filled it does where it was typed over the name that belongs to the hidden code.
        """
        code, name = names
        meant: list[str | None] = []
        for written in filter(None, names):
            found = find(written)
            if isinstance(found, str):
                meant.append(found)
            elif not meant:
                settled = _settled_by(name, found, find) if written is code else None
                if settled is None:
                    remarks.append(Remark(f"/{field}", found.code, found.parameters))
                return settled
            elif beside == "typed over" and not found.may_be(meant[0]):
                meant.append(None)
        if len(set(meant)) > 1 and beside != "as filled":
            remarks.append(Remark(f"/{field}", f"contradictory-{field}", {"code": code, "seen": short(name or "")}))
        return meant[0] if meant else None

    def _task(self, written: str) -> str | Doubt:
        if written in self._catalogue.tasks:
            return written
        codes = self._tasks.get(fold(written), ())
        if len(codes) > 1:
            return Doubt.about("ambiguous-task", written, codes, [self._shown_task(code) for code in codes])
        return codes[0] if codes else Doubt.about("unknown-task", written)

    def _shown_task(self, code: str) -> str:
        return f"{code} ({named(self._catalogue.tasks[code].names, 'vi')})"

    def _unit(self, written: str, level: str | None) -> str | Doubt:
        key = (written, level)
        if key not in self._meanings:
            self._meanings[key] = self._find_unit(written, level)
        return self._meanings[key]

    def _find_unit(self, written: str, level: str | None) -> str | Doubt:
        names = self._catalogue.unit_names
        # To look for what was meant takes a while; who sees so many offers knows that the whole column is wrong.
        self._offers -= 1
        match = names.find(written, within=self._home, level=cast("Level | None", level), offer=self._offers > 0)
        if isinstance(match, Unknown) and level:
            # Another level's unit is understood too, so that the complaint can say what is really wrong.
            other = names.find(written, within=self._home, offer=False)
            match = other if isinstance(other, Found) else match
        if isinstance(match, Unknown) and self._home:
            match = self._elsewhere(written, level, match)
        if isinstance(match, Found) and written.strip() == self._home and not self._is_at_home(match.code):
            # The caller's own code, beside a commune's task, is no commune elsewhere that lost its leading zeros.
            return self._home
        if isinstance(match, Found) and self._home is None and level == "commune":
            match = self._of_either_level(written, match)
        if isinstance(match, Found) and not self._is_former(written, match):
            return match.code
        if isinstance(match, Found):
            codes: tuple[str, ...] = (match.code,)
            kind = "former-unit"
        else:
            codes = tuple(match.candidates)
            kind = "ambiguous-unit" if isinstance(match, Ambiguous) else "unknown-unit"
        named_so = [shown_unit(self._catalogue, code) for code in codes]
        are_of_others = self._home and kind == "ambiguous-unit" and not any(map(self._is_at_home, codes))
        told = {"are_of_others": True} if are_of_others else {}
        return Doubt.about(kind, written, codes, named_so, **told)

    def _elsewhere(self, written: str, level: str | None, match: Unknown) -> Found | Ambiguous | Unknown:
        """What is unknown at home may be a commune of others: a row about it is theirs, like one with its code.

        A name that others bore once may as well be a slip for one that is borne at home, which is offered first.
        """
        other = self._catalogue.unit_names.find(written, level=cast("Level | None", level), offer=False)
        if isinstance(other, Found) and match.candidates:
            if other.via == "former name":
                return Unknown((*match.candidates, other.code))
            self.similar_at_home[other.code] = match.candidates
        return match if isinstance(other, Unknown) else other

    def _of_either_level(self, written: str, match: Found) -> Found | Ambiguous:
        """Beside a commune's task, in a file of the whole country, `91` may be 00091 without its zeros, or An Giang."""
        if match.via != "code" or written.strip() == match.code:
            return match
        province = self._catalogue.unit_names.find(written, level="province", offer=False)
        return Ambiguous((match.code, province.code)) if isinstance(province, Found) else match

    def _is_at_home(self, code: str) -> bool:
        return self._home in (code, self._catalogue.units[code].province)

    def _is_former(self, written: str, match: Found) -> bool:
        """Whether a unit was found by a name that it, or a part of it, bears no more."""
        if match.via != "name":
            return match.via == "former name"
        said = fold(written)
        today = (fold(name) for name in self._catalogue.units[match.code].names.values())
        former = (fold(name) for name in self._former.get(match.code, ()))
        return any(name in said for name in former) and not any(name in said for name in today)


def shown_unit(catalogue: Catalogue, code: str) -> str:
    """A unit by its code, with its name and its province."""
    unit = catalogue.units[code]
    province = f", {catalogue.unit_name(unit.province, 'vi')}" if unit.province else ""
    return f"{code} ({named(unit.names, 'vi')}{province})"


def _settled_by(name: str | None, doubt: Doubt, find: Finder) -> str | None:
    """What a name says where the code before it may mean several things, and the name is one of them."""
    meant = find(name) if name else None
    return meant if isinstance(meant, str) and doubt.may_be(meant) else None


def _tasks_by_name(catalogue: Catalogue) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for task in catalogue.tasks.values():
        for name in {fold(task.code), *(fold(name) for name in task.names.values())}:
            found[name] = (*found.get(name, ()), task.code)
    return found
