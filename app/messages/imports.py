"""What is wrong with a row of a file, what its sender should know, and what an undo left alone."""

from collections.abc import Mapping

from app.language import Language

_ROWS: dict[str, dict[Language, str]] = {
    "ambiguous-task": {
        "vi": "“{value}” có thể là nhiều nhiệm vụ: {candidates}; hãy ghi mã nhiệm vụ",
        "en": "“{value}” may be any of these tasks: {candidates}; write the task's code",
        "ja": "「{value}」は複数のタスクに当てはまります：{candidates}。タスクコードを記入してください",
    },
    "ambiguous-unit": {
        "vi": "“{value}” có thể là nhiều đơn vị: {candidates}; hãy ghi mã đơn vị",
        "en": "“{value}” may be any of these units: {candidates}; write the unit's code",
        "ja": "「{value}」は複数の機関に当てはまります：{candidates}。機関コードを記入してください",
    },
    "former-unit": {
        "vi": "“{value}” là tên cũ, nay thuộc: {candidates}; hãy ghi tên hoặc mã hiện nay",
        "en": "“{value}” is a former name, today: {candidates}; write today's name or code",
        "ja": "「{value}」は旧名称です。現在は：{candidates}。現在の名称またはコードを記入してください",
    },
    "base-mismatch": {
        "vi": "dòng này mang dấu ẩn của một việc khác; hãy tải biểu mẫu mới, đừng chép dòng này sang dòng kia",
        "en": "the row carries the hidden mark of other work; take a new template, and do not copy rows onto others",
        "ja": "この行には別の作業の隠し情報が入っています。新しい様式を取得し、行を別の行に複写しないでください",
    },
    "cell-error": {
        "vi": "ô đang hiển thị lỗi {value}; hãy sửa công thức hoặc gõ giá trị vào ô",
        "en": "the cell shows {value}; correct the formula, or type the value",
        "ja": "セルに {value} と表示されています。数式を直すか、値を入力してください",
    },
    "changed-since": {
        "vi": "hiện nay là “{status}” từ {since} do {by} báo cáo, sau lần gửi trước của tệp; "
        "nếu vẫn đúng, hãy ghi Thời điểm sau thời điểm đó",
        "en": "it stands at “{status}” since {since}, reported by {by} after this was last sent or filled in; "
        "if the row is right all the same, write a time after that",
        "ja": "前回の送信後に {by} が報告し、{since} から「{status}」です。"
        "それでも正しい場合は、それより後の時点を記入してください",
    },
    "contradiction": {
        "vi": "mâu thuẫn với dòng {lines}: cùng một việc, cùng thời điểm nhưng nội dung khác nhau; hãy giữ một dòng",
        "en": "it contradicts line {lines}: the same work at the same moment, said differently; keep one of them",
        "ja": "{lines} 行目と矛盾しています：同じ作業・同じ時点で内容が異なります。一つだけ残してください",
    },
    "contradictory-task": {
        "vi": "mã {code} và tên “{value}” không phải cùng một nhiệm vụ; hãy sửa một trong hai",
        "en": "the code {code} and the name “{value}” are not the same task; correct one of them",
        "ja": "コード {code} と名称「{value}」は同じタスクではありません。どちらかを直してください",
    },
    "contradictory-unit": {
        "vi": "mã {code} và tên “{value}” không phải cùng một đơn vị; hãy sửa một trong hai",
        "en": "the code {code} and the name “{value}” are not the same unit; correct one of them",
        "ja": "コード {code} と名称「{value}」は同じ機関ではありません。どちらかを直してください",
    },
    "date-for-number": {
        "vi": "ô Số văn bản đang là một ngày ({value}); hãy định dạng ô là Văn bản (Text) rồi gõ lại số",
        "en": "the cell holds a date ({value}) where the number of a document belongs; "
        "format it as text and type it again",
        "ja": "文書番号のセルが日付（{value}）になっています。書式を文字列にして入力し直してください",
    },
    "in-the-future": {
        "vi": "“{value}” chưa đến; hãy ghi thời điểm đã qua, hoặc để trống nếu là lúc gửi",
        "en": "“{value}” has not come yet; write a moment that has passed, or leave it empty for the moment of sending",
        "ja": "「{value}」はまだ来ていません。過去の時点を書くか、送信時点であれば空欄にしてください",
    },
    "lone-surrogate": {
        "vi": "ô có một ký tự hỏng; hãy gõ lại",
        "en": "the cell holds half a character; type it again",
        "ja": "セルに壊れた文字があります。入力し直してください",
    },
    "malformed-date": {
        "vi": "“{value}” không phải là ngày; hãy viết như 27/06/2025",
        "en": "“{value}” is not a date; write it like 27/06/2025",
        "ja": "「{value}」は日付ではありません。27/06/2025 のように書いてください",
    },
    "malformed-json": {
        "vi": "dòng không phải là JSON: {value}",
        "en": "the line is not JSON: {value}",
        "ja": "行が JSON ではありません：{value}",
    },
    "malformed-time": {
        "vi": "“{value}” không phải là thời điểm; hãy viết như 27/06/2025 17:00 (giờ Việt Nam)",
        "en": "“{value}” is not a time; write it like 27/06/2025 17:00 (in Viet Nam)",
        "ja": "「{value}」は時点ではありません。27/06/2025 17:00（ベトナム時間）のように書いてください",
    },
    "missing": {
        "vi": "còn trống; hãy điền vào",
        "en": "it is empty; fill it in",
        "ja": "空欄です。記入してください",
    },
    "naive-time": {
        "vi": "“{value}” thiếu múi giờ; hãy thêm +07:00",
        "en": "“{value}” has no offset; write +07:00 behind it",
        "ja": "「{value}」に時差がありません。末尾に +07:00 を付けてください",
    },
    "no-such-assignment": {
        "vi": "đơn vị này không được giao nhiệm vụ này; hãy kiểm tra lại đơn vị và nhiệm vụ",
        "en": "the unit does not have this task; check the unit and the task",
        "ja": "この機関にはこのタスクが割り当てられていません。機関とタスクを確認してください",
    },
    "not-a-link": {
        "vi": "“{value}” không phải là liên kết; hãy dán địa chỉ bắt đầu bằng https://",
        "en": "“{value}” is not a link; paste an address that begins with https://",
        "ja": "「{value}」はリンクではありません。https:// で始まるアドレスを貼り付けてください",
    },
    "not-applicable": {
        "vi": "Bộ đã xác định nhiệm vụ này không áp dụng cho đơn vị; hãy bỏ dòng này",
        "en": "the ministry has ruled that this task does not apply to the unit; leave the row out",
        "ja": "省はこのタスクが当該機関に適用されないと決定しました。この行を削除してください",
    },
    "not-complete": {
        "vi": "tại thời điểm đó công việc chưa hoàn thành nên chưa thể xác minh hoặc trả lại",
        "en": "at that moment the work was not complete, so there is nothing to verify or return",
        "ja": "その時点では作業が完了していないため、確認も差し戻しもできません",
    },
    "not-your-role": {
        "vi": "chỉ Bộ được ghi Đã xác minh hoặc Trả lại; hãy dùng: {possible}",
        "en": "only the ministry says Verified or Returned; use: {possible}",
        "ja": "「確認済み」「差し戻し」を記入できるのは省だけです。使える語：{possible}",
    },
    "not-your-unit": {
        "vi": "“{value}” không thuộc đơn vị của bạn; hãy bỏ dòng này hoặc sửa lại đơn vị",
        "en": "“{value}” is not yours to report on; leave the row out, or correct the unit",
        "ja": "「{value}」は貴機関の報告対象ではありません。行を削除するか、機関を直してください",
    },
    "note-required": {
        "vi": "khi trả lại, hãy ghi rõ ở Ghi chú việc cần làm lại",
        "en": "returning work needs a note that says what has to be done again",
        "ja": "差し戻す場合は、やり直すべき内容を備考に記入してください",
    },
    "nul-character": {
        "vi": "ô có ký tự NUL; hãy gõ lại",
        "en": "the cell holds a NUL character; type it again",
        "ja": "セルに NUL 文字があります。入力し直してください",
    },
    "returned-since": {
        "vi": "Bộ đã trả lại ngày {since} ({by}): “{note}”; nếu đã làm lại, hãy ghi Thời điểm sau lúc trả lại "
        "(có giờ), hoặc ghi chú, minh chứng, văn bản mới",
        "en": "the ministry returned it on {since} ({by}): “{note}”; once it is done again, write a time after the "
        "return (with its hour), or a new note, link or document",
        "ja": "{since} に差し戻されました（{by}）：「{note}」。やり直した場合は、差し戻し後の時点（時刻付き）か、"
        "新しい備考・証拠・文書を記入してください",
    },
    "time-out-of-range": {
        "vi": "“{value}” nằm ngoài các năm 1990 đến 2199",
        "en": "“{value}” is outside the years 1990 to 2199",
        "ja": "「{value}」は1990年から2199年の範囲外です",
    },
    "too-long": {
        "vi": "nội dung dài hơn mức cho phép; hãy rút gọn",
        "en": "it is longer than is taken; shorten it",
        "ja": "長すぎます。短くしてください",
    },
    "too-many-cells": {
        "vi": "dòng có nhiều ô hơn tiêu đề; hãy xoá các ô thừa",
        "en": "the row has more cells than the header; delete those that are too many",
        "ja": "行のセルが見出しより多くあります。余分なセルを削除してください",
    },
    "too-short": {
        "vi": "nội dung quá ngắn; hãy điền đầy đủ",
        "en": "it is too short; fill it in",
        "ja": "短すぎます。記入してください",
    },
    "unknown-field": {
        "vi": "không có trường “{value}”; hãy bỏ trường này",
        "en": "there is no field “{value}”; leave it out",
        "ja": "「{value}」という項目はありません。削除してください",
    },
    "unknown-task": {
        "vi": "không có nhiệm vụ “{value}”; hãy ghi đúng tên hoặc mã trong danh mục",
        "en": "there is no task “{value}”; write its name or code as in the catalogue",
        "ja": "「{value}」というタスクはありません。一覧の名称またはコードを記入してください",
    },
    "unknown-unit": {
        "vi": "không có đơn vị “{value}”; gần giống: {candidates}",
        "en": "there is no unit “{value}”; similar: {candidates}",
        "ja": "「{value}」という機関はありません。似た名称：{candidates}",
    },
    "unknown-value": {
        "vi": "“{value}” không phải là trạng thái; dùng: {possible}",
        "en": "“{value}” is not a status; use: {possible}",
        "ja": "「{value}」は状態ではありません。使える語：{possible}",
    },
    "verified": {
        "vi": "việc này đã được Bộ xác minh ngày {since} ({by}) nên tệp không thay đổi được; "
        "nếu cần, hãy báo cáo riêng việc này",
        "en": "the ministry verified this on {since} ({by}), so a file does not change it; "
        "if it has to be, report it by itself",
        "ja": "{since} に省が確認済みのため（{by}）、ファイルでは変更できません。必要な場合は個別に報告してください",
    },
    "wrong-type": {
        "vi": "ô phải là một đoạn văn bản",
        "en": "this is one text",
        "ja": "ここは一つの文字列です",
    },
    "malformed": {
        "vi": "“{value}” viết không đúng cách",
        "en": "“{value}” is not written as it has to be",
        "ja": "「{value}」の書き方が正しくありません",
    },
    "preview-outdated": {
        "vi": "khi xem trước là “{expected}”, nay sẽ là “{now}”; hãy xem trước lại",
        "en": "it was to be {expected}, and would now be {now}; preview it again",
        "ja": "プレビューでは「{expected}」でしたが、今は「{now}」になります。もう一度プレビューしてください",
    },
}

