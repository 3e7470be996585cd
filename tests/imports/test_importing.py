"""Files: previewed, committed exactly so, and sent again without doubling anything."""

import io
import json
import zipfile
from datetime import datetime
from typing import Any

import openpyxl
import pytest
from httpx import AsyncClient

from tests.imports.sheets import GOOD, HEADER, XLSX, csv, outcomes, post, read, send, workbook

FILE = """Đơn vị,Nhiệm vụ,Trạng thái,Thời điểm,Ghi chú,Minh chứng,Số văn bản,Ngày văn bản
Thanh Hóa,hotlines,Hoàn thành,27/06/2025 15:00,Đã công bố,https://a.vn/1 https://a.vn/2,1234/UBND-CĐS,27/06/2025
tinh thanh hoa,Trang bị cho các trung tâm phục vụ hành chính công,đang thực hiện,2025-06-27T10:00:00+07:00,,,,
38,staffing,completed,,,,,
"""
BAD = ("40", "hotlines", "Hoàn thành", "27/06/2025 15:00", "")


async def history(client: AsyncClient) -> list[Any]:
    answer = await client.get("/v1/status-updates?limit=1000")
    return list(answer.json()["items"])


async def test_a_file_is_previewed_and_then_stored_exactly_so(huong: AsyncClient) -> None:
    preview = await send(huong, FILE)
    assert (preview["state"], preview["source"], preview["errors"]) == ("previewed", "csv", [])
    assert preview["counts"] == {"received": 3, "current": 3, "superseded": 0, "unchanged": 0, "rejected": 0}
    assert await history(huong) == []
    committed = (await huong.post(f"/v1/imports/{preview['id']}/commit")).json()
    assert committed["state"] == "committed"
    stored = (await huong.get("/v1/status-updates?task=hotlines")).json()["items"][0]
    assert stored["effective_at"] == "2025-06-27T08:00:00Z"
    assert stored["evidence"] == ["https://a.vn/1", "https://a.vn/2"]
    assert stored["document"] == {"number": "1234/UBND-CĐS", "date": "2025-06-27"}
    assert (await huong.get("/v1/assignments/equipment/38")).json()["status"] == "in_progress"


async def test_preview_and_commit_in_one_call(huong: AsyncClient) -> None:
    done = await send(huong, FILE, query="?commit=true")
    assert (done["state"], len(await history(huong))) == ("committed", 3)
    assert (await huong.get(f"/v1/imports/{done['id']}")).json() == done


async def test_sending_the_file_again_adds_nothing(huong: AsyncClient) -> None:
    await send(huong, FILE, query="?commit=true")
    again = await send(huong, FILE, query="?commit=true")
    assert (again["counts"]["unchanged"], len(await history(huong))) == (3, 3)


async def test_a_file_that_contradicts_itself_is_refused_where_it_does(huong: AsyncClient) -> None:
    file = csv(("38", "hotlines", "Vướng mắc", "27/06/2025 15:00", ""), GOOD)
    first = await send(huong, file, query="?commit=true")
    assert [(error["line"], error["code"]) for error in first["errors"]] == [
        (2, "contradiction"),
        (3, "contradiction"),
    ]
    assert "dòng 3" in first["errors"][0]["detail"]
    assert await history(huong) == []


async def test_a_correction_is_not_undone_by_the_file_that_it_corrects(huong: AsyncClient) -> None:
    await send(huong, csv(GOOD), query="?commit=true")
    await send(huong, csv(("38", "hotlines", "Vướng mắc", "27/06/2025 15:00", "")), query="?commit=true")
    back = await send(huong, csv(GOOD), query="?commit=true")
    assert [error["code"] for error in back["errors"]] == ["changed-since"]
    assert (await huong.get("/v1/assignments/hotlines/38")).json()["status"] == "blocked"


@pytest.mark.parametrize("place", [2, 4])
async def test_a_row_that_differs_in_one_field_is_new(huong: AsyncClient, place: int) -> None:
    await send(huong, csv(GOOD), query="?commit=true")
    other = [*GOOD]
    other[place] = "Đang thực hiện" if place == 2 else "Số máy 1022"
    assert (await send(huong, csv(other)))["counts"]["current"] == 1


