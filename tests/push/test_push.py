"""The command against a listening service: over TLS, behind a path prefix, through cuts and busy moments."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from httpx import AsyncClient

from app import clock
from app.main import create_app
from app.settings import Settings
from tests.conftest import Template
from tests.imports.sheets import GOOD
from tests.push.mishaps import Answer, Listening, Mishaps, listening

BAD = ("40", "hotlines", "Hoàn thành", "", "=1+1")
HTML = {"Content-Type": "text/html; charset=utf-8"}


async def history(client: AsyncClient) -> list[Any]:
    return list((await client.get("/v1/status-updates")).json()["items"])


async def test_a_file_is_pushed_and_pushed_again(
    there: Listening, file: Callable[..., str], huong: AsyncClient
) -> None:
    done = await there.push(file(GOOD), LANG="en_US.UTF-8")
    assert (done.returncode, done.stderr) == (0, ""), done
    first = done.stdout.splitlines()[0]
    assert first == "1 rows: 1 stored (0 of them as history), 0 unchanged, 0 refused."
    again = await there.push(file(GOOD), "--lang", "en")
    assert "1 unchanged" in again.stdout
    assert len(await history(huong)) == 1


async def test_it_speaks_vietnamese_unless_english_is_asked_for(there: Listening, file: Callable[..., str]) -> None:
    done = await there.push(file(GOOD), "--dry-run")
    assert done.stdout.startswith("1 dòng: sẽ lưu 1 "), done
    assert "dòng" not in (await there.push(file(GOOD), "--dry-run", LANG="en_GB")).stdout
    assert "dòng" in (await there.push(file(GOOD), "--dry-run", "--lang=vi", LANG="en_GB")).stdout
    assert "Mã kết thúc" in (await there.push("--help")).stdout


async def test_refused_rows_are_shown_saved_and_told_by_the_exit_code(
    there: Listening, file: Callable[..., str], huong: AsyncClient, tmp_path: Path
) -> None:
    done = await there.push(file(GOOD, BAD), "--rejected", str(tmp_path / "rejected.xlsx"))
    assert done.returncode == 1
    assert done.stdout.split("\t")[:3] == ["3", "Đơn vị", "not-your-unit"]
    assert (tmp_path / "rejected.xlsx").read_bytes().startswith(b"PK")
    assert len(await history(huong)) == 1


async def test_the_refused_rows_of_an_earlier_run_are_removed_once_nothing_is_refused(
    there: Listening, file: Callable[..., str], tmp_path: Path
) -> None:
    rejected = tmp_path / "rejected.xlsx"
    await there.push(file(GOOD, BAD), "--rejected", str(rejected))
    assert rejected.exists()
    assert (await there.push(file(GOOD), "--rejected", str(rejected))).returncode == 0
    assert not rejected.exists()


async def test_refused_rows_that_cannot_be_fetched_do_not_hide_that_the_others_are_stored(
    there: Listening, file: Callable[..., str], huong: AsyncClient, tmp_path: Path
) -> None:
    there.mishaps.instead = ["pass", "pass", (404, HTML, b"<html>")]
    done = await there.push(file(GOOD, BAD), "--rejected", str(tmp_path / "rejected.xlsx"))
    assert (done.returncode, "Không ghi được các dòng bị từ chối" in done.stderr) == (1, True), done
    assert len(await history(huong)) == 1


async def test_a_dry_run_stores_nothing(there: Listening, file: Callable[..., str], huong: AsyncClient) -> None:
    done = await there.push(file(GOOD), "--dry-run", "--json")
    assert (done.returncode, json.loads(done.stdout)["state"]) == (0, "previewed")
    assert await history(huong) == []


async def test_a_column_that_is_not_understood_is_said_with_an_option(there: Listening, tmp_path: Path) -> None:
    sent = tmp_path / "a.csv"
    sent.write_text("task,status,Ngày báo cáo\nhotlines,completed,27/06/2025\n", encoding="utf-8")
    done = await there.push(str(sent))
    assert (done.returncode, '--column "CỘT:TRƯỜNG"' in done.stderr) == (3, True), done
    done = await there.push(str(sent), "--column", "Ngày báo cáo:effective_at", "--column=status:status")
    assert (done.returncode, done.stderr) == (0, ""), done
    done = await there.push(str(sent), "--column", "effective_at")
    assert (done.returncode, "effective_at" in done.stderr) == (2, True), done


async def test_a_file_that_is_not_there_is_said_in_vietnamese_alone(there: Listening, tmp_path: Path) -> None:
    done = await there.push(str(tmp_path / "a.csv"))
    assert (done.returncode, "không có tệp hoặc thư mục này" in done.stderr, "No such" in done.stderr) == (
        2,
        True,
        False,
    )


async def test_a_lost_answer_and_a_busy_service_are_tried_again_with_the_same_key(
    there: Listening, file: Callable[..., str], huong: AsyncClient
) -> None:
    busy: Answer = (503, {"Retry-After": "1"}, b"{}")
    there.mishaps.instead = [busy, "cut", (429, {"Retry-After": "1"}, b""), "pass", "cut"]
    done = await there.push(file(GOOD))
    assert done.returncode == 0, done
    assert "thử lại sau 1.0 giây" in done.stderr
    assert len(set(there.mishaps.keys)) == 2, "one for the preview, one for the commit"
    assert len(await history(huong)) == 1


async def test_a_push_that_was_cut_off_is_taken_up_where_it_ended(
    there: Listening, file: Callable[..., str], huong: AsyncClient
) -> None:
    there.mishaps.instead = ["pass", (400, {}, b"{}")]
    assert (await there.push(file(GOOD))).returncode == 3
    assert await history(huong) == []
    assert (await there.push(file(GOOD))).returncode == 0
    first, _, second, *_ = there.mishaps.keys
    assert (first, len(await history(huong))) == (second, 1)


async def test_a_preview_that_time_has_overtaken_is_made_anew(
    there: Listening, file: Callable[..., str], huong: AsyncClient
) -> None:
    there.mishaps.instead = ["pass", (400, {}, b"{}")]
    await there.push(file(GOOD))
    newer = {"task": "hotlines", "status": "blocked", "effective_at": "2025-06-28T00:00:00Z"}
    await huong.post("/v1/status-updates", json=newer)
    done = await there.push(file(GOOD), "--lang", "en")
    assert (done.returncode, "(1 of them as history)" in done.stdout) == (0, True)


async def test_a_file_refused_as_a_whole_is_exit_code_3(there: Listening, file: Callable[..., str]) -> None:
    done = await there.push(file(name="không có gì.csv"))
    assert (done.returncode, done.stderr.startswith("Bị từ chối: ")) == (3, True), done
    wrong = await there.push(file(GOOD), TIENDO_TOKEN="tdo_wrong")
    assert wrong.returncode == 3
    shown = await there.push(file(name="không có gì.csv"), "--json")
    assert (shown.returncode, json.loads(shown.stdout)["status"]) == (3, 422)


async def test_a_file_that_is_too_large_is_refused_although_not_all_of_it_was_sent(
    there: Listening, tmp_path: Path
) -> None:
    large = tmp_path / "lon.csv"
    large.write_bytes(b"x" * (33 * 1024 * 1024))
    done = await there.push(str(large), "--patience", "2")
    assert done.returncode == 3, done


async def test_what_waits_in_the_inbox_and_when_the_token_expires_is_said(
    there: Listening, file: Callable[..., str], huong: AsyncClient, lan: AsyncClient, an: AsyncClient
) -> None:
    await there.push(file(GOOD))
    sent = {"task": "hotlines", "unit": "38", "status": "returned", "note": "Thiếu số\nđiện thoại trực"}
    assert (await lan.post("/v1/status-updates", json=sent)).status_code == 201
    until = clock.text(clock.now() + timedelta(days=12, hours=1))
    short = {"name": "Hương", "role": "reporter", "unit": "38", "expires_at": until}
    token = (await an.post("/v1/tokens", json=short)).json()["token"]
    done = await there.push(file(("38", "equipment", "Vướng mắc", "", "")), TIENDO_TOKEN=token)
    task = "Công khai đường dây nóng hỗ trợ người dân, doanh nghiệp"
    assert f"1 việc bị trả lại: {task}, Thanh Hóa (Thiếu số điện thoại trực)" in done.stdout.splitlines()
    assert "1 việc đang vướng mắc" in done.stdout.splitlines()
    assert done.stdout.splitlines()[-1] == "Mã truy cập còn dùng được 12 ngày."


async def test_an_inbox_that_cannot_be_asked_is_no_failure(there: Listening, file: Callable[..., str]) -> None:
    there.mishaps.instead = ["pass", "pass", (500, HTML, b"<html>")]
    done = await there.push(file(GOOD))
    assert (done.returncode, done.stderr, len(done.stdout.splitlines())) == (0, "", 1), done


async def test_a_certificate_of_ones_own_is_trusted_when_named(
    database_url: str, template: Template, file: Callable[..., str], certificate: dict[str, Path], there: Listening
) -> None:
    settings = Settings(database_url=database_url, log_format="console").model_copy(update={"pool_size": 3})
    app = create_app(settings)
    with listening(app, **certificate) as port:
        server = Listening(Mishaps(app), f"https://127.0.0.1:{port}", template.tokens["huong"], there.command)
        stranger = await server.push(file(GOOD))
        assert (stranger.returncode, "CERTIFICATE_VERIFY_FAILED" in stranger.stderr) == (4, True), stranger
        trusted = await server.push(file(GOOD), "--ca-file", str(certificate["ssl_certfile"]))
        assert trusted.returncode == 0, trusted
