"""Which encoding the bytes of a text are in: UTF-8, UTF-16, or Windows-1258 where the text is plainly Vietnamese."""

import codecs
import re
import unicodedata

from app.imports.reading.limits import FileRefused, refused, shortened
from app.imports.reading.values.legacy import has_lost_letters, is_decoded_wrongly, is_legacy

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_VOWELS = "aăâeêioôơuưy"
_TONES = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
_LETTERS = {unicodedata.normalize("NFC", v + t) for v in _VOWELS for t in _TONES} | {"đ"}
_PUNCTUATION = set("“”‘’–—…°·•₫\u00a0«»")
_VIETNAMESE = _LETTERS | {letter.upper() for letter in _LETTERS} | _PUNCTUATION
_TONE_BYTES = re.compile(b"[\xcc\xd2\xde\xec\xf2]")
_READ_TWO_WAYS = re.compile(b"[\xc3\xd5\xdd\xe3\xf5\xfd]")
"""Ă Ơ Ư in Windows-1258, Ã Õ Ý in Windows-1252: only what stands beside them says which."""
_MOST_BEHIND = 400
"""Bytes of a line that are repeated behind the one that cannot be read."""
_NO_SYLLABLE = re.compile("ă(?![a-z])|ă[aeiouy]|(?<!ư)ơ[aeoy]|qu?ư|kư", re.IGNORECASE)
"""What comes of Western letters: no syllable is written so."""


def encoding_of(body: bytes) -> tuple[str, int]:
    """The encoding, and how many bytes of mark stand before the text.

    Raises:
        FileRefused: `unknown-encoding` or `legacy-font`: better refused than stored as gibberish.

    """
    for mark, name in _MARKS:
        if body.startswith(mark):
            _strictly(body[len(mark) :], name)
            return name, len(mark)
    if guessed := _utf16_without_mark(body):
        _strictly(body, guessed)
        return guessed, 0
    try:
        body.decode()
    except UnicodeDecodeError as error:
        _refuse_unless_vietnamese(body, error.start)
        return "windows-1258", 0
    return "utf-8", 0


def _utf16_without_mark(body: bytes) -> str | None:
    head = body[:200]
    if len(head) < 8 or len(body) % 2:
        return None
    half = len(head) // 4
    if head[1::2].count(0) > half and not head[::2].count(0):
        return "utf-16-le"
    return "utf-16-be" if head[::2].count(0) > half and not head[1::2].count(0) else None


def _strictly(body: bytes, encoding: str) -> None:
    try:
        body.decode(encoding)
    except UnicodeDecodeError as error:
        line, text = _line_at(body, error.start, encoding)
        seen = shortened(text.strip())
        raise refused("unknown-encoding", announced=encoding, byte=error.start, line=line, seen=seen) from None


def _line_at(body: bytes, place: int, encoding: str) -> tuple[int, str]:
    """The line that a byte stands in: its number and its text."""
    before = body[:place].decode(encoding, "replace")
    behind = body[place : place + _MOST_BEHIND].decode(encoding, "replace")
    return before.count("\n") + 1, before[before.rfind("\n") + 1 :] + behind.partition("\n")[0]


def _refuse_unless_vietnamese(body: bytes, first: int) -> None:
    """Windows-1258 writes tones as marks of their own; joined to their letters, only Vietnamese ones may remain."""
    if not body[:first].isascii():  # UTF-8 up to a broken byte, or one that is cut off
        raise _refused("unknown-encoding", *_line_at(body, first, "utf-8"))
    western = body.decode("cp1252", "replace")
    for line, text in enumerate(western.splitlines(), 1):
        if code := _what_is_wrong(text):
            raise _refused(code, line, text)
    try:
        lines = body.decode("cp1258").splitlines()
    except UnicodeDecodeError as error:
        raise _refused("unknown-encoding", body.count(b"\n", 0, error.start) + 1, "") from None
    for line, text in enumerate(lines, 1):
        if not text.isascii() and not _is_vietnamese(text):
            raise _refused("unknown-encoding", line, text)
    ambiguous = _READ_TWO_WAYS.search(body)
    if ambiguous and not _TONE_BYTES.search(body):
        line = body.count(b"\n", 0, ambiguous.start()) + 1
        raise _refused("unknown-encoding", line, lines[line - 1] if line <= len(lines) else "")


def _what_is_wrong(text: str) -> str | None:
    if is_decoded_wrongly(text) or has_lost_letters(text):
        return "unknown-encoding"
    return "legacy-font" if is_legacy_bytes(text) else None


def is_legacy_bytes(text: str) -> bool:
    """As `is_legacy`, where tones of Windows-1258 look like capital letters behind small ones."""
    return is_legacy(text) and not _is_vietnamese_bytes(text)


def _is_vietnamese_bytes(text: str) -> bool:
    try:
        return _is_vietnamese(text.encode("cp1252").decode("cp1258"))
    except UnicodeError:
        return False


def _is_vietnamese(text: str) -> bool:
    if len(text) > 200_000:  # no line of a table; and marks are sorted in the square of their number
        return False
    composed = "".join(unicodedata.normalize("NFC", piece) for piece in re.findall(r"[^ ]{1,500} ?|[ ]", text))
    strange = any(letter > "\x7f" and letter not in _VIETNAMESE for letter in composed)
    return not strange and not _NO_SYLLABLE.search(composed)


def _refused(code: str, line: int, text: str) -> FileRefused:
    return refused(code, line=line, seen=shortened(text.strip()))
