"""Text of a cell as it is meant: composed, without what nobody sees, and never half of it guessed."""

import re
import unicodedata

from app.imports.reading.limits import LONGEST_CELL, Unreadable
from app.imports.reading.values.legacy import refuse_lost_letters

_SPACES = "\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_INVISIBLE = "\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
_LONE = "\ud800-\udfff"
_IN_WRONG_LETTERS = (
    "\u0080-\u009f\u00a1-\u00ac\u00ae-\u00bf\u00c4-\u00c6\u00cb\u00cf\u00d1\u00d6\u00d8\u00db\u00dc\u00de"
    "\u00e4-\u00e6\u00eb\u00ef\u00f1\u00f6\u00f8\u00fb\u00fc\u00fe\ufffd"
)
"""Where text is not Vietnamese in Unicode at all, some of these are in it."""
_ODD = re.compile(f"[\0?{_SPACES}{_INVISIBLE}{_LONE}{_IN_WRONG_LETTERS}\u0300-\u036f]")
_SPACE = re.compile(f"[{_SPACES}]")
_UNSEEN = re.compile(f"[{_INVISIBLE}]")
_LONE_HALF = re.compile(f"[{_LONE}]")
_LONGEST_RUN = 30
"""Unicode's own bound (UAX 15) for marks on one letter; sorting them takes the square of their number."""
_MAY_BE_MARKS = re.compile(
    "[^\0-\u02ff\u1e00-\u1fff\u2010-\u20cf\u2100-\u2fff\u3040-\u3098\u30a0-\u9fff\uac00-\ud7ff\uff00-\uffef]"
    f"{{{_LONGEST_RUN + 1}}}"
)
_SHORT = 2 * _LONGEST_RUN
_JOINERS = re.compile("[\u200c\u200d]")
_QUOTES = "'\"`‘’“”«»„‚′″"
_WHOLE_NUMBER = re.compile(r"\d{1,20}\.0{1,6}")


def clean(text: str) -> str:
    """Text composed (NFC) and trimmed, with plain spaces, without invisible characters.

    Raises:
        Unreadable: `nul-character`, `lone-surrogate`, `combining-marks` or `too-long`.
        AtPlace: the text is in other letters than Unicode's, or has lost some.

    """
    if text.isascii():
        return _plain(text)
    if len(text) > LONGEST_CELL:
        raise Unreadable("too-long", max=LONGEST_CELL)
    if _ODD.search(text):
        text = _mended(text)
    if len(text) > _SHORT:
        _refuse_many_marks(text)
    return _lines(unicodedata.normalize("NFC", text))


def clean_name(text: str) -> str:
    """A name or a code: also without quotes around it, full-width letters, and the `.0` of a number."""
    text = clean(text)
    if not text.isascii():
        text = " ".join(unicodedata.normalize("NFKC", _JOINERS.sub("", text)).split())
    if text and text[0] in _QUOTES:
        text = text.strip(_QUOTES).strip()
    return text.partition(".")[0] if text[-2:-1] in (".", "0") and _WHOLE_NUMBER.fullmatch(text) else text


def _plain(text: str) -> str:
    if "\0" in text:
        raise Unreadable("nul-character")
    if "?" in text:
        refuse_lost_letters(text)
    return _lines(text)


def _lines(text: str) -> str:
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.strip()


def _mended(text: str) -> str:
    if "\0" in text:
        raise Unreadable("nul-character")
    if _LONE_HALF.search(text):
        raise Unreadable("lone-surrogate")
    refuse_lost_letters(text)
    return _SPACE.sub(" ", _UNSEEN.sub("", text))


def _refuse_many_marks(text: str) -> None:
    if not _MAY_BE_MARKS.search(text):
        return
    run = 0
    for letter in text:
        run = run + 1 if unicodedata.combining(letter) else 0
        if run > _LONGEST_RUN:
            raise Unreadable("combining-marks", max=_LONGEST_RUN)
