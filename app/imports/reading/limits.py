"""How much of a file is read at most, and the refusal of what is more."""

from app.imports.reading.rows import FileRefusal, Params

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
LONGEST_NOTE = 4_000
LONGEST_NUMBER = 100
LONGEST_TIME = 100
LONGEST_LINK = 2_000
MOST_LINKS = 20
LONGEST_SEEN = 80
"""So much of a cell is repeated in a message."""

MOST_SKIPPED = 20
"""Of so many lines that are no rows the text is kept."""


class FileRefused(Exception):
    """The file as a whole cannot be read."""

    def __init__(self, refusal: FileRefusal) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal


def refused(code: str, **params: str | int | list[str] | None) -> FileRefused:
    return FileRefused(FileRefusal(code, {name: value for name, value in params.items() if value is not None}))


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
