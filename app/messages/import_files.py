"""What is wrong with a file, what its sender should know, and what an undo left alone."""

from collections.abc import Mapping

from app.language import Language

_WARNINGS: dict[str, dict[Language, str]] = {
    "judged-without-times": {
        "vi": "thời điểm trong tệp chỉ là lúc gửi, như lần trước, nên được xét như tệp không ghi thời điểm",
        "en": "the times in the file say no more than when it was sent, as did those before: "
        "it is judged as one without times",
        "ja": "ファイルの時点は前回と同じく送信時刻にすぎないため、時点のないファイルとして判定しました",
    },
    "replaces-others": {
        "vi": "{count} dòng thay báo cáo do {by} gửi trong {hours} giờ qua (gần nhất lúc {since}): dòng {lines}",
        "en": "{count} rows replace what {by} reported within the last {hours} hours (last at {since}): line {lines}",
        "ja": "{count} 行が、過去{hours}時間以内の {by} の報告（最新 {since}）を置き換えます：{lines} 行目",
    },
    "behind-undo": {
        "vi": "{count} dòng chỉ được ghi vào lịch sử, vì trạng thái khôi phục khi thu hồi một tệp có thời điểm muộn "
        "hơn; nếu muốn thành hiện tại, hãy để trống Thời điểm: dòng {lines}",
        "en": "{count} rows become history only, because what was restored when a file was taken back has a later "
        "time; to make them current, leave their time empty: line {lines}",
        "ja": "{count} 行は履歴としてのみ記録されます。ファイルの取り消しで復元された状態の時点の方が後だからです。"
        "現在の状態にするには時点を空欄にしてください：{lines} 行目",
    },
    "verified-left-alone": {
        "vi": "{count} dòng báo Hoàn thành việc Bộ đã xác nhận nên không ghi thêm gì; ghi chú, minh chứng, văn bản mới "
        "trong các dòng này không được lưu: dòng {lines}",
        "en": "{count} rows say Completed of work that the ministry has verified and add nothing; their new notes, "
        "links and documents were not stored: line {lines}",
        "ja": "{count} 行は省が確認済みの作業を「完了」としているため何も記録されません。新しい備考・証拠・文書は"
        "保存されていません：{lines} 行目",
    },
    "changed-by-earlier-file": {
        "vi": "{count} dòng để nguyên nhưng một tệp trước của cùng biểu mẫu đã thay đổi: dòng {lines}",
        "en": "{count} rows were left as they are, though an earlier file of the same template changed their work: "
        "line {lines}",
        "ja": "{count} 行は変更なしですが、同じ様式の以前のファイルがその作業を変更しています：{lines} 行目",
    },
    "sheets-left-out": {
        "vi": "không đọc trang tính: {sheets}",
        "en": "these sheets were not read: {sheets}",
        "ja": "読み取らなかったシート：{sheets}",
    },
    "hidden-columns": {
        "vi": "cột đang bị ẩn vẫn được đọc: {columns}",
        "en": "columns that are hidden were read all the same: {columns}",
        "ja": "非表示の列も読み取りました：{columns}",
    },
    "hidden-rows": {
        "vi": "{count} dòng ẩn hoặc bị lọc cũng được đọc",
        "en": "{count} rows that are hidden or filtered out were read like the others",
        "ja": "非表示またはフィルターされた {count} 行も読み取りました",
    },
    "columns-not-read": {
        "vi": "không đọc các cột: {columns}",
        "en": "these columns were not read: {columns}",
        "ja": "読み取らなかった列：{columns}",
    },
    "columns-chosen": {
        "vi": "các cột được đọc theo khai báo của đơn vị: {columns}",
        "en": "these columns were read as your unit has said: {columns}",
        "ja": "貴機関の指定どおりに読み取った列：{columns}",
    },
    "rows-skipped": {
        "vi": "{count} dòng có chữ nhưng không phải dòng báo cáo (mục, tổng cộng, chữ ký…): {lines}",
        "en": "{count} lines hold text but are no rows (sections, totals, signatures): {lines}",
        "ja": "{count} 行は文字がありますが報告行ではありません（見出し・合計・署名など）：{lines}",
    },
}

