"""Normal forms of Vietnamese names, so that different spellings of one compare equal."""

import re
import unicodedata
from functools import lru_cache

_MARKS = "\u0300-\u036f"
_TONES = "\u0300\u0301\u0303\u0309\u0323"
_BARRED = str.maketrans(dict.fromkeys("đðɖ", "d\u0335"))
_APOSTROPHES = re.compile("['`´‘’ʼ]")
_NOT_IN_A_WORD = re.compile(rf"(?:[^\w{_MARKS}]|_)+")
_LATE_TONE = re.compile(rf"(o(?=[ae])|u(?=y))([aey])([{_TONES}])")
LONGEST_NAME = 256
"""Characters of what is remembered: a cell may have 32,000."""
_LETTER = re.compile(rf"[^{_MARKS}][{_MARKS}]*")


def marked(text: str) -> str:
    """Lower-case words with their accents, in one form for NFC and NFD, hoà and hòa, Đ and Ð, M'Drắk and M’Drắk."""
    letters = _APOSTROPHES.sub("", text.replace("&", " và ").casefold())
    letters = unicodedata.normalize("NFKD", letters).translate(_BARRED)
    return _LATE_TONE.sub(r"\1\3\2", _NOT_IN_A_WORD.sub(" ", letters).strip())


def fold(text: str) -> str:
    """The same words without any accent: `TP. Đà  Nẵng` is `tp da nang`."""
    return _folded_name(text) if len(text) <= LONGEST_NAME else bare(marked(text))


@lru_cache(maxsize=8192)
def _folded_name(name: str) -> str:
    """A file says the names of a few tasks and units in each of its rows."""
    return bare(marked(name))


def bare(text: str) -> str:
    return re.sub(f"[{_MARKS}]", "", text)


def agrees(written: str, name: str) -> bool:
    """Whether every written accent is in the name: some may be missing, none may differ.

    59 communes abolished in 2025 differ from one of today's in the same province by an accent alone.
    """
    pairs = zip(_LETTER.findall(written), _LETTER.findall(name), strict=True)
    return all(set(ours) <= set(theirs) for ours, theirs in pairs)
