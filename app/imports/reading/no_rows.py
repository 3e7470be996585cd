"""Lines below a header that are no rows: numbers of columns, totals, signatures, the header once more."""

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any

from app.catalogue.spelling import bare, fold, marked
from app.imports.reading.limits import MOST_SKIPPED, shortened
from app.imports.reading.values.cells import is_blank, seen
from app.imports.reading.words.statuses import status_of

_TOTALS = tuple(f"{marked(words)} " for words in ("tổng cộng", "tổng số", "cộng tổng", "grand total"))
_TOTALS_ALONE = frozenset({"tổng", "cộng", "total", "tong", "tong cong", "tong so", "cong", "合計"})
_SIGNATURES = tuple(
    f"{fold(words)} "
    for words in (
        *("người lập", "người báo cáo", "người tổng hợp", "thủ trưởng", "chủ tịch", "phó chủ tịch", "giám đốc"),
        *("phó giám đốc", "trưởng phòng", "chánh văn phòng", "kế toán", "KT.", "TM.", "TL.", "TUQ.", "Q. CHỦ TỊCH"),
        *("nơi nhận", "ký, ghi rõ họ tên", "ký tên", "xác nhận của", "lưu: VT", "lập biểu"),
        *("prepared by", "approved by"),
    )
)
_MOST_CELLS = 6
"""A signature stands alone on its line, or two beside each other."""
_LONGEST = 200
_MOST_BEHIND = 3
"""`Tổng cộng: 34 tỉnh` is a total, `Tổng số thủ tục đã được công khai` is a task."""
_OF_A_FORMULA = frozenset("0123456789()[]=+-*/x:,. ")


class SkippedLines:
    """Lines that are no rows: the first that hold text, and how many do."""

    def __init__(self) -> None:
        self.first: list[tuple[int, str]] = []
        self.count = 0

    def add(self, line: int, text: str) -> None:
        if text:
            self.count += 1
            if len(self.first) < MOST_SKIPPED:
                self.first.append((line, text))


def texts_of(cells: Sequence[Any]) -> list[str]:
    """What stands in the cells, merged ones once."""
    return list(dict.fromkeys(seen(cell)[:_LONGEST].strip() for cell in cells if not is_blank(cell)))


def said_by(texts: Sequence[str]) -> str:
    """The text of a line, for a warning; empty where it holds no letters."""
    whole = " ".join(text for text in texts if any(map(str.isalpha, text)))
    return shortened(" ".join(whole.split()))


def is_total(texts: Sequence[str]) -> bool:
    first = next((text for text in texts if any(map(str.isalpha, text))), "")
    return _is_total(first[:100])


@lru_cache(maxsize=1024)
def _is_total(text: str) -> bool:
    words = marked(text)
    total = next((total for total in _TOTALS if f"{words} ".startswith(total)), None)
    return bare(words) in _TOTALS_ALONE or (total is not None and len(words[len(total) :].split()) <= _MOST_BEHIND)


def is_signature(texts: Sequence[str]) -> bool:
    return len(texts) <= _MOST_CELLS and any(map(_is_signed, texts))


@lru_cache(maxsize=1024)
def _is_signed(text: str) -> bool:
    words = fold(text)
    return f"{words} ".startswith(_SIGNATURES) or _is_place_and_date(words)


def _is_place_and_date(words: str) -> bool:
    """`Thanh Hóa, ngày 27 tháng 6 năm 2025` stands above a signature; without its place it is a time."""
    place, day, rest = words.partition(" ngay ")
    return bool(day and place) and " thang " in rest and " nam " in f"{rest} "


def is_numbering(texts: Sequence[str]) -> bool:
    """Whether a line numbers the columns: (1) (2) (3), A B 1 2 3, 1 2 3=1+2."""
    numbers = []
    for text in texts:
        bare = text.strip("()[] .")
        if bare.isdecimal() and len(bare) <= 2:
            numbers.append(int(bare))
        elif not (len(bare) == 1 and bare.isalpha()) and not ("=" in text and _OF_A_FORMULA.issuperset(text)):
            return False
    return len(texts) > 2 and len(numbers) > 1 and all(a < b for a, b in pairwise(numbers))


def is_like_a_row(cells: Sequence[Any]) -> bool:
    """Whether a line above the header names a status beside something else, as a row would."""
    filled = [cell for cell in cells if not is_blank(cell)]
    return len(filled) > 1 and any(isinstance(cell, str) and status_of(cell) for cell in filled)
