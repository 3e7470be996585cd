"""What a header means: a field, nothing that is read, or something that only its sender can say."""

from collections.abc import Iterable, Mapping
from functools import lru_cache, partial
from itertools import chain
from typing import NamedTuple

from app.catalogue.spelling import fold, marked
from app.imports.reading.rows import Field
from app.imports.reading.words.headers import BESIDE_REFUSED, HEADERS, USED_INSTEAD

_SET_ASIDE_WHOLE = (
    *("STT", "TT", "Số TT", "Số thứ tự", "No.", "Hạn", "Deadline", "Due date", "期限", "番号"),
    *("Ý kiến của Bộ", "Ministry's note", "省の意見"),
    *("Đơn vị đã báo cáo", "Reported by the unit", "機関の報告"),
    *chain.from_iterable(BESIDE_REFUSED.values()),
)
_FAMILY_WORDS: Mapping[tuple[Field, ...], tuple[str, ...]] = {
    ("effective_at", "document_date"): (
        *("ngày", "thời gian", "thời điểm", "giờ", "lúc", "date", "time", "when", "day", "timestamp", "datetime"),
        *("日", "日時", "日付", "時刻", "時間"),
    ),
    ("unit", "unit_code"): (
        *("đơn vị", "đv", "đvhc", "cơ quan", "địa phương", "tỉnh", "thành phố", "xã", "phường", "ubnd"),
        *("unit", "province", "commune", "ward", "city", "municipality", "locality", "agency", "organization"),
        *("organisation", "機関", "自治体"),
    ),
    ("status", "note"): (
        *("trạng thái", "tình trạng", "tiến độ", "kết quả", "tình hình", "status", "state", "progress", "result"),
        *("状態", "進捗", "結果"),
    ),
    ("evidence", "note"): (
        *("link", "links", "url", "đường dẫn", "liên kết", "minh chứng", "bằng chứng", "kiểm chứng", "đính kèm"),
        *("kèm theo", "evidence", "proof", "attachment", "attachments", "website", "リンク", "証拠"),
    ),
    ("document_number", "document_date", "evidence"): (
        *("văn bản", "số hiệu", "ký hiệu", "công văn", "quyết định", "tờ trình", "nghị quyết", "vb", "qđ", "cv"),
        *("document", "decision", "文書"),
    ),
}
"""Words of a header that reads like a field without being understood, and the fields it may mean."""
_TIME_ENDS = ("at", "on")
"""So programs call their times: `updated_at`, `Reported on`."""

_LONGEST_HEADER = 100
_LONGEST_TITLE = 300
"""Guidance in a header may be long; what its first words say is read all the same."""


class _Word(NamedTuple):
    """A word to find in a header: with its accents where the header has any, without where it has none."""

    written: str
    marked: str
    bare: str


def _words(words: Iterable[str]) -> tuple[_Word, ...]:
    return tuple(_Word(word, f" {marked(word)} ", f" {fold(word)} ") for word in words)


_SET_ASIDE_START = _words(("hạn", "thời hạn"))
_NO_DEADLINE = _words(("hạn chế", "hạn mức"))
_SET_ASIDE_WITHIN = _words(("phối hợp", "phụ trách", "dự kiến", "kế hoạch"))
_SET_ASIDE_END = _words(("tính", "cũ", "dự kiến"))
_SAYS_HOW_IT_STANDS = _words(
    (
        *("trạng thái", "tình trạng", "tiến độ", "kết quả", "tình hình", "ghi chú", "diễn giải", "giải trình"),
        *("status", "note", "remark", "comment"),
    )
)
"""`Kết quả thực hiện kế hoạch` is no plan: only its end sets a header aside that begins like this."""
_PLANNED = ("dự kiến", "planned", "expected", "予定")
_BEFORE = (
    *("kỳ trước", "tuần trước", "tháng trước", "quý trước", "năm trước", "đợt trước", "lần trước", "hôm trước"),
    *("ngày trước", "báo cáo trước", "trước đây", "trước sáp nhập", "trước khi sáp nhập", "cũ"),
    *("previous", "former", "old", "last week", "last month", "last period", "前回", "先週", "先月", "旧"),
)
_OTHERWISE_IN_BRACKETS: Mapping[Field, tuple[_Word, ...]] = {
    **dict.fromkeys(
        ("effective_at", "document_date"),
        _words((*_PLANNED, *_BEFORE, "kế hoạch", "hạn", "thời hạn", "deadline", "期限")),
    ),
    **dict.fromkeys(("unit", "unit_code"), _words((*_BEFORE, "phối hợp", "phụ trách"))),
    **dict.fromkeys(("status", "note", "evidence", "document_number"), _words((*_PLANNED, *_BEFORE))),
}
"""What makes another thing of a header, written behind it in brackets: `Ngày hoàn thành (dự kiến)`, `Tên xã (cũ)`."""
_ENDS_OF_TIMES = _words(_TIME_ENDS)
_FAMILIES = {fields: _words(words) for fields, words in _FAMILY_WORDS.items()}


