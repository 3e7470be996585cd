"""Everything that the command says, in Vietnamese and English."""

from __future__ import annotations

from tiendo_push.language import VIETNAMESE

HELP = (
    """\
Cách dùng: tiendo-push.pyz TỆP --url ĐỊA_CHỈ --token-file TỆP_MÃ [tùy chọn]

Gửi báo cáo trong một tệp: xem trước, hiện các dòng bị từ chối, lưu các dòng còn lại.

  TỆP                  .xlsx, .csv, .tsv, .txt, .ndjson hoặc .jsonl
  --url ĐỊA_CHỈ        địa chỉ của dịch vụ, không có /v1           [TIENDO_URL]
  --token-file TỆP     tệp chứa mã truy cập tdo_…                  [TIENDO_TOKEN_FILE]
                       (hoặc đặt chính mã đó trong biến môi trường) [TIENDO_TOKEN]
  --ca-file TỆP        chứng thư được tin cậy (PEM)                [TIENDO_CA_FILE]
  --dry-run            chỉ xem trước, không lưu gì
  --column CỘT:TRƯỜNG  cột này là gì, ví dụ "Ngày báo cáo:effective_at"; dấu - để bỏ qua; ghi được nhiều lần
  --rejected TỆP.xlsx  ghi các dòng bị từ chối ra tệp này; không còn dòng nào thì tệp bị xóa
  --patience GIÂY      kiên trì thử lại trong bao nhiêu giây (mặc định 300)
  --json               in câu trả lời của dịch vụ ở dạng JSON
  --lang vi|en         ngôn ngữ (mặc định: theo hệ thống)

Mã kết thúc: 0 đã lưu hết hoặc đã có từ trước; 1 một số dòng bị từ chối, các dòng khác đã lưu; 2 dùng sai, chưa lưu gì;
3 cả tệp hoặc mã truy cập bị từ chối; 4 không liên lạc được hoặc dịch vụ bận quá lâu, hãy chạy lại; 5 lỗi của chính lệnh.""",
    """\
Usage: tiendo-push.pyz FILE --url ADDRESS --token-file FILE [options]

Report from a file: preview it, show the rows that are refused, store the rest.

  FILE                 .xlsx, .csv, .tsv, .txt, .ndjson or .jsonl
  --url ADDRESS        where the service is, without /v1           [TIENDO_URL]
  --token-file FILE    a file that holds the token tdo_…           [TIENDO_TOKEN_FILE]
                       (or the token itself in the environment)    [TIENDO_TOKEN]
  --ca-file FILE       certificates to trust (PEM)                 [TIENDO_CA_FILE]
  --dry-run            preview only, store nothing
  --column HEADER:FIELD what a column is, as in "Ngày báo cáo:effective_at"; - leaves it out; may be repeated
  --rejected FILE.xlsx save the refused rows here; removed when there are none
  --patience SECONDS   how long to go on trying (default 300)
  --json               print the service's answer as JSON
  --lang vi|en         the language (default: the system's)

Exit codes: 0 all is stored or was there before; 1 some rows were refused, the others are stored; 2 wrong usage, nothing was stored;
3 the file as a whole or the token was refused; 4 not reached, or busy for too long: run it again; 5 a failure of the command.""",
)

