"""Rows that earlier files said in vain, rows about verified work, and what a refusal tells of who reported."""

from typing import Any

import pytest
from httpx import AsyncClient

from app import clock
from tests.imports.sheets import csv, send
from tests.imports.test_never_falsified import FULL, NOW, TIMED, codes, commit, report, status_of


async def test_completed_holds_of_verified_work_whatever_else_the_row_says_and_whether_it_was_stored_once_or_never(
    huong: AsyncClient, lan: AsyncClient
) -> None:
    await report(huong, "hotlines", "completed", note="1022")
    await commit(huong, ("38", "staffing", "Hoàn thành", "12 người"), header=FULL)
    await report(huong, "staffing", "completed", note="13 người")
    for task in ("hotlines", "staffing"):
        await report(lan, task, "verified", unit="38", note="Đạt")
    file = [("38", "hotlines", "Hoàn thành", "19001022"), ("38", "staffing", "Hoàn thành", "12 người")]
    first = await commit(huong, *file, header=FULL)
    assert (first["counts"]["unchanged"], codes(first)) == (2, [])
    [warning] = first["warnings"]
    assert (warning["code"], warning["detail"].endswith("dòng 2")) == ("verified-left-alone", True)
    again = await commit(huong, *file, header=FULL)
    assert (again["counts"]["unchanged"], again["warnings"]) == (2, [])
    bad = await commit(huong, ("38", "hotlines", "Đang thực hiện", "19001022"), header=FULL)
    assert codes(bad) == ["verified"]


async def test_a_refusal_advises_nothing_that_does_not_help(huong: AsyncClient, lan: AsyncClient) -> None:
    day = f"{clock.in_vietnam(clock.now()):%d/%m/%Y}"
    await report(huong, "hotlines", "completed")
    await report(lan, "hotlines", "verified", unit="38")
    for language, advice in (("vi", "Thời điểm"), ("en", "write a time"), ("ja", "時点を記入")):
        done = await send(
            huong, csv(("38", "hotlines", "Chưa thực hiện", day), header=TIMED), query=f"?lang={language}"
        )
        assert (codes(done), advice in done["errors"][0]["detail"]) == (["changed-since"], False)
        assert "lan" in done["errors"][0]["detail"]


async def test_who_reports_for_the_ministry_is_called_so(huong: AsyncClient, lan: AsyncClient) -> None:
    row = ("38", "hotlines", "Đang thực hiện")
    await commit(huong, row)
    await report(huong, "hotlines", "completed")
    await report(lan, "hotlines", "returned", unit="38", note="Thiếu")
    for language, by in (("vi", "Bộ (lan)"), ("en", "the ministry (lan)"), ("ja", "省（lan）")):
        done = await send(huong, csv(row, header=NOW), query=f"?lang={language}")
        assert (codes(done), by in done["errors"][0]["detail"]) == (["changed-since"], True)


@pytest.mark.parametrize("time", ["", "26/06/2025", "26/06/2099 09:00"])
@pytest.mark.parametrize("query", ["?commit=true", ""])
async def test_a_row_that_was_refused_for_days_is_no_news_when_the_ministry_returns_the_work(
    huong: AsyncClient, lan: AsyncClient, time: str, query: str
) -> None:
    if "2099" in time:
        time = clock.in_vietnam(clock.now()).strftime("%d/%m/%Y %H:%M:%S")
    hourly = [("38", "hotlines", "Vướng mắc", time), ("38", "staffing", "Hoàn thành", "")]

    async def sent() -> Any:
        done = await send(huong, csv(*hourly, header=TIMED), query=query)
        if not query:
            done = (await huong.post(f"/v1/imports/{done['id']}/commit")).json()
        return done

    await report(huong, "hotlines", "completed", effective_at="2025-06-20T08:00:00+07:00")
    await report(lan, "hotlines", "verified", unit="38", effective_at="2025-06-21T08:00:00+07:00")
    for _ in range(2):
        assert codes(await sent()) == ["verified"]
    await report(lan, "hotlines", "returned", unit="38", note="Tổng đài không có người trực")
    for _ in range(2):
        again = await sent()
        assert codes(again) == ["returned-since"]
        assert "Tổng đài không có người trực" in again["errors"][0]["detail"]
    assert await status_of(huong, "hotlines") == "returned"
    await report(huong, "hotlines", "completed", note="Đã bố trí người trực")
    assert codes(await sent()) == ["changed-since"]
    assert await status_of(huong, "hotlines") == "completed"
    meant = ("38", "hotlines", "Vướng mắc", "Lại mất người trực")
    assert (await commit(huong, meant, header=FULL))["counts"]["current"] == 1


OF_NOW = ("38", "hotlines", "Hoàn thành", "")
OF_BEFORE = ("38", "hotlines", "Đang thực hiện", "20/06/2025 08:00")


@pytest.mark.parametrize("query", ["?commit=true", ""])
@pytest.mark.parametrize(
    ("first", "hourly"),
    [
        ([OF_BEFORE, OF_NOW], [OF_BEFORE, OF_NOW]),
        ([OF_NOW, OF_BEFORE], [OF_NOW, OF_BEFORE]),
        ([OF_NOW], [("38", "hotlines", "Đang thực hiện", "20/06/2025"), OF_NOW]),
    ],
)
async def test_what_was_refused_in_one_hour_is_not_stored_in_the_next_beside_rows_of_the_past(
    huong: AsyncClient, first: list[Any], hourly: list[Any], query: str
) -> None:
    await commit(huong, *first, header=TIMED)
    await report(huong, "hotlines", "blocked", note="máy chủ hỏng")
    for _ in range(4):
        done = await send(huong, csv(*hourly, header=TIMED), query=query)
        if not query:
            done = (await huong.post(f"/v1/imports/{done['id']}/commit")).json()
        assert codes(done) == ["changed-since"]
    assert await status_of(huong, "hotlines") == "blocked"
    told = await commit(huong, ("38", "hotlines", "Hoàn thành", "", "đã thay máy"), header=(*TIMED, "note"))
    assert told["counts"]["current"] == 1
