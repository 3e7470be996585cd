"""A document that is ready to be signed: everything that an official would otherwise type by hand is in it."""

import re
from datetime import datetime
from typing import Any

import pytest
from docx.oxml.ns import qn
from httpx import AsyncClient

from app.language import LANGUAGES, Language
from app.reports.files import as_docx, as_markdown, as_xlsx
from app.reports.words import table
from tests.conftest import Service
from tests.reports import reading
from tests.reports.conftest import MOMENT, a_report
from tests.slowly import in_languages

REPORTS = "/v1/reports/progress"
CAMPAIGN = "/v1/campaigns/two-tier-2025"
LETTERHEAD = {
    "issuer": {"vi": "Bộ Nội vụ", "en": "Ministry of Home Affairs", "ja": "内務省"},
    "symbol": "BC-BNV",
    "place": {"vi": "Huế", "en": "Hue", "ja": "フエ"},
    "signer": {"on_behalf": "KT. Bộ trưởng", "position": "Thứ trưởng", "name": "Trần Thị B"},
    "addressees": ["Thủ tướng Chính phủ", "Văn phòng Chính phủ"],
    "recipients": ["Như trên;", "Lưu: VT"],
}


def everything(body: bytes) -> str:
    """All text of a document, that of its tables too."""
    found = reading.document(body)
    return "\n".join(text.text or "" for text in found.element.iter(qn("w:t")))


async def report(client: AsyncClient, form: str = "docx", **asked: Any) -> bytes:
    answer = await client.get(f"{REPORTS}.{form}", params=asked)
    assert answer.status_code == 200, answer.text
    return answer.content


async def test_head_and_foot_are_the_campaigns_own(an: AsyncClient, lan: AsyncClient) -> None:
    changed = await an.patch(CAMPAIGN, json={"letterhead": LETTERHEAD})
    assert changed.status_code == 200, changed.text
    assert changed.json()["letterhead"] == LETTERHEAD
    said = everything(await report(lan, lang="vi"))
    for words in (
        "BỘ NỘI VỤ", "Số:          /BC-BNV", "Huế, ngày", "Kính gửi:", "- Thủ tướng Chính phủ;",
        "- Văn phòng Chính phủ.", "KT. BỘ TRƯỞNG", "THỨ TRƯỞNG", "Trần Thị B", "- Như trên;", "- Lưu: VT.",
        "Bộ Nội vụ trân trọng báo cáo./.",
    ):  # fmt: skip
        assert words in said, words
    assert "……" not in said
    english = everything(await report(lan, lang="en"))
    assert "MINISTRY OF HOME AFFAIRS" in english
    assert "Hue, " in english


async def test_a_letterhead_is_changed_field_by_field(an: AsyncClient) -> None:
    await an.patch(CAMPAIGN, json={"letterhead": LETTERHEAD})
    changed = await an.patch(CAMPAIGN, json={"letterhead": {"symbol": "TTr-BNV", "signer": None}})
    assert changed.json()["letterhead"] == {**LETTERHEAD, "symbol": "TTr-BNV", "signer": None}
    wrong = await an.patch(CAMPAIGN, json={"letterhead": {"symbol": "a b", "stamp": "x"}})
    assert {one["pointer"] for one in wrong.json()["errors"]} == {"/letterhead/symbol", "/letterhead/stamp"}


async def test_only_an_admin_changes_the_letterhead(lan: AsyncClient, minh: AsyncClient) -> None:
    for client in (lan, minh):
        refused = await client.patch(CAMPAIGN, json={"letterhead": {"symbol": "X"}})
        assert refused.status_code == 403


async def test_the_title_says_report_once(lan: AsyncClient) -> None:
    title = "Báo cáo tiến độ đến 17 giờ ngày 27/6/2025"
    assert (await lan.post("/v1/bulletins", json={"as_of": MOMENT, "title": title})).status_code == 201
    said = everything(await report(lan, bulletin=1)).splitlines()
    assert said[said.index("BÁO CÁO") + 1] == "Tiến độ đến 17 giờ ngày 27/6/2025"


