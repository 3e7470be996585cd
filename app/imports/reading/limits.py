"""How much of a file is read at most, and the refusal of what is more. What a report may hold: `report_limits.py`."""

from collections.abc import Iterable

from app.imports.reading.rows import FileRefusal, Params
from app.updates import report_limits

MOST_ROWS = 100_000
MOST_COLUMNS = 256
MOST_SHEETS = 200
HEADER_WITHIN = 30
"""A title and a few lines of guidance may stand above the header."""
MOST_COMPLAINTS = 100
"""Of one row; how many more there are is counted."""

LONGEST_CELL = 32_767
"""What a cell of Excel can hold."""
LONGEST_NAME = 300
LONGEST_NOTE = report_limits.MAX_NOTE
LONGEST_NUMBER = report_limits.MAX_DOCUMENT_NUMBER
LONGEST_TIME = 100
LONGEST_LINK = report_limits.MAX_LINK
MOST_LINKS = report_limits.MAX_LINKS
LONGEST_SEEN = 80
"""So much of a cell is repeated in a message."""

MOST_SKIPPED = 5_000
"""Of so many lines that are no rows the text is kept: each may name the unit of the rows below it."""
MOST_REFUSALS = 100
"""Of so many reasons to refuse a file each is named."""

OF_CONTENT = frozenset(
    {
        *("another-header", "duplicate-column", "legacy-font", "mixed-dates", "month-first", "too-many-columns"),
        *("unclear-column", "unknown-encoding"),
    }
)
"""Why a sheet is refused that can be read: the others are looked at all the same, so that all is named at once."""


class FileRefused(Exception):
    """The file as a whole cannot be read."""

    def __init__(self, refusal: FileRefusal) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal


def refused(code: str, **params: str | int | list[str] | None) -> FileRefused:
    return FileRefused(FileRefusal(code, {name: value for name, value in params.items() if value is not None}))


def all_refused(refusals: Iterable[FileRefusal]) -> FileRefused:
    """One refusal for all of them: the first, with the others, and how many more there are."""
    first, *others = (one._replace(others=()) for each in refusals for one in (each, *each.others))
    named = tuple(others[: MOST_REFUSALS - 1])
    more: Params = {"more": len(others) - len(named)} if len(others) > len(named) else {}
    return FileRefused(FileRefusal(first.code, first.params | more, named))


class Unreadable(Exception):
    """A cell that says nothing that its field could hold: a code with parameters."""

    def __init__(self, code: str, **params: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.params: Params = {**params}


class AtPlace(Exception):
    """A cell for whose sake the file is refused; whoever knows the place adds it."""

    def __init__(self, code: str, seen: str) -> None:
        super().__init__(code)
        self.code = code
        self.seen = seen


def shortened(text: str) -> str:
    return text if len(text) <= LONGEST_SEEN else f"{text[: LONGEST_SEEN - 1]}…"
