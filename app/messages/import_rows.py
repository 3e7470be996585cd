"""What is wrong with a row of a file."""

from collections.abc import Mapping

from app.language import Language

ROWS: Mapping[str, Mapping[Language, str]] = {
    "ambiguous-task": {
        "vi": "“{seen}” có thể là nhiều nhiệm vụ: {named}; hãy ghi mã nhiệm vụ",
        "en": "“{seen}” may be any of these tasks: {named}; write the task's code",
        "ja": "「{seen}」は複数のタスクに当てはまります：{named}。タスクコードを記入してください",
    },
    "ambiguous-unit": {
        "vi": "“{seen}” có thể là nhiều đơn vị: {named}; hãy ghi mã đơn vị",
        "en": "“{seen}” may be any of these units: {named}; write the unit's code",
        "ja": "「{seen}」は複数の機関に当てはまります：{named}。機関コードを記入してください",
    },
    "ambiguous-unit.elsewhere": {
        "vi": "“{seen}” không phải đơn vị của bạn; tên này là của: {named}; hãy bỏ dòng này hoặc sửa lại đơn vị",
        "en": "“{seen}” is none of your units; the name is that of: {named}; leave the row out, or correct the unit",
        "ja": "「{seen}」は貴機関の機関ではありません。この名称の機関：{named}。行を削除するか、機関を直してください",
    },
    "former-unit": {
        "vi": "“{seen}” là tên cũ, nay thuộc: {named}; hãy ghi tên hoặc mã hiện nay",
        "en": "“{seen}” is a former name, today: {named}; write today's name or code",
        "ja": "「{seen}」は旧名称です。現在は：{named}。現在の名称またはコードを記入してください",
    },
    "base-mismatch": {
        "vi": "dòng này mang dấu ẩn của một việc khác; hãy tải biểu mẫu mới, đừng chép dòng này sang dòng kia",
        "en": "the row carries the hidden mark of other work; take a new template, and do not copy rows onto others",
        "ja": "この行には別の作業の隠し情報が入っています。新しい様式を取得し、行を別の行に複写しないでください",
    },
    "cell-error": {
        "vi": "ô đang hiển thị lỗi {seen}; hãy sửa công thức hoặc gõ giá trị vào ô",
        "en": "the cell shows {seen}; correct the formula, or type the value",
        "ja": "セルに {seen} と表示されています。数式を直すか、値を入力してください",
    },
    "changed-since": {
        "vi": "hiện nay là “{status}” từ {since} do {by} báo cáo, sau lần gửi trước của tệp; "
        "nếu vẫn đúng, hãy ghi Thời điểm sau thời điểm đó",
        "en": "it stands at “{status}” since {since}, reported by {by} after this was last sent or filled in; "
        "if the row is right all the same, write a time after that",
        "ja": "前回の送信後に {by} が報告し、{since} から「{status}」です。"
        "それでも正しい場合は、それより後の時点を記入してください",
    },
    "changed-since.verified": {
        "vi": "việc này hiện là “{status}” từ {since} ({name}), sau lần gửi trước của tệp, nên tệp không thay đổi "
        "được; nếu cần, hãy báo cáo riêng việc này",
        "en": "it stands at “{status}” since {since} ({name}), after this was last sent or filled in, so a file does "
        "not change it; if it has to be, report it by itself",
        "ja": "前回の送信後、{since} から「{status}」です（{name}）。ファイルでは変更できません。"
        "必要な場合は個別に報告してください",
    },
    "contradiction": {
        "vi": "mâu thuẫn với dòng {lines}: cùng một việc, cùng thời điểm nhưng nội dung khác nhau; hãy giữ một dòng",
        "en": "it contradicts line {lines}: the same work at the same moment, said differently; keep one of them",
        "ja": "{lines} 行目と矛盾しています：同じ作業・同じ時点で内容が異なります。一つだけ残してください",
    },
    "contradictory-task": {
        "vi": "mã {code} và tên “{seen}” không phải cùng một nhiệm vụ; hãy sửa một trong hai",
        "en": "the code {code} and the name “{seen}” are not the same task; correct one of them",
        "ja": "コード {code} と名称「{seen}」は同じタスクではありません。どちらかを直してください",
    },
    "contradictory-unit": {
        "vi": "mã {code} và tên “{seen}” không phải cùng một đơn vị; hãy sửa một trong hai",
        "en": "the code {code} and the name “{seen}” are not the same unit; correct one of them",
        "ja": "コード {code} と名称「{seen}」は同じ機関ではありません。どちらかを直してください",
    },
    "date-for-number": {
        "vi": "ô Số văn bản đang là một ngày ({seen}); hãy định dạng ô là Văn bản (Text) rồi gõ lại số",
        "en": "the cell holds a date ({seen}) where the number of a document belongs; "
        "format it as text and type it again",
        "ja": "文書番号のセルが日付（{seen}）になっています。書式を文字列にして入力し直してください",
    },
    "in-the-future": {
        "vi": "“{seen}” chưa đến; hãy ghi thời điểm đã qua, hoặc để trống nếu là lúc gửi",
        "en": "“{seen}” has not come yet; write a moment that has passed, or leave it empty for the moment of sending",
        "ja": "「{seen}」はまだ来ていません。過去の時点を書くか、送信時点であれば空欄にしてください",
    },
    "lone-surrogate": {
        "vi": "ô có một ký tự hỏng; hãy gõ lại",
        "en": "the cell holds half a character; type it again",
        "ja": "セルに壊れた文字があります。入力し直してください",
    },
    "malformed-date": {
        "vi": "“{seen}” không phải là ngày; hãy viết như 27/06/2025",
        "en": "“{seen}” is not a date; write it like 27/06/2025",
        "ja": "「{seen}」は日付ではありません。27/06/2025 のように書いてください",
    },
    "malformed-json": {
        "vi": "dòng không phải là JSON: {seen}",
        "en": "the line is not JSON: {seen}",
        "ja": "行が JSON ではありません：{seen}",
    },
    "malformed-time": {
        "vi": "“{seen}” không phải là thời điểm; hãy viết như 27/06/2025 17:00 (giờ Việt Nam)",
        "en": "“{seen}” is not a time; write it like 27/06/2025 17:00 (in Viet Nam)",
        "ja": "「{seen}」は時点ではありません。27/06/2025 17:00（ベトナム時間）のように書いてください",
    },
    "malformed-time.midnight": {
        "vi": "“{seen}”: giờ chỉ đến 23:59; nếu là hết ngày đó, hãy ghi 23:59 hoặc chỉ ghi ngày",
        "en": "“{seen}”: hours go up to 23:59; for the end of that day write 23:59, or the day alone",
        "ja": "「{seen}」：時刻は 23:59 までです。その日の終わりなら 23:59、または日付だけを書いてください",
    },
    "missing": {
        "vi": "còn trống; hãy điền vào",
        "en": "it is empty; fill it in",
        "ja": "空欄です。記入してください",
    },
    "missing.row-task": {
        "vi": "thiếu nhiệm vụ; hãy ghi tên hoặc mã nhiệm vụ như trong biểu mẫu",
        "en": "the task is missing; write its name or code as the template has it",
        "ja": "タスクがありません。様式にある名称またはコードを記入してください",
    },
    "missing.row-unit": {
        "vi": "thiếu đơn vị; hãy ghi tên hoặc mã đơn vị (cột Đơn vị, trong JSON là unit)",
        "en": "the unit is missing; write its name or code (column Đơn vị, in JSON unit)",
        "ja": "機関がありません。名称またはコードを記入してください（列は Đơn vị、JSON では unit）",
    },
    "missing.row-status": {
        "vi": "thiếu trạng thái; hãy ghi một trong: {possible}",
        "en": "the status is missing; write one of: {possible}",
        "ja": "状態がありません。次のいずれかを記入してください：{possible}",
    },
    "missing.row-number": {
        "vi": "có Ngày văn bản mà thiếu Số văn bản; hãy ghi số văn bản, hoặc bỏ ngày",
        "en": "a document's date is there without its number; write the number, or leave the date out",
        "ja": "文書日付があるのに文書番号がありません。番号を記入するか、日付を消してください",
    },
    "missing.above": {
        "vi": "dòng này không ghi đơn vị, mà phía trên là “{above}”; hãy thêm cột Đơn vị và điền vào",
        "en": "the row names no unit, and above it stands “{above}”; add a column for the unit and fill it in",
        "ja": "この行には機関がなく、上に「{above}」とあります。機関の列を追加して記入してください",
    },
    "naive-time": {
        "vi": "“{seen}” thiếu múi giờ; hãy thêm +07:00",
        "en": "“{seen}” has no offset; write +07:00 behind it",
        "ja": "「{seen}」に時差がありません。末尾に +07:00 を付けてください",
    },
    "no-such-assignment": {
        "vi": "đơn vị này không được giao nhiệm vụ này; hãy kiểm tra lại đơn vị và nhiệm vụ",
        "en": "the unit does not have this task; check the unit and the task",
        "ja": "この機関にはこのタスクが割り当てられていません。機関とタスクを確認してください",
    },
    "not-a-link": {
        "vi": "“{seen}” không phải là liên kết; hãy dán địa chỉ bắt đầu bằng https://",
        "en": "“{seen}” is not a link; paste an address that begins with https://",
        "ja": "「{seen}」はリンクではありません。https:// で始まるアドレスを貼り付けてください",
    },
    "not-applicable": {
        "vi": "Bộ đã xác định nhiệm vụ này không áp dụng cho đơn vị; hãy bỏ dòng này",
        "en": "the ministry has ruled that this task does not apply to the unit; leave the row out",
        "ja": "省はこのタスクが当該機関に適用されないと決定しました。この行を削除してください",
    },
    "not-complete": {
        "vi": "tại thời điểm đó công việc chưa hoàn thành nên chưa thể xác nhận hoặc trả lại",
        "en": "at that moment the work was not complete, so there is nothing to verify or return",
        "ja": "その時点では作業が完了していないため、確認も差し戻しもできません",
    },
    "not-your-role": {
        "vi": "chỉ Bộ được ghi Đã xác nhận hoặc Trả lại; hãy dùng: {possible}",
        "en": "only the ministry says Verified or Returned; use: {possible}",
        "ja": "「確認済み」「差し戻し」を記入できるのは省だけです。使える語：{possible}",
    },
    "not-your-unit": {
        "vi": "“{seen}” không thuộc đơn vị của bạn; hãy bỏ dòng này hoặc sửa lại đơn vị",
        "en": "“{seen}” is not yours to report on; leave the row out, or correct the unit",
        "ja": "「{seen}」は貴機関の報告対象ではありません。行を削除するか、機関を直してください",
    },
    "not-your-unit.whose": {
        "vi": "“{seen}” là {whose}, không thuộc quyền báo cáo của bạn; hãy bỏ dòng này hoặc sửa lại đơn vị",
        "en": "“{seen}” is {whose}, which is not yours to report on; leave the row out, or correct the unit",
        "ja": "「{seen}」は {whose} であり、貴機関の報告対象ではありません。行を削除するか、機関を直してください",
    },
    "not-your-unit.near": {
        "vi": "“{seen}” là {whose}, không thuộc quyền báo cáo của bạn; hãy bỏ dòng này hoặc sửa lại đơn vị; "
        "gần giống ở đơn vị của bạn: {named}",
        "en": "“{seen}” is {whose}, which is not yours to report on; leave the row out, or correct the unit; "
        "similar among yours: {named}",
        "ja": "「{seen}」は {whose} であり、貴機関の報告対象ではありません。行を削除するか、機関を直してください。"
        "貴機関で似た名称：{named}",
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
        "vi": "Bộ đã trả lại ngày {since} ({name}): “{note}”; nếu đã làm lại, hãy ghi Thời điểm sau lúc trả lại "
        "(có giờ), hoặc ghi chú, minh chứng, văn bản mới",
        "en": "the ministry returned it on {since} ({name}): “{note}”; once it is done again, write a time after the "
        "return (with its hour), or a new note, link or document",
        "ja": "{since} に差し戻されました（{name}）：「{note}」。やり直した場合は、差し戻し後の時点（時刻付き）か、"
        "新しい備考・証拠・文書を記入してください",
    },
    "time-out-of-range": {
        "vi": "“{seen}” nằm ngoài các năm 1990 đến 2199",
        "en": "“{seen}” is outside the years 1990 to 2199",
        "ja": "「{seen}」は1990年から2199年の範囲外です",
    },
    "too-long": {
        "vi": "nội dung dài hơn mức cho phép (tối đa {max} ký tự); hãy rút gọn",
        "en": "it is longer than is taken ({max} characters at the most); shorten it",
        "ja": "長すぎます（最大 {max} 文字）。短くしてください",
    },
    "combining-marks": {
        "vi": "ô có quá nhiều dấu chồng lên nhau; hãy gõ lại",
        "en": "the cell piles up more marks than letters have; type it again",
        "ja": "セルに結合文字が多すぎます。入力し直してください",
    },
    "duplicate-field": {
        "vi": "trường “{seen}” được ghi hai lần; hãy giữ một",
        "en": "the field “{seen}” is there twice; keep one",
        "ja": "項目「{seen}」が二つあります。一つだけ残してください",
    },
    "formula-not-calculated": {
        "vi": "công thức {seen} chưa được tính; hãy mở tệp bằng Excel, lưu lại, hoặc gõ giá trị vào ô",
        "en": "the formula {seen} was never calculated; open the file in Excel and save it, or type the value",
        "ja": "数式 {seen} が計算されていません。Excel で開いて保存し直すか、値を入力してください",
    },
    "more-complaints": {
        "vi": "còn {more} lỗi khác ở dòng này",
        "en": "{more} more things are wrong with this row",
        "ja": "この行にはほかに {more} 件の誤りがあります",
    },
    "too-many-links": {
        "vi": "ô có quá nhiều liên kết; tối đa 20",
        "en": "the cell has more links than are taken: 20 at the most",
        "ja": "リンクが多すぎます。20件までです",
    },
    "status-cleared": {
        "vi": "ô Trạng thái bị xoá; hãy chọn một trong: {possible}; nếu không có gì mới, hãy giữ nguyên như biểu mẫu",
        "en": "the status was cleared; choose one of: {possible}; with nothing new, leave it as the template had it",
        "ja": "状態が消されています。次から選んでください：{possible}。変更がなければ様式のままにしてください",
    },
    "too-many-cells": {
        "vi": "dòng có nhiều ô hơn tiêu đề; hãy xoá các ô thừa",
        "en": "the row has more cells than the header; delete those that are too many",
        "ja": "行のセルが見出しより多くあります。余分なセルを削除してください",
    },
    "row-in-a-cell": {
        "vi": "một ô chứa cả dòng {inner} của tệp, giống một dòng báo cáo; hãy kiểm tra dấu nháy kép từ dòng này",
        "en": "a cell holds line {inner} of the file, which looks like a row; check the quotation marks from here on",
        "ja": "一つのセルに {inner} 行目が含まれており、報告行のように見えます。この行以降の引用符を確認してください",
    },
    "too-short": {
        "vi": "nội dung quá ngắn; hãy điền đầy đủ",
        "en": "it is too short; fill it in",
        "ja": "短すぎます。記入してください",
    },
    "unknown-field": {
        "vi": "không có trường “{seen}”; hãy bỏ trường này",
        "en": "there is no field “{seen}”; leave it out",
        "ja": "「{seen}」という項目はありません。削除してください",
    },
    "unknown-task": {
        "vi": "không có nhiệm vụ “{seen}”; hãy ghi đúng tên hoặc mã trong danh mục",
        "en": "there is no task “{seen}”; write its name or code as in the catalogue",
        "ja": "「{seen}」というタスクはありません。一覧の名称またはコードを記入してください",
    },
    "unknown-unit": {
        "vi": "không có đơn vị “{seen}”; gần giống: {named}",
        "en": "there is no unit “{seen}”; similar: {named}",
        "ja": "「{seen}」という機関はありません。似た名称：{named}",
    },
    "unknown-unit.none": {
        "vi": "không có đơn vị “{seen}”; hãy ghi tên hoặc mã như trong biểu mẫu",
        "en": "there is no unit “{seen}”; write its name or code as the template has it",
        "ja": "「{seen}」という機関はありません。様式にある名称またはコードを記入してください",
    },
    "unknown-value": {
        "vi": "“{seen}” không phải là trạng thái; dùng: {possible}",
        "en": "“{seen}” is not a status; use: {possible}",
        "ja": "「{seen}」は状態ではありません。使える語：{possible}",
    },
    "verified": {
        "vi": "việc này đã được Bộ xác nhận ngày {since} ({name}) nên tệp không thay đổi được; "
        "nếu cần, hãy báo cáo riêng việc này",
        "en": "the ministry verified this on {since} ({name}), so a file does not change it; "
        "if it has to be, report it by itself",
        "ja": "{since} に省が確認済みのため（{name}）、ファイルでは変更できません。必要な場合は個別に報告してください",
    },
    "wrong-type": {
        "vi": "“{seen}” không phải là một đoạn văn bản; hãy ghi một đoạn văn bản",
        "en": "“{seen}” is no text; write one text here",
        "ja": "「{seen}」は文字列ではありません。一つの文字列を書いてください",
    },
    "wrong-type.document": {
        "vi": '{seen} không phải là văn bản; hãy ghi số và ngày: {{"number": "12/QĐ", "date": "2025-06-27"}}',
        "en": '{seen} is no document; write its number and date: {{"number": "12/QĐ", "date": "2025-06-27"}}',
        "ja": '{seen} は文書ではありません。番号と日付を書いてください：{{"number": "12/QĐ", "date": "2025-06-27"}}',
    },
    "wrong-type.line": {
        "vi": "dòng “{seen}” không phải là một đối tượng JSON; mỗi dòng ghi một báo cáo trong dấu ngoặc nhọn",
        "en": "the line “{seen}” is no JSON object; each line is one report in braces",
        "ja": "行「{seen}」は JSON オブジェクトではありません。1 行に 1 件の報告を波括弧で囲んで書いてください",
    },
    "malformed": {
        "vi": "“{seen}” viết không đúng cách",
        "en": "“{seen}” is not written as it has to be",
        "ja": "「{seen}」の書き方が正しくありません",
    },
    "preview-outdated": {
        "vi": "khi xem trước là “{expected}”, nay sẽ là “{now}”; hãy xem trước lại",
        "en": "it was to be {expected}, and would now be {now}; preview it again",
        "ja": "プレビューでは「{expected}」でしたが、今は「{now}」になります。もう一度プレビューしてください",
    },
}
