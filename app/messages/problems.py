"""The title of each problem, and what its reader can do about it where nothing better is known."""

from collections.abc import Mapping

from app.language import Language

_TITLES: dict[str, dict[Language, str]] = {
    "title.address-too-long": {"vi": "Địa chỉ quá dài", "en": "The address is too long", "ja": "アドレスが長すぎます"},
    "title.already-exists": {"vi": "Mục này đã có", "en": "It is already there", "ja": "すでに存在します"},
    "title.bad-request": {
        "vi": "Không hiểu được yêu cầu",
        "en": "The request cannot be understood",
        "ja": "リクエストを理解できません",
    },
    "title.conflict": {
        "vi": "Tình trạng hiện tại không cho phép việc này",
        "en": "The present state does not allow this",
        "ja": "現在の状態ではこの操作はできません",
    },
    "title.cursor-gone": {
        "vi": "Con trỏ có từ trước lần khôi phục dữ liệu",
        "en": "The cursor is from before a restore",
        "ja": "カーソルは復元前のものです",
    },
    "title.headers-too-large": {
        "vi": "Các tiêu đề quá lớn",
        "en": "The headers are too large",
        "ja": "ヘッダーが大きすぎます",
    },
    "title.idempotency-key-reused": {
        "vi": "Idempotency-Key đã dùng cho một yêu cầu khác",
        "en": "The Idempotency-Key was used for another request",
        "ja": "Idempotency-Key は別のリクエストで使用済みです",
    },
    "title.internal": {
        "vi": "Dịch vụ gặp lỗi",
        "en": "Something went wrong on our side",
        "ja": "サービス側で問題が発生しました",
    },
    "title.invalid-input": {
        "vi": "Nội dung gửi lên có chỗ chưa đúng",
        "en": "Something in the request is not right",
        "ja": "送信内容に誤りがあります",
    },
    "title.malformed-file": {"vi": "Không đọc được tệp", "en": "The file cannot be read", "ja": "ファイルを読めません"},
    "title.malformed-json": {
        "vi": "Nội dung không phải là JSON như đã khai báo",
        "en": "The body is not the JSON that was announced",
        "ja": "本文が JSON ではありません",
    },
    "title.method-not-allowed": {
        "vi": "Không thực hiện được việc này ở đây",
        "en": "This cannot be done here",
        "ja": "ここではこの操作はできません",
    },
    "title.no-converter": {
        "vi": "Chưa có công cụ chuyển sang PDF",
        "en": "There is no converter to PDF",
        "ja": "PDF への変換ツールがありません",
    },
    "title.misconfigured": {
        "vi": "Dịch vụ chưa được thiết lập đúng",
        "en": "The service is not set up rightly",
        "ja": "サービスの設定が正しくありません",
    },
    "title.not-found": {"vi": "Không tìm thấy", "en": "There is no such thing", "ja": "見つかりません"},
    "title.not-settled": {
        "vi": "Báo cáo của thời điểm này còn đang được lưu",
        "en": "Reports of this moment are still being stored",
        "ja": "この時点の報告はまだ保存中です",
    },
    "title.not-your-role": {
        "vi": "Vai trò của bạn không được làm việc này",
        "en": "Your token's role may not do this",
        "ja": "この役割では許可されていません",
    },
    "title.not-your-unit": {
        "vi": "Nội dung này thuộc đơn vị khác",
        "en": "This belongs to another unit",
        "ja": "他の機関のものです",
    },
    "title.other-site": {
        "vi": "Biểu mẫu được gửi từ một trang khác",
        "en": "The form was sent from another site",
        "ja": "フォームは別のサイトから送信されました",
    },
    "title.preview-outdated": {
        "vi": "Bản xem trước đã cũ",
        "en": "The file would come out differently than previewed",
        "ja": "プレビューが古くなりました",
    },
    "title.request-still-running": {
        "vi": "Yêu cầu này còn đang được xử lý",
        "en": "The same request is still being worked on",
        "ja": "同じリクエストを処理中です",
    },
    "title.stale": {
        "vi": "Nội dung đã thay đổi từ khi bạn đọc",
        "en": "It was changed since you read it",
        "ja": "読み取り後に変更されています",
    },
    "title.token-shown-once": {
        "vi": "Mã truy cập đã được tạo và đã hiển thị một lần",
        "en": "The token was created and shown before",
        "ja": "トークンは作成済みで、すでに表示されました",
    },
    "title.too-large": {"vi": "Nội dung quá lớn", "en": "The body is too large", "ja": "本文が大きすぎます"},
    "title.too-many-requests": {"vi": "Quá nhiều yêu cầu", "en": "Too many requests", "ja": "リクエストが多すぎます"},
    "title.too-slow": {
        "vi": "Yêu cầu được gửi quá chậm",
        "en": "The request came too slowly",
        "ja": "リクエストの送信が遅すぎます",
    },
    "title.unauthenticated": {
        "vi": "Cần có mã truy cập hợp lệ",
        "en": "A valid token is needed",
        "ja": "有効なトークンが必要です",
    },
    "title.unavailable": {
        "vi": "Dịch vụ tạm thời chưa phục vụ được",
        "en": "The service is not available for a moment",
        "ja": "サービスは一時的に利用できません",
    },
    "title.unsupported-media-type": {
        "vi": "Không nhận định dạng này",
        "en": "This format is not taken here",
        "ja": "この形式は受け付けません",
    },
}

