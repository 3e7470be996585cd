"""How the child writes what it reads: frames of JSON, each with a letter for its kind and its length in front."""

import json
from collections.abc import Sequence
from datetime import date
from typing import Any, BinaryIO

from app.imports.reading.limits import MOST_ROWS, refused
from app.imports.reading.rows import FileRefusal, ReadRow, Summary
from app.imports.reading.values.cells import as_sent

ROWS, SENT, SUMMARY, REFUSAL, FAILURE = b"R", b"S", b"Z", b"X", b"F"
HEAD = 5
"""Bytes in front of a frame: its kind, and its length in four."""
LONGEST_FRAME = 48 * 1024 * 1024
ROWS_AT_ONCE = 200
_LETTERS_AT_ONCE = 1_000_000
_LONGEST_TRACE = 4_000
MOST_LETTERS = 100_000_000
_PLAIN = frozenset({str, int, float, bool, type(None)})


class Frames:
    """Writes rows in batches: their values, and apart from them their cells as they were sent."""

    def __init__(self, out: BinaryIO, *, is_text: bool = False) -> None:
        self._out = out
        self._is_text = is_text
        """Cells are text and nothing else, and together no longer than the file."""
        self._rows: list[ReadRow] = []
        self._sent: list[Sequence[Any]] = []
        self._letters = 0
        self._all_letters = 0
        self.count = 0

    def add(self, row: ReadRow, sent: Sequence[Any]) -> None:
        self.count += 1
        if self.count > MOST_ROWS:
            raise refused("too-many-rows", max=MOST_ROWS)
        self._rows.append(row)
        if self._is_text:
            self._sent.append(sent)
        else:
            self._sent.append([cell if type(cell) in _PLAIN else as_sent(cell) for cell in sent])
            self._letters += sum([len(cell) for cell in sent if type(cell) is str])
        if len(self._rows) >= ROWS_AT_ONCE or self._letters >= _LETTERS_AT_ONCE:
            self._flush()

    def end(self, summary: Summary) -> None:
        self._flush()
        self._write(SUMMARY, _json(summary))

    def refuse(self, refusal: FileRefusal) -> None:
        self._write(REFUSAL, _json(refusal))

    def fail(self, trace: str) -> None:
        """What nobody foresaw, for the log."""
        self._write(FAILURE, _json(trace[-_LONGEST_TRACE:]))

    def _flush(self) -> None:
        if not self._rows:
            return
        self._all_letters += self._letters
        if self._all_letters > MOST_LETTERS:
            raise refused("too-large")
        self._write(ROWS, _json(self._rows))
        self._write(SENT, _json(self._sent))
        self._rows, self._sent, self._letters = [], [], 0

    def _write(self, kind: bytes, body: bytes) -> None:
        if len(body) > LONGEST_FRAME:
            raise refused("too-large")
        self._out.write(kind + len(body).to_bytes(4, "big"))
        self._out.write(body)


def _isoformat(value: date) -> str:
    return value.isoformat()


_encode = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":"), default=_isoformat).encode


def _json(value: Any) -> bytes:
    text = _encode(value)
    if "\\u0000" in text:  # PostgreSQL holds no NUL; its picture is what a person sees of it
        text = _encode(_without_nul(value))
    return text.encode(errors="replace")


def _without_nul(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\0", "␀")
    if isinstance(value, dict):
        return {name: _without_nul(part) for name, part in value.items()}
    return [_without_nul(part) for part in value] if isinstance(value, list | tuple) else value
