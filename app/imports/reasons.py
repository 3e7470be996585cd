"""Why a row was refused, as a person reads it beside the row."""

from collections.abc import Iterable

from app.language import Language

WHY: dict[Language, str] = {"vi": "Lý do từ chối", "en": "Why it was refused", "ja": "却下の理由"}
LINE: dict[Language, str] = {"vi": "Dòng trong tệp đã gửi", "en": "Line in the file sent", "ja": "送信ファイルの行"}

_VIETNAMESE = {
    "ambiguous-task": "tên nhiệm vụ có thể là nhiều nhiệm vụ; hãy ghi mã",
    "ambiguous-unit": "tên đơn vị có thể là nhiều đơn vị; hãy ghi mã",
    "cell-error": "ô có lỗi công thức",
    "contradictory-task": "mã và tên nhiệm vụ không khớp",
    "contradictory-unit": "mã và tên đơn vị không khớp",
    "in-the-future": "thời điểm chưa đến",
    "malformed-date": "không phải ngày; viết như 27/06/2025",
    "malformed-json": "dòng không phải JSON",
    "malformed-time": "không phải thời điểm; viết như 27/06/2025 17:00",
    "missing": "còn thiếu",
    "no-such-assignment": "đơn vị này không được giao nhiệm vụ này",
    "not-a-link": "minh chứng phải là liên kết http hoặc https",
    "not-applicable": "Bộ đã xác định nhiệm vụ không áp dụng cho đơn vị",
    "not-complete": "tại thời điểm đó công việc chưa hoàn thành nên chưa thể xác minh hoặc trả lại",
    "not-your-role": "chỉ Bộ được xác minh hoặc trả lại",
    "not-your-unit": "không phải đơn vị của bạn",
    "note-required": "hãy ghi rõ việc cần làm lại",
    "nul-character": "ô có ký tự NUL",
    "too-long": "quá dài",
    "too-many-cells": "dòng có nhiều ô hơn tiêu đề",
    "unknown-field": "không có trường này",
    "unknown-task": "không có nhiệm vụ này",
    "unknown-unit": "không có đơn vị này",
    "unknown-value": "không có trạng thái này",
}


def reason(column: str | None, code: str, detail: str, language: Language) -> str:
    """One complaint as a sentence that names its column."""
    said = f"{_VIETNAMESE[code]} ({detail})" if language == "vi" and code in _VIETNAMESE else detail
    return f"{column}: {said}" if column else said


def reasons(complaints: Iterable[tuple[str | None, str, str]], language: Language) -> str:
    return "; ".join(reason(column, code, detail, language) for column, code, detail in complaints)
