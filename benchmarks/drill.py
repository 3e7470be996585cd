"""What was said in the middle of open writes still holds, to the byte, and every form of a bulletin says the same.

Imports of 90,000 rows, batches, single reports, rulings, held transactions, killed writers and workers, on two worker
processes; meanwhile readers keep what they are answered with `known_at`, and the ministry issues bulletins. Afterwards
another service, which has kept nothing, is asked all of it again. Then: what the settled stamp costs a writer.

python -m benchmarks.drill [--quick] [--data DIR] [--minutes 10] [--hold 60]
"""

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, TypeVar

import httpx

from app import clock
from app.auth.identity import OPERATOR, Role
from app.auth.service import create_token
from app.db import Database
from app.settings import Settings
from benchmarks import data, reports
from benchmarks.drill_crowd import PATHS, Crowd, Kept
from benchmarks.drill_documents import FORMS, lights_of_page, of_document, of_json, of_page
from benchmarks.load import Rounds, keep, pgbench
from benchmarks.options import asked
from benchmarks.stage import BenchmarkDatabase, Served, clone, psql, serving, stage

One = TypeVar("One")
Found = TypeVar("Found")

PARTS = dict(zip(("progress", "provinces", "matrix"), PATHS, strict=False))


def main() -> None:
    options = asked(__doc__)
    scale, size, rows, seconds = ("provinces", 500, 200, 8.0) if options.quick else ("communes", 100_000, 90_000, 0.0)
    with stage(options.data) as server, clone(server, data.ensure(server, scale, size)) as place:
        for table in ("category", "task"):  # kept data may be older than the third language
            psql(server, f"update {table} set names = jsonb_build_object('ja', names->'en') || names", place.name)
        asyncio.run(_admin(place))
        with serving(place, workers=2) as served:
            crowd = Crowd(place, served, seconds or options.minutes * 60, rows)
            asyncio.run(crowd.run())
        time.sleep(0 if options.quick else options.hold * 60)
        with serving(place) as served:
            held = asyncio.run(asked_again(place, served, crowd))
        print(held, dict(crowd.counts), file=sys.stderr, flush=True)
        differ = asyncio.run(data.verified(place.url))
        cost = stamp_cost(place, options)
    counts = {name: count for name, count in sorted(crowd.counts.items()) if count}
    found = {
        "what": f"{options.minutes:g} minutes of open writes" if not options.quick else "seconds of open writes",
        "asked_again_after": f"{options.hold:g} minutes" if not options.quick else "seconds",
        **held,
    }
    keep("drill", [{**found, "stored_figures_that_differ": differ, "crowd": counts}, *cost], quick=options.quick)
    wrong = (held["answers_that_changed"], held["bulletins_that_changed"], held["documents_that_differ"], differ)
    assert wrong == (0, 0, 0, 0), wrong


async def _admin(place: BenchmarkDatabase) -> None:
    database = Database(place.url, Settings(database_url=place.url))
    async with database.writing() as session:
        _, place.tokens["an"] = await create_token(
            session, OPERATOR, name="an", role=Role.ADMIN, unit=None, expires_at=None, at=clock.now()
        )
    await database.close()


async def asked_again(place: BenchmarkDatabase, served: Served, crowd: Crowd) -> dict[str, Any]:
    """How many answers and bulletins there were, and how many of them are not what they were."""
    headers = {"Authorization": f"Bearer {place.tokens['lan']}"}
    async with httpx.AsyncClient(base_url=served.address, timeout=180, headers=headers) as client:
        bodies = await _of_each(crowd.answers, partial(_again, client))
        as_issued = await _of_each(crowd.bulletins, partial(_is_as_issued, client))
        forms = await _of_each(crowd.bulletins, partial(_forms_that_differ, client))
    numbers = [one["number"] for one in crowd.bulletins]
    changed = [kept for kept, body in zip(crowd.answers, bodies, strict=True) if body != kept.body]
    restated = [number for number, same in zip(numbers, as_issued, strict=True) if not same]
    differing = {number: those for number, those in zip(numbers, forms, strict=True) if those}
    for kept in changed[:3]:
        print("changed:", kept, file=sys.stderr)
    if differing:
        print("bulletins that say something else as:", differing, file=sys.stderr)
    return {
        "answers": len(crowd.answers),
        "answers_that_changed": len(changed),
        "bulletins": len(crowd.bulletins),
        "bulletins_that_changed": len(restated),
        "documents_that_differ": len(differing),
    }


async def _of_each(many: list[One], ask: Callable[[One], Awaitable[Found]]) -> list[Found]:
    """What `ask` finds out about each, three at a time: four are what a token may have in work."""
    turn = asyncio.Semaphore(3)

    async def one(of: One) -> Found:
        async with turn:
            return await ask(of)

    return await asyncio.gather(*map(one, many))


async def _again(client: httpx.AsyncClient, kept: Kept) -> bytes:
    return (await client.get(kept.path, params={"known_at": kept.known_at})).content


async def _is_as_issued(client: httpx.AsyncClient, issued: dict[str, Any]) -> bool:
    """As it is read now, and as it is computed by its two clocks."""
    now = (await client.get(f"/v1/bulletins/{issued['number']}")).json()
    both = {"as_of": issued["as_of"], "known_at": issued["known_at"]}
    computed = {part: (await client.get(path, params=both)).json() for part, path in PARTS.items()}
    return all(issued[part] == now[part] == computed[part] for part in PARTS)


async def _forms_that_differ(client: httpx.AsyncClient, issued: dict[str, Any]) -> list[str]:
    """The forms of a bulletin that say something else than it does."""
    asks = {"bulletin": issued["number"], "lang": "en"}
    page = (await client.get("/", params=asks)).text
    said = {"page": of_page(page)}
    for form in FORMS:
        said[form] = of_document(form, (await client.get(f"/v1/reports/progress.{form}", params=asks)).content)
    differing = [form for form, figures in said.items() if figures != of_json(issued)]
    return differing + (["lights"] if lights_of_page(page) != issued["progress"]["lights"] else [])


def stamp_cost(place: BenchmarkDatabase, options: Any) -> list[dict[str, object]]:
    """The statement of a single report with the settled stamp and with a constant instead of it, in turn."""
    level = "province" if options.quick else "commune"
    statement = reports.statement(reports.targets(place, level))
    without = statement.replace("recording_floor()", "timestamptz '2000-01-01'")
    assert without != statement
    psql(place.server, "checkpoint")
    rounds = Rounds()
    for _ in range(options.rounds * 2):
        for clients in (1, 8):
            runs = {
                f"{what} {clients}": partial(pgbench, place, script, clients=clients, seconds=options.seconds)
                for what, script in (("stamped", statement), ("constant", without))
            }
            rounds.there_and_back(runs)
    return [
        {
            "what": f"single report with the settled stamp, {clients} clients",
            "rate": rounds.median(f"stamped {clients}"),
            "limit": rounds.median(f"constant {clients}"),
            "ratio": rounds.ratio(f"stamped {clients}", f"constant {clients}"),
            "of": "the same statement with a constant in its place",
        }
        for clients in (1, 8)
    ]


if __name__ == "__main__":
    main()
