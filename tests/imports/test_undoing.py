"""A file is taken back: each report it stored is answered, at its own moment, by what held just before it."""

from datetime import timedelta
from typing import Any

import pytest
from httpx import AsyncClient

from app import clock
from tests.imports.sheets import XLSX, csv, saved, send
from tests.imports.test_never_falsified import FULL, NOW, TIMED, codes, commit, report
from tests.imports.test_template import cell, opened, template

DOCUMENT = {"number": "12/QĐ-UBND", "date": "2025-06-20"}


def at(day: int, hour: int = 8) -> str:
    return f"2025-06-{day:02}T{hour:02}:00:00+07:00"


def utc(day: int, hour: int = 8) -> str:
    return f"2025-06-{day:02}T{hour - 7:02}:00:00Z"


async def undo(client: AsyncClient, done: Any) -> Any:
    answer = await client.post(f"/v1/imports/{done['id']}/undo")
    assert answer.status_code == 200, answer.text
    return answer.json()["undo"]


async def history(client: AsyncClient, task: str = "hotlines") -> list[tuple[str, str]]:
    items = (await client.get(f"/v1/status-updates?task={task}&limit=100")).json()["items"]
    return [(item["effective_at"], item["status"]) for item in items]


async def now(client: AsyncClient, task: str = "hotlines") -> tuple[str, str]:
    work = (await client.get(f"/v1/assignments/{task}/38")).json()
    return work["effective_at"], work["status"]


async def test_what_held_before_comes_back_with_its_note_and_papers(huong: AsyncClient) -> None:
    papers = {"note": "đợt 1", "evidence": ["https://thanhhoa.gov.vn/qd"], "document": DOCUMENT}
    await report(huong, "hotlines", "completed", effective_at=at(20), **papers)
    done = await commit(huong, ("38", "hotlines", "Vướng mắc", "26/06/2025 08:00"), header=TIMED)
    assert (await undo(huong, done))["answered"] == 1
    newest = (await huong.get("/v1/status-updates?task=hotlines&limit=1")).json()["items"][0]
    assert {name: newest[name] for name in papers} == papers
    assert await now(huong) == (utc(26), "completed")
    province = (await huong.get("/v1/progress/provinces/38")).json()
    assert province["categories_completed"] == 1
    [line] = [c for c in (await huong.get("/v1/progress")).json()["categories"] if c["code"] == "hotlines"]
    assert line["completed_on_time"] == 1


async def test_a_correction_of_the_same_moment_is_taken_back_at_that_moment(huong: AsyncClient) -> None:
    await report(huong, "hotlines", "completed", effective_at=at(20))
    done = await commit(huong, ("38", "hotlines", "Vướng mắc", "20/06/2025 08:00"), header=TIMED)
    await undo(huong, done)
    assert await history(huong) == [(utc(20), "completed"), (utc(20), "blocked"), (utc(20), "completed")]
    assert await now(huong) == (utc(20), "completed")


async def test_several_rows_of_one_work_are_each_answered_by_what_the_file_found_at_their_moment(
    huong: AsyncClient,
) -> None:
    await report(huong, "hotlines", "in_progress", effective_at=at(20))
    await report(huong, "hotlines", "blocked", effective_at=at(24))
    rows = [("38", "hotlines", "Hoàn thành", f"{day}/06/2025 08:00") for day in (19, 22, 26)]
    done = await commit(huong, *rows, header=TIMED)
    assert (done["counts"]["current"], done["counts"]["superseded"]) == (1, 2)
    assert (await undo(huong, done))["answered"] == 3
    assert (await history(huong))[:3] == [(utc(26), "blocked"), (utc(22), "in_progress"), (utc(19), "not_started")]
    assert await now(huong) == (utc(26), "blocked")


async def test_the_rows_of_one_work_are_answered_in_turn_by_what_others_said_between_them(huong: AsyncClient) -> None:
    """Those between which nobody said anything, or of one moment with another's report, included."""
    for day, status in ((20, "in_progress"), (22, "blocked"), (25, "in_progress")):
        await report(huong, "hotlines", status, effective_at=at(day), note=f"ngày {day}")
    days = (18, 19, 20, 21, 23, 24, 25, 26)
    done = await commit(
        huong, *(("38", "hotlines", "Hoàn thành", f"{day}/06/2025 08:00") for day in days), header=TIMED
    )
    assert (await undo(huong, done))["answered"] == len(days)
    held = ["not_started"] * 2 + ["in_progress"] * 2 + ["blocked"] * 2 + ["in_progress"] * 2
    answers = (await history(huong))[: len(days)]
    assert answers == [(utc(day), status) for day, status in zip(days, held, strict=True)][::-1]
    notes = [item["note"] for item in (await huong.get("/v1/status-updates?task=hotlines&limit=8")).json()["items"]]
    assert notes == ["ngày 25"] * 2 + ["ngày 22"] * 2 + ["ngày 20"] * 2 + [None] * 2


async def test_a_row_that_never_was_current_moves_nothing_when_it_is_taken_back(huong: AsyncClient) -> None:
    await report(huong, "hotlines", "completed", effective_at=at(20))
    await report(huong, "hotlines", "completed", effective_at=at(25), note="đợt 2")
    late = await commit(huong, ("38", "hotlines", "Vướng mắc", "22/06/2025 08:00"), header=TIMED)
    assert late["counts"]["superseded"] == 1
    await undo(huong, late)
    assert (await history(huong))[0] == (utc(22), "completed")
    assert await now(huong) == (utc(25), "completed")


