"""A running demo of June 2025 to report on, and the report as one value to write from."""

import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from app.db import Database
from app.demo.service import load_demo
from app.reports.report import LightReason, Line, ProgressReport, Province
from app.settings import Settings
from tests.conftest import TEMPLATE, Service, Template, serving
from tests.connecting import run_sql

MOMENT = "2025-06-27T17:00:00+07:00"


@pytest.fixture(scope="session")
async def demo_url(template: Template) -> AsyncIterator[str]:
    """One database with the demo for all tests here: they only read it."""
    name = f"tiendo_reports_{os.getpid()}"
    await run_sql(template.server.url, f'create database "{name}" template "{TEMPLATE}" strategy file_copy')
    url = template.server.url_of(name)
    database = Database(url, Settings(database_url=url))
    await load_demo(database)
    await database.close()
    yield url
    await run_sql(template.server.url, f'drop database "{name}" with (force)')


@pytest.fixture
async def demo(demo_url: str, template: Template) -> AsyncIterator[Service]:
    async with serving(demo_url, template.tokens) as running:
        yield running


def a_report(name: str = "Đường dây nóng", **more: Any) -> ProgressReport:
    """One line, one province, and `name` wherever a name stands."""
    at = datetime(2025, 6, 27, 10, tzinfo=UTC)
    reason = LightReason("overdue", 1, (name,))
    line = Line(
        1, "hotlines", name, f"{name}.", f"{name}.", 26, 34, 0.7647, 7, 4, 3, 1, 26, 34, 7, 25, 1, 2, (name,), name
    )
    province = Province("38", name, "red", (reason,), "fresh", 10, 11, 1297, 1343, 5, 1, 1, at, 1, ("completed",))
    given: dict[str, Any] = {
        "lang": "vi",
        "title": name,
        "spoken": "17 giờ ngày 27/6/2025",
        "as_of": at,
        "known_at": None,
        "drawn_up": at,
        "notes": (name,),
        "statement": f"Tính đến 17 giờ ngày 27/6/2025, {name}.",
        "provinces_completed": 3,
        "provinces_total": 34,
        "lights": (("green", 1), ("yellow", 2), ("red", 31)),
        "lines": (line,),
        "provinces": (province,),
        "columns": ((1, name),),
    }
    return ProgressReport(**{**given, **more})