_FILES: dict[str, dict[Language, str]] = {
    "wrong-magic": {
        "vi": "tệp không đúng loại đã khai báo (thực ra là {kind}); hãy lưu lại dạng .xlsx hoặc CSV UTF-8 rồi gửi",
        "en": "the file is not what it was announced as (it is {kind}); save it as .xlsx or CSV UTF-8 and send that",
        "ja": "ファイルの種類が申告と異なります（実際は {kind}）。.xlsx または CSV UTF-8 で保存し直してください",
    },
    "wrong-magic.password": {
        "vi": "tệp được đặt mật khẩu nên không đọc được; hãy bỏ mật khẩu, lưu lại rồi gửi",
        "en": "the file has a password and cannot be read; take the password away, save it and send that",
        "ja": "パスワードが設定されているため読み取れません。パスワードを解除し、保存し直して送ってください",
    },
    "wrong-magic.unknown": {
        "vi": "tệp không phải là tệp Excel; hãy mở bằng Excel, lưu lại dạng .xlsx rồi gửi",
        "en": "this is no file of Excel; open it in Excel, save it as .xlsx and send that",
        "ja": "Excel のファイルではありません。Excel で開き、.xlsx で保存し直して送ってください",
    },
    "malformed-xlsx": {
        "vi": "tệp .xlsx bị hỏng; hãy mở bằng Excel, lưu lại rồi gửi",
        "en": "the .xlsx file is damaged; open it in Excel, save it again and send that",
        "ja": ".xlsx ファイルが壊れています。Excel で開いて保存し直してください",
    },
    "not-a-workbook": {
        "vi": "tệp này không phải là bảng tính; hãy lưu lại dạng .xlsx rồi gửi",
        "en": "this is no workbook; save it as .xlsx and send that",
        "ja": "表計算ファイルではありません。.xlsx で保存し直してください",
    },
    "macro-file": {
        "vi": "không nhận tệp có macro; hãy lưu lại dạng .xlsx (không macro)",
        "en": "files with macros are not taken; save it as .xlsx without",
        "ja": "マクロ付きファイルは受け付けません。マクロなしの .xlsx で保存してください",
    },
    "nested-archive": {
        "vi": "trong tệp có một tệp nén khác; hãy bỏ đi rồi lưu lại",
        "en": "there is another archive in the file; take it out and save it again",
        "ja": "ファイルの中に別の圧縮ファイルがあります。取り除いて保存し直してください",
    },
    "document-type": {
        "vi": "tệp có khai báo DTD nên không được đọc; hãy mở bằng Excel rồi lưu lại",
        "en": "the file holds a document type definition, which is not read; open it in Excel and save it again",
        "ja": "ファイルに DTD 宣言があるため読み取れません。Excel で開いて保存し直してください",
    },
    "too-large": {
        "vi": "tệp quá lớn; hãy chia nhỏ rồi gửi từng phần",
        "en": "the file is too large; send it in parts",
        "ja": "ファイルが大きすぎます。分けて送ってください",
    },
    "too-many-sheets": {
        "vi": "tệp có quá nhiều trang tính; hãy chỉ giữ các trang cần gửi",
        "en": "the file has too many sheets; keep those that are to be sent",
        "ja": "シートが多すぎます。送信するシートだけ残してください",
    },
    "too-many-rows": {
        "vi": "tệp có hơn 100.000 dòng; hãy chia nhỏ rồi gửi từng phần",
        "en": "the file has more than 100,000 rows; send it in parts",
        "ja": "10万行を超えています。分けて送ってください",
    },
    "too-many-columns": {
        "vi": "tệp có quá nhiều cột; hãy chỉ giữ các cột cần gửi",
        "en": "the file has too many columns; keep those that are to be sent",
        "ja": "列が多すぎます。送信する列だけ残してください",
    },
    "cell-out-of-range": {
        "vi": "có ô nằm quá xa vùng dữ liệu ({seen}); hãy xoá các ô thừa rồi lưu lại",
        "en": "a cell lies far outside the table ({seen}); delete what is out there and save it again",
        "ja": "表から離れた位置にセルがあります（{seen}）。削除して保存し直してください",
    },
    "no-rows": {
        "vi": "tệp không có dòng báo cáo nào",
        "en": "the file holds no rows",
        "ja": "報告行がありません",
    },
    "no-header": {
        "vi": "không thấy dòng tiêu đề: cần ít nhất cột Nhiệm vụ và cột Trạng thái",
        "en": "there is no header: it names at least task (Nhiệm vụ) and status (Trạng thái)",
        "ja": "見出し行がありません。少なくともタスク（Nhiệm vụ）と状態（Trạng thái）が必要です",
    },
    "unknown-sheet": {
        "vi": "không có trang tính “{seen}”; các trang: {candidates}",
        "en": "there is no sheet “{seen}”; the sheets are: {candidates}",
        "ja": "「{seen}」というシートはありません。シート：{candidates}",
    },
    "no-sheets": {
        "vi": "tệp loại này không có trang tính, nên không đọc được “{seen}”; hãy bỏ ?sheet=",
        "en": "a file of this kind has no sheets, so “{seen}” cannot be read; leave ?sheet= out",
        "ja": "この形式のファイルにはシートがないため、「{seen}」は読めません。?sheet= を外してください",
    },
    "unknown-column": {
        "vi": "không có cột “{column}” trong tệp",
        "en": "there is no column “{column}” in the file",
        "ja": "ファイルに列「{column}」はありません",
    },
    "duplicate-column": {
        "vi": "nhiều cột cùng một nội dung: {columns}; hãy giữ một cột",
        "en": "more than one column is the same: {columns}; keep one",
        "ja": "同じ内容の列が複数あります：{columns}。一つだけ残してください",
    },
    "another-header": {
        "vi": "dòng {line} là một hàng tên cột khác với hàng ở dòng {header}; hãy để mỗi bảng trên một trang tính",
        "en": "line {line} names other columns than the header on line {header}; put each table on a sheet of its own",
        "ja": "{line} 行目の見出しは {header} 行目の見出しと異なります。表ごとに別のシートに分けてください",
    },
    "unclear-column": {
        "vi": "cột “{column}” có thể là: {candidates}; hãy đổi tên cột, hoặc gửi kèm ?column={column}:… "
        "(dấu - để bỏ qua)",
        "en": "the column “{column}” may be: {candidates}; rename it, or say which with ?column={column}:… "
        "(- leaves it out)",
        "ja": "列「{column}」は次のいずれかかもしれません：{candidates}。列名を変えるか、?column={column}:… "
        "で指定してください（- は読み飛ばし）",
    },
    "month-first": {
        "vi": "cột “{column}” ghi tháng trước ngày: ô {cell1} là “{seen1}”; hãy ghi ngày trước tháng trong cả cột, "
        "như 27/06/2025",
        "en": "the column “{column}” has the month first: cell {cell1} is “{seen1}”; write the day first in the whole "
        "column, such as 27/06/2025",
        "ja": "列「{column}」は月が先になっています：セル {cell1} は「{seen1}」です。列全体を 27/06/2025 のように"
        "日を先にしてください",
    },
    "month-first.both": {
        "vi": "cột “{column}” khi thì ghi tháng trước (ô {cell1}: “{seen1}”), khi thì ghi ngày trước (ô {cell2}: "
        "“{seen2}”); hãy ghi ngày trước tháng trong cả cột, như 27/06/2025",
        "en": "the column “{column}” has the month first in cell {cell1} (“{seen1}”) and the day first in {cell2} "
        "(“{seen2}”); write the day first in the whole column, such as 27/06/2025",
        "ja": "列「{column}」はセル {cell1}（「{seen1}」）では月が先、{cell2}（「{seen2}」）では日が先です。"
        "列全体を 27/06/2025 のように日を先にしてください",
    },
    "mixed-dates": {
        "vi": "cột “{column}” có ô kiểu ngày (ô {cell1}: {seen1}) lẫn ô kiểu chữ (ô {cell2}: “{seen2}”), nên có thể "
        "Excel đã đảo ngày với tháng ở ô kiểu ngày; hãy kiểm tra, rồi định dạng cả cột là Văn bản (Text) và ghi như "
        "27/06/2025",
        "en": "the column “{column}” mixes date cells (cell {cell1}: {seen1}) with text (cell {cell2}: “{seen2}”), so "
        "Excel may have swapped day and month in the date cells; check them, then format the whole column as text and "
        "write 27/06/2025",
        "ja": "列「{column}」に日付セル（{cell1}：{seen1}）と文字列（{cell2}：「{seen2}」）が混在しており、日付セルで"
        "日と月が入れ替わった可能性があります。確認のうえ、列全体を文字列にして 27/06/2025 のように書いてください",
    },
    "unknown-encoding": {
        "vi": "bảng mã của tệp làm mất chữ (“{seen}”, dòng {line}); hãy lưu lại dạng CSV UTF-8",
        "en": "letters of the file are lost or cannot be read (“{seen}”, line {line}); save it as CSV UTF-8",
        "ja": "文字コードが読み取れないか、文字が失われています（{line} 行目「{seen}」）。"
        "CSV UTF-8 で保存し直してください",
    },
    "legacy-font": {
        "vi": "tệp dùng phông chữ cũ TCVN3 hoặc VNI (“{seen}”, dòng {line}); hãy chuyển sang Unicode rồi lưu lại "
        "dạng CSV UTF-8 hoặc .xlsx",
        "en": "the file is written in a legacy font, TCVN3 or VNI (“{seen}”, line {line}); convert it to Unicode",
        "ja": "旧フォント（TCVN3・VNI）の文字です（{line} 行目「{seen}」）。Unicode に変換してください",
    },
    "malformed-csv": {
        "vi": "không đọc được CSV từ dòng {line}; hãy kiểm tra dấu nháy kép",
        "en": "from line {line} on this is not CSV; check the quotation marks",
        "ja": "{line} 行目から CSV として読み取れません。引用符を確認してください",
    },
    "unreadable-file": {
        "vi": "tệp vượt quá giới hạn đọc cho phép; hãy mở bằng Excel, lưu lại hoặc chia nhỏ rồi gửi",
        "en": "the file could not be read within the limits; open it in Excel and save it again, or send it in parts",
        "ja": "制限内で読み取れませんでした。Excel で開いて保存し直すか、分けて送ってください",
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

FILES: Mapping[str, Mapping[Language, str]] = _WARNINGS | _FILES | _UNDO