_HELP: dict[str, dict[Language, str]] = {
    "help.address-too-long": {
        "vi": "hãy gửi ít tham số hơn hoặc tham số ngắn hơn",
        "en": "send fewer or shorter parameters",
        "ja": "パラメーターを減らすか短くしてください",
    },
    "help.already-exists": {
        "vi": "hãy dùng mã khác, hoặc sửa mục đã có",
        "en": "choose another code, or change the one that is there",
        "ja": "別のコードを使うか、既存のものを変更してください",
    },
    "help.bad-request": {
        "vi": "hãy kiểm tra địa chỉ, các tiêu đề và nội dung đã gửi",
        "en": "check the address, the headers and the body that were sent",
        "ja": "アドレス、ヘッダー、本文を確認してください",
    },
    "help.conflict": {
        "vi": "hãy đọc lại tình trạng hiện tại rồi thử lại",
        "en": "read the present state, then decide again",
        "ja": "現在の状態を確認してからやり直してください",
    },
    "help.cursor-gone": {
        "vi": "hãy bắt đầu lại, không kèm con trỏ",
        "en": "begin again without one",
        "ja": "カーソルなしで最初からやり直してください",
    },
    "help.headers-too-large": {
        "vi": "hãy gửi ít tiêu đề hơn hoặc tiêu đề ngắn hơn; trình duyệt: hãy xoá cookie của trang này",
        "en": "send fewer or shorter headers; in a browser, delete the cookies of this site",
        "ja": "ヘッダーを減らすか短くしてください。ブラウザーではこのサイトの Cookie を削除してください",
    },
    "help.idempotency-key-reused": {
        "vi": "hãy dùng khoá mới cho yêu cầu mới; chỉ giữ khoá cũ khi gửi lại đúng yêu cầu cũ",
        "en": "take a new key for a new request; keep a key only to repeat the very same request",
        "ja": "新しいリクエストには新しいキーを使い、同じリクエストの再送にだけ同じキーを使ってください",
    },
    "help.internal": {
        "vi": "lỗi đã được ghi lại; khi cần hỗ trợ, hãy gửi kèm request_id",
        "en": "it has been logged; quote the request_id when you ask for help",
        "ja": "記録しました。お問い合わせの際は request_id をお知らせください",
    },
    "help.invalid-input": {
        "vi": "xem từng lỗi trong errors",
        "en": "errors names each thing that is wrong",
        "ja": "誤りはそれぞれ errors に示しています",
    },
    "help.malformed-file": {
        "vi": "hãy mở tệp bằng Excel, lưu lại dạng .xlsx rồi gửi",
        "en": "open the file in Excel, save it as .xlsx and send that",
        "ja": "Excel で開き、.xlsx で保存し直してください",
    },
    "help.malformed-json": {
        "vi": "chỗ sai nằm ở dòng {line}, cột {column}",
        "en": "it goes wrong at line {line}, column {column}",
        "ja": "{line} 行 {column} 列に誤りがあります",
    },
    "help.method-not-allowed": {
        "vi": "địa chỉ này có, nhưng không nhận phương thức này; các phương thức được nhận ở tiêu đề Allow",
        "en": "the address exists, but not for this method; the header Allow names those that are taken",
        "ja": "アドレスは存在しますが、このメソッドは使えません。使えるメソッドは Allow ヘッダーにあります",
    },
    "help.no-converter": {
        "vi": "hãy tải bản DOCX, hoặc đề nghị người vận hành cài đặt công cụ chuyển đổi (TIENDO_PDF_CONVERTER)",
        "en": "take the DOCX, or ask the operator to set up a converter (TIENDO_PDF_CONVERTER)",
        "ja": "DOCX を利用するか、管理者に変換ツールの設定（TIENDO_PDF_CONVERTER）を依頼してください",
    },
    "help.misconfigured": {
        "vi": "hãy báo cho người vận hành; nhật ký của dịch vụ ghi rõ nguyên nhân",
        "en": "tell those who run it; its log says what is wrong",
        "ja": "運用担当者に連絡してください。原因はサービスのログにあります",
    },
    "help.not-found": {
        "vi": "hãy kiểm tra địa chỉ, hoặc bạn không được xem nội dung này",
        "en": "check the address; or it is not yours to see",
        "ja": "アドレスを確認してください。閲覧権限がない場合もあります",
    },
    "help.not-settled": {
        "vi": "hãy thử lại sau số giây ở Retry-After; không việc lưu nào kéo dài quá một phút",
        "en": "ask again after Retry-After; no writer is open for longer than a minute",
        "ja": "Retry-After の秒数の後にもう一度お試しください。保存は一分以内に終わります",
    },
    "help.not-your-role": {
        "vi": "hãy nhờ đơn vị có vai trò phù hợp, hoặc xin mã truy cập khác",
        "en": "ask somebody whose role may, or for another token",
        "ja": "権限のある担当者に依頼するか、別のトークンを申請してください",
    },
    "help.not-your-unit": {
        "vi": "mã truy cập của bạn chỉ dùng cho đơn vị mình (tỉnh: cả các xã của tỉnh)",
        "en": "your token is for your own unit (a province: its communes too)",
        "ja": "トークンは自機関（省・市の場合はその社・坊を含む）にのみ有効です",
    },
    "help.other-site": {
        "vi": "hãy mở lại trang của dịch vụ và gửi từ đó",
        "en": "open the page of this service and send it from there",
        "ja": "このサービスのページを開き直して送信してください",
    },
    "help.request-still-running": {
        "vi": "hãy gửi lại cùng khoá sau số giây ở Retry-After",
        "en": "send it again with the same key after Retry-After",
        "ja": "Retry-After の秒数の後に同じキーで再送してください",
    },
    "help.stale": {
        "vi": "hãy đọc lại rồi sửa trên bản mới",
        "en": "read it again, and change that",
        "ja": "読み直してから変更してください",
    },
    "help.token-shown-once": {
        "vi": "mã không được hiển thị lại; nếu bị mất, hãy thu hồi và cấp mã mới",
        "en": "it is not shown again; when it was lost, revoke it and issue another",
        "ja": "再表示はできません。紛失した場合は失効させて新しく発行してください",
    },
    "help.too-many-requests": {
        "vi": "hãy chờ số giây ở Retry-After rồi thử lại",
        "en": "wait for the seconds in Retry-After, then try again",
        "ja": "Retry-After の秒数だけ待ってからお試しください",
    },
    "help.too-slow": {
        "vi": "hãy gửi lại toàn bộ yêu cầu, hoặc chia nhỏ rồi gửi từng phần",
        "en": "send the whole request again, or send it in parts",
        "ja": "リクエスト全体を再送するか、分けて送ってください",
    },
    "help.too-large": {
        "vi": "hãy chia nhỏ rồi gửi từng phần",
        "en": "send it in parts",
        "ja": "分けて送ってください",
    },
    "help.preview-outdated": {
        "vi": "hãy xem trước lại rồi xác nhận",
        "en": "preview it again, then commit it",
        "ja": "もう一度プレビューしてから確定してください",
    },
    "help.unauthenticated": {
        "vi": "hãy gửi tiêu đề Authorization: Bearer tdo_…; nếu mã đã bị thu hồi hoặc hết hạn, hãy xin mã mới",
        "en": "send Authorization: Bearer tdo_…; where the token was revoked or has expired, ask for another",
        "ja": "Authorization: Bearer tdo_… を送ってください。失効・期限切れの場合は新しいトークンを申請してください",
    },
    "help.unavailable": {
        "vi": "hãy gửi lại với cùng Idempotency-Key sau số giây ở Retry-After",
        "en": "send it again with the same Idempotency-Key after Retry-After",
        "ja": "Retry-After の秒数の後に、同じ Idempotency-Key で再送してください",
    },
    "help.unsupported-media-type": {
        "vi": "hãy gửi một trong: {possible}",
        "en": "send one of: {possible}",
        "ja": "次のいずれかで送ってください：{possible}",
    },
}

PROBLEMS: Mapping[str, Mapping[Language, str]] = _TITLES | _HELP