class HeaderMeaning(NamedTuple):
    """What a header means. `candidates` are the fields that it may mean where it is not understood.

    `is_otherwise`: it would be that field, were it not for what stands behind it in brackets.
    """

    field: Field | None = None
    instead: bool = False
    set_aside: bool = False
    candidates: tuple[Field, ...] = ()
    is_otherwise: bool = False


NOTHING = HeaderMeaning()
_ASIDE = HeaderMeaning(set_aside=True)
_KNOWN = {fold(word): HeaderMeaning(field, instead=True) for field, words in USED_INSTEAD.items() for word in words}
_KNOWN |= {fold(word): HeaderMeaning(field) for field, words in HEADERS.items() for word in words}
_KNOWN |= dict.fromkeys(map(fold, _SET_ASIDE_WHOLE), _ASIDE)


def meaning_of(header: object) -> HeaderMeaning:
    """What a header means; an aside in brackets does not count where it only explains: `Thời điểm (ngày/tháng/năm)`."""
    return _meaning(header[:_LONGEST_TITLE]) if isinstance(header, str) and header else NOTHING


@lru_cache(maxsize=1024)
def _meaning(header: str) -> HeaderMeaning:
    plain = _without_aside(header)
    if len(header) <= _LONGEST_HEADER and (known := _KNOWN.get(header_key(header))):
        return known
    if len(plain) <= _LONGEST_HEADER and (known := _KNOWN.get(header_key(plain))):
        return _in_brackets(known, header, plain)
    spelling = _spelling(plain)
    if _is_set_aside(spelling):
        return _ASIDE
    candidates = {field: None for fields, words in _FAMILIES.items() if _has_any(spelling, words) for field in fields}
    if any(_ends_with(spelling, word) for word in _ENDS_OF_TIMES):
        candidates |= dict.fromkeys(("effective_at", "document_date"))
    return HeaderMeaning(candidates=tuple(candidates)) if candidates else NOTHING


def _in_brackets(known: HeaderMeaning, header: str, plain: str) -> HeaderMeaning:
    """What a known header means with an aside behind it, which mostly explains, and sometimes says otherwise."""
    if known.field is None or not _has_any(
        _spelling(header[len(plain) :]), _OTHERWISE_IN_BRACKETS.get(known.field, ())
    ):
        return known
    return _ASIDE if _is_set_aside(_spelling(header)) else HeaderMeaning(candidates=(known.field,), is_otherwise=True)


def own_field_of(name: str) -> Field | None:
    """The field that a name means by itself: that of the interface, or a header that stands for nothing else."""
    meaning = _KNOWN.get(header_key(name)) if 0 < len(name) <= _LONGEST_HEADER else None
    return meaning.field if meaning and not meaning.instead else None


def header_key(header: str) -> str:
    """A header without accents, case, and the number in front: `1. Nhiệm vụ` is `nhiem vu`."""
    words = fold(header[:_LONGEST_HEADER]).split()
    while len(words) > 1 and words[0].isdecimal():
        del words[0]
    return " ".join(words)


def _without_aside(header: str) -> str:
    places = [place for place in map(header.find, "(（[") if place > 0]
    return header[: min(places)] if places else header


def _spelling(header: str) -> _Word:
    return _Word(header, f" {marked(header)} ", f" {fold(header)} ")


def _is_set_aside(header: _Word) -> bool:
    if any(_ends_with(header, word) for word in _SET_ASIDE_END):
        return True
    if any(map(partial(_starts_with, header), (*_SAYS_HOW_IT_STANDS, *_NO_DEADLINE))):
        return False
    return any(map(partial(_starts_with, header), _SET_ASIDE_START)) or _has_any(header, _SET_ASIDE_WITHIN)


def _has_accents(header: _Word) -> bool:
    return header.marked != header.bare


def _written(header: _Word) -> str:
    return header.marked if _has_accents(header) else header.bare


def _wanted(word: _Word, header: _Word) -> str:
    return word.marked if _has_accents(header) else word.bare


def _has_any(header: _Word, words: tuple[_Word, ...]) -> bool:
    """Whether one of the words is in a header; one of Japanese needs no blanks around it."""
    written = _written(header)
    return any(_wanted(word, header) in written or _is_japanese_in(word, header) for word in words)


def _is_japanese_in(word: _Word, header: _Word) -> bool:
    return ord(word.written[0]) >= 0x3000 and word.written in header.written


def _starts_with(header: _Word, word: _Word) -> bool:
    return _written(header).startswith(_wanted(word, header))


def _ends_with(header: _Word, word: _Word) -> bool:
    written, wanted = _written(header), _wanted(word, header)
    return written.endswith(wanted) and written != wanted