async def test_a_column_that_is_not_there_and_an_empty_cell_say_nothing(huong: AsyncClient) -> None:
    await send(huong, csv(GOOD), query="?commit=true")
    assert (await send(huong, csv((*GOOD[:4], ""))))["counts"]["unchanged"] == 1
    bare = csv(("38", "hotlines", "completed"), header=("unit", "task", "status"))
    assert (await send(huong, bare))["counts"]["unchanged"] == 1


async def test_a_row_without_a_time_is_held_against_what_the_rest_of_the_file_leaves(huong: AsyncClient) -> None:
    await send(huong, csv(GOOD), query="?commit=true")
    now_complete = ("38", "hotlines", "Hoàn thành", "", "Đã công bố")
    later_blocked = ("38", "hotlines", "Vướng mắc", "28/06/2025 09:00", "")
    assert (await send(huong, csv(now_complete)))["counts"]["unchanged"] == 1
    done = await send(huong, csv(now_complete, later_blocked), query="?commit=true")
    assert done["counts"]["unchanged"] == 0
    assert (await huong.get("/v1/assignments/hotlines/38")).json()["status"] == "completed"


async def test_a_batch_report_makes_the_same_row_of_a_file_unchanged(huong: AsyncClient) -> None:
    report = {"task": "hotlines", "status": "completed", "effective_at": "2025-06-27T08:00:00Z", "note": "Đã công bố"}
    await huong.post("/v1/status-updates", json=report)
    assert (await send(huong, csv(GOOD)))["counts"]["unchanged"] == 1


async def test_every_bad_row_is_named_with_all_that_is_wrong(huong: AsyncClient) -> None:
    file = csv(GOOD, ("40", "nope", "xong", "31/02/2025", "x"), ("38", "", "", "2099-01-01T00:00:00Z", ""))
    preview = await send(huong, file)
    assert (preview["counts"]["current"], preview["counts"]["rejected"]) == (1, 2)
    found = {(error["line"], error["column"], error["code"]) for error in preview["errors"]}
    assert found == {
        (3, "Đơn vị", "not-your-unit"),
        (3, "Nhiệm vụ", "unknown-task"),
        (3, "Trạng thái", "unknown-value"),
        (3, "Thời điểm", "malformed-time"),
        (4, "Nhiệm vụ", "missing"),
        (4, "Trạng thái", "missing"),
        (4, "Thời điểm", "in-the-future"),
    }


async def test_an_ambiguous_name_is_refused_with_its_candidates(lan: AsyncClient, huong: AsyncClient) -> None:
    file = csv(("Ba Đình", "commune-network", "verified", "27/06/2025 15:00", ""))
    error = (await send(lan, file))["errors"][0]
    assert error["code"] == "ambiguous-unit"
    assert len(error["candidates"]) > 1
    assert all(code in error["detail"] for code in error["candidates"])
    own = (await send(huong, file.replace("verified", "Hoàn thành")))["counts"]
    assert own["rejected"] == 0, "inside Thanh Hóa there is one Ba Đình"


async def test_the_good_rows_are_stored_and_the_bad_left_out(huong: AsyncClient) -> None:
    preview = await send(huong, csv(GOOD, BAD))
    await huong.post(f"/v1/imports/{preview['id']}/commit")
    assert [row["unit"] for row in await history(huong)] == ["38"]


async def test_an_atomic_file_with_one_bad_row_stores_nothing(huong: AsyncClient) -> None:
    answer = await post(huong, csv(GOOD, BAD), query="?commit=true&mode=atomic")
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/lines/3/unit"]
    assert await history(huong) == []


async def test_another_units_rows_are_bad_rows(minh: AsyncClient) -> None:
    preview = await send(minh, csv(GOOD, ("Tỉnh Thanh Hóa", *GOOD[1:]), BAD))
    assert preview["counts"] == {"received": 3, "current": 1, "superseded": 0, "unchanged": 0, "rejected": 2}
    assert {error["code"] for error in preview["errors"]} == {"not-your-unit"}