_WARNINGS: dict[str, dict[Language, str]] = {
    "judged-without-times": {
        "vi": "thời điểm trong tệp chỉ là lúc gửi, như lần trước, nên được xét như tệp không ghi thời điểm",
        "en": "the times in the file say no more than when it was sent, as did those before: "
        "it is judged as one without times",
        "ja": "ファイルの時点は前回と同じく送信時刻にすぎないため、時点のないファイルとして判定しました",
    },
    "replaces-others": {
        "vi": "{count} dòng thay báo cáo do {by} gửi trong 72 giờ qua (gần nhất lúc {since}): dòng {lines}",
        "en": "{count} rows replace what {by} reported within the last 72 hours (last at {since}): line {lines}",
        "ja": "{count} 行が、過去72時間以内の {by} の報告（最新 {since}）を置き換えます：{lines} 行目",
    },
    "changed-by-earlier-file": {
        "vi": "{count} dòng để nguyên nhưng một tệp trước của cùng biểu mẫu đã thay đổi: dòng {lines}",
        "en": "{count} rows were left as they are, though an earlier file of the same template changed their work: "
        "line {lines}",
        "ja": "{count} 行は変更なしですが、同じ様式の以前のファイルがその作業を変更しています：{lines} 行目",
    },
    "sheet-left-out": {
        "vi": "không đọc trang tính: {sheets}",
        "en": "these sheets were not read: {sheets}",
        "ja": "読み取らなかったシート：{sheets}",
    },
    "hidden-rows": {
        "vi": "{count} dòng ẩn hoặc bị lọc cũng được đọc",
        "en": "{count} rows that are hidden or filtered out were read like the others",
        "ja": "非表示またはフィルターされた {count} 行も読み取りました",
    },
    "columns-left-out": {
        "vi": "không đọc các cột: {columns}",
        "en": "these columns were not read: {columns}",
        "ja": "読み取らなかった列：{columns}",
    },
    "column-explained": {
        "vi": "cột “{header}” được đọc là {field}",
        "en": "the column “{header}” was read as {field}",
        "ja": "列「{header}」を {field} として読み取りました",
    },
    "lines-left-out": {
        "vi": "{count} dòng không phải dòng báo cáo (tiêu đề, tổng cộng, chữ ký…): {lines}",
        "en": "{count} lines are no rows (headings, totals, signatures): {lines}",
        "ja": "{count} 行は報告行ではありません（見出し・合計・署名など）：{lines}",
    },
}

_UNDO: dict[str, dict[Language, str]] = {
    "reported-since": {
        "vi": "{by} đã báo cáo tiếp lúc {since} nên giữ nguyên",
        "en": "{by} reported on it since, at {since}: left alone",
        "ja": "{since} に {by} がその後報告したため、そのままにしました",
    },
    "verdict-not-restored": {
        "vi": "trước đó là “{status}”; chỉ Bộ mới kết luận lại được nên giữ nguyên",
        "en": "it stood at “{status}” before, which only the ministry says anew: left alone",
        "ja": "以前は「{status}」でした。改めて判断できるのは省だけなので、そのままにしました",
    },
}

IMPORTS: Mapping[str, Mapping[Language, str]] = _ROWS | _WARNINGS | _UNDO