async def test_what_changed_since_the_last_bulletin_is_said(huong: AsyncClient, lan: AsyncClient) -> None:
    await lan.post("/v1/bulletins", json={"as_of": "2025-06-26T17:00:00+07:00"})
    update = {"task": "hotlines", "status": "completed", "effective_at": "2025-06-27T10:00:00+07:00"}
    assert (await huong.post("/v1/status-updates", json=update)).status_code == 201
    await lan.post("/v1/bulletins", json={"as_of": MOMENT})
    for asked in ({"bulletin": 2}, {"as_of": MOMENT}, {"bulletin": 2, "since_bulletin": 1}):
        said = everything(await report(lan, **asked))
        assert "So với Bản tin số 1" in said
        assert "Công khai đường dây nóng hỗ trợ người dân, doanh nghiệp 0 → 1 (+1)" in said
    assert "So với Bản tin" not in everything(await report(lan, bulletin=1))
    for later in (
        {"bulletin": "1", "since_bulletin": "2"},
        {"as_of": "2025-06-25T17:00:00+07:00", "since_bulletin": "1"},
    ):
        refused = await lan.get(f"{REPORTS}.docx", params=later)
        assert [one["code"] for one in refused.json()["errors"]] == ["not-earlier"]
    assert (await lan.get(f"{REPORTS}.docx", params={"since_bulletin": 3})).status_code == 404


async def test_the_change_since_a_bulletin_is_in_every_kind_of_file(huong: AsyncClient, lan: AsyncClient) -> None:
    await lan.post("/v1/bulletins", json={"as_of": "2025-06-26T17:00:00+07:00"})
    update = {"task": "hotlines", "status": "completed", "effective_at": "2025-06-27T10:00:00+07:00"}
    assert (await huong.post("/v1/status-updates", json=update)).status_code == 201
    asked = {"as_of": MOMENT, "since_bulletin": 1}
    *lines, whole = reading.table(await report(lan, "csv", **asked))
    assert [line[22:] for line in lines[5:7]] == [["1", "0", "0"], ["1", "0", "1"]]
    assert whole[22:] == ["1", "", ""]
    sheet = reading.workbook(await report(lan, "xlsx", **asked)).worksheets[0]
    assert [row[-1] for row in reading.rows(sheet)[5:7]] == [0, 1]
    assert "| So với bản tin\u00a01 |" in (await report(lan, "md", **asked)).decode()
    assert reading.table(await report(lan, "csv", bulletin=1))[0][22:] == ["", "", ""]


async def test_proposals_are_typed_with_the_bulletin_and_keep_their_language(lan: AsyncClient) -> None:
    body = {"as_of": MOMENT, "proposals": ["Đề nghị các tỉnh hoàn thành trước 30/6.", " Đề nghị thứ hai. "]}
    issued = await lan.post("/v1/bulletins", json=body)
    assert issued.json()["proposals"] == ["Đề nghị các tỉnh hoàn thành trước 30/6.", "Đề nghị thứ hai."]
    assert (await lan.get("/v1/bulletins/1")).json()["proposals"] == issued.json()["proposals"]
    said = everything(await report(lan, bulletin=1))
    assert said.index("VI. ĐỀ XUẤT, KIẾN NGHỊ") < said.index("2. Đề nghị thứ hai.")
    found = reading.document(await report(lan, bulletin=1, lang="en"))
    paragraphs = found.element.body.iter(qn("w:p"))
    typed = next(one for one in paragraphs if one.text == "2. Đề nghị thứ hai.")
    assert [tag.get(qn("w:val")) for tag in typed.iter(qn("w:lang"))] == ["vi-VN"]
    assert "Đề xuất" not in (await report(lan, "md", as_of=MOMENT)).decode()
    book = reading.workbook(await report(lan, "xlsx", bulletin=1))
    assert reading.rows(book["Đề xuất"]) == [[1, body["proposals"][0]], [2, "Đề nghị thứ hai."]]


@pytest.fixture
async def of_the_demo(demo: Service) -> str:
    return everything(await report(demo.client("khach"), bulletin=1))


async def test_overdue_obstacles_and_silence_have_their_sections(of_the_demo: str) -> None:
    for heading in ("III. VIỆC QUÁ HẠN", "IV. KHÓ KHĂN, VƯỚNG MẮC VÀ TRÁCH NHIỆM TRẢ LỜI", "V. ĐƠN VỊ CHƯA BÁO CÁO"):
        assert heading in of_the_demo
    assert "Có 5 việc quá hạn tại 5 đơn vị." in of_the_demo
    assert "Có 6 vướng mắc đang chờ 5 cơ quan, doanh nghiệp trả lời." in of_the_demo
    assert "Còn việc nhưng không báo cáo quá 72 giờ (1): Lai Châu." in of_the_demo
    assert "Trong đó 4 vướng mắc đã quá hạn trả lời (03 ngày làm việc):" in of_the_demo
    assert "Có 1 trường hợp đã hẹn ngày trả lời nhưng đến hẹn chưa trả lời." in of_the_demo
    assert "tính theo các báo cáo được ghi nhận đến 17 giờ 30 phút ngày 27/6/2025" in of_the_demo


