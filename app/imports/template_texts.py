"""The words of the template and of the refused rows, in three languages."""

from collections.abc import Mapping
from typing import Literal

from app.imports.reading.words.headers import BESIDE_REFUSED
from app.language import LANGUAGES, Language

Texts = Mapping[Language, str]
Column = Literal[
    "task_code", "unit_code", "base", "task", "unit", "deadline", "verdict", "reported",
    "status", "effective_at", "note", "evidence", "document_number", "document_date",
]  # fmt: skip

HEADERS: Mapping[Column, Texts] = {
    "task_code": {"vi": "Mã nhiệm vụ", "en": "task_code", "ja": "タスクコード"},
    "unit_code": {"vi": "Mã đơn vị", "en": "unit_code", "ja": "機関コード"},
    "base": {"vi": "base", "en": "base", "ja": "base"},
    "task": {"vi": "Nhiệm vụ", "en": "Task", "ja": "タスク"},
    "unit": {"vi": "Đơn vị", "en": "Unit", "ja": "機関"},
    "deadline": {"vi": "Hạn", "en": "Deadline", "ja": "期限"},
    "verdict": {"vi": "Ý kiến của Bộ", "en": "Ministry's note", "ja": "省の意見"},
    "reported": {"vi": "Đơn vị đã báo cáo", "en": "Reported by the unit", "ja": "機関の報告"},
    "status": {"vi": "Trạng thái", "en": "Status", "ja": "状態"},
    "effective_at": {"vi": "Thời điểm", "en": "Time", "ja": "時点"},
    "note": {"vi": "Ghi chú", "en": "Note", "ja": "備考"},
    "evidence": {"vi": "Minh chứng", "en": "Evidence", "ja": "証拠"},
    "document_number": {"vi": "Số văn bản", "en": "Document number", "ja": "文書番号"},
    "document_date": {"vi": "Ngày văn bản", "en": "Document date", "ja": "文書日付"},
}


def header_of(field: str, language: Language) -> str:
    """What the template calls a field."""
    return next((texts[language] for column, texts in HEADERS.items() if column == field), field)


