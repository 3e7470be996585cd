"""What cells, headers and encodings say: every way to write a thing reads the same, and nothing is guessed."""

import traceback
import unicodedata
from datetime import UTC, date, datetime
from typing import Any

import pytest

from app.catalogue.seed.communes import communes
from app.catalogue.seed.provinces import provinces
from app.imports.reading.encoding import encoding_of
from app.imports.reading.limits import AtPlace, FileRefused, Unreadable
from app.imports.reading.rows import Field
from app.imports.reading.values.cells import DateCell, FormulaCell, LinkCell
from app.imports.reading.values.fields import day_in, moment_in, name_of, note_of, number_in, remembered, status_in
from app.imports.reading.values.legacy import is_decoded_wrongly, is_legacy
from app.imports.reading.values.links import links_in
from app.imports.reading.values.text import clean
from app.imports.reading.words.headers import HEADERS, USED_INSTEAD
from app.imports.reading.words.meaning import meaning_of
from app.imports.reading.words.statuses import STATUSES, status_word
from app.imports.reading.xlsx.formats import DATE, GENERAL, MONTH, PERCENT, SPAN, shows
from app.language import LANGUAGES
from app.status import Status
from tests.imports.corpus.csv_files import vietnamese_bytes

AT = datetime(2025, 6, 27, 10, tzinfo=UTC)
CELL = datetime(2025, 6, 27, 17)  # noqa: DTZ001 - a cell of Excel knows no time zone
NAMES = [unit.names["vi"] for unit in (*provinces(), *communes())]


@pytest.mark.parametrize(
    "written",
    [
        "2025-06-27T10:00:00Z",
        "2025-06-27T17:00:00+07:00",
        "2025-06-27 17:00:00+07:00",
        "2025-06-27 17:00:00 +07:00",
        "27/06/2025 17:00",
        "27/6/2025 17:00:00",
        "27-06-2025 17:00",
        "27.06.2025 17:00",
        "17:00 27/06/2025",
        "17g00 27/06/2025",
        "17 giờ 27/06/2025",
        "17:00 ngày 27/06/2025",
        "17h00, ngày 27/6/2025",
        "17h 27/06/2025",
        "Thứ Sáu, 27/06/2025 17:00",
        "T6 27/6/2025 17h00'",
        "27/06/2025 17:00 (giờ Việt Nam)",
        "17:00 27/ 06 /2025.",
        "17:00 27-06-2025",
        "17h 27-6-25",
        "17:00 2025-06-27",
        "17 giờ ngày 27 tháng 6 năm 2025",
        "17h27 Thg 6, 2025",
        "17:00 CH 27/06/2025",
        "27/06/2025 17:00 (GMT+07:00)",
        "27/06/2025 17:00 GMT +7",
        "27/06/25 17h",
        "17 giờ 00 phút ngày 27/06/2025",
        "17h00 ngày 27 tháng 6 năm 2025",
        "2025-06-27 17:00",
        "2025-06-27T17:00",
        "2025/06/27 17:00",
        "5:00 CH 27/06/2025",
        "27/06/2025 5:00:00 PM",
        "5 giờ chiều 27/06/2025",
        "27/06/2025\u00a017:00",
        "２７/０６/２０２５ １７:００",
        "27/06/2025 10:00 UTC",
        "27/06/2025 17:00 GMT+7",
        "27/06/2025 19:00 +09:00",
        "2025年6月27日 17時00分",
        "27-Jun-2025 17:00",
        DateCell(CELL),
        FormulaCell("NOW()", DateCell(CELL)),
    ],
)
def test_an_instant_is_understood_as_it_is_written(written: Any) -> None:
    moment = moment_in(written)
    assert moment is not None
    assert (moment.at, moment.day) == (AT, None)


@pytest.mark.parametrize(
    "written",
    [
        *("27/06/2025", "27/6/25", "27.6.2025", "27-06-2025", "2025-06-27", "ngày 27 tháng 6 năm 2025"),
        *("Thứ sáu, 27/06/2025", "27 / 06 / 2025", "27/06/2025."),
        *("27 Thg 6, 2025", "2025年6月27日", "27-Jun-25", "June 27, 2025", DateCell(CELL.replace(hour=0))),
    ],
)
def test_a_bare_day_stays_a_day(written: Any) -> None:
    moment = moment_in(written)
    assert moment is not None
    assert (moment.at, moment.day) == (None, date(2025, 6, 27))
    assert day_in(written) == moment