BY_NAME = {
    # What came of the file.
    "stored": (
        "{received} dòng: đã lưu {stored} (trong đó {superseded} dòng là lịch sử), {unchanged} không đổi, {rejected} bị từ chối.",
        "{received} rows: {stored} stored ({superseded} of them as history), {unchanged} unchanged, {rejected} refused.",
    ),
    "would-be-stored": (
        "{received} dòng: sẽ lưu {stored} (trong đó {superseded} dòng là lịch sử), {unchanged} không đổi, {rejected} bị từ chối. Chưa lưu gì.",
        "{received} rows: {stored} would be stored ({superseded} of them as history), {unchanged} unchanged, {rejected} refused. Nothing is stored.",
    ),
    "row": ("  Dòng {line}, cột {column}: {detail}", "  Line {line}, column {column}: {detail}"),
    "whole-row": ("  Dòng {line}: {detail}", "  Line {line}: {detail}"),
    "rows-refused": ("{rejected} dòng bị từ chối:", "{rejected} rows are refused:"),
    "more-refused": (
        "… tất cả {rejected} dòng bị từ chối: xem bằng --rejected",
        "… {rejected} rows are refused in all: see --rejected",
    ),
    "saved": ("Các dòng bị từ chối nằm trong {file}.", "The refused rows are in {file}."),
    "not-saved": (
        "Không ghi được các dòng bị từ chối vào {file}: {why}. Các dòng khác đã lưu.",
        "The refused rows could not be saved in {file}: {why}. The others are stored.",
    ),
    "not-removed": (
        "Không xóa được {file} của lần trước: {why}",
        "The file {file} of an earlier run could not be removed: {why}",
    ),
    "warning": ("Lưu ý: {detail}", "Note: {detail}"),
    # What waits for the unit.
    "returned": ("{count} việc bị trả lại{which}", "{count} returned{which}"),
    "answer_overdue": (
        "{count} vướng mắc quá hạn mà chưa được trả lời{which}",
        "{count} obstacles whose answer is overdue{which}",
    ),
    "promise_broken": (
        "{count} vướng mắc đã qua ngày hẹn mà chưa được trả lời{which}",
        "{count} obstacles whose promised day has passed without an answer{which}",
    ),
    "answered": ("{count} vướng mắc đã được trả lời{which}", "{count} obstacles answered{which}"),
    "to_answer": (
        "{count} vướng mắc đang chờ cơ quan trả lời{which}",
        "{count} obstacles wait for your answer{which}",
    ),
    "overdue": ("{count} việc quá hạn{which}", "{count} overdue{which}"),
    "due_soon": ("{count} việc sắp đến hạn{which}", "{count} due soon{which}"),
    "blocked": ("{count} việc đang vướng mắc{which}", "{count} blocked{which}"),
    "expires": ("Mã truy cập còn dùng được {days} ngày.", "The token expires in {days} days."),
    "expires-today": (
        "Mã truy cập hết hạn trong vòng 24 giờ: hãy xin mã mới.",
        "The token expires within 24 hours: ask for a new one.",
    ),
    # On the way.
    "sending": ("Đang gửi", "Sending"),
    "again": ("Chưa được ({why}); thử lại sau {seconds} giây", "Not yet ({why}); trying again in {seconds} s"),
    "busy": ("dịch vụ đang bận, mã {status}", "the service is busy, status {status}"),
    "not-reached": ("không liên lạc được với dịch vụ: {why}", "the service could not be reached: {why}"),
    "certificate": (
        "không tin được chứng thư của dịch vụ: {why}. Nếu cơ quan có chứng thư riêng, hãy chỉ ra bằng --ca-file.",
        "the service's certificate is not trusted: {why}. Name the certificates of your own authority with --ca-file.",
    ),
    "stranger": (
        "câu trả lời (mã {status}, {kind}) không phải của Tiến Độ: có thể của một máy chủ trung gian (proxy) hoặc cổng đăng nhập mạng",
        "the answer (status {status}, {kind}) is not one of Tiến Độ: a proxy's, or that of a network's sign-in page",
    ),
    "refused": ("Bị từ chối: {detail}", "Refused: {detail}"),
    "complaint": ("  {pointer}: {detail}", "  {pointer}: {detail}"),
    "run-again": ("Hãy chạy lại: không có gì bị lưu hai lần.", "Run it again: nothing is stored twice."),
    "interrupted": (
        "Đã dừng. Hãy chạy lại: không có gì bị lưu hai lần.",
        "Stopped. Run it again: nothing is stored twice.",
    ),
    "own-failure": (
        "Lỗi của chính lệnh này, không phải của tệp. Hãy chạy lại; nếu vẫn thế, gửi những dòng dưới đây cho người quản trị:",
        "The command itself failed, not the file. Run it again; if it stays so, send the lines below to the administrator:",
    ),
    # Wrong usage.
    "usage": ("Dùng sai: {why}. Xem --help.", "Wrong usage: {why}. See --help."),
    "unknown-argument": ("không có tham số {argument}", "there is no argument {argument}"),
    "no-file-named": ("chưa chỉ ra tệp cần gửi", "no file to send is named"),
    "bad-patience": ("--patience phải là số giây, không âm", "--patience is a number of seconds, 0 or more"),
    "bad-column": (
        "--column có dạng CỘT:TRƯỜNG, không phải {column}",
        "--column is HEADER:FIELD, not {column}",
    ),
    "say-column": (
        'Với lệnh này: --column "CỘT:TRƯỜNG" thay cho ?column=, ví dụ --column "Ngày báo cáo:effective_at"',
        'Here: --column "HEADER:FIELD" for ?column=, as in --column "Ngày báo cáo:effective_at"',
    ),
    "no-url": (
        "chưa có địa chỉ của dịch vụ: --url hoặc TIENDO_URL",
        "say where the service is: --url or TIENDO_URL",
    ),
    "no-scheme": (
        "địa chỉ phải bắt đầu bằng https:// (hoặc http://), ví dụ https://{url}",
        "the address begins with https:// (or http://), as in https://{url}",
    ),
    "bad-address": ("địa chỉ {url} không đúng", "the address {url} is not right"),
    "bad-proxy": (
        "địa chỉ của máy chủ trung gian (proxy) trong {variable} không đúng",
        "the address of the proxy in {variable} is not right",
    ),
    "address-too-long": (
        "địa chỉ không có /v1 và không có gì sau đó; đúng là: {right}",
        "the address has no /v1 and nothing behind it; right would be: {right}",
    ),
    "redirected": (
        "dịch vụ nằm ở địa chỉ khác; hãy dùng: {to}",
        "the service is at another address; use: {to}",
    ),
    "not-there": (
        "không thấy Tiến Độ ở địa chỉ này (mã {status}); hãy xem lại địa chỉ và phần đường dẫn sau tên máy",
        "there is no Tiến Độ at this address (status {status}); look at it again, and at the path behind the host",
    ),
    "no-token": (
        "chưa có mã truy cập: --token-file, TIENDO_TOKEN_FILE hoặc TIENDO_TOKEN",
        "no token: --token-file, TIENDO_TOKEN_FILE or TIENDO_TOKEN",
    ),
    "no-token-argument": (
        "mã truy cập không đặt trên dòng lệnh, nơi ai cũng đọc được; dùng --token-file hoặc TIENDO_TOKEN",
        "a token does not belong on the command line, where everyone can read it; use --token-file or TIENDO_TOKEN",
    ),
    "bad-token": (
        "nội dung của {where} không phải là mã truy cập; mã bắt đầu bằng tdo_ và nằm trên một dòng",
        "what is in {where} is no token; a token begins with tdo_ and stands on one line",
    ),
    "token-file-unreadable": ("không đọc được tệp mã {file}: {why}", "the token file {file} cannot be read: {why}"),
    "no-certificates": (
        "tệp {file} không chứa chứng thư PEM: {why}",
        "the file {file} holds no PEM certificates: {why}",
    ),
    "file-unreadable": ("không đọc được {file}: {why}", "the file {file} cannot be read: {why}"),
    "save-as-xlsx": (
        "tệp {file} không thuộc loại nhận được; hãy mở bằng Excel và lưu lại dạng .xlsx",
        "the file {file} is of a kind that is not taken; open it in Excel and save it as .xlsx",
    ),
    "unknown-kind": (
        "tệp {file} không thuộc loại nhận được: {kinds}",
        "the file {file} is of a kind that is not taken: {kinds}",
    ),
    "rejected-is-input": (
        "--rejected không được là chính tệp gửi đi; hãy đặt tên khác, ví dụ --rejected {other}",
        "--rejected must not be the file that is sent; take another name, as in --rejected {other}",
    ),
    "rejected-not-xlsx": ("--rejected phải có đuôi .xlsx", "--rejected ends in .xlsx"),
    # What the system says.
    "no-such-file": ("không có tệp hoặc thư mục này", "there is no such file or folder"),
    "no-access": ("không có quyền đọc hoặc ghi ở đó", "reading or writing there is not allowed"),
    "is-a-folder": ("đó là một thư mục", "that is a folder"),
    "disk-full": ("ổ đĩa đã đầy", "the disk is full"),
    "nobody-answers": ("máy chủ không nhận kết nối", "nobody takes connections there"),
    "cut-off": ("kết nối bị ngắt", "the connection was cut"),
    "no-way": ("không có đường mạng tới máy chủ", "the network has no way to the host"),
    "no-answer-in-time": ("máy chủ không trả lời kịp", "no answer in time"),
    "no-such-host": ("không tìm thấy tên máy chủ", "there is no host of that name"),
    "no-tls": ("không thiết lập được kết nối bảo mật https ({words})", "no https connection could be made ({words})"),
    "as-the-system-says": ("{words}", "{words}"),
    "rejected-not-writable": ("không ghi được vào {file}: {why}", "the file {file} cannot be written: {why}"),
}

NAMES = frozenset(BY_NAME)


def text(name: str, lang: str, **values: object) -> str:
    """A text with its values; a value that is itself a reason to stop is said in the same language."""
    said = {key: _said(value, lang) for key, value in values.items()}
    return BY_NAME[name][lang != VIETNAMESE].format(**said)


def sentence(name: str, lang: str, **values: object) -> str:
    """The same as a line of its own."""
    said = text(name, lang, **values)
    return said[:1].upper() + said[1:]


def help_text(lang: str) -> str:
    return HELP[lang != VIETNAMESE]


def _said(value: object, lang: str) -> object:
    name, values = getattr(value, "text", None), getattr(value, "values", None)
    return text(name, lang, **values) if isinstance(name, str) and isinstance(values, dict) else value