TABLE: Texts = {"vi": "Tiến Độ", "en": "Tiến Độ", "ja": "Tiến Độ"}
TITLE: Texts = {"vi": "Báo cáo tiến độ", "en": "Progress report", "ja": "進捗報告"}
TITLE_OF_VERDICTS: Texts = {
    "vi": "Công việc chờ xác nhận",
    "en": "Work that awaits a verdict",
    "ja": "確認待ちの作業",
}
LEAD: Texts = {
    "vi": "Lấy lúc {at}. Chỉ điền các cột nền trắng; dòng nào không có gì mới thì để nguyên.",
    "en": "As of {at}. Fill in the white columns only; leave rows with nothing new as they are.",
    "ja": "{at} 現在。白い列だけを記入し、変更のない行はそのままにしてください。",
}
NOTHING_OPEN: Texts = {
    "vi": "Lấy lúc {at}. Hiện không có việc nào cần báo cáo.",
    "en": "As of {at}. There is nothing left to report on.",
    "ja": "{at} 現在。報告が必要な作業はありません。",
}
NOTHING_WAITS: Texts = {
    "vi": "Lấy lúc {at}. Hiện không có việc nào chờ xác nhận.",
    "en": "As of {at}. No work awaits a verdict.",
    "ja": "{at} 現在。確認待ちの作業はありません。",
}
CHOOSE: Mapping[Language, tuple[str, str]] = {
    "vi": ("Trạng thái", "Hãy chọn một trạng thái trong danh sách."),
    "en": ("Status", "Choose a status from the list."),
    "ja": ("状態", "一覧から状態を選んでください。"),
}
MOMENT: Texts = {
    "vi": "Ngày và giờ Việt Nam, ví dụ 27/06/2025 17:00. Chỉ ghi ngày nghĩa là hết ngày đó; để trống là lúc gửi.",
    "en": "Day and hour in Viet Nam, such as 27/06/2025 17:00. A day alone means its end; empty: as of sending.",
    "ja": "ベトナム時間の日時。例：27/06/2025 17:00。日付だけならその日の終わり、空欄なら送信時点です。",
}
GUIDE: Texts = {"vi": "Hướng dẫn", "en": "Guide", "ja": "ご案内"}
GUIDE_LINES: Mapping[Language, tuple[str, ...]] = {
    "vi": (
        "Mỗi dòng là một việc được giao cho một đơn vị. Chỉ điền các cột nền trắng.",
        "Trạng thái: chọn trong danh sách. Không xoá ô này; nếu không có gì mới, để nguyên.",
        (
            "Thời điểm: ngày và giờ Việt Nam, ví dụ 27/06/2025 17:00. Chỉ ghi ngày nghĩa là hết ngày đó. "
            "Để trống nghĩa là lúc gửi tệp."
        ),
        "Minh chứng: dán liên kết bắt đầu bằng https://; nhiều liên kết cách nhau bằng dấu cách, ; hoặc xuống dòng.",
        (
            "Việc bị trả lại: đọc cột Ý kiến của Bộ, làm lại, rồi ghi Thời điểm sau lúc trả lại (có giờ) hoặc ghi chú, "
            "minh chứng mới."
        ),
        "Có thể sắp xếp, lọc, ẩn dòng và cột tuỳ ý. Các cột ẩn giữ mã của từng dòng: đừng xoá, đừng chép đi.",
        "Gửi tệp lên hệ thống: dòng để nguyên không ghi thêm gì; dòng bị từ chối được trả lại kèm lý do.",
    ),
    "en": (
        "Each row is a piece of work of one unit. Fill in the white columns only.",
        "Status: choose from the list. Do not empty the cell; with nothing new, leave it as it is.",
        (
            "Time: day and hour in Viet Nam, such as 27/06/2025 17:00. A day alone means its end. "
            "Empty means the moment of sending."
        ),
        "Evidence: paste links that begin with https://; several are divided by a space, a ; or a line break.",
        (
            "Returned work: read the ministry's note, do it again, then write a time after the return (with its hour), "
            "or a new note or link."
        ),
        (
            "Sort, filter and hide as you like. The hidden columns keep the codes of each row: do not delete them, "
            "nor copy them onto other rows."
        ),
        "Send the file back: rows left as they are add nothing; rows that are refused come back with the reason.",
    ),
    "ja": (
        "各行は一つの機関の一つの作業です。白い列だけを記入してください。",
        "状態：一覧から選びます。空欄にせず、変更がなければそのままにします。",
        "時点：ベトナム時間の日時（例：27/06/2025 17:00）。日付だけならその日の終わり、空欄なら送信時点です。",
        "証拠：https:// で始まるリンクを貼り付けます。複数ある場合は空白・セミコロン・改行で区切ります。",
        (
            "差し戻された作業：省の意見を読み、やり直した後、差し戻し後の時点（時刻付き）か"
            "新しい備考・証拠を記入します。"
        ),
        (
            "並べ替え・フィルター・非表示は自由です。非表示の列には各行のコードがあるため、削除や別の行への複写は"
            "しないでください。"
        ),
        "送信すると、変更のない行は何も記録されず、受け付けられない行は理由を付けて返されます。",
    ),
}
VERDICT_GUIDE_LINES: Mapping[Language, tuple[str, ...]] = {
    "vi": (
        "Mỗi dòng là một việc đã hoàn thành, chờ Bộ kết luận. Cột Đơn vị đã báo cáo: để đọc.",
        "Trạng thái: chọn Đã xác nhận hoặc Trả lại; chưa kết luận thì để nguyên.",
        "Trả lại thì phải ghi ở Ghi chú việc cần làm lại: đơn vị đọc lời đó. Thời điểm để trống là lúc gửi tệp.",
        *GUIDE_LINES["vi"][-2:],
    ),
    "en": (
        "Each row is complete work that awaits a verdict. The column Reported by the unit is for reading only.",
        "Status: choose Verified or Returned; without a verdict, leave it as it is.",
        "Returned work needs a note for the unit: what has to be done again. An empty time means that of sending.",
        *GUIDE_LINES["en"][-2:],
    ),
    "ja": (
        "各行は完了し、省の判断を待つ作業です。「機関の報告」の列は参照用です。",
        "状態：「確認済み」か「差し戻し」を選びます。判断しない場合はそのままにします。",
        "差し戻す場合は、やり直すべき内容を備考に記入します。機関がそれを読みます。時点が空欄なら送信時点です。",
        *GUIDE_LINES["ja"][-2:],
    ),
}
WHY: Texts = {lang: BESIDE_REFUSED[lang][0] for lang in LANGUAGES}
LINE: Texts = {lang: BESIDE_REFUSED[lang][1] for lang in LANGUAGES}
REJECTED: Texts = {"vi": "Dòng bị từ chối", "en": "Refused rows", "ja": "却下された行"}
REJECTED_LINES: Mapping[Language, tuple[str, ...]] = {
    "vi": (
        "Mỗi dòng ở đây chưa được ghi nhận; các dòng khác của tệp không có trong tệp này.",
        "Đọc cột Lý do từ chối, sửa ngay trong dòng đó, rồi gửi chính tệp này lên hệ thống.",
        "Không cần xoá cột Lý do từ chối và cột Dòng trong tệp đã gửi: khi gửi lại, hai cột này không được đọc.",
        "Công thức được trả lại bằng giá trị đã hiển thị. Dòng không cần báo cáo nữa thì xoá đi.",
        "Nếu dòng vẫn đúng dù có người báo cáo khác, hãy ghi Thời điểm sau lần báo cáo đó (có giờ).",
        "Có thể sắp xếp, lọc tuỳ ý. Nếu có cột ẩn, đừng xoá: chúng giữ mã của từng dòng.",
    ),
    "en": (
        "No row here has been recorded; the other rows of the file are not in this one.",
        "Read the column Why it was refused, correct the row where it stands, and send this very file.",
        "The columns Why it was refused and Line in the file sent may stay: they are not read.",
        "Formulas come back as the values they showed. Delete rows that need no report any more.",
        "Where a row is right although somebody reported otherwise, write a time after that report (with its hour).",
        "Sort and filter as you like. Do not delete hidden columns, if there are any: they keep the codes of each row.",
    ),
    "ja": (
        "ここにある行はまだ記録されていません。ファイルのほかの行は含まれていません。",
        "「却下の理由」を読み、その行を直して、このファイルをそのまま送信してください。",
        "「却下の理由」と「送信ファイルの行」の列は残したままで構いません。再送時には読み取られません。",
        "数式は表示されていた値になっています。報告が不要になった行は削除してください。",
        "ほかの人の報告があってもその行が正しい場合は、その報告より後の時点（時刻付き）を記入してください。",
        "並べ替え・フィルターは自由です。非表示の列には各行のコードがあるため、削除しないでください。",
    ),
}
PAGE: Texts = {"vi": "Trang &P/&N", "en": "Page &P of &N", "ja": "&P/&N ページ"}
