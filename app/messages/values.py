"""What is wrong with the form of a value or a body, one sentence for each language."""

from collections.abc import Mapping

from app.language import Language

VALUES: Mapping[str, Mapping[Language, str]] = {
    "out-of-range": {
        "vi": "{seen} nằm ngoài khoảng cho phép: {limits}",
        "en": "{seen} is outside what is taken: {limits}",
        "ja": "{seen} は範囲外です：{limits}",
    },
    "unknown-value.possible": {
        "vi": "“{seen}” không dùng được ở đây; dùng: {expected}",
        "en": "{seen} is not possible here; use: {expected}",
        "ja": "「{seen}」は使えません。使える値：{expected}",
    },
    "unknown-field.json": {
        "vi": "không có trường này; trường do dịch vụ tự ghi thì không gửi được",
        "en": "there is no such field; those that the service sets itself cannot be sent",
        "ja": "この項目はありません。サービスが設定する項目は送信できません",
    },
    "missing.json": {"vi": "thiếu giá trị này", "en": "a value is needed here", "ja": "値が必要です"},
    "too-long.json": {
        "vi": "dài hơn mức cho phép: tối đa {most}",
        "en": "longer than is taken: {most} at the most",
        "ja": "長すぎます。最大 {most} です",
    },
    "too-short.json": {
        "vi": "ngắn hơn mức cần: tối thiểu {least}",
        "en": "shorter than is taken: {least} at the least",
        "ja": "短すぎます。最小 {least} です",
    },
    "wrong-type.json": {
        "vi": "“{seen}” không đúng kiểu; cần: {expected}",
        "en": "{seen} is of another type than is needed: {expected}",
        "ja": "「{seen}」は型が違います。必要な型：{expected}",
    },
    "malformed.json": {
        "vi": "“{seen}” viết không đúng cách",
        "en": "{seen} is not written as it has to be",
        "ja": "「{seen}」の書き方が正しくありません",
    },
    "malformed.number": {
        "vi": "“{seen}” không phải là số của một bản tin",
        "en": "{seen} is not the number of a bulletin",
        "ja": "「{seen}」は速報の番号ではありません",
    },
    "malformed.column": {
        "vi": "“{seen}”: hãy viết TIÊU ĐỀ:TRƯỜNG; TRƯỜNG là một trong: {possible}",
        "en": "“{seen}”: write HEADER:FIELD; FIELD is one of: {possible}",
        "ja": "「{seen}」：「見出し:項目」の形で書いてください。項目は次のいずれかです：{possible}",
    },
    "malformed-date.json": {
        "vi": "“{seen}” không phải là ngày; hãy viết như 2025-06-27",
        "en": "{seen} is not a date: write it like 2025-06-27",
        "ja": "「{seen}」は日付ではありません。2025-06-27 のように書いてください",
    },
    "malformed-time.json": {
        "vi": "“{seen}” không phải là thời điểm; hãy viết như 2025-06-27T17:00:00+07:00 (RFC 3339, có múi giờ)",
        "en": "{seen} is not a time: write it like 2025-06-27T17:00:00+07:00 (RFC 3339, with an offset)",
        "ja": "「{seen}」は時点ではありません。2025-06-27T17:00:00+07:00（RFC 3339、時差付き）のように書いてください",
    },
    "naive-time.json": {
        "vi": "“{seen}” thiếu múi giờ; hãy thêm +07:00 hoặc Z ở cuối",
        "en": "{seen} has no offset: write +07:00 or Z behind it",
        "ja": "「{seen}」に時差がありません。末尾に +07:00 または Z を付けてください",
    },
    "nul-character.json": {
        "vi": "giá trị có ký tự NUL, không lưu được",
        "en": "a NUL character cannot be stored",
        "ja": "NUL 文字は保存できません",
    },
    "note-required.json": {
        "vi": "hãy ghi rõ việc cần làm lại",
        "en": "say what has to be done again",
        "ja": "やり直すべき内容を記入してください",
    },
    "not-a-link.json": {
        "vi": "“{seen}” không phải là liên kết http hoặc https",
        "en": "{seen} is not an http or https link",
        "ja": "「{seen}」は http・https のリンクではありません",
    },
    "time-out-of-range.json": {
        "vi": "“{seen}” nằm ngoài các năm 1990 đến 2199",
        "en": "{seen} is outside the years 1990 to 2199",
        "ja": "「{seen}」は1990年から2199年の範囲外です",
    },
    "unknown-value.json": {
        "vi": "“{seen}” không dùng được ở đây",
        "en": "{seen} is not possible here",
        "ja": "「{seen}」は使えません",
    },
    "more-complaints.fields": {
        "vi": "còn {more} trường không có ở đây",
        "en": "{more} more fields are unknown",
        "ja": "ほかに {more} 個の未知の項目があります",
    },
    "too-deep": {
        "vi": "mảng và đối tượng chỉ được lồng nhau {most} tầng",
        "en": "arrays and objects may stand {most} deep",
        "ja": "配列とオブジェクトの入れ子は {most} 段までです",
    },
    "too-many-members": {
        "vi": "một đối tượng có {seen} trường; tối đa {most}",
        "en": "an object of {seen} members; none has more than {most}",
        "ja": "オブジェクトに {seen} 個の項目があります。{most} 個までです",
    },
    "too-many-values": {
        "vi": "nội dung có quá nhiều giá trị; tối đa {most}",
        "en": "a body has at the most {most} values",
        "ja": "値が多すぎます。本文全体で {most} 個までです",
    },
    "empty": {
        "vi": "tham số “{seen}” không có giá trị; hãy bỏ đi hoặc ghi giá trị",
        "en": "the parameter {seen} has no value; leave it out",
        "ja": "パラメーター「{seen}」に値がありません。省くか値を指定してください",
    },
}
