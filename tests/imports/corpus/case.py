"""A file of the corpus: which program writes such a file, how it is made, and what has to come out of it."""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from app.imports.reading.frames import Frames
from app.imports.reading.limits import FileRefused
from app.imports.reading.read import read
from app.imports.reading.rows import FileRefusal, ReadRow, Source, Summary, Wanted

CASES: "list[Case]" = []


@dataclass(frozen=True)
class Case:
    """`rows` is a table with `|` between its columns; `refused` a code with the parameters that matter."""

    name: str
    written_by: str
    source: Source
    make: Callable[[], bytes]
    rows: str
    refused: tuple[str, dict[str, Any]] | None
    warnings: dict[str, dict[str, Any]]
    wanted: Wanted


def written_by(
    program: str,
    rows: str = "",
    *,
    source: Source = "xlsx",
    refused: tuple[str, dict[str, Any]] | None = None,
    warnings: dict[str, dict[str, Any]] | None = None,
    wanted: Wanted | None = None,
) -> Callable[[Callable[[], bytes]], Callable[[], bytes]]:
    """Put what a function makes into the corpus, under its name."""

    def register(make: Callable[[], bytes]) -> Callable[[], bytes]:
        name = make.__name__
        assert all(case.name != name for case in CASES), name
        CASES.append(Case(name, program, source, make, rows, refused, warnings or {}, wanted or Wanted()))
        return make

    return register


class Kept(Frames):
    """What a reader gives, kept instead of sent."""

    def __init__(self, *, is_text: bool = False) -> None:
        self.written = io.BytesIO()
        super().__init__(self.written, is_text=is_text)
        self.rows: list[ReadRow] = []
        self.sent: list[Sequence[Any]] = []
        self.summary: Summary | None = None

    def add(self, row: ReadRow, sent: Sequence[Any]) -> None:
        self.rows.append(row)
        self.sent.append(sent)
        super().add(row, sent)

    def end(self, summary: Summary) -> None:
        self.summary = summary
        super().end(summary)


def read_here(source: Source, body: bytes, wanted: Wanted | None = None) -> Kept | FileRefusal:
    """Read a file in this process."""
    kept = Kept(is_text=source == "csv")
    try:
        read(source, body, wanted or Wanted(), kept)
    except FileRefused as refusal:
        return refusal.refusal
    return kept


def expected(table: str) -> list[dict[str, str]]:
    """The lines of a table, each under its header."""
    lines = [[cell.strip() for cell in line.split("|")] for line in table.strip().splitlines()]
    return [dict(zip(lines[0], line, strict=True)) for line in lines[1:]]


def seen_as(row: ReadRow, summary: Summary, columns: Sequence[str]) -> dict[str, str]:
    """A row as a line of such a table: a complaint stands in the place of its field, as `!code`."""
    complaints = {complaint.field: f"!{complaint.code}" for complaint in reversed(row.complaints)}
    values = {
        "sheet": summary.sheets[row.sheet].name or "",
        "line": str(row.line),
        "time": complaints.get("effective_at") or _time(row),
        "links": complaints.get("evidence") or " ".join(row.evidence),
        "number": complaints.get("document_number") or row.document_number or "",
        "date": complaints.get("document_date") or (f"{row.document_date:%d/%m/%Y}" if row.document_date else ""),
        "row": complaints.get("", ""),
    }
    for field in ("task", "task_code", "unit", "unit_code", "status", "note", "base"):
        values[field] = complaints.get(field) or (getattr(row, field) or "").replace("\n", "⏎")
    return {column: values[column] for column in columns}


def _time(row: ReadRow) -> str:
    if row.day:
        return f"{row.day:%d/%m/%Y}"
    return row.effective_at.isoformat(" ").replace(":00+", "+") if row.effective_at else ""
