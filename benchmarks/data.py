"""Full-size data: a campaign of a year in which every unit reported again and again, mostly forward, often late.

python -m benchmarks.data --data DIR --updates 1000000 [--scale communes|provinces]
"""

import argparse
import asyncio
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from sqlalchemy import text  # noqa: TID251 - a room of its own, outside of the service

from app.auth.service import bump
from app.catalogue.queries import ASSIGN
from app.db import Database
from app.demo.queries import SET_LAST_REPORTS
from app.embedded import Embedded
from app.progress.past.verify.recount import differences
from app.settings import Settings
from app.updates.queries import UPDATE_CURRENT_STATE
from benchmarks.stage import exists, fresh, psql, stage

CAMPAIGN = "year"
SCALES = {"communes": ("commune", 50), "provinces": ("province", 10)}
"""Level and number of tasks: 3,321 communes × 50 = 166,050 assignments; 34 provinces × 10 = 340."""
SLICE = 250_000

CATALOGUE = """
insert into campaign (code, names, opening, deadline, go_live, version)
select '{campaign}', '{{"vi": "Một năm", "en": "A year", "ja": "一年"}}', at, at + interval '360 days',
       at + interval '361 days', 1
from (select date_trunc('day', now()) - interval '365 days' as at);
insert into category (code, campaign, position, names, version)
select 'year-' || n, '{campaign}', n,
       jsonb_build_object('vi', 'Hạng mục ' || n, 'en', 'Category ' || n, 'ja', '項目' || n), 1
from generate_series(1, 10) n;
insert into task (code, category, level, position, names, deadline, quality_standard, created_at, version)
select 'year-' || lpad(n::text, 2, '0'), 'year-' || 1 + n % 10, '{level}', n,
       jsonb_build_object('vi', 'Nhiệm vụ ' || n, 'en', 'Task ' || n, 'ja', '任務' || n),
       c.opening + make_interval(days => 20 + (340 * n / {tasks})), null, c.opening, 1
from generate_series(1, {tasks}) n, campaign c where c.code = '{campaign}';
"""

# A staging table for the reports: without an index, unordered.
PREPARE = """
create unlogged table raw (i int, effective_at timestamptz, recorded_at timestamptz, luck float4);
create table numbered as
select row_number() over (order by a.task, a.unit)::int as i, a.owner, a.task, a.unit, a.deadline, c.opening
from assignment a join task k on k.code = a.task join category g on g.code = k.category
join campaign c on c.code = g.campaign and c.code = '{campaign}';
create unique index on numbered (i);
analyze numbered;
"""

# Two of three reports come in the days around the deadline, ever more towards it; the others at any time of the year.
# Most are recorded within the hour, one in four within days, one in twenty within weeks.
RAW = """
insert into raw (i, effective_at, recorded_at, luck)
select i, effective_at,
       least(effective_at + case when luck < 0.7 then interval '1 hour' * random()
                                 when luck < 0.95 then interval '3 days' * random()
                                 else interval '40 days' * random() end, now() - interval '1 minute' * random()), luck
from (
    select n.i, pick.luck,
           least(greatest(n.opening,
                          case when pick.kind < 0.66 then n.deadline + interval '4 days'
                                                          - interval '12 days' * (-ln(1 - random()))
                               else n.opening + interval '364 days' * random() end),
                 now() - interval '2 minutes' - interval '2 hours' * random()) as effective_at
    from (select 1 + floor(random() * {assignments})::int as i, random() as kind, random()::float4 as luck
          from generate_series(1, {count})) pick
    join numbered n on n.i = pick.i
)
"""

# The status follows the progress of the work with some noise: most reports go forward, some back.
STORE = """
insert into status_update (owner, id, task, unit, status, effective_at, recorded_at, note, token)
select n.owner,
       (substr(stamp, 1, 8) || '-' || substr(stamp, 9, 4) || '-7' || lpad(to_hex(micro % 1000 * 4), 3, '0') || '-'
        || substr(gen_random_uuid()::text, 20))::uuid,
       n.task, n.unit,
       case when done < 0.1 then 'not_started' when done < 0.6 then 'in_progress' when done < 0.7 then 'blocked'
            when done < 1.05 then 'completed' when done < 1.08 then 'returned' else 'verified' end,
       r.effective_at, r.recorded_at, case when r.luck > 0.9 then 'Theo báo cáo của đơn vị' end, 'bench'
from (select * from queue where place > {offset} and place <= {offset} + {count}) r
join numbered n on n.i = r.i
cross join lateral (
    select extract(epoch from r.effective_at - n.opening) / extract(epoch from n.deadline - n.opening)
           + (r.luck - 0.5) * 0.4 as done,
           (extract(epoch from r.recorded_at) * 1000000)::int8 as micro
) d
cross join lateral (select lpad(to_hex(d.micro / 1000), 12, '0') as stamp) s
order by r.recorded_at
"""