async def test_another_units_import_is_not_there(huong: AsyncClient, minh: AsyncClient, xa: AsyncClient) -> None:
    mine = f"/v1/imports/{(await send(huong, csv(GOOD)))['id']}"
    for other in (minh, xa):
        for path in ("", "/rows", "/rejected.xlsx"):
            assert (await other.get(mine + path)).status_code == 404
        assert (await other.post(mine + "/commit")).status_code == 404


async def test_the_ministry_reads_an_import_and_does_not_commit_it(huong: AsyncClient, lan: AsyncClient) -> None:
    mine = f"/v1/imports/{(await send(huong, csv(GOOD)))['id']}"
    assert (await lan.get(mine)).status_code == 200
    assert (await lan.post(mine + "/commit")).status_code == 403


async def test_a_viewer_sends_no_files(khach: AsyncClient) -> None:
    assert (await post(khach, csv(GOOD))).status_code == 403


async def test_a_province_commits_what_its_ward_previewed(huong: AsyncClient, xa: AsyncClient) -> None:
    preview = await send(xa, csv(("14758", "commune-network", "Hoàn thành", "", "")))
    assert (await huong.post(f"/v1/imports/{preview['id']}/commit")).json()["state"] == "committed"


async def test_a_preview_that_time_has_overtaken_is_refused(huong: AsyncClient) -> None:
    preview = await send(huong, csv(GOOD))
    newer = {"task": "hotlines", "status": "blocked", "effective_at": "2025-06-28T00:00:00Z"}
    await huong.post("/v1/status-updates", json=newer)
    answer = await huong.post(f"/v1/imports/{preview['id']}/commit")
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems#preview-outdated")
    assert answer.json()["errors"][0]["pointer"] == "/lines/2"
    assert len(await history(huong)) == 1


async def test_committing_twice_stores_once_and_answers_the_same(huong: AsyncClient) -> None:
    preview = await send(huong, csv(GOOD))
    first = await huong.post(f"/v1/imports/{preview['id']}/commit")
    second = await huong.post(f"/v1/imports/{preview['id']}/commit")
    assert (second.status_code, second.json()) == (200, first.json())
    assert len(await history(huong)) == 1


async def test_a_retry_with_the_same_key_is_answered_once(huong: AsyncClient) -> None:
    headers = {"Content-Type": "text/csv", "Idempotency-Key": "tuan-26"}
    first = await huong.post("/v1/imports?commit=true", content=FILE.encode(), headers=headers)
    second = await huong.post("/v1/imports?commit=true", content=FILE.encode(), headers=headers)
    assert (second.json(), second.headers["Idempotency-Replayed"]) == (first.json(), "true")
    other = await huong.post("/v1/imports?commit=true", content=csv(GOOD).encode(), headers=headers)
    assert other.status_code == 422


async def test_the_rows_of_an_import_come_in_pages(huong: AsyncClient) -> None:
    preview = await send(huong, csv(GOOD, BAD, BAD, BAD))
    path = f"/v1/imports/{preview['id']}/rows"
    page = (await huong.get(path, params={"outcome": "rejected", "limit": 2})).json()
    assert [(row["line"], row["code"], row["sent"]["Đơn vị"]) for row in page["items"]] == [
        (3, "not-your-unit", "40"),
        (4, "not-your-unit", "40"),
    ]
    rest = (await huong.get(path, params={"outcome": "rejected", "cursor": page["next_cursor"]})).json()
    assert ([row["line"] for row in rest["items"]], rest["next_cursor"]) == ([5], None)
    assert outcomes((await huong.get(path)).json()) == ["current", "rejected", "rejected", "rejected"]


