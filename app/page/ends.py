"""Which two moments a reader asks to see beside each other, each by both clocks."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request

from app import clock
from app.bulletins.routes_compare import AskedEnd
from app.page.asking import (
    PRESENT,
    THEN,
    Asked,
    asked_of,
    read_moment,
    read_number,
    refuse_unknown,
    refuse_with_bulletin,
    wall_clock,
)

SIDES = ("from", "to")
Settle = Callable[[datetime], Awaitable[datetime]]


@dataclass(frozen=True, slots=True)
class Side:
    """One end as it is asked for: `written` is `b1` for a bulletin, `now`, a moment, or nothing for the usual one.

    `known_at` is its second clock: none for all that is known today. A bulletin has its own.
    """

    name: str
    written: str = ""
    bulletin: int | None = None
    moment: datetime | None = None
    known_at: datetime | None = None

    @property
    def parameters(self) -> dict[str, str]:
        """The same end as query parameters."""
        known = {f"{self.name}_known_at": wall_clock(self.known_at)} if self.known_at else {}
        return {self.name: self.written, **known} if self.written else known

    def in_full(self, now: datetime) -> AskedEnd:
        """As /v1/progress/compare asks for it."""
        at = None if self.bulletin else self.moment or now
        return AskedEnd(self.name, at, self.bulletin, self.known_at)


@dataclass(frozen=True, slots=True)
class Ends:
    """The two moments to compare; `asked` has the language and the campaign."""

    asked: Asked
    start: Side
    end: Side

    @property
    def parameters(self) -> dict[str, str]:
        return self.asked.parameters | self.start.parameters | self.end.parameters

    @property
    def key(self) -> list[str]:
        return ["compare", *(f"{name}={value}" for name, value in self.parameters.items())]

    async def settled(self, settle: Settle) -> "Ends":
        """The same with second clocks that are settled."""
        return replace(self, start=await _settled(self.start, settle), end=await _settled(self.end, settle))


async def _settled(side: Side, settle: Settle) -> Side:
    return replace(side, known_at=await settle(side.known_at)) if side.known_at else side


async def _ends(request: Request) -> Ends:
    refuse_unknown(request, ("lang", "campaign", *SIDES, *(f"{name}_known_at" for name in SIDES)))
    start, end = (_side(request, name) for name in SIDES)
    return Ends(asked_of(request), start, end)


InComparison = Annotated[Ends, Depends(_ends)]


def _side(request: Request, name: str) -> Side:
    """One end; a moment that has not come is compared as known now.

    Raises:
        InvalidInput: a moment or a number that cannot be read, or a clock of one's own beside a bulletin.

    """
    written, known = (request.query_params.get(one, "").strip() for one in (name, f"{name}_known_at"))
    known_at = read_moment(known, f"{name}_known_at") if known not in ("", THEN) else None
    if written.startswith("b"):
        if known_at:
            refuse_with_bulletin(f"{name}_known_at")
        return Side(name, written, bulletin=read_number(written[1:], name))
    moment = None if written in ("", PRESENT) else read_moment(written, name)
    known_at = moment if known == THEN else known_at
    return Side(name, written, None, moment, known_at if known_at and known_at < clock.now() else None)
