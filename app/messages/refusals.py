"""Why a request as a whole is refused, where more can be said than its problem's title."""

from collections.abc import Mapping

from app.language import Language

REFUSALS: Mapping[str, Mapping[Language, str]] = {
    "problems.code": {"vi": "Mã lỗi", "en": "Code", "ja": "コード"},
    "problems.errors": {
        "vi": "Lỗi của từng trường, tham số hoặc dòng",
        "en": "What can be wrong with one field, parameter or row",
        "ja": "項目・パラメーター・行ごとの誤り",
    },
    "problems.heading": {"vi": "Mã lỗi", "en": "Error codes", "ja": "エラーコード"},
    "problems.lead": {
        "vi": "Mỗi lời từ chối là một tài liệu lỗi (RFC 9457, application/problem+json); type của nó dẫn đến đây. "
        "Mã lỗi không thay đổi. errors kể ra từng chỗ chưa đúng, kèm một mã ở bảng thứ hai; "
        "… thay cho nội dung đã gửi.",
        "en": "Every refusal is a problem document (RFC 9457, application/problem+json); its type leads here. "
        "The codes are stable. errors names each thing that is wrong, with a code of the second table; "
        "… stands for what was sent.",
        "ja": "拒否はすべてエラー文書（RFC 9457、application/problem+json）で返され、type はこのページを指します。"
        "コードは変わりません。errors は誤りを一つずつ、第二の表のコードで示します。… には送信内容が入ります。",
    },
    "problems.means": {"vi": "Ý nghĩa", "en": "What it means", "ja": "意味"},
    "problems.status": {"vi": "Trạng thái HTTP", "en": "Status", "ja": "HTTP ステータス"},
    "no-such.plain": {"vi": "không có {seen}", "en": "there is no {seen}", "ja": "{seen} はありません"},
    "no-such.campaign": {
        "vi": "không có chiến dịch {seen}",
        "en": "there is no campaign {seen}",
        "ja": "キャンペーン {seen} はありません",
    },
    "no-such.category": {
        "vi": "không có nhóm nhiệm vụ {seen}",
        "en": "there is no category {seen}",
        "ja": "分類 {seen} はありません",
    },
    "no-such.task": {
        "vi": "không có nhiệm vụ {seen}",
        "en": "there is no task {seen}",
        "ja": "タスク {seen} はありません",
    },
    "no-such.unit": {"vi": "không có đơn vị {seen}", "en": "there is no unit {seen}", "ja": "機関 {seen} はありません"},
    "no-such.province": {
        "vi": "không có tỉnh {seen}",
        "en": "there is no province {seen}",
        "ja": "省 {seen} はありません",
    },
    "no-such.tool": {
        "vi": "không có công cụ {seen}",
        "en": "there is no tool {seen}",
        "ja": "ツール {seen} はありません",
    },
    "no-such.bulletin": {
        "vi": "{campaign} không có bản tin số {number}",
        "en": "there is no bulletin {number} of {campaign}",
        "ja": "{campaign} に速報 {number} はありません",
    },
    "no-such.assignment": {
        "vi": "{unit} không được giao nhiệm vụ {task}",
        "en": "{unit} has no task {task}",
        "ja": "{unit} にタスク {task} はありません",
    },
    "no-such.campaign-yet": {
        "vi": "chưa có chiến dịch nào",
        "en": "there is no campaign yet",
        "ja": "キャンペーンはまだありません",
    },
    "no-such.province-then": {
        "vi": "tỉnh này chưa có trong danh mục vào thời điểm known_at",
        "en": "the province was not in the catalogue at known_at",
        "ja": "この省は known_at の時点では登録されていませんでした",
    },
    "conflict.open": {
        "vi": "hiện là {state}: chỉ vướng mắc đã giải quyết hoặc đã từ chối mới được mở lại",
        "en": "it is {state}: only a resolved or declined obstacle is set back to open",
        "ja": "現在 {state} です。再開できるのは解決済みまたは却下の障害だけです",
    },
    "conflict.answered": {
        "vi": "hiện là {state}: hãy mở lại kèm lý do",
        "en": "it is {state}: set it back to open, with a reason",
        "ja": "現在 {state} です。理由を付けて再開してください",
    },
    "conflict.promise": {
        "vi": "sau thay đổi này là {state}: chỉ hẹn ngày trả lời khi còn phải trả lời",
        "en": "it would be {state}: an answer is promised only while it is owed",
        "ja": "変更後は {state} になります。回答日を約束できるのは未回答の間だけです",
    },
    "conflict.stored": {
        "vi": "tệp này đã được lưu",
        "en": "this file is stored already",
        "ja": "このファイルは保存済みです",
    },
    "conflict.not-stored": {
        "vi": "tệp này chưa được lưu",
        "en": "this file was not stored",
        "ja": "このファイルは保存されていません",
    },
    "conflict.undone": {
        "vi": "tệp này đã được thu hồi",
        "en": "this file was taken back already",
        "ja": "このファイルは取り消し済みです",
    },
    "role-needed": {
        "vi": "cần vai trò {needed} trở lên; mã truy cập này có vai trò {role}",
        "en": "this needs the role {needed} or higher; the token's is {role}",
        "ja": "役割 {needed} 以上が必要です。このトークンの役割は {role} です",
    },
    "for-the-unit": {
        "vi": "việc này do chính đơn vị thực hiện; vai trò {role} không làm thay",
        "en": "this is for the unit itself to do; the role {role} may not do it in its place",
        "ja": "これは当該機関が行うことです。役割 {role} は代わりに行えません",
    },
    "send-json": {
        "vi": "hãy gửi JSON với kiểu application/json",
        "en": "send JSON, as application/json",
        "ja": "JSON を application/json で送ってください",
    },
    "send-a-file": {
        "vi": "hãy gửi một trong: {possible}",
        "en": "send one of: {possible}",
        "ja": "次のいずれかで送ってください：{possible}",
    },
    "bad-key": {
        "vi": "Idempotency-Key gồm 1 đến 255 ký tự ASCII hiển thị được",
        "en": "an Idempotency-Key is 1 to 255 visible ASCII characters",
        "ja": "Idempotency-Key は 1～255 文字の表示可能な ASCII 文字です",
    },
    "nul-in-address": {
        "vi": "địa chỉ có ký tự NUL",
        "en": "a NUL character in the path or query",
        "ja": "アドレスに NUL 文字があります",
    },
    "not-http": {
        "vi": "đây không phải là yêu cầu HTTP đọc được; hãy kiểm tra phương thức, địa chỉ và các tiêu đề",
        "en": "this is not an HTTP request that can be read; check the method, the address and the headers",
        "ja": "HTTP リクエストとして読めません。メソッド、アドレス、ヘッダーを確認してください",
    },
    "too-many-connections": {
        "vi": "địa chỉ mạng này đang mở quá nhiều kết nối; hãy đóng bớt rồi thử lại",
        "en": "this network address has too many connections open; close some and try again",
        "ja": "このネットワークアドレスからの接続が多すぎます。減らしてから再試行してください",
    },
    "header-twice": {
        "vi": "tiêu đề {header} có hai giá trị khác nhau",
        "en": "the header {header} stands twice with different values",
        "ja": "ヘッダー {header} に異なる値が二つあります",
    },
    "cross-origin": {
        "vi": "trang của {origin} không được gửi yêu cầu này: nguồn phải có trong TIENDO_CORS_ORIGINS, "
        "phương thức là một trong {possible}, và các tiêu đề là của giao diện này",
        "en": "a page of {origin} may not send this: its origin has to be in TIENDO_CORS_ORIGINS, "
        "the method one of {possible}, and the headers those of the interface",
        "ja": "{origin} のページからは送信できません。オリジンが TIENDO_CORS_ORIGINS にあり、"
        "メソッドが {possible} のいずれかで、ヘッダーがこのインターフェースのものである必要があります",
    },
    "malformed-form": {
        "vi": "không đọc được biểu mẫu multipart/form-data; hãy kiểm tra boundary và nội dung",
        "en": "the form cannot be read as multipart/form-data; check its boundary and its parts",
        "ja": "multipart/form-data のフォームを読めません。boundary と内容を確認してください",
    },
    "header-empty": {
        "vi": "tiêu đề {header} để trống",
        "en": "the header {header} is empty",
        "ja": "ヘッダー {header} が空です",
    },
    "rows-bad": {
        "vi": "{bad} trong {received} dòng có lỗi; không dòng nào được lưu",
        "en": "{bad} of {received} rows are bad; none was stored",
        "ja": "{received} 行中 {bad} 行に誤りがあり、何も保存されませんでした",
    },
    "rows-differ": {
        "vi": "{count} dòng nay sẽ cho kết quả khác; hãy xem trước lại",
        "en": "{count} rows would come out differently by now; preview it again",
        "ja": "{count} 行の結果が変わります。もう一度プレビューしてください",
    },
    "delegate-reporters": {
        "vi": "tỉnh chỉ cấp được mã vai trò báo cáo cho xã, phường của mình",
        "en": "a province hands out reporters' tokens of its communes only",
        "ja": "省が発行できるのは管内の社・坊の報告者のトークンだけです",
    },
    "token-not-rotatable": {
        "vi": "mã này đã hết hạn, đã bị thu hồi hoặc đã được thay",
        "en": "the token has expired, was revoked or has a successor already",
        "ja": "このトークンは期限切れか、取り消し済みか、既に後継があります",
    },
    "token-expired": {
        "vi": "mã truy cập đã hết hạn lúc {at}; hãy xin mã mới",
        "en": "the token expired at {at}; ask for another",
        "ja": "トークンは {at} に期限切れになりました。新しいトークンを申請してください",
    },
    "too-many-previews": {
        "vi": "đang lưu quá nhiều bản xem trước; hãy xác nhận hoặc chờ",
        "en": "too many previews are kept; commit them, or wait",
        "ja": "保存中のプレビューが多すぎます。確定するか、しばらく待ってください",
    },
    "taken.code": {"vi": "mã này đã có", "en": "this code is already there", "ja": "このコードはすでに存在します"},
    "taken.position": {
        "vi": "nhóm khác của chiến dịch đã có vị trí này",
        "en": "another category of the campaign has this position",
        "ja": "同じキャンペーンの別の分類がこの位置を使っています",
    },
    "converter-busy": {
        "vi": "nhiều bản PDF khác đang chờ; hãy thử lại sau ít giây",
        "en": "other documents wait for the converter to PDF; try again in some seconds",
        "ja": "PDF への変換が混み合っています。数秒後にもう一度お試しください",
    },
    "converter-failed": {
        "vi": "công cụ chuyển sang PDF gặp lỗi; hãy tải bản DOCX",
        "en": "the converter to PDF failed; take the DOCX",
        "ja": "PDF への変換に失敗しました。DOCX をご利用ください",
    },
    "not-storable": {
        "vi": "có giá trị không lưu được",
        "en": "a value cannot be stored",
        "ja": "保存できない値があります",
    },
    "too-much-received": {
        "vi": "dịch vụ đang nhận quá nhiều nội dung; hãy gửi lại sau giây lát",
        "en": "too much is being received; send it again in a moment",
        "ja": "受信が集中しています。少し待って再送してください",
    },
    "too-much-under-way": {
        "vi": "mã truy cập này đang gửi quá nhiều nội dung cùng lúc; hãy chờ cho xong",
        "en": "this token has too much under way; wait until some of it is done",
        "ja": "このトークンの処理中の送信が多すぎます。完了を待ってください",
    },
    "conflict.number": {
        "vi": "hiện có {matched} việc khớp, không phải {expected}; chưa thay đổi gì",
        "en": "{matched} assignments match now, not {expected}; nothing was changed",
        "ja": "現在一致するのは {matched} 件で、{expected} 件ではありません。何も変更していません",
    },
    "too-many-computed": {
        "vi": "đang tính quá nhiều câu hỏi cùng lúc; hãy thử lại sau giây lát",
        "en": "too many questions are being computed; try again in a moment",
        "ja": "計算中の問い合わせが多すぎます。少し待って再試行してください",
    },
}