async def test_the_appendices_that_the_text_sends_to_are_headings_in_markdown_too(demo: Service) -> None:
    said = (await report(demo.client("khach"), "md", bulletin=1)).decode()
    assert "tại Phụ lục I và Phụ lục II." in said
    assert "\n## Phụ lục I. Tình hình các tỉnh, thành phố\n" in said
    assert "\n## Phụ lục II. Từng tỉnh, từng nội dung\n" in said


async def test_silent_units_have_a_sheet(demo: Service) -> None:
    book = reading.workbook(await report(demo.client("khach"), "xlsx", bulletin=1))
    assert [row[1:] for row in reading.rows(book["Chưa báo cáo"])] == [["Lai Châu", "Quá 72 giờ chưa báo cáo"]]
    assert "xã, phường, đặc khu còn việc" in str([row[0].value for row in book["Chưa báo cáo"].iter_rows(max_row=8)])


async def test_where_nearly_all_are_missing_those_that_have_completed_are_named(of_the_demo: str) -> None:
    assert "Đã hoàn thành: Hưng Yên, Thanh Hóa, Huế." in of_the_demo


async def test_of_obstacles_the_document_tells_numbers_only(demo: Service, of_the_demo: str) -> None:
    told = (await demo.client("lan").get("/v1/obstacles", params={"limit": 1000})).json()["items"]
    assert told
    assert not [one["title"] for one in told if one["title"] in of_the_demo]


async def test_who_is_left_is_said_once(demo: Service) -> None:
    late = everything(await report(demo.client("khach"), as_of="2025-07-01T12:00:00+07:00"))
    assert "chỉ còn" in late
    assert not re.search(r"chỉ còn ([^.;]+) chưa hoàn thành\. Chưa hoàn thành: \1\.", late)


async def test_the_legend_stands_before_its_table_and_keeps_each_sign_with_its_words(of_the_demo: str) -> None:
    assert "○\u00a0Đang\u00a0thực\u00a0hiện" in of_the_demo
    assert of_the_demo.index("○\u00a0Đang") < of_the_demo.rindex("Hà Nội")


async def test_a_figure_that_two_causes_have_moved_is_said_once(of_the_demo: str) -> None:
    assert "tỉnh, thành phố đang thực hiện 14 → 16, tỉnh, thành phố vướng mắc 17 → 15" in of_the_demo


async def test_agencies_have_a_sheet_that_says_by_which_knowledge_it_is(demo: Service) -> None:
    khach = demo.client("khach")
    sheet = reading.workbook(await report(khach, "xlsx", bulletin=1)).worksheets[4]
    answer = await khach.get("/v1/progress/agencies", params={"as_of": MOMENT, "known_at": "2025-06-27T17:30:00+07:00"})
    items = answer.json()["items"]
    rows = reading.rows(sheet)
    assert [row[1] for row in rows] == [item["name"] for item in items]
    assert [row[3:7] for row in rows] == [
        [item[key] for key in ("assignments_completed", "assignments_total", "overdue_open", "obstacles_open")]
        for item in items
    ]
    assert {type(row[8]) for row in rows} <= {datetime, type(None)}
    assert any("17 giờ 30 phút ngày 27/6/2025.)" in str(row[0].value) for row in sheet.iter_rows(max_row=6))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_campaign_without_lines_is_a_document_too(lang: Language) -> None:
    empty = a_report(lang=lang, lines=(), provinces=(), columns=(), lights=(("green", 0), ("yellow", 0), ("red", 0)))
    assert table(lang)["no_lines"] in everything(as_docx.write(empty))
    assert table(lang)["no_lines"] in as_markdown.write(empty).decode()
    assert len(reading.workbook(as_xlsx.write(empty)).worksheets) == 6


@pytest.mark.parametrize("lang", in_languages("en"))
async def test_the_workbook_has_a_chart_and_a_filter_on_every_sheet(demo: Service, lang: Language) -> None:
    book = reading.workbook(await report(demo.client("khach"), "xlsx", bulletin=1, lang=lang))
    assert [sheet.title for sheet in book.chartsheets] == [table(lang)["sheet.chart"]]
    assert all(sheet.auto_filter.ref for sheet in book.worksheets)
    assert all(sheet.page_margins.left >= 0.7 for sheet in book.worksheets)


async def test_a_vietnamese_excel_opens_the_csv_in_columns(demo: Service) -> None:
    khach = demo.client("khach")
    body = await report(khach, "csv", as_of=MOMENT, excel="vi")
    assert body.startswith(b"\xef\xbb\xbf")
    first = reading.table(body, ";")[0]
    assert (first[0], first[3], first[5], first[18]) == ("1", "26", "0,7647", "27/06/2025 17:00")
    assert (await khach.get(f"{REPORTS}.xlsx", params={"excel": "vi"})).status_code == 422
