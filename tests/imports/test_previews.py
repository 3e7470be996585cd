"""A preview is stored once, as it was seen, by whoever of its unit commits it, or not at all."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from httpx import AsyncClient
from prometheus_client import REGISTRY

from app import clock
from tests.conftest import Service
from tests.connecting import run_sql
from tests.imports.sheets import csv, outcomes, post, send
from tests.imports.test_never_falsified import FULL, NOW, TIMED, codes, report, status_of

NETWORK = "commune-network"
MARK = f"{'0' * 32}:-"


async def commit(client: AsyncClient, preview: Any) -> Any:
    return await client.post(f"/v1/imports/{preview['id']}/commit")


async def committed(client: AsyncClient, preview: Any) -> Any:
    answer = await commit(client, preview)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def count(client: AsyncClient) -> int:
    return len((await client.get("/v1/status-updates?limit=1000")).json()["items"])


async def test_a_mark_that_cannot_be_read_is_no_better_when_the_file_is_judged_again(huong: AsyncClient) -> None:
    header = (*NOW, "base")
    preview = await send(huong, csv(("38", "hotlines", "Hoàn thành", f"{MARK[:-5]}:-"), header=header))
    assert codes(preview) == ["base-mismatch"]
    again = (await huong.post(f"/v1/imports/{preview['id']}/preview")).json()
    assert codes(again) == ["base-mismatch"]


async def test_a_preview_whose_rows_are_being_forgotten_is_not_stored_in_part(
    service: Service, huong: AsyncClient
) -> None:
    rows = [("38", "hotlines", "Hoàn thành", ""), ("38", "staffing", "Xong", "")]
    preview = await send(huong, csv(*rows, header=FULL))
    await run_sql(service.url, f"delete from import_row where import_id = '{preview['id']}' and outcome = 'current'")
    for action in ("commit", "preview"):
        assert (await huong.post(f"/v1/imports/{preview['id']}/{action}")).status_code == 404
    assert await count(huong) == 0


async def test_a_file_is_counted_once_however_often_its_commit_is_asked_for(huong: AsyncClient) -> None:
    def counted() -> float:
        return REGISTRY.get_sample_value("tiendo_imports_total", {"state": "committed"}) or 0.0

    preview = await send(huong, csv(("38", "hotlines", "Hoàn thành", ""), header=FULL))
    before = counted()
    for _ in range(3):
        await committed(huong, preview)
    assert counted() == before + 1
    other = await send(huong, csv(("38", "staffing", "Hoàn thành", ""), header=FULL))
    await report(huong, "staffing", "blocked")
    assert (await commit(huong, other)).status_code == 409
    assert counted() == before + 1


async def test_whether_times_are_those_of_sending_is_decided_by_the_whole_file(huong: AsyncClient) -> None:
    """The rows that are left to commit all have the time of sending; the refused one had not."""
    now, week = clock.text(clock.now()), clock.text(clock.now() - timedelta(days=7))
    await send(huong, csv(("38", "hotlines", "Đang thực hiện", now), header=TIMED), query="?commit=true")
    await report(huong, "hotlines", "blocked")
    rows = [("38", "hotlines", "Đang thực hiện", clock.text(clock.now())), ("38", "staffing", "Xong", week)]
    preview = await send(huong, csv(*rows, header=TIMED))
    assert (preview["counts"]["current"], preview["counts"]["rejected"]) == (1, 1)
    assert (await commit(huong, preview)).status_code == 200


async def test_a_province_commits_what_its_ward_said_of_itself_without_naming_it(
    huong: AsyncClient, xa: AsyncClient
) -> None:
    preview = await send(xa, csv((NETWORK, "Hoàn thành"), header=NOW[1:]))
    rows = (await xa.get(f"/v1/imports/{preview['id']}/rows")).json()
    assert (outcomes(rows), rows["items"][0]["unit"]) == (["current"], "14758")
    assert outcomes((await xa.get(f"/v1/imports/{preview['id']}/rows")).json()) == ["current"]
    assert (await huong.post(f"/v1/imports/{preview['id']}/preview")).json()["counts"]["current"] == 1
    assert (await commit(huong, preview)).status_code == 200
    assert await status_of(huong, NETWORK, "14758") == "completed"


async def test_a_file_of_a_ward_is_held_against_the_wards_files_whoever_commits_it(
    huong: AsyncClient, xa: AsyncClient
) -> None:
    await send(xa, csv(("14758", NETWORK, "Đang thực hiện"), header=NOW), query="?commit=true")
    await report(huong, NETWORK, "completed", unit="14758")
    preview = await send(xa, csv(("14758", NETWORK, "Đang thực hiện"), header=NOW))
    assert codes(preview) == ["changed-since"]
    assert codes((await huong.post(f"/v1/imports/{preview['id']}/preview")).json()) == ["changed-since"]


async def test_what_was_said_last_of_a_header_counts_in_whatever_spelling(huong: AsyncClient) -> None:
    file = csv(("38", "hotlines", "Hoàn thành", "26/06/2025"), header=(*NOW, "Ngày báo cáo"))
    await send(huong, file, query="?commit=true&column=Ngày báo cáo:effective_at")
    await send(huong, file, query="?commit=true&column=NGÀY BÁO CÁO:-")
    columns = (await huong.get("/v1/imports/columns")).json()["items"]
    assert [(one["header"], one["field"]) for one in columns] == [("NGÀY BÁO CÁO", "-")]
    assert "không đọc" in (await send(huong, file))["warnings"][0]["detail"]
    assert (await huong.delete("/v1/imports/columns?header=ngay bao cao")).status_code == 204
    assert (await post(huong, file)).status_code == 422


async def test_a_preview_that_several_commit_at_once_is_stored_once(huong: AsyncClient) -> None:
    preview = await send(huong, csv(("38", "hotlines", "Hoàn thành"), ("38", "staffing", "Vướng mắc"), header=NOW))
    answers = await asyncio.gather(*(commit(huong, preview) for _ in range(4)))
    assert [answer.status_code for answer in answers] == [200] * 4
    assert await count(huong) == 2


async def test_a_file_that_is_sent_several_times_at_once_is_stored_once(huong: AsyncClient) -> None:
    file = csv(("38", "hotlines", "Hoàn thành"), ("38", "staffing", "Vướng mắc"), header=NOW)
    done = await asyncio.gather(*(send(huong, file, query="?commit=true") for _ in range(4)))
    assert sorted(one["counts"]["current"] for one in done) == [0, 0, 0, 2]
    assert await count(huong) == 2


async def test_a_file_is_taken_back_once_while_another_is_being_stored(huong: AsyncClient) -> None:
    first = await send(huong, csv(("38", "hotlines", "Hoàn thành"), header=NOW), query="?commit=true")
    second = csv(("38", "hotlines", "Vướng mắc"), ("38", "staffing", "Vướng mắc"), header=NOW)
    undoing = [huong.post(f"/v1/imports/{first['id']}/undo") for _ in range(3)]
    done, *undone = await asyncio.gather(post(huong, second, query="?commit=true"), *undoing)
    assert (done.status_code, sorted(answer.status_code for answer in undone)) == (201, [200, 409, 409])
    assert await status_of(huong, "hotlines") == "blocked"


@pytest.mark.parametrize("query", ["?commit=true", ""])
async def test_a_row_before_a_refused_one_is_stored_as_it_was_previewed(
    huong: AsyncClient, lan: AsyncClient, query: str
) -> None:
    """The refused row stays the file's last word: without it the row before was taken for that, and refused."""
    await report(huong, "hotlines", "completed", effective_at="2025-06-20T08:00:00+07:00")
    await report(lan, "hotlines", "returned", unit="38", note="Thiếu", effective_at="2025-06-21T08:00:00+07:00")
    rows = [("38", "hotlines", "Hoàn thành", time) for time in ("20/06/2025 08:00", "")]
    done = await send(huong, csv(*rows, ("38", "staffing", "Vướng mắc", ""), header=TIMED), query=query)
    if not query:
        done = await committed(huong, done)
    assert (codes(done), done["counts"]["unchanged"], done["counts"]["current"]) == (["returned-since"], 1, 1)
    assert await status_of(huong, "hotlines") == "returned"
    assert await status_of(huong, "staffing") == "blocked"


