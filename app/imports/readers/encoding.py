"""Bytes to text, strictly: UTF-8, UTF-16 with its mark, or Windows-1258 where the text is plainly Vietnamese."""

import codecs
import unicodedata

from app.imports.readers.table import refused

_VOWELS = "aăâeêioôơuưy"
_TONES = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
_LETTERS = {unicodedata.normalize("NFC", v + t) for v in _VOWELS for t in _TONES} | {"đ"}
_PUNCTUATION = set("“”‘’–—…°·•₫\u00a0")
_VIETNAMESE = _LETTERS | {letter.upper() for letter in _LETTERS} | _PUNCTUATION


def decode(body: bytes) -> tuple[str, str]:
    """The text and its encoding.

    Raises:
        MalformedFile: `unknown-encoding`: better refused than stored as gibberish.

    """
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if body.startswith(mark):
            return _strictly(body[len(mark) :], name), name
    try:
        return body.decode(), "utf-8"
    except UnicodeDecodeError:
        return _vietnamese(body), "windows-1258"


def _strictly(body: bytes, encoding: str) -> str:
    try:
        return body.decode(encoding)
    except UnicodeDecodeError as error:
        raise refused("unknown-encoding", f"the file begins like {encoding}, and is not: byte {error.start}") from None


def _vietnamese(body: bytes) -> str:
    """Windows-1258 writes tones as marks of their own; joined to their letters, only Vietnamese ones may remain."""
    try:
        text = unicodedata.normalize("NFC", body.decode("cp1258"))
    except UnicodeDecodeError:
        text = "\ufffd"
    strange = sorted({letter for letter in text if letter > "\x7f" and letter not in _VIETNAMESE})
    if strange:
        raise refused("unknown-encoding", "the file is neither UTF-8, UTF-16 nor Windows-1258; save it as CSV UTF-8")
    return text
