"""What is wrong with what a request asks for or reports, one sentence for each language.

A key is a code of an error, or a code and what its case adds: `missing` and `missing.unit` are both `missing`.
"""

from collections.abc import Mapping

from app.language import Language

REQUESTS: Mapping[str, Mapping[Language, str]] = {
    "broken-cursor": {
        "vi": "đây không phải là con trỏ do dịch vụ cấp",
        "en": "this is not a cursor that was given out",
        "ja": "発行されたカーソルではありません",
    },
    "filter-required": {
        "vi": "hãy nêu rõ những việc nào: ít nhất một bộ lọc",
        "en": "say which assignments: at least one filter",
        "ja": "対象を絞り込む条件を少なくとも一つ指定してください",
    },
    "from-after-to": {
        "vi": "thời điểm đầu nằm sau thời điểm cuối",
        "en": "the start lies behind the end",
        "ja": "開始が終了より後です",
    },
    "not-earlier": {
        "vi": "bản tin để so sánh phải có thời điểm sớm hơn; hãy nêu một bản tin trước đó",
        "en": "a report is compared with a bulletin of an earlier moment: name one before it",
        "ja": "比較する速報は、報告書より前の時点のものでなければなりません。前の速報を指定してください",
    },
    "not-together": {
        "vi": "các tham số này loại trừ nhau: bản tin có thời điểm riêng của nó",
        "en": "a bulletin has its own moment: ask for it alone, or for a moment",
        "ja": "速報には固有の時点があります。速報だけ、または時点だけを指定してください",
    },
    "in-the-past": {
        "vi": "thời điểm này đã qua; hãy nêu một thời điểm sắp tới",
        "en": "this moment has passed; name one that is to come",
        "ja": "この時点は過ぎています。これからの時点を指定してください",
    },
    "nothing-to-change": {
        "vi": "hãy nêu điều cần thay đổi",
        "en": "say what is to change",
        "ja": "変更内容を指定してください",
    },
    "nothing-to-change.state": {"vi": "hiện đã là {state}", "en": "it is {state} already", "ja": "すでに {state} です"},
    "out-of-order": {
        "vi": "hạn chót phải sau thời điểm mở",
        "en": "the deadline is not after the opening",
        "ja": "期限は開始より後でなければなりません",
    },
    "out-of-order.go-live": {
        "vi": "thời điểm vận hành không được trước thời điểm mở và hạn chót",
        "en": "the go-live lies before the opening or the deadline",
        "ja": "運用開始は開始と期限より前にはできません",
    },
    "reason-required": {"vi": "hãy nêu lý do", "en": "say why", "ja": "理由を記入してください"},
    "reason-required.applicable": {
        "vi": "hãy nêu lý do vì sao nhiệm vụ áp dụng hay không áp dụng",
        "en": "say why it applies or does not",
        "ja": "適用・不適用の理由を記入してください",
    },
    "reason-required.state": {
        "vi": "hãy nêu lý do vì sao chuyển thành {state}",
        "en": "say why it is {state}",
        "ja": "{state} にする理由を記入してください",
    },
    "too-many-points": {
        "vi": "hơn {most} điểm; hãy chọn bước dài hơn hoặc khoảng ngắn hơn",
        "en": "more than {most} points: take a longer step or a shorter time",
        "ja": "{most} 点を超えます。間隔を長くするか期間を短くしてください",
    },
    "too-many-rows.template": {
        "vi": "quá nhiều dòng; hãy chọn một phần theo tỉnh hoặc nhóm",
        "en": "too many rows; choose a part: by province or category",
        "ja": "行が多すぎます。省または分類で絞り込んでください",
    },
    "unfit": {
        "vi": "giá trị không phù hợp với các giá trị khác",
        "en": "the value does not fit the others beside it",
        "ja": "ほかの値と合いません",
    },
    "unfit.kind": {
        "vi": "{level} phải là một trong: {possible}",
        "en": "a {level} is one of: {possible}",
        "ja": "{level} は次のいずれかです：{possible}",
    },
    "unfit.one-file": {
        "vi": "biểu mẫu phải có đúng một tệp và không có trường nào khác",
        "en": "a form holds exactly one file, and no other field",
        "ja": "フォームにはファイルを一つだけ入れ、ほかの項目は入れないでください",
    },
    "unfit.province": {
        "vi": "chỉ xã, phường, đặc khu mới thuộc một tỉnh",
        "en": "only a commune lies in a province",
        "ja": "省に属するのは社・坊・特区だけです",
    },
    "unfit.twice": {"vi": "chỉ nhận một giá trị", "en": "it takes one value", "ja": "値は一つだけです"},
    "unknown-campaign": {
        "vi": "không có chiến dịch “{seen}”",
        "en": "there is no campaign {seen}",
        "ja": "「{seen}」というキャンペーンはありません",
    },
    "unknown-category": {
        "vi": "không có nhóm nhiệm vụ “{seen}”",
        "en": "there is no category {seen}",
        "ja": "「{seen}」という分類はありません",
    },
    "unknown-category.of": {
        "vi": "chiến dịch {campaign} không có nhóm nhiệm vụ “{seen}”",
        "en": "the campaign {campaign} has no category {seen}",
        "ja": "キャンペーン {campaign} に「{seen}」という分類はありません",
    },
    "unknown-parameter": {
        "vi": "không có tham số “{seen}” ở đây",
        "en": "there is no parameter {seen} here",
        "ja": "「{seen}」というパラメーターはありません",
    },
    "unknown-unit.plain": {
        "vi": "không có đơn vị “{seen}”",
        "en": "there is no unit {seen}",
        "ja": "「{seen}」という機関はありません",
    },
    "unknown-unit.province": {
        "vi": "không có tỉnh “{seen}”",
        "en": "there is no province {seen}",
        "ja": "「{seen}」という省はありません",
    },
    "unknown-unit.agency": {
        "vi": "không có cơ quan “{seen}”",
        "en": "there is no agency {seen}",
        "ja": "「{seen}」という省庁はありません",
    },
    "missing.unit": {"vi": "hãy nêu đơn vị", "en": "say which unit this is about", "ja": "機関を指定してください"},
    "missing.role-unit": {
        "vi": "vai trò báo cáo hoặc cơ quan phải thuộc một đơn vị",
        "en": "a reporter or agency belongs to a unit",
        "ja": "報告者と省庁の役割には機関が必要です",
    },
    "missing.province": {
        "vi": "xã, phường, đặc khu phải thuộc một tỉnh",
        "en": "a commune lies in a province",
        "ja": "社・坊・特区には省が必要です",
    },
    "missing.moment": {
        "vi": "hãy nêu một thời điểm hoặc một bản tin",
        "en": "say a moment or a bulletin",
        "ja": "時点または速報を指定してください",
    },
    "missing.file": {
        "vi": "biểu mẫu gửi lên không có tệp",
        "en": "the form holds no file",
        "ja": "フォームにファイルがありません",
    },
    "in-the-future.json": {
        "vi": "thời điểm này chưa đến",
        "en": "this moment has not come yet",
        "ja": "この時点はまだ来ていません",
    },
    "in-the-future.day": {
        "vi": "ngày này chưa đến",
        "en": "this day has not come yet",
        "ja": "この日はまだ来ていません",
    },
    "not-your-unit.json": {
        "vi": "{seen} không thuộc phạm vi báo cáo của bạn",
        "en": "{seen} is not yours to report on",
        "ja": "{seen} は貴機関の報告対象ではありません",
    },
    "not-your-unit.field": {
        "vi": "{field} do chính đơn vị {unit} ghi",
        "en": "{field} is for {unit} to say",
        "ja": "{field} を記入するのは {unit} です",
    },
    "not-your-unit.each": {
        "vi": "{field} do từng đơn vị tự ghi",
        "en": "{field} is for each unit to say",
        "ja": "{field} は各機関が記入します",
    },
    "not-your-role.verdict": {
        "vi": "chỉ Bộ được báo cáo {status}",
        "en": "only the ministry reports {status}",
        "ja": "{status} を報告できるのは省だけです",
    },
    "not-your-role.field": {
        "vi": "vai trò {role} không được sửa {field}",
        "en": "the role {role} may not change {field}",
        "ja": "役割 {role} は {field} を変更できません",
    },
    "not-your-role.obstacle": {
        "vi": "cơ quan được gửi đến trả lời; đơn vị chỉ được mở lại vướng mắc đã trả lời",
        "en": "the agency addressed answers; the unit may set an answered obstacle back to open",
        "ja": "回答するのは宛先の省庁です。機関は回答済みの障害を再開できるだけです",
    },
    "not-applicable.json": {
        "vi": "Bộ đã xác định nhiệm vụ này không áp dụng cho đơn vị",
        "en": "the ministry has ruled that this does not apply to the unit",
        "ja": "省はこのタスクが当該機関に適用されないと決定しました",
    },
    "not-complete.status": {
        "vi": "tại thời điểm đó là {status} nên không có gì để xác nhận hay trả lại",
        "en": "it was {status} at that moment, so there is nothing to judge",
        "ja": "その時点では {status} だったため、判定の対象がありません",
    },
    "no-such-assignment.level": {
        "vi": "{task} giao cho cấp {level}; {unit} là cấp {unit_level}",
        "en": "{task} is for each {level}; {unit} is a {unit_level}",
        "ja": "{task} は {level} のタスクですが、{unit} は {unit_level} です",
    },
    "number-required": {
        "vi": "{matched} việc sẽ thay đổi; hãy gửi lại kèm expect={matched}",
        "en": "{matched} assignments would be changed; repeat it with expect={matched}",
        "ja": "{matched} 件が変更されます。expect={matched} を付けて再送してください",
    },
    "unfit.unit": {
        "vi": "{unit} không thuộc {province}",
        "en": "{unit} does not belong to {province}",
        "ja": "{unit} は {province} に属していません",
    },
    "past-expiry": {
        "vi": "{at} đã qua; hãy chọn thời điểm hết hạn trong tương lai",
        "en": "{at} has passed; choose an expiry in the future",
        "ja": "{at} は過ぎています。将来の期限を指定してください",
    },
    "not-a-province": {
        "vi": "chỉ mã báo cáo của một tỉnh, thành phố mới được cấp mã cho xã, phường của mình",
        "en": "only a reporter's token of a province may hand out tokens for its communes",
        "ja": "管内の社・坊にトークンを発行できるのは省・中央直轄市の報告者のトークンだけです",
    },
}
