"""A row as a list with a slot for each of its fields, and the reader of each field's cells."""

from collections.abc import Callable, Mapping
from typing import Any

from app.imports.reading.rows import CellComplaint, Field, ReadRow
from app.imports.reading.values.fields import (
    day_in,
    hidden_of,
    moment_in,
    name_of,
    note_of,
    number_in,
    status_in,
)
from app.imports.reading.values.links import links_in
from app.imports.reading.values.times import ReadMoment

SLOTS: Mapping[str, int] = {name: place for place, name in enumerate(ReadRow._fields)}
"""Where the value of a field stands in a row."""
TASK, TASK_CODE, UNIT, UNIT_CODE, STATUS = (SLOTS[f] for f in ("task", "task_code", "unit", "unit_code", "status"))
AT, NUMBER, DATE, BASE = (SLOTS[f] for f in ("effective_at", "document_number", "document_date", "base"))
DAY, COMPLAINTS = AT + 1, len(ReadRow._fields) - 1

Slots = list[Any]
DATES: Mapping[Field, Callable[[Any], ReadMoment | None]] = {"effective_at": moment_in, "document_date": day_in}
REPEATED: Mapping[Field, Callable[[Any], str | None]] = {
    **dict.fromkeys(("task", "task_code", "unit", "unit_code"), name_of),
    "status": status_in,
}
OTHERS: Mapping[Field, Callable[[Any], Any]] = {
    "note": note_of,
    "evidence": links_in,
    "document_number": number_in,
    "base": hidden_of,
}


def place_moments(slots: Slots, complaints: list[CellComplaint]) -> None:
    """Put an instant and a bare day where they belong; a document with a date has a number."""
    if (moment := slots[AT]) is not None:
        slots[AT], slots[DAY] = moment.at, moment.day
    if (moment := slots[DATE]) is not None:
        slots[DATE] = moment.day
        if slots[NUMBER] is None and not any(complaint.field == "document_number" for complaint in complaints):
            complaints.append(CellComplaint("document_number", "missing", {}))
