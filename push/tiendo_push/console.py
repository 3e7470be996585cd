"""Where the command speaks: any encoding, a pipe that is gone, no console at all; and nowhere the token."""

from __future__ import annotations

import codecs
import os
import shutil
import sys
import unicodedata
from typing import Iterator, TextIO

from tiendo_push.credentials import masked
from tiendo_push.texts import sentence, text

_PIECE = 64 * 1024
_PLAIN = {"đ": "d", "Đ": "D", "…": "...", "–": "-", "—": "-", "“": '"', "”": '"', "→": "->"}


def _without_accents(error: UnicodeError) -> tuple[str | bytes, int]:
    """What the console cannot write, as near as ASCII comes to it: "Đã gửi" is still read as "Da gui"."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lost = error.object[error.start : error.end]
    plain = "".join(_PLAIN.get(letter, letter) for letter in unicodedata.normalize("NFKD", lost))
    letters = (letter for letter in plain if not unicodedata.combining(letter))
    return "".join(letter if letter.isascii() else "?" for letter in letters), error.end


codecs.register_error("without-accents", _without_accents)


class Console:
    """Results on standard output, everything else on standard error."""

    def __init__(self, lang: str, out: TextIO | None = None, err: TextIO | None = None) -> None:
        self.lang = lang
        self.token: str | None = None
        self._out = out or sys.stdout
        self._err = err or sys.stderr

    def say(self, name: str, **values: object) -> None:
        self.show(sentence(name, self.lang, **values))

    def warn(self, name: str, **values: object) -> None:
        self.show(sentence(name, self.lang, **values), on_error=True)

    def show(self, line: str, *, on_error: bool = False) -> None:
        self._write(self._err if on_error else self._out, line + "\n")

    def is_terminal(self) -> bool:
        return _is_terminal(self._out)

    def progress(self, total: int, *, quiet: bool) -> Progress:
        return Progress(self, total, shown=not quiet and _is_terminal(self._err))

    def draw(self, line: str) -> None:
        self._write(self._err, line)

    def close(self) -> None:
        """Write what is left; what cannot be written any more must not change the exit code."""
        for stream in (self._out, self._err):
            self._write(stream, "")

    def _write(self, stream: TextIO | None, words: str) -> None:
        if stream is None:
            return
        encoding = getattr(stream, "encoding", None) or "utf-8"
        sound = masked(words, self.token).encode(encoding, "without-accents").decode(encoding)
        try:
            stream.write(sound)
            stream.flush()
        except (OSError, ValueError):
            _give_up(stream)


def _is_terminal(stream: TextIO | None) -> bool:
    try:
        return stream is not None and stream.isatty()
    except ValueError:
        return False


def _give_up(stream: TextIO | None) -> None:
    """Nobody reads it any more; Python would fail once again at the end, with an exit code of its own."""
    try:
        if stream is not None:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    except (OSError, ValueError):
        return


class Progress:
    """A bar on a terminal, nothing elsewhere."""

    def __init__(self, console: Console, total: int, *, shown: bool) -> None:
        self._console = console
        self._total = total
        self._shown = shown
        self._last = ""

    def pieces(self, body: bytes) -> Iterator[bytes]:
        """The body piece by piece, as it is sent."""
        for start in range(0, len(body), _PIECE):
            piece = body[start : start + _PIECE]
            yield piece
            self._draw(start + len(piece))

    def clear(self) -> None:
        if self._last:
            self._console.draw("\r" + " " * len(self._last) + "\r")
            self._last = ""

    def _draw(self, sent: int) -> None:
        if not self._shown:
            return
        words = text("sending", self._console.lang)
        width = max(10, min(40, shutil.get_terminal_size().columns - len(words) - 10))
        done = width * sent // self._total
        line = f"{words} [{'#' * done}{'.' * (width - done)}] {100 * sent // self._total:3}%"
        if line != self._last:
            self._console.draw("\r" + line)
            self._last = line