async def test_a_refused_row_is_left_out_also_when_nothing_is_wrong_with_it_by_now(
    huong: AsyncClient, lan: AsyncClient
) -> None:
    await report(huong, "hotlines", "completed")
    await report(lan, "hotlines", "verified", unit="38")
    rows = [("38", "hotlines", "Đang thực hiện"), ("38", "staffing", "Vướng mắc")]
    preview = await send(huong, csv(*rows, header=NOW))
    await report(lan, "hotlines", "returned", unit="38", note="Thiếu")
    done = await committed(huong, preview)
    assert (codes(done), done["counts"]) == (["verified"], preview["counts"])
    assert await status_of(huong, "hotlines") == "returned"


async def test_what_was_stored_is_warned_of_as_it_is_when_it_is_stored(huong: AsyncClient, an: AsyncClient) -> None:
    """Not as it was hours before, at the preview: whose reports are replaced may have changed."""
    own = (await an.post("/v1/tokens", json={"name": "phòng khác", "role": "reporter", "unit": "38"})).json()["token"]
    other = {"Authorization": f"Bearer {own}"}
    said = {"task": "hotlines", "status": "in_progress", "effective_at": "2025-06-20T08:00:00+07:00"}
    await report(huong, **said)
    header = ("unit", "task", "status", "x", "y")
    preview = await send(huong, csv(("38", "hotlines", "Vướng mắc", "1", ""), header=header))
    assert [one["code"] for one in preview["warnings"]] == ["columns-not-read"]
    assert (await huong.post("/v1/status-updates", json={**said, "note": "2"}, headers=other)).status_code == 201
    done = await committed(huong, preview)
    assert [one["code"] for one in done["warnings"]] == ["columns-not-read", "replaces-others"]
    assert (await huong.get(f"/v1/imports/{done['id']}")).json()["warnings"] == done["warnings"]
