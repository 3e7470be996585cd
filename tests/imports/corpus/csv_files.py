"""CSV and NDJSON as Excel, LibreOffice, Google Sheets, scripts and people save them."""

import json
import unicodedata

from tests.imports.corpus.case import written_by

TABLE = """
    line | unit           | task     | status    | time                   | note
    2    | Tỉnh Thanh Hóa | hotlines | completed | 2025-06-27 17:00+07:00 | đã công bố, có người trực
"""
TEXT = (
    "Đơn vị,Nhiệm vụ,Trạng thái,Thời điểm,Ghi chú\n"
    'Tỉnh Thanh Hóa,hotlines,Hoàn thành,27/06/2025 17:00,"đã công bố, có người trực"\n'
)


def vietnamese_bytes(text: str) -> bytes:
    """Windows-1258 as Excel writes it: letters composed, tones behind them as marks of their own."""
    out = []
    for letter in unicodedata.normalize("NFC", text):
        try:
            out.append(letter.encode("cp1258"))
        except UnicodeEncodeError:
            base, *marks = list(unicodedata.normalize("NFD", letter))
            shapes = [mark for mark in marks if mark in "\u0302\u0306\u031b"]
            tones = [mark for mark in marks if mark not in shapes]
            out.append((unicodedata.normalize("NFC", base + "".join(shapes)) + "".join(tones)).encode("cp1258"))
    return b"".join(out)


def _tsv() -> str:
    return TEXT.replace(",", "\t").replace("bố\t có", "bố, có")


def _semicolons() -> str:
    return TEXT.replace(",", ";").replace("bố; có", "bố, có")


_WAYS = {
    "a script": TEXT.encode(),
    "Excel, CSV UTF-8": b"\xef\xbb\xbf" + TEXT.replace("\n", "\r\n").encode(),
    "Excel, CSV on a Vietnamese Windows": vietnamese_bytes(_semicolons().replace("\n", "\r\n")),
    "Excel, Unicode text": _tsv().replace("\n", "\r\n").encode("utf-16"),
    "a Mac, UTF-16 the other way round": b"\xfe\xff" + TEXT.encode("utf-16-be"),
    "a tool, UTF-16 without a mark": TEXT.encode("utf-16-le"),
    "Excel for Mac, CSV (Macintosh line ends)": TEXT.replace("\n", "\r").encode(),
    "a Mac, decomposed letters": unicodedata.normalize("NFD", TEXT).encode(),
    "LibreOffice, semicolons": _semicolons().encode(),
    "a database, tabs": _tsv().encode(),
    "a database, bars": TEXT.replace(",", "|").replace("bố| có", "bố, có").encode(),
}
for _program, _body in _WAYS.items():

    def _make(body: bytes = _body) -> bytes:
        return body

    _make.__name__ = "csv_by_" + "_".join(_program.lower().split())
    written_by(_program, TABLE, source="csv")(_make)


@written_by("Excel, saying its separator on the first line", TABLE.replace("2    |", "3    |"), source="csv")
def csv_with_sep() -> bytes:
    return ("sep=;\r\n" + _semicolons().replace("\n", "\r\n")).encode()


@written_by("an office, with a title above", TABLE.replace("2    |", "4    |"), source="csv")
def csv_with_a_title() -> bytes:
    return ("Sở Thông tin và Truyền thông\n\n" + TEXT).encode()


@written_by("Google Sheets, columns and rows to the end", TABLE, source="csv")
def csv_with_empty_cells_around() -> bytes:
    return (TEXT.replace("\n", "," * 300 + "\n") + ("," * 305 + "\n") * 50).encode()


@written_by(
    "people, ragged rows and lines within cells",
    """
    line | task      | note    | row
    2    | hotlines  |         |
    3    | staffing  | x       |
    4    | equipment | y       | !too-many-cells
    5    | hotlines  | một⏎hai |
    7    | staffing  | "a"     |
    """,
    source="csv",
)
def csv_ragged() -> bytes:
    text = "task,status,note\nhotlines,completed\nstaffing,completed,x,,\nequipment,completed,y,z\n"
    return (text + 'hotlines,completed,"một\nhai"\nstaffing,completed,"""a"""\n').encode()


@written_by("a CSV export of a header over two rows", "line | number | date\n3 | 1/UB | 26/06/2025", source="csv")
def csv_header_over_two_rows() -> bytes:
    return "STT,Nhiệm vụ,Trạng thái,Văn bản,\n,,,Số,Ngày\n1,hotlines,Hoàn thành,1/UB,26/06/2025\n".encode()