def test_the_29th_of_february_and_the_turn_of_a_year_are_days_like_others() -> None:
    assert [moment.day for text in ("29/02/2024", "31/12/2025", "1/1/26") if (moment := moment_in(text))] == [
        date(2024, 2, 29),
        date(2025, 12, 31),
        date(2026, 1, 1),
    ]
    midnight = moment_in("2026-01-01T00:00:00+09:00")
    assert midnight is not None
    assert midnight.at == datetime(2025, 12, 31, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "at"),
    [
        ("27/06/2025 19:00 +09:00", "2025-06-27T19:00:00+09:00"),
        ("2025-06-27T05:00:00-05:00", "2025-06-27T05:00:00-05:00"),
        ("2025-06-27T05:00-05:00", "2025-06-27T05:00:00-05:00"),
        ("27/06/2025 05:00 GMT-5", "2025-06-27T05:00:00-05:00"),
        ("27/06/2025 05:00 (UTC-05:00)", "2025-06-27T05:00:00-05:00"),
    ],
)
def test_a_zone_in_a_cell_is_kept(written: str, at: str) -> None:
    moment = moment_in(written)
    assert moment is not None
    assert moment.at is not None
    assert moment.at.isoformat() == at


@pytest.mark.parametrize(
    "written",
    [
        *("27/06/2025 00:00", "2025-06-27 00:00:00", "2025-06-27T00:00:00.000", "27/06/2025 12:00:00 SA"),
        *("27-Jun-2025 12:00:00 AM", "0:00 27/06/2025"),
    ],
)
def test_the_midnight_that_programs_write_behind_a_day_is_the_day_as_in_a_workbook(written: str) -> None:
    assert moment_in(written) == moment_in(DateCell(CELL.replace(hour=0)))._replace(  # type: ignore[union-attr]
        is_day_first=written[2] == "/" or written.startswith("0:"), is_naive=True
    )


@pytest.mark.parametrize("written", ["2025-06-27T00:00:00+07:00", "27/06/2025 00:00 +07:00", "0h 27/06/2025"])
def test_a_midnight_with_its_zone_or_in_words_is_an_instant(written: str) -> None:
    moment = moment_in(written)
    assert moment is not None
    assert (moment.at, moment.day) == (datetime(2025, 6, 26, 17, tzinfo=UTC), None)


@pytest.mark.parametrize(
    "written",
    [
        *(
            "31/02/2025 10:00",
            "hôm qua",
            "27/06/2025 25:00",
            "17:00",
            "06/2025",
            "13/13/2025",
            "45835",
            "27/06/2025 -07",
        ),
        *("30/06/2025 24:00", "24h00 ngày 30/6/2025", "24 giờ ngày 30 tháng 6 năm 2025", "2025-06-30T24:00:00+07:00"),
        *("27/06/2025 13:00 SA", "27/06/2025 17:00 AM", "12 giờ tối 27/06/2025", "29/02/2025", "29/02/2025 08:00"),
        *("30/06/2025 8:00-10:00", "27/6/2025 7h30-11", "27/06/2025 13:00-14:00", "8:00-9:30 27/06/2025"),
        *("2025-06-27 08:00-10:00", "27/06/2025 08:00:00-10:00", "27/06/2025 17:00 -0700", "27/06/2025 8h - 10h"),
        *("27/06/2025 17:00 17:00", "2025-06-27T17:00:00 07:00", "27/06/2025 +07:00", "1T" * 300, 46000, True, 0.5),
    ],
)
def test_a_moment_is_never_guessed(written: Any) -> None:
    with pytest.raises(Unreadable) as refusal:
        moment_in(written)
    assert refusal.value.code == "malformed-time"