QUEUE = """
set work_mem = '512MB';
create unlogged table queue as select row_number() over (order by recorded_at) as place, raw.* from raw;
create index on queue (place);
analyze queue;
"""


def name_of(scale: str, updates: int) -> str:
    return f"{scale}_{updates}"


def ensure(server: Embedded, scale: str, updates: int) -> str:
    """The name of the database of that size; made when it is not there."""
    name = name_of(scale, updates)
    if not exists(server, name):
        half = f"{name}_half"
        psql(server, f'drop database if exists "{half}" with (force)')
        fresh(server, half)
        asyncio.run(_fill(server.url_of(half), server, half, scale, updates))
        psql(server, f'alter database "{half}" rename to "{name}"')
    return name


async def _fill(url: str, server: Embedded, name: str, scale: str, updates: int) -> None:
    level, tasks = SCALES[scale]
    psql(server, CATALOGUE.format(campaign=CAMPAIGN, level=level, tasks=tasks), name)
    database = Database(url, Settings(database_url=url, statement_timeout=3600))
    try:
        async with database.writing() as session:
            codes = [row.code for row in await session.execute(text("select code from task where code like 'year-%'"))]
            opening = (
                await session.execute(text("select opening from campaign where code = :c"), {"c": CAMPAIGN})
            ).scalar_one()
            await session.execute(ASSIGN, {"created_at": opening, "tasks": codes, "units": None})
            await bump(session, "catalogue")
        psql(server, PREPARE.format(campaign=CAMPAIGN), name)
        _report(server, name, updates)
        await _stand(database)
    finally:
        await database.close()
    psql(server, "drop table raw, queue, numbered", name)
    psql(server, "vacuum analyze", name)


def _report(server: Embedded, name: str, updates: int) -> None:
    """The history, in the order in which it was recorded."""
    assignments = int(psql(server, "select count(*) from numbered", name))
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        making = bar.add_task(f"{name}: thinking up", total=updates)
        for done in range(0, updates, SLICE):
            count = min(SLICE, updates - done)
            psql(server, RAW.format(assignments=assignments, count=count), name)
            bar.advance(making, count)
        psql(server, QUEUE, name)
        storing = bar.add_task(f"{name}: storing", total=updates)
        for done in range(0, updates, SLICE):
            count = min(SLICE, updates - done)
            psql(server, STORE.format(offset=done, count=count), name)
            bar.advance(storing, count)


async def _stand(database: Database) -> None:
    """Current states and counts, by the write path's own statement."""
    async with database.writing() as session:
        await session.execute(text("analyze status_update"))
        await session.execute(SET_LAST_REPORTS)
        found = (
            await session.execute(
                text("""
                    select string_agg(owner, ' ') as owners, string_agg(task, ' ') as tasks,
                           string_agg(unit, ' ') as units
                    from (select distinct owner, task, unit from status_update)""")
            )
        ).one()
        await session.execute(UPDATE_CURRENT_STATE, dict(found._mapping))  # noqa: SLF001


async def verified(url: str) -> int:
    """How many stored figures differ from those computed from the history."""
    database = Database(url, Settings(database_url=url, statement_timeout=3600))
    try:
        async with database.reading() as session:
            return sum([1 async for _ in differences(session)])
    finally:
        await database.close()


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--data", type=Path, help="where to keep it; without it it is made, checked and gone again")
    asked.add_argument("--updates", type=int, default=100_000)
    asked.add_argument("--scale", choices=SCALES, default="communes")
    asked.add_argument("--verify", action="store_true", help="compute every stored figure again")
    options = asked.parse_args()
    with stage(options.data) as server:
        name = ensure(server, options.scale, options.updates)
        if options.verify or options.data is None:
            print(f"{name}: {asyncio.run(verified(server.url_of(name)))} differences")


if __name__ == "__main__":
    main()