async def test_the_rows_of_a_long_file_are_each_there_once_whatever_became_of_them(huong: AsyncClient) -> None:
    rows = [
        ("38", "hotlines", "Hoàn thành", f"{n % 28 + 1}/05/2025 {n // 60 % 24}:{n % 60:02}", str(n))
        for n in range(1300)
    ]
    rows[3] = rows[707] = rows[1299] = BAD
    preview = await send(huong, csv(*rows))
    path, cursor = f"/v1/imports/{preview['id']}/rows", None
    found: list[Any] = []
    while not found or cursor:
        page = (await huong.get(path, params={"limit": 170} | ({"cursor": cursor} if cursor else {}))).json()
        found, cursor = found + page["items"], page["next_cursor"]
    assert [(row["line"], row["note"]) for row in found] == [(n, row[4] or None) for n, row in enumerate(rows, 2)]
    for outcome, count in preview["counts"].items():
        lines = (await huong.get(path, params={"outcome": outcome, "limit": 1000})).json().get("items")
        expected = [row["line"] for row in found if row["outcome"] == outcome][:1000]
        assert outcome == "received" or ([row["line"] for row in lines], count >= len(lines)) == (expected, True)
    assert (await huong.post(f"/v1/imports/{preview['id']}/commit")).json()["counts"] == preview["counts"]


async def test_refused_rows_come_back_corrected_and_are_taken(huong: AsyncClient) -> None:
    rows = [("38", "hotlines", "Xong", 45835.625, "+1+1"), ("38", "staffing", "Hoàn thành", 45835.625, "")]
    preview = await send(huong, workbook(("Sở TT&TT",), (), HEADER, *rows), XLSX)
    answer = await huong.get(f"/v1/imports/{preview['id']}/rejected.xlsx")
    assert answer.headers["content-type"] == XLSX
    assert answer.headers["content-disposition"] == f'attachment; filename="rejected-{preview["id"]}.xlsx"'
    header, bad = read(answer.content)
    assert header == (*HEADER, "Lý do từ chối", "Dòng trong tệp đã gửi")
    assert bad[:5] == ("38", "hotlines", "Xong", 45835.625, "+1+1")
    assert bad[5] == (
        "Trạng thái: “Xong” không phải là trạng thái; dùng: Chưa thực hiện, Đang thực hiện, Vướng mắc, Hoàn thành"
    )
    assert bad[6] == 4
    corrected = workbook(header, (*bad[:2], "Hoàn thành", *bad[3:]))
    assert (await send(huong, corrected, XLSX, "?commit=true"))["counts"]["current"] == 1


async def test_a_row_refused_twice_has_the_last_reason_alone(huong: AsyncClient) -> None:
    first = await send(huong, csv(("38", "hotlines", "Xong", "", "")))
    header, bad = read((await huong.get(f"/v1/imports/{first['id']}/rejected.xlsx")).content)
    mended = workbook(header, (*bad[:2], "Hoàn thành", "31/02/2025", *bad[4:]))
    second = await send(huong, mended, XLSX)
    again, still_bad = read((await huong.get(f"/v1/imports/{second['id']}/rejected.xlsx?lang=en")).content)
    assert again == (*HEADER, "Why it was refused", "Line in the file sent")
    assert still_bad[:4] == ("38", "hotlines", "Hoàn thành", "31/02/2025")
    assert ("31/02/2025" in still_bad[5], still_bad[6]) == (True, 2)