@pytest.mark.parametrize("written", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-10:00", "27/06/1889"])
def test_a_moment_outside_the_calendar_is_named(written: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        moment_in(written)
    assert refusal.value.code == "time-out-of-range"


@pytest.mark.parametrize("written", ["06/27/2025", "6/27/25 5:00 PM", "06-27-2025"])
def test_a_month_in_front_is_proof_against_the_column(written: str) -> None:
    with pytest.raises(AtPlace) as refusal:
        moment_in(written)
    assert refusal.value.code == "month-first"


@pytest.mark.parametrize("written", ["12/UBND", "12/2025", "12-CV/TU", "2025/QĐ", "1234", "12.6"])
def test_a_number_of_a_document_stays_what_it_is(written: str) -> None:
    assert number_in(written) == written


@pytest.mark.parametrize("written", ["12/06/2025", "06/27/2025", "2025-06-12", "12-Jun-25", DateCell(CELL)])
def test_a_date_is_no_number_of_a_document(written: Any) -> None:
    with pytest.raises(Unreadable) as refusal:
        number_in(written)
    assert refusal.value.code == "date-for-number"


@pytest.mark.parametrize(
    ("cell", "links"),
    [
        (" https://a.vn\nhttps://b.vn  https://c.vn ", ("https://a.vn", "https://b.vn", "https://c.vn")),
        ("https://a.vn;https://b.vn,https://c.vn", ("https://a.vn", "https://b.vn", "https://c.vn")),
        ("https://a.vn/x;y,z?q=1,2", ("https://a.vn/x;y,z?q=1,2",)),
        ("<https://a.vn>;", ("https://a.vn",)),
        ("https://a.vn/x.pdf. https://b.vn.", ("https://a.vn/x.pdf", "https://b.vn")),
        ("https://a.vn/x(1)[2].pdf", ("https://a.vn/x(1)[2].pdf",)),
        ("https://bộ.vn/Quyết-định", ("https://bộ.vn/Quyết-định",)),
        ("https://a.vn https://a.vn", ("https://a.vn",)),
        (["https://a.vn", " https://b.vn "], ("https://a.vn", "https://b.vn")),
        (LinkCell("xem", "https://a.vn"), ("https://a.vn",)),
        (LinkCell("https://a.vn/1 https://a.vn/2", "https://a.vn/1"), ("https://a.vn/1", "https://a.vn/2")),
        (LinkCell("xem https://a.vn", "https://a.vn/"), ("https://a.vn/",)),
        (FormulaCell('HYPERLINK("https://a.vn","xem")', "xem"), ("https://a.vn",)),
    ],
)
def test_links_are_found_however_they_are_parted(cell: Any, links: tuple[str, ...]) -> None:
    assert links_in(cell) == links


@pytest.mark.parametrize(
    "cell",
    [
        *("https://a.vn/Tài liệu.pdf", "[xem](https://a.vn)", "(https://a.vn)", "https:///a", "https://:80"),
        *("công văn", "ftp://a.vn", "https://", "http:///x", "https://a.vn và b", "javascript:x"),
        LinkCell("xem https://a.vn/1 và https://a.vn/2", "https://a.vn/1"),
    ],
)
def test_what_is_no_link_is_refused(cell: Any) -> None:
    with pytest.raises(Unreadable) as refusal:
        links_in(cell)
    assert refusal.value.code == "not-a-link"


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        *(("38.0", "38"), (40.0, "40"), (38, "38"), ("'38", "38"), ("“38”", "38"), ("３８", "38"), ("38.5", "38.5")),
        *(("\u200bThanh\u00a0Hóa\u200e", "Thanh Hóa"), (unicodedata.normalize("NFD", "Hòa"), "Hòa"), (" \u00a0", None)),
        *(("M’Drắk", "M’Drắk"), ("v1.0.0", "v1.0.0"), ("10.00", "10")),
    ],
)
def test_a_name_is_read_without_what_nobody_sees(cell: Any, name: str | None) -> None:
    assert name_of(cell) == name


@pytest.mark.parametrize("cell", ["một “hai”", "ＡＢＣ", "a\n\nb", "👩‍💻", "50 % · «x»", "sao? được"])
def test_a_note_stays_as_it_was_written(cell: str) -> None:
    assert note_of(cell) == cell


