"""Each condition is defined once: an edit of `app/conditions.py` changes every figure that depends on it."""

import asyncio
import json
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from httpx import AsyncClient

from app import clock, conditions
from app.housekeeping import project_once
from app.progress.figures.cell import Cell
from app.progress.past.past_queries import CELL
from app.progress.present.current_figures import Count
from tests.checks.edited_conditions import AGENCY, PROVINCE, TASK, answers
from tests.conftest import Service
from tests.connecting import connect

ROOT = Path(conditions.__file__).parents[1]
NOON = datetime(2025, 6, 27, 12, tzinfo=clock.VIETNAM)
HOUR, TICK = timedelta(hours=1), timedelta(microseconds=1)


@pytest.mark.slow
async def test_one_edit_changes_every_endpoint(service: Service, an: AsyncClient, huong: AsyncClient) -> None:
    """Work is due in 60 hours, and its province reported 60 hours before that: soon and silent by other hours only."""
    deadline = clock.minute_of(clock.now()) + 60 * HOUR
    for unit in ({"province": PROVINCE}, {"unit": AGENCY}):
        sent = {"deadline": clock.text(deadline), "reason": "Gia hạn"}
        answer = await an.patch("/v1/assignments", params=unit, json=sent)
        assert answer.status_code == 200, answer.text
    sent = {"task": TASK, "status": "in_progress", "effective_at": "2025-06-20T00:00:00Z"}
    assert (await huong.post("/v1/status-updates", json=sent)).status_code == 201
    await project_once(service.app.state.database)
    as_shipped = await answers(service.url, service.tokens["lan"], deadline)
    edited = await _edited(service, 72, 48, deadline)
    assert not any(as_shipped.values()), as_shipped
    assert all(edited.values()), edited


async def _edited(service: Service, due_soon: int, silent: int, deadline: datetime) -> dict[str, bool]:
    sent = [service.url, service.tokens["lan"], str(due_soon), str(silent), deadline.isoformat()]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.checks.edited_conditions", *sent), stdout=asyncio.subprocess.PIPE, cwd=ROOT
    )
    printed, _ = await process.communicate()
    assert process.returncode == 0
    found: dict[str, bool] = json.loads(printed.splitlines()[-1])
    return found


@pytest.mark.parametrize(
    "written", ["'completed', 'verified'", "48 hours", "72 hours", "48 giờ", "72 giờ", "hours=48", "hours=72"]
)
def test_no_other_module_repeats_a_condition(written: str) -> None:
    other_rules = {"housekeeping.py", "imports/judging/rules.py"}
    allowed = {"conditions.py", "models/assignment.py"} | other_rules
    files = [path for path in ROOT.glob("app/**/*") if path.suffix in (".py", ".json")]
    modules = {str(path.relative_to(ROOT / "app")): path.read_text(encoding="utf-8") for path in files}
    assert {name for name, code in modules.items() if written in code and not name.startswith("demo/")} <= allowed


def test_bounds_belong_to_one_side() -> None:
    assert not conditions.is_overdue(NOON, NOON)
    assert conditions.is_overdue(NOON, NOON + TICK)
    assert conditions.is_due_soon(NOON, NOON)
    assert conditions.is_due_soon(NOON, NOON - 48 * HOUR)
    assert not conditions.is_due_soon(NOON, NOON - 48 * HOUR - TICK)
    assert not conditions.is_due_soon(NOON, NOON + TICK)
    assert not conditions.is_late(NOON, NOON)
    assert conditions.is_late(NOON + TICK, NOON)
    assert conditions.is_silent(NOON, NOON + 72 * HOUR)
    assert not conditions.is_silent(NOON, NOON + 72 * HOUR - TICK)


async def test_sql_and_python_say_the_same(database_url: str) -> None:
    moments = [None, *(NOON + hours * HOUR + tick * TICK for hours in (0, 48, 72, -48, -72) for tick in (-1, 0, 1))]
    columns = (
        conditions.overdue_sql("that", "at"),
        conditions.due_soon_sql("that", "at"),
        conditions.late_sql("at", "that"),
        conditions.silent_sql("that", "at"),
    )
    connection = await connect(database_url)
    query = f"select {', '.join(columns)} from (values ($1::timestamptz, $2::timestamptz)) as one (that, at)"
    for moment in moments:
        found = tuple(bool(value) for value in await connection.fetchrow(query, moment, NOON))
        assert found == (
            conditions.is_overdue(moment, NOON),
            conditions.is_due_soon(moment, NOON),
            conditions.is_late(NOON, moment),
            moment is not None and conditions.is_silent(moment, NOON),
        )
    await connection.close()


def test_work_without_a_deadline_is_never_due() -> None:
    assert not conditions.is_overdue(None, NOON)
    assert not conditions.is_due_soon(None, NOON)
    assert not conditions.is_late(NOON, None)


def test_cells_and_counts_have_the_count_columns_in_their_order() -> None:
    assert Cell._fields == (*conditions.COUNT_COLUMNS, "overdue", "due_soon") == CELL[2:]
    assert Count._fields[3:] == conditions.COUNT_COLUMNS
