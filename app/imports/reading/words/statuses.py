"""What each status is called in three languages, and which status a word means."""

import re
from collections.abc import Mapping
from functools import lru_cache

from app.catalogue.spelling import fold
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

_LONGEST_WORD = 100
_OTHER_SIGNS = re.compile(r"[^\w\s.,;:!()\[\]\"'“”‘’«»*\-–—…。、・✓✔☑✅\u0300-\u036f\u200b-\u200f\ufe0f]")
_STATUS_WORDS = {fold(status.value): status for status in Status} | {
    fold(word): status for status, words in STATUSES.items() for those in words.values() for word in those
}


@lru_cache(maxsize=1024)
def status_of(word: str) -> Status | None:
    """The status; none where a sign beside it may take it back: `Hoàn thành?`, `Hoàn thành ❌`."""
    return _STATUS_WORDS.get(fold(word)) if len(word) <= _LONGEST_WORD and not _OTHER_SIGNS.search(word) else None


def status_word(status: Status, language: Language) -> str:
    return STATUSES[status][language][0]
