"""The same updates, in any order and by any way in, come to the same figures."""

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

import pytest
from httpx import AsyncClient

from tests.conftest import Service
from tests.connecting import connect
from tests.imports.sheets import XLSX, post, workbook

FIELDS = ("task", "unit", "status", "effective_at", "note")
START = datetime(2025, 6, 10, tzinfo=UTC)
STATUSES = ("not_started", "in_progress", "blocked", "completed")
PIECE = 250
PROGRESS = (
    "?as_of=2025-06-27T10:00:00Z",
    "/provinces?as_of=2025-06-27T10:00:00Z",
    "/provinces/38?as_of=2025-06-27T10:00:00Z",
    "/matrix?as_of=2025-06-27T10:00:00Z",
    "/timeline?from=2025-06-10T00:00:00Z&to=2025-07-04T00:00:00Z&step=day",
    "/compare?from=2025-06-12T00:00:00Z&to=2025-06-25T00:00:00Z",
)


async def updates(client: AsyncClient, count: int) -> list[dict[str, str]]:
    """As many as asked for, each at a moment of its own, over all that a province has to do."""
    chance = random.Random(38)
    work = (await client.get("/v1/assignments?province=38&limit=1000")).json()["items"]
    moments = [START + timedelta(seconds=second) for second in chance.sample(range(2_000_000), count)]
    return [
        {
            "task": work[number % len(work)]["task"],
            "unit": work[number % len(work)]["unit"],
            "status": chance.choice(STATUSES),
            "effective_at": at.isoformat(),
            "note": f"lần {number}",
        }
        for number, at in enumerate(moments)
    ]


def pieces(those: list[dict[str, str]]) -> Iterator[list[dict[str, str]]]:
    each = iter(those)
    while piece := list(islice(each, PIECE)):
        yield piece


async def send(client: AsyncClient, way: str, piece: list[dict[str, str]]) -> None:
    """One piece, by one of the ways in."""
    table = [[update[name] for name in FIELDS] for update in piece]
    match way:
        case "one by one":
            for update in piece:
                assert (await client.post("/v1/status-updates", json=update)).status_code == 201
        case "batch":
            assert (await client.post("/v1/status-updates/batch", json={"updates": piece})).status_code == 200
        case "csv":
            body = "\n".join(",".join(row) for row in (FIELDS, *table))
            assert (await post(client, body, "text/csv", "?commit=true&mode=atomic")).status_code == 201
        case "ndjson":
            preview = await post(client, "\n".join(map(json.dumps, piece)), "application/x-ndjson")
            assert (await client.post(f"/v1/imports/{preview.json()['id']}/commit")).status_code == 200
        case "xlsx":
            assert (await post(client, workbook(FIELDS, *table), XLSX, "?commit=true&mode=atomic")).status_code == 201
        case _:
            raise ValueError(way)


async def figures(service: Service, client: AsyncClient) -> dict[str, Any]:
    """Every progress answer, but for when it was last heard of a unit; and what is stored of each assignment."""
    answers = {}
    for path in PROGRESS:
        answer = await client.get(f"/v1/progress{path}")
        assert answer.status_code == 200, answer.text
        answers[path] = answer.json()
    connection = await connect(service.url)
    stored = {
        "assignments": await connection.fetch(
            "select task, unit, status, effective_at, complete_since from assignment where owner = '38' order by 1, 2"
        ),
        "tally": await connection.fetch("select * from tally where owner = '38' order by task, deadline"),
        "reports": await connection.fetch(
            "select task, unit, status, effective_at, note from status_update order by effective_at"
        ),
    }
    await connection.close()
    return {
        **without(answers, "as_of", "last_update_at", "reporting"),
        **{k: [tuple(r) for r in v] for k, v in stored.items()},
    }


def last_said(those: list[dict[str, str]]) -> dict[tuple[str, str], str]:
    in_order = sorted(those, key=lambda update: update["effective_at"])
    return {(update["task"], update["unit"]): update["status"] for update in in_order}


def without(value: Any, *names: str) -> Any:
    if isinstance(value, dict):
        return {key: without(item, *names) for key, item in value.items() if key not in names}
    return [without(item, *names) for item in value] if isinstance(value, list) else value


@pytest.fixture(scope="module")
def expected() -> dict[int, dict[str, Any]]:
    """What the orders before this one came to, by how many updates."""
    return {}


@pytest.mark.parametrize("order", range(3))
async def test_updates_come_to_the_same_in_any_order_and_by_any_way(
    service: Service, huong: AsyncClient, expected: dict[int, dict[str, Any]], order: int
) -> None:
    await come_to_the_same(service, huong, expected, 1_250, order)


@pytest.mark.slow
@pytest.mark.parametrize("order", range(5))
async def test_five_thousand_updates_come_to_the_same_in_any_order_and_by_any_way(
    service: Service, huong: AsyncClient, expected: dict[int, dict[str, Any]], order: int
) -> None:
    await come_to_the_same(service, huong, expected, 5_000, order)


async def come_to_the_same(
    service: Service, huong: AsyncClient, expected: dict[int, dict[str, Any]], count: int, order: int
) -> None:
    chance = random.Random(order)
    those = await updates(huong, count)
    chance.shuffle(those)
    for number, piece in enumerate(pieces(those)):
        # One piece in five goes one by one; the others by the batch or by a file.
        way = "one by one" if (number + order) % 5 == 0 else ("batch", "csv", "ndjson", "xlsx")[(number + order) % 4]
        await send(huong, way, piece)
    found = await figures(service, huong)
    assert len(found["reports"]) == count
    assert {(row[0], row[1]): row[2] for row in found["assignments"]} == last_said(those)
    assert found == expected.setdefault(count, found)
