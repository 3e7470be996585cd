"""A file never changes what its sender did not mean to change, and never says so little that nobody notices."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from httpx import AsyncClient

from app import clock
from app.imports.budgets import UploadBudget
from tests.conftest import Service
from tests.imports.sheets import csv, outcomes, post, read, send

FULL = ("unit", "task", "status", "note")
NOW = ("unit", "task", "status")
TIMED = ("unit", "task", "status", "effective_at")


async def report(client: AsyncClient, task: str, status: str, **more: Any) -> Any:
    answer = await client.post("/v1/status-updates", json={"task": task, "status": status, **more})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def status_of(client: AsyncClient, task: str, unit: str = "38") -> str:
    return str((await client.get(f"/v1/assignments/{task}/{unit}")).json()["status"])


async def history(client: AsyncClient, task: str) -> list[tuple[str, str | None]]:
    items = (await client.get(f"/v1/status-updates?task={task}&limit=100")).json()["items"]
    return [(item["status"], item["note"]) for item in items]


async def commit(client: AsyncClient, *rows: Any, header: Any = NOW, query: str = "") -> Any:
    return await send(client, csv(*rows, header=header), query=f"?commit=true{query}")


def codes(done: Any) -> list[str]:
    return [error["code"] for error in done["errors"]]


async def test_an_hourly_file_takes_no_verified_work_back(huong: AsyncClient, lan: AsyncClient) -> None:
    every_hour = [("38", "hotlines", "Hoàn thành"), ("38", "staffing", "Đang thực hiện")]
    await commit(huong, *every_hour)
    await report(lan, "hotlines", "verified", unit="38", note="Đạt")
    again = await commit(huong, *every_hour)
    assert (again["counts"]["unchanged"], again["counts"]["rejected"]) == (2, 0)
    other = await commit(huong, ("38", "hotlines", "Đang thực hiện"))
    assert codes(other) == ["verified"]
    assert await status_of(huong, "hotlines") == "verified"


@pytest.mark.parametrize("time", ["", "26/06/2025", "26/06/2025 09:00"])
async def test_an_hourly_file_does_not_answer_a_return(huong: AsyncClient, lan: AsyncClient, time: str) -> None:
    row = ("38", "hotlines", "Hoàn thành", time)
    await commit(huong, row, header=TIMED)
    await report(lan, "hotlines", "returned", unit="38", note="Thiếu số máy của xã")
    for _ in range(2):
        again = await commit(huong, row, header=TIMED)
        assert codes(again) == ["returned-since"]
        assert "Thiếu số máy của xã" in again["errors"][0]["detail"]
    assert await status_of(huong, "hotlines") == "returned"
    after = clock.in_vietnam(clock.now() + timedelta(minutes=1)).strftime("%d/%m/%Y %H:%M:%S")
    answered = await commit(huong, ("38", "hotlines", "Hoàn thành", after), header=TIMED)
    assert answered["counts"]["current"] == 1


async def test_an_hourly_file_does_not_undo_what_a_ward_reported(huong: AsyncClient, xa: AsyncClient) -> None:
    row = ("14758", "commune-network", "Chưa thực hiện")
    await commit(huong, row)
    await report(xa, "commune-network", "completed")
    again = await commit(huong, row)
    assert codes(again) == ["changed-since"]
    assert "xa" in again["errors"][0]["detail"]
    assert "Hoàn thành" in again["errors"][0]["detail"]
    assert await status_of(huong, "commune-network", "14758") == "completed"


async def test_the_last_file_with_the_token_counts_though_another_file_came_between(
    huong: AsyncClient, xa: AsyncClient
) -> None:
    row = ("14758", "commune-network", "Chưa thực hiện")
    await commit(huong, row)
    await commit(huong, ("38", "hotlines", "Hoàn thành"))
    await report(xa, "commune-network", "completed")
    assert codes(await commit(huong, row)) == ["changed-since"]


async def test_a_file_stamped_with_its_sending_is_judged_as_one_without_times(
    huong: AsyncClient, xa: AsyncClient, lan: AsyncClient
) -> None:
    def stamped(status: str) -> tuple[str, ...]:
        return ("14758", "commune-network", status, clock.text(clock.now()))

    first = await commit(huong, stamped("Hoàn thành"), header=TIMED)
    assert first["warnings"] == []
    await report(lan, "commune-network", "returned", unit="14758", note="Chưa có đường truyền")
    again = await commit(huong, stamped("Hoàn thành"), header=TIMED)
    assert codes(again) == ["returned-since"]
    assert [warning["code"] for warning in again["warnings"]] == ["judged-without-times"]
    assert await status_of(huong, "commune-network", "14758") == "returned"


async def test_a_bare_day_wins_against_a_report_of_the_same_morning(huong: AsyncClient) -> None:
    today = clock.in_vietnam(clock.now()).date()
    day = today - timedelta(days=1)
    morning = datetime.combine(day, datetime.min.time(), clock.VIETNAM) + timedelta(hours=8)
    await report(huong, "hotlines", "in_progress", effective_at=morning.isoformat())
    preview = await send(huong, csv(("38", "hotlines", "Hoàn thành", f"{day:%d/%m/%Y}"), header=TIMED))
    row = (await huong.get(f"/v1/imports/{preview['id']}/rows")).json()["items"][0]
    assert (row["day"], row["before"]["status"], row["after"]["status"]) == (str(day), "in_progress", "completed")
    await huong.post(f"/v1/imports/{preview['id']}/commit")
    stored = (await huong.get("/v1/status-updates?task=hotlines")).json()["items"][0]
    assert (stored["status"], stored["is_current"], stored["import"]) == ("completed", True, preview["id"])
    assert stored["effective_at"] == clock.text(clock.end_of_day(day))
    tomorrow = today + timedelta(days=1)
    assert codes(await commit(huong, ("38", "hotlines", "Hoàn thành", f"{tomorrow:%d/%m/%Y}"), header=TIMED)) == [
        "in-the-future"
    ]


async def test_an_empty_unit_is_nobodys_unless_the_whole_column_is_empty(huong: AsyncClient) -> None:
    done = await send(huong, csv(("", "hotlines", "Hoàn thành"), ("38", "staffing", "Hoàn thành"), header=NOW))
    assert codes(done) == ["missing"]
    alone = await send(huong, csv(("", "hotlines", "Hoàn thành"), header=NOW))
    assert alone["counts"]["current"] == 1


async def test_empty_cells_say_nothing_and_filled_ones_do(huong: AsyncClient) -> None:
    await report(huong, "hotlines", "completed", note="1022")
    same = await send(huong, csv(("38", "hotlines", "Hoàn thành", ""), header=FULL))
    other = await send(huong, csv(("38", "hotlines", "Hoàn thành", "19001022"), header=FULL))
    assert (same["counts"]["unchanged"], other["counts"]["current"]) == (1, 1)


async def test_whoever_replaces_anothers_report_is_warned(huong: AsyncClient, xa: AsyncClient) -> None:
    await report(xa, "commune-network", "in_progress")
    done = await send(huong, csv(("14758", "commune-network", "Hoàn thành"), header=NOW))
    assert done["counts"]["current"] == 1
    [warning] = done["warnings"]
    assert warning["code"] == "replaces-others"
    assert "xa" in warning["detail"]


async def test_commit_names_what_would_come_out_differently_and_preview_judges_again(
    huong: AsyncClient, xa: AsyncClient
) -> None:
    preview = await send(huong, csv(("14758", "commune-network", "Hoàn thành"), header=NOW))
    await report(xa, "commune-network", "blocked")
    refused = await huong.post(f"/v1/imports/{preview['id']}/commit")
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (409, "/lines/2")
    assert "Vướng mắc" in refused.json()["errors"][0]["detail"]
    again = (await huong.post(f"/v1/imports/{preview['id']}/preview")).json()
    assert (again["state"], again["counts"]["current"]) == ("previewed", 1)
    assert (await huong.post(f"/v1/imports/{preview['id']}/commit")).status_code == 200
    assert (await huong.post(f"/v1/imports/{preview['id']}/preview")).status_code == 409


async def test_rows_that_were_refused_are_judged_again_too(huong: AsyncClient, lan: AsyncClient) -> None:
    await report(huong, "hotlines", "completed")
    await report(lan, "hotlines", "verified", unit="38")
    preview = await send(huong, csv(("38", "hotlines", "Vướng mắc"), ("38", "nope", "Hoàn thành"), header=NOW))
    assert codes(preview) == ["verified", "unknown-task"]
    await report(lan, "hotlines", "returned", unit="38", note="Làm lại")
    again = (await huong.post(f"/v1/imports/{preview['id']}/preview")).json()
    assert codes(again) == ["unknown-task"]
    rows = (await huong.get(f"/v1/imports/{preview['id']}/rows")).json()
    assert outcomes(rows) == ["current", "rejected"]
    assert rows["items"][1]["sent"]["task"] == "nope"


async def test_an_old_file_does_not_answer_a_return_after_another_file_said_that_work_goes_on(
    huong: AsyncClient, lan: AsyncClient
) -> None:
    hourly = ("38", "hotlines", "Hoàn thành", "Đã kết nối")
    await commit(huong, hourly, header=FULL)
    await report(lan, "hotlines", "returned", unit="38", note="Thiếu số máy")
    assert codes(await commit(huong, hourly, header=FULL)) == ["returned-since"]
    await commit(huong, ("38", "hotlines", "Đang thực hiện", "Đang làm lại"), header=FULL)
    again = await commit(huong, hourly, header=FULL)
    assert codes(again) == ["returned-since"]
    assert "Thiếu số máy" in again["errors"][0]["detail"]
    assert await status_of(huong, "hotlines") == "in_progress"
    done = await commit(huong, ("38", "hotlines", "Hoàn thành", "Đã bổ sung số máy"), header=FULL)
    assert done["counts"]["current"] == 1


async def test_a_row_that_is_refused_only_now_comes_back_too(huong: AsyncClient, lan: AsyncClient) -> None:
    await report(huong, "hotlines", "completed")
    preview = await send(huong, csv(("38", "hotlines", "Vướng mắc"), header=NOW))
    assert preview["counts"]["current"] == 1
    await report(lan, "hotlines", "verified", unit="38")
    again = (await huong.post(f"/v1/imports/{preview['id']}/preview")).json()
    assert codes(again) == ["verified"]
    header, row = read((await huong.get(f"/v1/imports/{preview['id']}/rejected.xlsx")).content)
    assert (header[:3], row[:3]) == (NOW, ("38", "hotlines", "blocked"))


async def test_a_file_is_taken_back_and_says_what_it_leaves_alone(
    huong: AsyncClient, xa: AsyncClient, lan: AsyncClient, minh: AsyncClient
) -> None:
    await report(huong, "hotlines", "in_progress", note="đang lắp")
    await report(huong, "staffing", "completed")
    await report(lan, "staffing", "returned", unit="38", note="Thiếu danh sách")
    rows = [
        ("38", "hotlines", "Hoàn thành", "xong"),
        ("38", "equipment", "Hoàn thành", ""),
        ("38", "staffing", "Hoàn thành", "đã bổ sung"),
        ("14758", "commune-network", "Đang thực hiện", ""),
    ]
    done = await commit(huong, *rows, header=FULL)
    assert done["counts"]["current"] == 4
    await report(xa, "commune-network", "blocked")
    assert (await minh.post(f"/v1/imports/{done['id']}/undo")).status_code == 404
    answer = await huong.post(f"/v1/imports/{done['id']}/undo")
    undone = answer.json()
    assert (answer.status_code, undone["state"], undone["undo"]["answered"]) == (200, "undone", 2)
    assert {(one["task"], one["code"]) for one in undone["undo"]["left_alone"]} == {
        ("staffing", "verdict-not-restored"),
        ("commune-network", "reported-since"),
    }
    assert await history(huong, "hotlines") == [
        ("in_progress", "đang lắp"),
        ("completed", "xong"),
        ("in_progress", "đang lắp"),
    ]
    newest = (await huong.get("/v1/status-updates?task=hotlines")).json()["items"]
    assert (newest[0]["undoes"], newest[0]["effective_at"]) == (newest[1]["id"], newest[1]["effective_at"])
    assert (await status_of(huong, "equipment"), await status_of(huong, "staffing")) == ("not_started", "completed")
    assert (await huong.post(f"/v1/imports/{done['id']}/undo")).status_code == 409


async def test_a_file_that_was_taken_back_does_not_come_back_by_itself_but_others_may_say_the_same(
    huong: AsyncClient,
) -> None:
    row = ("38", "hotlines", "Hoàn thành")
    done = await commit(huong, row)
    await huong.post(f"/v1/imports/{done['id']}/undo")
    assert codes(await send(huong, csv(row, header=NOW))) == ["changed-since"]
    other = await send(huong, csv(row, ("38", "staffing", "Đang thực hiện"), header=NOW))
    assert other["counts"]["current"] == 2


async def test_a_preview_cannot_be_taken_back(huong: AsyncClient) -> None:
    preview = await send(huong, csv(("38", "hotlines", "Hoàn thành"), header=NOW))
    assert (await huong.post(f"/v1/imports/{preview['id']}/undo")).status_code == 409


async def test_the_files_of_ones_unit_are_listed(huong: AsyncClient, xa: AsyncClient, lan: AsyncClient) -> None:
    mine = [(await send(huong, csv(("38", task, "Hoàn thành"), header=NOW)))["id"] for task in ("hotlines", "staffing")]
    theirs = (await send(xa, csv(("14758", "commune-network", "Hoàn thành"), header=NOW)))["id"]
    first = (await huong.get("/v1/imports?limit=1")).json()
    rest = (await huong.get("/v1/imports", params={"cursor": first["next_cursor"]})).json()
    assert [item["id"] for item in (*first["items"], *rest["items"])] == mine[::-1]
    assert first["items"][0]["sent_by"] == "huong"
    ward = (await huong.get("/v1/imports?unit=14758")).json()["items"]
    assert [item["id"] for item in ward] == [theirs]
    assert (await xa.get("/v1/imports?unit=38")).status_code == 403
    assert (await lan.get("/v1/imports")).json()["items"] == []
    assert len((await lan.get("/v1/imports?province=38")).json()["items"]) == 3


async def test_an_unclear_column_is_asked_about_once_and_remembered(huong: AsyncClient, minh: AsyncClient) -> None:
    file = csv(("38", "hotlines", "Hoàn thành", "26/06/2025 09:00"), header=(*NOW, "Ngày báo cáo"))
    answer = await post(huong, file)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "unclear-column")
    assert "effective_at" in answer.json()["candidates"]
    assert "Thời điểm (effective_at)" in answer.json()["detail"]
    said = await send(huong, file, query="?column=Ngày báo cáo:effective_at")
    assert [warning["code"] for warning in said["warnings"]] == ["columns-chosen"]
    assert (await post(huong, file)).status_code == 422, "only what is committed is remembered"
    await huong.post(f"/v1/imports/{said['id']}/commit")
    again = await send(huong, file)
    assert (again["counts"]["unchanged"], again["warnings"][0]["code"]) == (1, "columns-chosen")
    [column] = (await huong.get("/v1/imports/columns")).json()["items"]
    assert (column["header"], column["field"]) == ("Ngày báo cáo", "effective_at")
    assert (await minh.get("/v1/imports/columns")).json()["items"] == []
    assert (await huong.delete("/v1/imports/columns?header=Ngày báo cáo")).status_code == 204
    assert (await post(huong, file)).status_code == 422
    assert (await post(huong, file, query="?column=Ngày báo cáo:nope")).status_code == 422
    assert (await send(huong, file, query="?column=Ngày báo cáo:-"))["counts"]["current"] == 0


async def test_a_form_with_one_file_is_taken(huong: AsyncClient) -> None:
    body = csv(("38", "hotlines", "Hoàn thành"), header=NOW).encode()
    answer = await huong.post("/v1/imports?commit=true", files={"file": ("báo cáo.csv", body)})
    assert (answer.status_code, answer.json()["counts"]["current"]) == (201, 1)
    two = [("file", ("a.csv", body)), ("file", ("b.csv", body))]
    for answer in (
        await huong.post("/v1/imports?lang=en", files=two),
        await huong.post("/v1/imports?lang=en", files=two[:1], data={"more": "1"}),
    ):
        [error] = answer.json()["errors"]
        assert (answer.status_code, error["code"]) == (422, "unfit")
        assert error["detail"] == "a form holds exactly one file, and no other field"
    headers = {"Content-Type": "multipart/form-data"}
    answer = await huong.post("/v1/imports?lang=en", content=b"x", headers=headers)
    assert (answer.status_code, "cannot be read as multipart/form-data" in answer.json()["detail"]) == (400, True)
    assert (await huong.post("/v1/imports", files={"file": ("a.doc", body)})).status_code == 415


async def test_what_people_read_is_in_their_language(huong: AsyncClient) -> None:
    file = csv(("38", "hotlines", "Xong"), header=NOW)
    for language, word in (("vi", "Hoàn thành"), ("en", "Completed"), ("ja", "完了")):
        answer = await huong.post(
            f"/v1/imports?lang={language}", content=file.encode(), headers={"Content-Type": "text/csv"}
        )
        assert word in answer.json()["errors"][0]["detail"]
        assert "Xong" in answer.json()["errors"][0]["detail"]


async def test_a_former_name_is_an_offer_and_never_an_answer(lan: AsyncClient) -> None:
    done = await send(lan, csv(("Bình Dương", "hotlines", "Đã xác minh"), header=NOW))
    [error] = done["errors"]
    assert (error["code"], error["candidates"], error["column"]) == ("former-unit", ["79"], "unit")
    assert "79 (" in error["detail"]


async def test_a_token_has_a_budget(service: Service, huong: AsyncClient) -> None:
    service.exchange("upload_budget", UploadBudget(200))
    file = csv(("38", "hotlines", "Hoàn thành"), header=NOW)
    assert {(await post(huong, file)).status_code for _ in range(8)} == {201, 429}


@pytest.mark.parametrize("query", ["?commit=true", ""])
@pytest.mark.parametrize("time", ["", "27/06/2025", "27/06/2025 08:00"])
async def test_a_link_in_one_row_and_a_note_in_another_are_one_report_however_often_they_are_sent(
    huong: AsyncClient, time: str, query: str
) -> None:
    header = (*TIMED, "note", "evidence")
    rows = [
        ("38", "hotlines", "Hoàn thành", time, "", "https://a.vn/1"),
        ("38", "hotlines", "Hoàn thành", time, "a", ""),
    ]

    async def sent() -> Any:
        done = await send(huong, csv(*rows, header=header), query=query)
        return done if query else (await huong.post(f"/v1/imports/{done['id']}/commit")).json()

    first = await sent()
    assert (first["counts"]["current"], first["counts"]["unchanged"]) == (1, 1)
    for _ in range(3):
        assert (await sent())["counts"]["unchanged"] == 2
    [stored] = (await huong.get("/v1/status-updates?task=hotlines")).json()["items"]
    assert (stored["note"], stored["evidence"]) == ("a", ["https://a.vn/1"])
    await report(huong, "hotlines", "blocked", **({"effective_at": stored["effective_at"]} if time else {}))
    for _ in range(3):
        expected = [] if time == "27/06/2025" else ["changed-since"] * 2  # of the day it was said, and that holds
        assert codes(await sent()) == expected
