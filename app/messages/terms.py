"""Words that stand inside sentences: levels of units, types of values."""

from collections.abc import Mapping

from app.language import Language

TERMS: Mapping[str, Mapping[Language, str]] = {
    "by.ministry": {"vi": "Bộ ({name})", "en": "the ministry ({name})", "ja": "省（{name}）"},
    "by.admin": {"vi": "quản trị hệ thống ({name})", "en": "the administrator ({name})", "ja": "管理者（{name}）"},
    "by.demo": {"vi": "dữ liệu minh hoạ", "en": "demonstration data", "ja": "デモデータ"},
    "column.left-out": {"vi": "không đọc", "en": "not read", "ja": "読み取らない"},
    "level.agency": {"vi": "cơ quan trung ương", "en": "central agency", "ja": "中央省庁"},
    "level.commune": {"vi": "xã", "en": "commune", "ja": "社・坊・特区"},
    "level.province": {"vi": "tỉnh", "en": "province", "ja": "省・市"},
    "type.text": {"vi": "chuỗi ký tự", "en": "text", "ja": "文字列"},
    "type.integer": {"vi": "số nguyên", "en": "an integer", "ja": "整数"},
    "type.number": {"vi": "số", "en": "a number", "ja": "数値"},
    "type.boolean": {"vi": "true hoặc false", "en": "true or false", "ja": "true または false"},
    "type.list": {"vi": "danh sách", "en": "a list", "ja": "リスト"},
    "type.object": {"vi": "đối tượng", "en": "an object", "ja": "オブジェクト"},
    "type.date": {"vi": "ngày như 2025-06-27", "en": "a date like 2025-06-27", "ja": "2025-06-27 のような日付"},
    "type.uuid": {"vi": "mã UUID", "en": "a UUID", "ja": "UUID 形式"},
    "type.other": {"vi": "kiểu khác", "en": "another type", "ja": "別の型"},
}
