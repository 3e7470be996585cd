"""The words of a file: which header means which field, and which word means which status, in three languages."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from app.catalogue.spelling import fold
from app.language import Language
from app.status import Status

Field = str
FIELDS: Mapping[Field, tuple[str, ...]] = {
    "task": ("task", "Nhiệm vụ", "Tên nhiệm vụ", "Task name", "タスク"),
    "task_code": ("task_code", "Mã nhiệm vụ", "タスクコード"),
    "unit": ("unit", "Đơn vị", "Tên đơn vị", "Unit name", "機関"),
    "unit_code": ("unit_code", "Mã đơn vị", "機関コード"),
    "status": ("status", "Trạng thái", "Tình trạng", "状態"),
    "effective_at": ("effective_at", "Thời điểm", "Time", "時点"),
    "note": ("note", "Ghi chú", "備考"),
    "evidence": ("evidence", "Minh chứng", "Tài liệu minh chứng", "証拠"),
    "document_number": ("document_number", "Số văn bản", "Số hiệu văn bản", "文書番号"),
    "document_date": ("document_date", "Ngày văn bản", "文書日付"),
    "base": ("base",),
}
"""Every header that is understood, whatever its case and accents. The first is the field of the JSON interface."""

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
    Status.VERIFIED: {"vi": ("Đã xác minh", "Xác minh"), "en": ("Verified",), "ja": ("確認済み", "確認済")},
    Status.RETURNED: {"vi": ("Trả lại", "Bị trả lại", "Đã trả lại"), "en": ("Returned",), "ja": ("差し戻し", "差戻し")},
}
"""What each status is called. The first word of a language is the one that the template writes."""

_HEADERS = {fold(word): field for field, words in FIELDS.items() for word in words}
_STATUS_WORDS = {fold(status.value): status for status in Status} | {
    fold(word): status for status, words in STATUSES.items() for those in words.values() for word in those
}
_ASIDE = re.compile(r"[(（\[].*", re.DOTALL)
_LONGEST_HEADER = 100


def field_of(header: object) -> Field | None:
    """The field that a header names; an aside in brackets does not count: `Thời điểm (ngày/tháng/năm)`."""
    if not isinstance(header, str) or len(header) > _LONGEST_HEADER:
        return None
    return _field_of(header)


@lru_cache(maxsize=1024)
def _field_of(header: str) -> Field | None:
    return _HEADERS.get(fold(header)) or _HEADERS.get(fold(_ASIDE.sub("", header)))


@lru_cache(maxsize=1024)
def status_of(word: str) -> Status | None:
    return _STATUS_WORDS.get(fold(word)) if len(word) <= _LONGEST_HEADER else None


def status_word(status: Status, language: Language) -> str:
    return STATUSES[status][language][0]


def fits(fields: Iterable[Field | None]) -> bool:
    """Whether a line is the header: it names a task and a status."""
    named = {field and field.removesuffix("_code") for field in fields}
    return {"task", "status"} <= named
