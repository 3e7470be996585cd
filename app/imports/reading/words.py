"""The words of a file in three languages: which header means which field, and which word means which status."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from app.catalogue.spelling import fold, marked
from app.imports.reading.rows import Field
from app.language import Language
from app.status import Status

STATUSES: Mapping[Status, Mapping[Language, tuple[str, ...]]] = {
    Status.NOT_STARTED: {
        "vi": ("Chưa thực hiện", "Chưa bắt đầu", "Chưa triển khai"),
        "en": ("Not started",),
        "ja": ("未着手",),
    },
    Status.IN_PROGRESS: {
        "vi": ("Đang thực hiện", "Đang triển khai"),
        "en": ("In progress",),
        "ja": ("進行中", "実施中"),
    },
    Status.BLOCKED: {"vi": ("Vướng mắc", "Bị chặn", "Đang vướng mắc"), "en": ("Blocked",), "ja": ("停滞", "支障あり")},
    Status.COMPLETED: {"vi": ("Hoàn thành", "Đã hoàn thành"), "en": ("Completed",), "ja": ("完了",)},
    Status.VERIFIED: {
        "vi": ("Đã xác nhận", "Xác nhận", "Đã xác minh", "Xác minh"),
        "en": ("Verified",),
        "ja": ("確認済み", "確認済"),
    },
    Status.RETURNED: {"vi": ("Trả lại", "Bị trả lại", "Đã trả lại"), "en": ("Returned",), "ja": ("差し戻し", "差戻し")},
}
"""What each status is called. The first word of a language is the one that the template writes."""

HEADERS: Mapping[Field, tuple[str, ...]] = {
    "task": (
        "task",
        "Nhiệm vụ",
        "Tên nhiệm vụ",
        "Nội dung nhiệm vụ",
        "Nhiệm vụ được giao",
        "Công việc",
        "Tên công việc",
        "Nội dung công việc",
        "Đầu việc",
        "Task name",
        "タスク",
        "タスク名",
    ),
    "task_code": ("task_code", "Mã nhiệm vụ", "Mã công việc", "Mã NV", "タスクコード"),
    "unit": ("unit", "Đơn vị", "Tên đơn vị", "Unit name", "機関", "機関名"),
    "unit_code": (
        "unit_code",
        "Mã đơn vị",
        "Mã ĐV",
        "Mã xã",
        "Mã phường",
        "Mã tỉnh",
        "Mã địa phương",
        "Mã ĐVHC",
        "Mã đơn vị hành chính",
        "機関コード",
    ),
    "status": (
        "status",
        "Trạng thái",
        "Tình trạng",
        "Trạng thái thực hiện",
        "Tình trạng thực hiện",
        "状態",
        "ステータス",
    ),
    "effective_at": (
        "effective_at",
        "Thời điểm",
        "Time",
        "Thời gian hoàn thành",
        "Thời điểm hoàn thành",
        "Ngày hoàn thành",
        "Ngày giờ hoàn thành",
        "Ngày giờ",
        "Completed at",
        "Completion date",
        "Date completed",
        "時点",
        "完了日",
        "完了日時",
    ),
    "note": (
        "note",
        "Ghi chú",
        "notes",
        "Diễn giải",
        "Giải trình",
        "Chú thích",
        "remark",
        "remarks",
        "comment",
        "comments",
        "備考",
        "メモ",
    ),
    "evidence": (
        "evidence",
        "Minh chứng",
        "Tài liệu minh chứng",
        "Link minh chứng",
        "Đường dẫn minh chứng",
        "Đường link minh chứng",
        "Liên kết minh chứng",
        "Hồ sơ minh chứng",
        "links",
        "証拠",
    ),
    "document_number": (
        "document_number",
        "Số văn bản",
        "Số hiệu văn bản",
        "Văn bản số",
        "Số VB",
        "Số ký hiệu văn bản",
        "Số, ký hiệu văn bản",
        "Số công văn",
        "Số quyết định",
        "文書番号",
    ),
    "document_date": (
        "document_date",
        "Ngày văn bản",
        "Ngày VB",
        "Ngày ban hành văn bản",
        "Ngày ký văn bản",
        "Ngày công văn",
        "Ngày quyết định",
        "文書日付",
    ),
    "base": ("base",),
    "as_filled": ("as_filled",),
}
"""Every header that is understood, whatever its case and accents. The first is the field of the JSON interface."""

USED_INSTEAD: Mapping[Field, tuple[str, ...]] = {
    "effective_at": ("Thời gian",),
    "task": ("Nội dung", "NV", "Nội dung thực hiện", "Hạng mục", "Hạng mục công việc", "Tên hạng mục"),
    "unit": (
        "ĐV",
        "Đơn vị thực hiện",
        "Đơn vị báo cáo",
        "Đơn vị chủ trì",
        "Đơn vị hành chính",
        "Cơ quan",
        "Tên cơ quan",
        "Cơ quan thực hiện",
        "Cơ quan báo cáo",
        "Cơ quan chủ trì",
        "Cơ quan, đơn vị",
        "Địa phương",
        "Tên địa phương",
        "Địa bàn",
        "Tỉnh",
        "Tên tỉnh",
        "Tỉnh, thành phố",
        "Tỉnh, thành",
        "Tên tỉnh, thành phố",
        "Xã",
        "Phường",
        "Tên xã",
        "Tên phường",
        "Xã, phường",
        "Tên xã, phường",
        "Xã, phường, đặc khu",
        "Xã, phường, thị trấn",
        "Đơn vị cấp xã",
        "UBND xã",
        "UBND xã, phường",
        "Province",
        "Commune",
        "Agency",
        "省",
        "社",
    ),
    "status": (
        "Kết quả",
        "Kết quả thực hiện",
        "Tiến độ",
        "Tiến độ thực hiện",
        "Tình hình",
        "Tình hình thực hiện",
        "Progress",
        "Result",
        "進捗",
    ),
    "evidence": (
        "Link",
        "URL",
        "Đường dẫn",
        "Đường link",
        "Liên kết",
        "Tài liệu",
        "Tài liệu kèm theo",
        "Tài liệu kiểm chứng",
        "File đính kèm",
        "リンク",
    ),
    "document_number": ("Số, ký hiệu", "Số và ký hiệu", "Số hiệu", "Ký hiệu"),
    "document_date": ("Ngày ban hành", "Ngày ký"),
    "note": ("Khó khăn, vướng mắc", "Vướng mắc", "Lý do", "Nội dung báo cáo"),
}
"""What offices write instead, and also beside a header of its own: it counts only where the field has no other one."""

_SET_ASIDE_WHOLE = (
    *("STT", "TT", "Số TT", "Số thứ tự", "No.", "Hạn", "Deadline", "Due date", "期限", "番号"),
    *("Ý kiến của Bộ", "Ministry's note", "省の意見"),
    *("Đơn vị đã báo cáo", "Reported by the unit", "機関の報告"),
    *("Lý do từ chối", "Why it was refused", "却下の理由"),
    *("Dòng trong tệp đã gửi", "Line in the file sent", "送信ファイルの行"),
)
_FAMILY_WORDS: Mapping[tuple[Field, ...], tuple[str, ...]] = {
    ("effective_at", "document_date"): (
        *("ngày", "thời gian", "thời điểm", "giờ", "date", "time", "when", "日", "日時", "日付"),
    ),
    ("unit", "unit_code"): (
        *("đơn vị", "cơ quan", "địa phương", "tỉnh", "thành phố", "xã", "phường", "ubnd"),
        *("unit", "province", "commune", "機関"),
    ),
    ("status", "note"): ("trạng thái", "tình trạng", "tiến độ", "kết quả", "tình hình", "status", "state", "状態"),
    ("evidence", "note"): (
        *("link", "links", "url", "đường dẫn", "liên kết", "minh chứng", "đính kèm", "kèm theo", "evidence"),
    ),
    ("document_number", "document_date", "evidence"): (
        *("văn bản", "số hiệu", "ký hiệu", "công văn", "quyết định", "tờ trình", "document", "文書"),
    ),
}
"""Words of a header that reads like a field without being understood, and the fields it may mean."""

_LONGEST_HEADER = 100


class _Word(NamedTuple):
    """A word to find in a header: with its accents where the header has any, without where it has none."""

    written: str
    marked: str
    bare: str


def _words(words: Iterable[str]) -> tuple[_Word, ...]:
    return tuple(_Word(word, f" {marked(word)} ", f" {fold(word)} ") for word in words)


_SET_ASIDE_START = _words(("hạn", "thời hạn"))
_SET_ASIDE_WITHIN = _words(("phối hợp", "phụ trách", "dự kiến", "kế hoạch"))
_SET_ASIDE_END = _words(("tính", "cũ"))
_FAMILIES = {fields: _words(words) for fields, words in _FAMILY_WORDS.items()}


class HeaderMeaning(NamedTuple):
    """What a header means. `candidates` are the fields that it may mean where it is not understood."""

    field: Field | None = None
    instead: bool = False
    set_aside: bool = False
    candidates: tuple[Field, ...] = ()


NOTHING = HeaderMeaning()
_ASIDE = HeaderMeaning(set_aside=True)
_KNOWN = {fold(word): HeaderMeaning(field, instead=True) for field, words in USED_INSTEAD.items() for word in words}
_KNOWN |= {fold(word): HeaderMeaning(field) for field, words in HEADERS.items() for word in words}
_KNOWN |= dict.fromkeys(map(fold, _SET_ASIDE_WHOLE), _ASIDE)
_STATUS_WORDS = {fold(status.value): status for status in Status} | {
    fold(word): status for status, words in STATUSES.items() for those in words.values() for word in those
}


def meaning_of(header: object) -> HeaderMeaning:
    """What a header means; an aside in brackets does not count: `Thời điểm (ngày/tháng/năm)`."""
    if not isinstance(header, str) or not 0 < len(header) <= _LONGEST_HEADER:
        return NOTHING
    return _meaning(header)


@lru_cache(maxsize=1024)
def _meaning(header: str) -> HeaderMeaning:
    plain = _without_aside(header)
    for text in (header, plain):
        if known := _KNOWN.get(header_key(text)):
            return known
    spelling = _spelling(plain)
    if _is_set_aside(spelling):
        return _ASIDE
    candidates = {field: None for fields, words in _FAMILIES.items() if _has_any(spelling, words) for field in fields}
    return HeaderMeaning(candidates=tuple(candidates)) if candidates else NOTHING


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
    return (
        any(_written(header).startswith(_wanted(word, header)) for word in _SET_ASIDE_START)
        or _has_any(header, _SET_ASIDE_WITHIN)
        or any(_ends_with(header, word) for word in _SET_ASIDE_END)
    )


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


def _ends_with(header: _Word, word: _Word) -> bool:
    written, wanted = _written(header), _wanted(word, header)
    return written.endswith(wanted) and written != wanted


@lru_cache(maxsize=1024)
def status_of(word: str) -> Status | None:
    return _STATUS_WORDS.get(fold(word)) if len(word) <= _LONGEST_HEADER else None


def status_word(status: Status, language: Language) -> str:
    return STATUSES[status][language][0]