@written_by("nobody", refused=("no-rows", {}), source="csv")
def csv_empty() -> bytes:
    return b" \n \n"


@written_by("somebody who lost a quote", refused=("malformed-csv", {"line": 2}), source="csv")
def csv_open_quote() -> bytes:
    return b'task,status\nhotlines,"completed\n'


@written_by("Excel on a Western Windows, letters lost", refused=("unknown-encoding", {"line": 2}), source="csv")
def csv_western() -> bytes:
    return "task,status,note\nhotlines,completed,Đã công bố\n".encode("cp1252", "replace")


@written_by(
    "Excel on a Western Windows, letters that mean another here",
    refused=("unknown-encoding", {"line": 2}),
    source="csv",
)
def csv_western_without_a_loss() -> bytes:
    return "task,status,note\nhotlines,completed,rõ\n".encode("cp1252")


@written_by(
    "Excel with a TCVN3 font",
    refused=("legacy-font", {"line": 2, "seen": "hotlines,completed,Hoµn thµnh"}),
    source="csv",
)
def csv_tcvn3() -> bytes:
    return "task,status,note\nhotlines,completed,Hoµn thµnh\n".encode("cp1252")


@written_by("Excel with a VNI font", refused=("legacy-font", {"line": 2}), source="csv")
def csv_vni() -> bytes:
    return "task,status,note\nhotlines,completed,Ñaõ coâng boá\n".encode("cp1252")


@written_by("a broken transfer", refused=("unknown-encoding", {}), source="csv")
def csv_broken_utf8() -> bytes:
    return TEXT.encode().replace(b"\xc3\xb4", b"\xc3", 1)


_THREE = "Đơn vị,Nhiệm vụ,Trạng thái\n38,hotlines,Đang thực hiện\n38,staffing,{}ang thực hiện\n"


@written_by(
    "a line of another program in a file of UTF-8",
    refused=("unknown-encoding", {"line": 3, "seen": "38,staffing,\ufffdang thực hiện"}),
    source="csv",
)
def csv_with_one_line_in_another_encoding() -> bytes:
    return _THREE.encode().replace(b"{}", b"\xd0")


@written_by(
    "a transfer that ended within a letter",
    refused=("unknown-encoding", {"line": 3, "seen": "38,staffing,\ufffd"}),
    source="csv",
)
def csv_cut_off_within_a_letter() -> bytes:
    return _THREE.encode().partition(b"{}")[0] + b"\xc4"


@written_by("a broken transfer of UTF-16", refused=("unknown-encoding", {"announced": "utf-16-le"}), source="csv")
def csv_broken_utf16() -> bytes:
    return TEXT.encode("utf-16") + b"x"


@written_by("somebody who sent a workbook as CSV", refused=("wrong-magic", {"kind": "xlsx"}), source="csv")
def csv_that_is_a_workbook() -> bytes:
    return b"PK\x03\x04" + b"\0" * 100


@written_by("600,000 columns", refused=("too-many-columns", {"line": 1}), source="csv")
def csv_with_many_columns() -> bytes:
    return b"task,status" + b",x" * 600_000 + b"\nhotlines,completed\n"


@written_by(
    "a script, with the names of the JSON interface and those of a file",
    """
    line | task     | unit | time                   | number | date       | links                      | note
    1    | hotlines | 38   | 2025-06-27 17:00+07:00 | 1      | 26/06/2025 | https://a.vn https://b.vn  |
    3    | staffing | 38   |                        |        |            |                            | x
    """,
    source="ndjson",
)
def ndjson_plain() -> bytes:
    first = {
        "task": "hotlines",
        "unit": 38,
        "status": "completed",
        "effective_at": "2025-06-27T17:00:00+07:00",
        "evidence": ["https://a.vn", "https://b.vn"],
        "document": {"number": "1", "date": "2025-06-26"},
    }
    second = {"Nhiệm vụ": "staffing", "Mã đơn vị": "38", "Trạng thái": "Hoàn thành", "Ghi chú": "x"}
    written = json.dumps(first) + "\r\n\n" + json.dumps(second, ensure_ascii=False)
    return ("\ufeff" + written.replace('"Mã đơn vị"', '"unit"')).encode()


