"""How a count grew, as SVG geometry: the line so far, the deadline, and the pace that is still needed. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.clock import in_vietnam

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Size:
    width: int
    height: int
    top: int = 3
    """Room above the full height, so that no line is cut in half."""


SPARK = Size(120, 30)
CHART = Size(720, 220, 12)


@dataclass(frozen=True, slots=True)
class Trend:
    """Paths and places. `pace` is empty when all is done or the deadline is past; `needed` is how many a day."""

    line: str
    area: str
    pace: str
    x_now: int
    y_now: int
    x_deadline: int
    needed: float | None
    days: tuple[tuple[int, datetime], ...]


def trend(
    points: Sequence[tuple[datetime, int]],
    total: int,
    *,
    start: datetime,
    end: datetime,
    deadline: datetime,
    size: Size,
) -> Trend | None:
    """The course of a count of `total`; None where there is nothing to draw."""
    if not points or not total or end <= start:
        return None
    places = [(_x(at, start, end, size), _y(count, total, size)) for at, count in points]
    x_now, y_now = places[-1]
    x_deadline = _x(deadline, start, end, size)
    at, count = points[-1]
    open_pace = at < deadline and count < total
    line = "".join(_steps(places))
    return Trend(
        line=line,
        area=f"{line}V{size.height}H{places[0][0]}z",
        pace=f"M{x_now} {y_now}L{x_deadline} {_y(total, total, size)}" if open_pace else "",
        x_now=x_now,
        y_now=y_now,
        x_deadline=x_deadline,
        needed=(total - count) / max((deadline - at) / _DAY, 1 / 24) if open_pace else None,
        days=tuple(_weeks(start, end, size)),
    )


def _steps(places: Sequence[tuple[int, int]]) -> Iterator[str]:
    """A line that does not say more than is known: it holds until the next point, and leaves out what lies between."""
    yield f"M{places[0][0]} {places[0][1]}"
    height = places[0][1]
    for x, y in places[1:]:
        if y != height:
            yield f"H{x}V{y}"
            height = y
    yield f"H{places[-1][0]}"


def _weeks(start: datetime, end: datetime, size: Size) -> Iterator[tuple[int, datetime]]:
    """Where the weeks begin, for the axis."""
    day = in_vietnam(start).replace(hour=0, minute=0, second=0, microsecond=0)
    stride = max((end - start) // _DAY // 5, 1)
    while day <= end:
        if day >= start:
            yield _x(day, start, end, size), day
        day += stride * _DAY


def _x(at: datetime, start: datetime, end: datetime, size: Size) -> int:
    return round(size.width * min(max((at - start) / (end - start), 0), 1))


def _y(count: int, total: int, size: Size) -> int:
    return round(size.height - (size.height - size.top) * count / total)
