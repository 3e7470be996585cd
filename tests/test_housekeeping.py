"""What is kept for a while only is forgotten, and nothing else is."""

import asyncio
from datetime import timedelta

import pytest
import structlog
from httpx import AsyncClient

from app.catalogue.seeding import seed
from app.db import Database
from app.housekeeping import ANSWERS_ARE_KEPT, keep_projecting, tidy_up
from app.settings import Settings
from tests.conftest import Service
from tests.connecting import connect, run_sql

REPORT = {"task": "hotlines", "status": "completed"}
KEY = {"Idempotency-Key": "once"}


async def test_an_old_answer_and_an_old_preview_are_forgotten_and_the_reports_stay(
    huong: AsyncClient, service: Service
) -> None:
    await huong.post("/v1/status-updates", json=REPORT, headers=KEY)
    file = {"content": b"task,status\nstaffing,completed\n", "headers": {"Content-Type": "text/csv"}}
    preview = (await huong.post("/v1/imports", **file)).json()  # type: ignore[arg-type]
    committed = (await huong.post("/v1/imports?commit=true", **file)).json()  # type: ignore[arg-type]
    settings = Settings(database_url=service.url)
    database = Database(service.url, settings)

    await tidy_up(database, settings)
    assert (await huong.post("/v1/status-updates", json=REPORT, headers=KEY)).headers["idempotency-replayed"] == "true"
    assert (await huong.get(f"/v1/imports/{preview['id']}")).status_code == 200

    await age(service.url, max(ANSWERS_ARE_KEPT, timedelta(days=settings.previews_kept_days)) + timedelta(hours=1))
    await tidy_up(database, settings)
    assert (await huong.get(f"/v1/imports/{preview['id']}")).status_code == 404
    assert (await huong.get(f"/v1/imports/{committed['id']}")).status_code == 200
    assert len((await huong.get("/v1/status-updates")).json()["items"]) == 2
    again = await huong.post("/v1/status-updates", json=REPORT, headers=KEY)
    assert "idempotency-replayed" not in again.headers
    await database.close()


async def test_what_is_forgotten_is_forgotten_in_slices(
    huong: AsyncClient, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each slice in a transaction of its own, so that none is open for long."""
    monkeypatch.setattr("app.housekeeping.SLICE", 4)
    for number in range(10):
        await huong.post("/v1/status-updates", json=REPORT, headers={"Idempotency-Key": f"key-{number}"})
    file = {"content": b"task,status\nstaffing,completed\n", "headers": {"Content-Type": "text/csv"}}
    preview = (await huong.post("/v1/imports", **file)).json()  # type: ignore[arg-type]
    await age(service.url, timedelta(days=8))
    database: Database = service.app.state.database
    committed = 0

    def count() -> None:
        nonlocal committed
        committed += 1

    service.patch.setattr(database, "on_commit", count)
    await tidy_up(database, Settings(database_url=service.url))
    assert committed == 3 + 1 + 1 + 1  # ten answers, the rows of the preview, the preview, no rows of committed files
    connection = await connect(service.url)
    assert (
        await connection.fetchval("select (select count(*) from idempotency_key) + (select count(*) from import_row)")
        == 0
    )
    await connection.close()
    assert (await huong.get(f"/v1/imports/{preview['id']}")).status_code == 404


async def age(url: str, by: timedelta) -> None:
    hours = by.total_seconds() / 3600
    for table in ("idempotency_key", "import"):
        await run_sql(url, f"update {table} set created_at = created_at - interval '{hours} hours'")


@pytest.mark.own_database
async def test_a_chore_that_is_refused_is_one_line_until_it_works_again(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody asks for what a chore does, so no request would tell that it is not done."""
    monkeypatch.setattr("app.housekeeping.PROJECTION_INTERVAL", timedelta(milliseconds=10))
    await run_sql(database_url, "revoke all on projection_checkpoint from tiendo_app")
    database = Database(database_url, Settings(database_url=database_url))
    with structlog.testing.capture_logs() as logs:
        running = asyncio.create_task(keep_projecting(database))
        await asyncio.sleep(0.5)
        running.cancel()
    await database.close()
    assert [line for line in logs if line["event"] == "a chore failed"] == [
        {
            "event": "a chore failed",
            "log_level": "error",
            "chore": "project_once",
            "cause": "permission denied for table projection_checkpoint",
        }
    ]


async def test_seeding_again_changes_nothing(database_url: str) -> None:
    before = await counted(database_url)
    database = Database(database_url, Settings(database_url=database_url))
    async with database.writing() as session:
        await seed(session)
    await database.close()
    assert await counted(database_url) == before
    assert before[:3] == (34 + 3321 + 10, 12, 15)


async def counted(url: str) -> tuple[int, ...]:
    connection = await connect(url)
    tables = ("unit", "category", "task", "assignment")
    found = [await connection.fetchval(f"select count(*) from {table}") for table in tables]
    found.append(await connection.fetchval("select sum(total) from tally"))
    await connection.close()
    return tuple(int(number) for number in found)
