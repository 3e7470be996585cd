"""What offices write around the name of a unit: its authority, its code, its former district. Pure."""

import re
from typing import NamedTuple

from app.catalogue.spelling import fold

_AUTHORITY = re.compile(r"(?:ubnd|[uủ]y ban nh[aâ]n d[aâ]n|uỷ ban nhân dân)(?![^\W_])[\s.:]*", re.IGNORECASE)
_PARTS = re.compile(r"[,;/()–—]|-")
_CODE_IN_FRONT = re.compile(r"(\d{1,5})[.:]?\s+(?=[^\W\d])")
_DISTRICTS = ("huyen", "quan", "thi xa", "thi tran", "thanh pho", "tx", "tp", "tt", "h", "q")


class WrittenUnit(NamedTuple):
    """A name, or none; the code written beside it; and whatever else stands there."""

    name: str
    code: str | None
    places: tuple[str, ...]


def without_authority(written: str) -> str:
    """`UBND xã Nga Sơn` is the commune."""
    return _AUTHORITY.sub("", written, count=1) if _AUTHORITY.match(written) else written


def written_unit(written: str) -> WrittenUnit:
    """`38 - Thanh Hóa`, `Xã Nga Sơn (16093)`, `Xã Nga Sơn, huyện Nga Sơn cũ` in its parts."""
    plain = _CODE_IN_FRONT.sub(r"\1 - ", without_authority(written), count=1)
    parts = [part.strip() for part in _PARTS.split(plain) if fold(part)]
    codes = [part for part in parts if part.isascii() and part.isdecimal()]
    names = [part for part in parts if part not in codes]
    places = tuple(_without_former(part) for place, part in enumerate(names[1:]) if not (place and fold(part) == "cu"))
    name = without_authority(names[0]) if names and len(codes) <= 1 else ""
    return WrittenUnit(name, codes[0] if codes else None, places)


def is_district(part: str) -> bool:
    """Whether a place is a district of before 2025: it says nothing that the name of a commune does not say."""
    words = f"{fold(part)} "
    return words.startswith(tuple(f"{word} " for word in _DISTRICTS)) and len(words.split()) > 1


def _without_former(part: str) -> str:
    """The name of a province that was, which says where to look as well."""
    return part.rpartition(" ")[0] if fold(part).endswith(" cu") else part