def test_a_note_is_composed_and_trimmed() -> None:
    assert note_of(unicodedata.normalize("NFD", " đã công bố\r\n")) == "đã công bố"


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        *(("a\0", "nul-character"), ("đ\0", "nul-character"), ("a\ud800", "lone-surrogate"), ("x" * 4001, "too-long")),
        *(("e" + "\u0301" * 31 + " " * 40, "combining-marks"), ([1], "wrong-type"), ({}, "wrong-type")),
        *(
            (float("inf"), "wrong-type"),
            (float("nan"), "wrong-type"),
            (FormulaCell("A1", None), "formula-not-calculated"),
        ),
    ],
)
def test_what_no_text_can_hold_is_refused(cell: Any, code: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        note_of(cell)
    assert refusal.value.code == code


def test_each_word_means_one_status() -> None:
    for status, words in STATUSES.items():
        assert {status_in(word) for those in words.values() for word in those} == {status.value}
        assert status_in(status.value) == status.value
        assert {status_in(status_word(status, language)) for language in LANGUAGES} == {status.value}
    assert STATUSES.keys() == set(Status)


@pytest.mark.parametrize(
    "word",
    [
        "Xong",
        "Đang làm",
        "Chưa",
        "100%",
        "OK",
        "x",
        "1",
        "Đã xong",
        "done",
        "Hoàn thành?",
        "Hoàn thành ❌",
        "~Hoàn thành",
    ],
)
def test_other_words_are_no_status(word: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        status_in(word)
    assert (refusal.value.code, refusal.value.params) == ("unknown-value", {"seen": word})


@pytest.mark.parametrize("table", [HEADERS, USED_INSTEAD])
def test_each_header_means_its_field(table: dict[Field, tuple[str, ...]]) -> None:
    for field, headers in table.items():
        for header in headers:
            spellings = (header, header.upper(), unicodedata.normalize("NFD", header), f"{header} (*)", f"3. {header}:")
            assert {meaning_of(spelling).field for spelling in spellings} == {field}, header


@pytest.mark.parametrize(
    "header",
    [
        *(
            "STT",
            "TT",
            "Hạn",
            "Hạn hoàn thành",
            "Thời hạn",
            "Thời hạn hoàn thành",
            "Đơn vị phối hợp",
            "Cán bộ phụ trách",
        ),
        *("Đơn vị tính", "don vi tinh", "Ngày hoàn thành dự kiến", "Xã cũ", "Ý kiến của Bộ", "Deadline", "期限"),
        *(
            "Ngày hoàn thành (dự kiến)",
            "Tên xã (cũ)",
            "Đơn vị (phối hợp)",
            "Thời gian (theo kế hoạch)",
            "Kết quả dự kiến",
        ),
    ],
)
def test_known_headers_that_are_no_field_are_set_aside(header: str) -> None:
    meaning = meaning_of(header)
    assert (meaning.field, meaning.set_aside) == (None, True)


@pytest.mark.parametrize(
    ("header", "candidates"),
    [
        ("Ngày báo cáo", ("effective_at", "document_date")),
        ("ngay cap nhat", ("effective_at", "document_date")),
        ("Đơn vị cấp trên", ("unit", "unit_code")),
        ("Trạng thái hồ sơ", ("status", "note")),
        ("Link tải", ("evidence", "note")),
        ("Văn bản", ("document_number", "document_date", "evidence")),
        ("updated_at", ("effective_at", "document_date")),
        ("Lúc xong", ("effective_at", "document_date")),
        ("timestamp", ("effective_at", "document_date")),
        ("Ward", ("unit", "unit_code")),
        ("Bằng chứng", ("evidence", "note")),
        ("Số QĐ", ("document_number", "document_date", "evidence")),
        ("Kết quả thực hiện kế hoạch", ("status", "note")),
        ("Trạng thái (kỳ trước)", ("status",)),
        ("Minh chứng (quý trước)", ("evidence",)),
        ("Số văn bản (tháng trước)", ("document_number",)),
        ("Đơn vị (trước sáp nhập)", ("unit",)),
        (
            "Thời điểm các bên báo cáo lên, " + "ghi đủ tháng, năm, " * 6,
            ("effective_at", "document_date"),
        ),
    ],
)
def test_a_header_that_may_be_a_field_has_its_candidates(header: str, candidates: tuple[str, ...]) -> None:
    meaning = meaning_of(header)
    assert (meaning.field, meaning.set_aside, meaning.candidates) == (None, False, candidates)


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Nhiệm vụ (theo Kế hoạch 02, hạn 30/6)", "task"),
        ("Kết quả thực hiện (Kế hoạch 12)", "status"),
        ("Ghi chú (nếu có)", "note"),
        (
            "Thời điểm hoàn thành (ghi như 27/06/2025 17:00; chưa hoàn thành thì để trống, không ghi chữ vào ô này)",
            "effective_at",
        ),
    ],
)
def test_an_aside_that_only_explains_does_not_count_however_long_it_is(header: str, field: Field) -> None:
    assert meaning_of(header).field == field


@pytest.mark.parametrize(
    "header",
    [
        *("Kinh phí", "Số lượng", "Tình chất", "Người nhập", "Hạn chế, khó khăn", "Ghi chú của cán bộ phụ trách"),
        *("", 7, None, "x" * 101),
    ],
)
def test_other_headers_mean_nothing(header: object) -> None:
    meaning = meaning_of(header)
    assert (meaning.field, meaning.set_aside, meaning.candidates) == (None, False, ())


