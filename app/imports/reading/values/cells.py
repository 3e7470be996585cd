"""What a cell may be besides text, a number and a truth value, how it is seen, and how it is kept as it was sent."""

import json
from datetime import datetime, time
from typing import Any, NamedTuple

from app.imports.reading.limits import Unreadable, shortened
from app.imports.reading.rows import Cell

_LONGEST_JSON = 200


class DateCell(NamedTuple):
    """A date cell of a spreadsheet: a wall clock without a zone."""

    at: datetime


class MonthCell(NamedTuple):
    """A date cell that shows a month and a year: nobody wrote the day that is in it."""

    at: datetime


class SpanCell(NamedTuple):
    """A duration, or a time of day, as it shows."""

    shown: str


class PercentCell(NamedTuple):
    number: float


class ErrorCell(NamedTuple):
    """A cell that shows an error such as `#REF!`."""

    code: str


class FormulaCell(NamedTuple):
    """A formula and the value that it last showed; None where it was never calculated."""

    formula: str
    value: Any


class LinkCell(NamedTuple):
    """A text with the address that a click on it opens."""

    text: str
    target: str


def is_blank(cell: Any) -> bool:
    if cell is None or cell == "":
        return True
    if type(cell) is str:
        return not cell.strip("\u00a0\u200b\ufeff \t\r\n\u3000'")
    return False


def value_of(cell: Any) -> Any:
    """The value behind a formula.

    Raises:
        Unreadable: `cell-error` or `formula-not-calculated`.

    """
    if isinstance(cell, FormulaCell):
        if cell.value is None:
            raise Unreadable("formula-not-calculated", seen=shortened(f"={cell.formula}"))
        cell = cell.value
    if isinstance(cell, ErrorCell):
        raise Unreadable("cell-error", seen=shortened(cell.code))
    return cell


def seen(cell: Any) -> str:
    """The cell as it shows, as one text."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, int):
        return str(cell) if cell.bit_length() < 128 else "…"
    return _seen_special(cell)


def _seen_special(cell: Any) -> str:
    if isinstance(cell, DateCell):
        return shown(cell.at)
    if isinstance(cell, MonthCell):
        return f"{cell.at:%m/%Y}"
    if isinstance(cell, PercentCell):
        return f"{round(cell.number * 100, 6):g}%"
    if isinstance(cell, FormulaCell):
        return f"={cell.formula}" if cell.value is None else seen(cell.value)
    if isinstance(cell, SpanCell | ErrorCell | LinkCell):
        return str(cell[0])
    return "" if cell is None else str(cell)


def shown(at: datetime) -> str:
    """A wall clock as people here write it."""
    return f"{at:%d/%m/%Y}" if at.time() == time() else f"{at:%d/%m/%Y %H:%M:%S}".removesuffix(":00")


def as_json(value: Any) -> str:
    """What is no cell as its sender wrote it; no more of it than is repeated in a message."""
    try:
        return json.dumps(value, ensure_ascii=False)[:_LONGEST_JSON]
    except RecursionError:
        return "…"


def as_sent(cell: Any) -> Cell:
    """The cell as JSON, to be given back exactly as it was sent."""
    if isinstance(cell, FormulaCell):
        return {"formula": cell.formula, "value": as_sent(cell.value)}
    if isinstance(cell, ErrorCell):
        return {"error": cell.code}
    if isinstance(cell, DateCell):
        return {"date": cell.at.isoformat()}
    if isinstance(cell, LinkCell):
        return {"link": cell.target, "text": cell.text}
    if isinstance(cell, PercentCell | SpanCell | MonthCell):
        return seen(cell)
    return cell