async def test_what_an_undo_says_is_not_taken_back_in_turn(huong: AsyncClient) -> None:
    done = await commit(huong, ("38", "hotlines", "Hoàn thành"))
    await undo(huong, done)
    before = await history(huong)
    assert (await huong.post(f"/v1/imports/{done['id']}/undo")).status_code == 409
    assert await history(huong) == before


async def test_a_template_of_the_morning_is_as_good_as_before_once_a_wrong_file_was_taken_back(
    huong: AsyncClient,
) -> None:
    await report(huong, "hotlines", "in_progress", note="đang lắp")
    morning = opened(await template(huong))
    wrong = await commit(huong, ("38", "hotlines", "Hoàn thành"), ("38", "staffing", "Hoàn thành"))
    await undo(huong, wrong)
    cell(morning.active, "hotlines", "Trạng thái").value = "Vướng mắc"
    cell(morning.active, "staffing", "Trạng thái").value = "Đang thực hiện"
    done = await send(huong, saved(morning), XLSX)
    assert (codes(done), done["counts"]["current"]) == ([], 2)


async def test_a_template_that_shows_what_was_taken_back_since_does_not_say_it_again(huong: AsyncClient) -> None:
    wrong = await commit(huong, ("38", "hotlines", "Đang thực hiện", "nhầm"), header=FULL)
    filled = opened(await template(huong))
    await undo(huong, wrong)
    cell(filled.active, "hotlines", "Ghi chú").value = "xong một nửa"
    assert codes(await send(huong, saved(filled), XLSX)) == ["changed-since"]


async def test_a_file_of_another_time_says_of_the_day_what_it_means(huong: AsyncClient) -> None:
    wrong = await commit(huong, ("38", "hotlines", "Hoàn thành", "26/06/2025"), header=TIMED)
    await undo(huong, wrong)
    again = csv(("38", "hotlines", "Hoàn thành", "26/06/2025"), ("38", "staffing", "Hoàn thành", ""), header=TIMED)
    assert (await send(huong, again, query="?commit=true"))["counts"]["current"] == 2


async def test_a_row_that_an_undo_keeps_from_being_current_is_named(huong: AsyncClient) -> None:
    """What is restored has the moment of the file that was taken back, so a true time before it is history."""
    wrong = await commit(huong, ("38", "hotlines", "Vướng mắc"))
    await undo(huong, wrong)
    right = ("38", "hotlines", "Hoàn thành", "26/06/2025 08:00")
    done = await commit(huong, right, header=TIMED)
    assert (done["counts"]["superseded"], done["warnings"][0]["code"]) == (1, "behind-undo")
    assert (await commit(huong, right[:3]))["counts"]["current"] == 1


async def test_a_row_behind_an_undo_is_named_where_the_times_are_those_of_sending_too(huong: AsyncClient) -> None:
    sent, earlier = clock.text(clock.now()), clock.text(clock.now() - timedelta(minutes=2))
    await commit(huong, ("38", "staffing", "Hoàn thành", sent), header=TIMED)
    await undo(huong, await commit(huong, ("38", "hotlines", "Vướng mắc", sent), header=TIMED))
    right = ("38", "hotlines", "Hoàn thành", earlier)
    done = await commit(huong, right, header=TIMED)
    assert done["counts"]["superseded"] == 1
    assert [warning["code"] for warning in done["warnings"]] == ["judged-without-times", "behind-undo"]


BEGUN, DONE = ("38", "hotlines", "Đang thực hiện"), ("38", "hotlines", "Hoàn thành")
ON_25, ON_26 = "25/06/2025 08:00", "26/06/2025 08:00"


@pytest.mark.parametrize("newest_first", [True, False])
@pytest.mark.parametrize(
    ("rows", "header"),
    [
        (((*BEGUN, ON_25), (*DONE, ON_26)), TIMED),
        (((*DONE, ON_25), (*BEGUN, ON_25)), TIMED),
        ((BEGUN, DONE), NOW),
    ],
)
async def test_wrong_files_one_after_the_other_leave_nothing_when_all_are_taken_back(
    huong: AsyncClient, rows: Any, header: Any, newest_first: bool
) -> None:
    await report(huong, "hotlines", "blocked", effective_at=at(20), note="chờ thiết bị")
    files = [await commit(huong, row, header=header) for row in rows]
    for done in reversed(files) if newest_first else files:
        await undo(huong, done)
    assert (await now(huong))[1] == "blocked"
    newest = (await huong.get("/v1/status-updates?task=hotlines&limit=1")).json()["items"][0]
    assert (newest["status"], newest["note"]) == ("blocked", "chờ thiết bị")


async def test_an_undo_that_changes_nothing_for_a_later_one_says_nothing_more(huong: AsyncClient) -> None:
    first = await commit(huong, (*BEGUN, ON_25), header=TIMED)
    await report(huong, "hotlines", "blocked", effective_at=at(26, 7))
    second = await commit(huong, (*DONE, ON_26), header=TIMED)
    await undo(huong, second)
    assert await now(huong) == (utc(26), "blocked")
    told = (await undo(huong, first))["left_alone"]
    assert [one["code"] for one in told] == ["reported-since"]
    assert await now(huong) == (utc(26), "blocked")
