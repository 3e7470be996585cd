"""Judging a file takes steps by the number of its rows, also where all of them are about one piece of work."""

import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from types import FrameType

import pytest

from app.imports.judging.judge import judge
from app.imports.judging.known import KnownReports
from app.imports.judging.rows import JudgedRow
from tests.imports.test_judging import HOTLINES, HOUR, NOW, SENDING, report, row

Rows = Callable[[int], Iterator[JudgedRow]]
WORDS = ("completed", "blocked")


def contradicting(count: int) -> Iterator[JudgedRow]:
    return (row(WORDS[n % 2], line=n) for n in range(count))


def agreeing(count: int) -> Iterator[JudgedRow]:
    return (row("completed", "xong" if n == 0 else None, line=n) for n in range(count))


def agreeing_in_other_letters(count: int) -> Iterator[JudgedRow]:
    return (row("completed", f"xong{'.' * n}", line=n) for n in range(count))


def timed(count: int) -> Iterator[JudgedRow]:
    return (row("in_progress", at=NOW - timedelta(minutes=n + 1), line=n) for n in range(count))


def dated(count: int) -> Iterator[JudgedRow]:
    return (row("in_progress", f"lần {n}", day=(NOW - timedelta(days=n + 1)).date(), line=n) for n in range(count))


ALL: dict[str, Rows] = {one.__name__: one for one in (contradicting, agreeing, agreeing_in_other_letters, timed, dated)}


def steps(rows: Rows, count: int) -> int:
    known = KnownReports.of([report(1, "completed", 99 * HOUR), report(2, "returned", 98 * HOUR)])
    judged = [(HOTLINES, one) for one in rows(count)]
    made = 0

    def step(_: FrameType, event: str, __: object) -> None:
        nonlocal made
        made += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(step)
    try:
        judge(judged, {HOTLINES: known}, {}, SENDING)
    finally:
        sys.setprofile(before)
    return made


@pytest.mark.parametrize("shape", ALL)
def test_ten_times_the_rows_take_ten_times_the_steps(shape: str) -> None:
    few, many = steps(ALL[shape], 60), steps(ALL[shape], 600)
    assert many < 13 * few, f"{few} steps became {many}"