@written_by(
    "scripts, with slips",
    """
    line | row               | task           | status         | time            | note           | links
    1    | !malformed-json   |                |                |                 |                |
    2    | !wrong-type       |                |                |                 |                |
    3    | !malformed-json   |                |                |                 |                |
    4    |                   | hotlines       | completed      |                 | !nul-character |
    5    | !unknown-field    | hotlines       | completed      |                 |                |
    6    |                   | !wrong-type    | completed      |                 |                |
    7    |                   | hotlines       | completed      | !malformed-time |                |
    8    |                   | hotlines       | completed      | !malformed-time |                |
    9    |                   | hotlines       | completed      | !time-out-of-range |             |
    10   |                   | hotlines       | completed      |                 |                | !not-a-link
    11   |                   | hotlines       | completed      |                 |                | !wrong-type
    12   |                   | hotlines       | completed      |                 | !wrong-type    |
    13   |                   | hotlines       | completed      |                 | !lone-surrogate |
    14   | !duplicate-field  |                |                |                 |                |
    15   |                   | !missing       | !missing       |                 |                |
    16   | !malformed-json   |                |                |                 |                |
    """,
    source="ndjson",
)
def ndjson_slips() -> bytes:
    good = '"task": "hotlines", "status": "completed"'
    return "\n".join(
        (
            *("{", "[1]", '{"task": NaN}', f'{{{good}, "note": "\\u0000"}}', f'{{{good}, "province": "38"}}'),
            *('{"task": ["hotlines"], "status": "completed"}', f'{{{good}, "effective_at": 45835}}'),
            *(f'{{{good}, "effective_at": true}}', f'{{{good}, "effective_at": "0001-01-01T00:00:00+14:00"}}'),
            *(f'{{{good}, "evidence": "ftp://a"}}', f'{{{good}, "evidence": [[1]]}}', f'{{{good}, "note": 1e400}}'),
            *(f'{{{good}, "note": "\\ud800"}}', f'{{{good}, "status": "blocked"}}', "{}", "[" * 5000),
        )
    ).encode()


@written_by(
    "people, a question without a blank behind it",
    "line | note\n2 | Có cần bổ sung máy không?Đề nghị Bộ cho ý kiến",
    source="csv",
)
def csv_with_a_question() -> bytes:
    return "Nhiệm vụ,Trạng thái,Ghi chú\nhotlines,Vướng mắc,Có cần bổ sung máy không?Đề nghị Bộ cho ý kiến\n".encode()


@written_by(
    "people, spans of hours",
    """
    line | time
    2    | !malformed-time
    3    | !malformed-time
    4    | 2025-06-27 05:00:00-05:00
    """,
    source="csv",
)
def csv_with_spans_of_hours() -> bytes:
    times = ("30/06/2025 8:00-10:00", "27/6/2025 7h30-11", "2025-06-27T05:00:00-05:00")
    return ("Nhiệm vụ,Trạng thái,Thời điểm\n" + "".join(f"hotlines,Hoàn thành,{time}\n" for time in times)).encode()


@written_by(
    "a script, times with and without a zone",
    """
    line | time
    1    | !naive-time
    2    | !naive-time
    3    | !naive-time
    4    | 2025-06-27 10:00+07:00
    5    | 2025-06-27 10:00+00:00
    6    | 27/06/2025
    """,
    source="ndjson",
)
def ndjson_times() -> bytes:
    times = ("2025-06-27T10:00:00", "27/06/2025 10:00", "2025-06-27 00:00:00", "2025-06-27T10:00:00+07:00")
    rows = (f'{{"task": "hotlines", "status": "completed", "effective_at": "{time}"}}' for time in times)
    more = ("2025-06-27 10:00:00Z", "2025-06-27")
    more_rows = (f'{{"task": "hotlines", "status": "completed", "Thời điểm": "{time}"}}' for time in more)
    return "\n".join((*rows, *more_rows)).encode()


@written_by(
    "people, a quotation mark that is closed rows later",
    """
    line | task     | status      | row
    2    | hotlines | in_progress | !row-in-a-cell
    4    | staffing | completed   |
    6    | equipment hotlines,Hoàn thành,, | !missing | !row-in-a-cell
    9    | access-points | blocked |
    """,
    source="csv",
)
def csv_with_an_open_quotation_mark() -> bytes:
    rows = (
        'hotlines,Đang thực hiện,"đợi máy,',
        'procedures,Hoàn thành,xong,"',
        'staffing,Hoàn thành,"xong\ntừ hôm qua, có biên bản, đủ, rõ"',
        '"equipment\nhotlines,Hoàn thành,,\n","",,',
        "access-points,Vướng mắc,,",
    )
    return ("Nhiệm vụ,Trạng thái,Ghi chú,Minh chứng\n" + "\n".join(rows) + "\n").encode()