@pytest.mark.parametrize("cell", ['=HYPERLINK("http://x")', "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "http://a.vn"])
async def test_nothing_in_a_refused_row_is_ever_run(huong: AsyncClient, cell: str) -> None:
    line = json.dumps({"unit": "38", "task": "nope", "status": "completed", "note": cell})
    preview = await send(huong, line, "application/x-ndjson")
    body = (await huong.get(f"/v1/imports/{preview['id']}/rejected.xlsx")).content
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")
    assert [value for value in read(body)[1] if isinstance(value, str) and value.endswith(cell.strip())]


async def test_a_formula_never_comes_back_as_its_own_text(huong: AsyncClient) -> None:
    preview = await send(huong, workbook(HEADER, ("38", "hotlines", "Hoàn thành", None, '=A1&"x"')), XLSX)
    assert [error["code"] for error in preview["errors"]] == ["formula-not-calculated"]
    body = (await huong.get(f"/v1/imports/{preview['id']}/rejected.xlsx")).content
    assert read(body)[1][:5] == ("38", "hotlines", "Hoàn thành", None, "=#N/A")


async def test_a_provinces_own_code_is_no_commune_elsewhere_that_lost_its_zeros(an: AsyncClient) -> None:
    """25 is Phú Thọ, and could be 00025, a ward of Hà Nội, beside a task of the communes."""
    answer = await an.post("/v1/tokens", json={"name": "Phú Thọ", "role": "reporter", "unit": "25"})
    own = {"Authorization": f"Bearer {answer.json()['token']}"}
    file = csv(("25", "commune-network", "Hoàn thành", "", ""), ("38", "hotlines", "Hoàn thành", "", ""))
    headers = {"Content-Type": "text/csv"} | own
    done = (await an.post("/v1/imports", content=file, headers=headers)).json()
    assert [error["code"] for error in done["errors"]] == ["no-such-assignment", "not-your-unit"]


async def test_verdicts_come_by_file_too(huong: AsyncClient, lan: AsyncClient) -> None:
    await send(huong, csv(GOOD), query="?commit=true")
    verdicts = csv(("38", "hotlines", "Đã xác minh", "", ""), ("38", "staffing", "Trả lại", "", "làm lại"))
    done = await send(lan, verdicts, query="?commit=true")
    assert [error["code"] for error in done["errors"]] == ["not-complete"]
    assert (await lan.get("/v1/assignments/hotlines/38")).json()["status"] == "verified"
    assert (await send(lan, verdicts))["counts"]["unchanged"] == 1


async def test_refused_rows_can_be_read_on_screen_and_on_paper(huong: AsyncClient) -> None:
    note = "Đã bố trí đủ cán bộ trực tại trung tâm, đang chờ cấp tài khoản cho mười hai xã còn lại"
    rows = [("38", "hotlines", "Xong", "31/02/2025", note), ("38", "staffing", "Chưa", "", "")]
    preview, body = await send(huong, csv(*rows)), b""
    for language, guide in (("vi", "Hướng dẫn"), ("en", "Guide"), ("ja", "ご案内")):
        body = (await huong.get(f"/v1/imports/{preview['id']}/rejected.xlsx?lang={language}")).content
        book: Any = openpyxl.load_workbook(io.BytesIO(body))
        sheet = book.worksheets[0]
        assert book.sheetnames[1:] == [guide]
        page = sheet.page_setup
        assert (page.orientation, page.fitToWidth or 1, page.fitToHeight) == ("landscape", 1, 0)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.print_title_rows == "$1:$1"
        why, lines = sheet.cell(2, 6).value, sheet.row_dimensions[2].height / 16
        assert lines >= sum(-(-len(line) // 46) for line in why.splitlines()) >= 2
        assert sheet.row_dimensions[1].height > 30, "the last header takes three lines"
    again = await send(huong, body, XLSX)
    assert (again["counts"]["received"], again["warnings"]) == (2, [])


async def test_a_corrected_moment_stays_of_the_kind_that_was_sent(huong: AsyncClient) -> None:
    header = ("Đơn vị", "Nhiệm vụ", "Trạng thái", "Thời điểm", "Số văn bản", "Ngày văn bản")
    texts = csv(("38", "hotlines", "Xong", "31/02/2025", "12/QĐ", ""), header=header)
    day: Any = datetime(2025, 6, 27, 9)  # noqa: DTZ001 - Excel knows no time zone
    dates = workbook(header, ("38", "hotlines", "Xong", day, "12/QĐ", None))
    for body, kind, expected in ((texts, "text/csv", "@"), (dates, XLSX, "dd/mm/yyyy hh:mm")):
        preview = await send(huong, body, kind)
        answer = await huong.get(f"/v1/imports/{preview['id']}/rejected.xlsx")
        book: Any = openpyxl.load_workbook(io.BytesIO(answer.content))
        assert (book.active["D2"].number_format, book.active["E2"].number_format) == (expected, "@")


async def test_a_unit_that_nothing_is_like_is_not_said_to_be_like_nothing(huong: AsyncClient) -> None:
    done = await send(huong, csv(("Atlantis Qqq", "hotlines", "Hoàn thành", "", "")))
    assert (done["errors"][0]["code"], "–" in done["errors"][0]["detail"]) == ("unknown-unit", False)
