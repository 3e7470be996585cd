"""What is said about a row or a file: a code with parameters, written out in the reader's language at the end."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import msgspec

from app import clock
from app.imports.reading.words.statuses import status_word
from app.language import Language
from app.messages import text
from app.status import REPORTABLE, Status

MOST_LINES = 10
LONGEST_VALUE = 80


_MISSING = {
    "/task": "row-task",
    "/unit": "row-unit",
    "/status": "row-status",
    "/document_number": "row-number",
}
"""By the field that a row lacks, whose column there may not be."""


class Remark(msgspec.Struct, frozen=True, array_like=True):
    """Where (`/status`), a stable code, and what the sentence tells beside it."""

    pointer: str
    code: str
    parameters: Mapping[str, Any] = {}


def sentence(remark: Remark, language: Language, *, seen: object = None, verdicts: bool = False) -> str:
    """The remark as a person reads it. `seen` is the cell as it was sent."""
    parameters = {name: _written(name, one, language) for name, one in remark.parameters.items()}
    if "by" in parameters:
        parameters |= _reporter(str(parameters["by"]), remark.parameters.get("role"), language)
    parameters.setdefault("seen", short("" if seen is None else str(seen)))
    statuses = Status if verdicts else [status for status in Status if status in REPORTABLE]
    parameters.setdefault("possible", ", ".join(status_word(status, language) for status in statuses))
    return text(_variant(remark), language, **parameters)


def _variant(remark: Remark) -> str:
    """The sentence for a code: another one where what is usually advised does not help, or more is known."""
    told = remark.parameters
    variants = {
        # A time after it says nothing of verified work.
        "changed-since": "verified" if told.get("status") == Status.VERIFIED else "",
        "unknown-unit": "" if told.get("named") else "none",
        "ambiguous-unit": "elsewhere" if told.get("are_of_others") else "",
        "wrong-type": ("document" if told.get("is_object") else "") if remark.pointer else "line",
        "malformed-time": "midnight" if told.get("is_midnight") else "",
        "no-such-assignment": "level" if told.get("level") else "",
        "missing": "above" if told.get("above") else _MISSING.get(remark.pointer, ""),
        "not-your-unit": ("near" if told.get("named") else "whose") if told.get("whose") else "",
    }
    variant = variants.get(remark.code)
    return f"{remark.code}.{variant}" if variant else remark.code


def _reporter(name: str, role: object, language: Language) -> dict[str, object]:
    """Whose report it is: the name of a token, with its role where that is the ministry's, and the name alone."""
    name = text("by.demo", language) if name.startswith("demo:") else name
    by = text(f"by.{role}", language, name=name) if role in ("ministry", "admin") else name
    return {"by": by, "name": name}


def _written(name: str, value: object, language: Language) -> object:
    if name in ("status", "expected", "now") and value in set(Status):
        return status_word(Status(str(value)), language)
    if name in ("level", "unit_level"):
        return text(f"level.{value}", language)
    if name == "since" and isinstance(value, str):
        return f"{clock.in_vietnam(datetime.fromisoformat(value)):%d/%m/%Y %H:%M}"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "–"
    return "–" if value is None else value


def short(written: str) -> str:
    return written if len(written) <= LONGEST_VALUE else f"{written[: LONGEST_VALUE - 1]}…"


def place_of(sheet: str | None, line: int) -> str:
    """The line of a row, behind the name of its sheet where several were read."""
    return f"{line}" if sheet is None else f"{sheet}!{line}"


def some_lines(lines: Iterable[str]) -> str:
    """The first few lines, and that there are more."""
    those = list(lines)
    more = "…" if len(those) > MOST_LINES else ""
    return ", ".join(those[:MOST_LINES]) + more