def test_no_name_of_a_unit_is_taken_for_text_in_a_legacy_font() -> None:
    for name in NAMES:
        assert not is_legacy(name)
        assert not is_decoded_wrongly(name)
        assert clean(name) == name


@pytest.mark.parametrize(
    "text",
    [
        *("Hoµn thµnh", "§· c«ng bè", "®ang thùc hiÖn", "Ch­a thùc hiÖn", "V­íng m¾c", "Tr¹ng th¸i"),
        *("Hoaøn thaønh", "Ñaõ coâng boá", "Tænh Thanh Hoùa", "Chöa thöïc hieän", "Ñang thöïc hieän"),
    ],
)
def test_text_in_a_legacy_font_is_known(text: str) -> None:
    with pytest.raises(AtPlace) as refusal:
        clean(text)
    assert refusal.value.code == "legacy-font"


@pytest.mark.parametrize(
    "text",
    [
        *("Thá»±c hiá»‡n", "Ä‘Ã£ cÃ´ng bá»‘", "b\ufffd", "Ðã công b?, th?c hi?n", "Th?c hi?n", "TH?C HI?N"),
        *("Đã công b?, th?c hi?n", "?ã làm công vi?c"),
    ],
)
def test_text_that_lost_letters_is_known(text: str) -> None:
    with pytest.raises(AtPlace) as refusal:
        clean(text)
    assert refusal.value.code == "unknown-encoding"


@pytest.mark.parametrize(
    "text",
    [
        *("«Đề án» số 5", "Điều 5 § 3", "Windows®", "®Windows", "Phần mềm ®iOS", "§a Điều 5", "Señor", "Noël", "5µm"),
        "https://a.vn/?q=é?b",
    ],
)
def test_symbols_and_foreign_names_are_no_legacy_font(text: str) -> None:
    assert clean(text) == text


@pytest.mark.parametrize(
    "text",
    [
        *("Có cần bổ sung máy không?Đề nghị Bộ cho ý kiến", "Máy đâu?Đã có?Chưa có?Xin báo", "Cần không?xin ý kiến"),
        *("Co may khong?De nghi Bo cap?De nghi tra loi", "Đi làm?xin báo", "Xong chưa ?Đã xong", "Xong ?xin duyệt"),
        unicodedata.normalize("NFD", "Cần không?xin ý kiến?ai duyệt"),
    ],
)
def test_a_question_without_a_blank_behind_it_has_lost_no_letters(text: str) -> None:
    assert clean(text) == unicodedata.normalize("NFC", text)


def test_every_name_survives_windows_1258() -> None:
    body = "\n".join(NAMES)
    assert encoding_of(vietnamese_bytes(body)) == ("windows-1258", 0)


@pytest.mark.parametrize("name", [name for name in NAMES if not name.isascii()][::60])
def test_a_name_without_its_letters_is_refused(name: str) -> None:
    written = f"{name}, đã công bố".encode("cp1252", "replace")
    with pytest.raises(FileRefused) as refusal:
        encoding_of(written)
    assert refusal.value.refusal.code == "unknown-encoding"


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        *(("dd/mm/yyyy\\ hh:mm", DATE), ("[$-42A]d mmmm yyyy;@", DATE), ("[$-F800]dddd\\,\\ mmmm\\ dd", DATE)),
        *(('d"/"m"/"yyyy', DATE), ("mm:ss.0", SPAN), ("[h]:mm", SPAN), ("h:mm AM/PM", DATE), ("General", GENERAL)),
        *(("0.00E+00", GENERAL), ('#,##0 "đồng/ngày"', GENERAL), ("0%", PERCENT), ("@", GENERAL), ("", GENERAL)),
        *(('0 "days"', GENERAL), ("[Red]0.00", GENERAL), ("yyyy年m月d日", DATE), ('"' * 600, GENERAL)),
        *(
            ("mmm-yy", MONTH),
            ("mm/yyyy", MONTH),
            ('"Tháng "m/yyyy', MONTH),
            ("[$-42A]mmmm yyyy;@", MONTH),
            ("d-mmm", DATE),
        ),
    ],
)
def test_a_number_format_says_whether_it_shows_a_date(code: str, kind: int) -> None:
    assert shows(code) == kind


def test_a_refusal_that_is_given_again_keeps_nothing_of_where_it_was_given_before() -> None:
    read = remembered(status_in)
    for _ in range(2):
        with pytest.raises(Unreadable):
            read("perhaps")
    with pytest.raises(Unreadable) as refused:
        read("perhaps")
    assert len(list(traceback.walk_tb(refused.value.__traceback__))) == 2
