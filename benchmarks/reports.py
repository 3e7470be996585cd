"""Who may report on what in a database, as load for the service and as the same load for pgbench."""

import asyncio
from typing import Any

from app.updates.group_commit_queries import RECORD_BATCH, PendingRow
from benchmarks.load import lua_reports
from benchmarks.stage import BenchmarkDatabase, psql

TARGETS = """
create table if not exists bench_target as
select (row_number() over (order by md5(a.task || a.unit)))::int as i, a.owner, a.task, a.unit
from assignment a join task t on t.code = a.task join category g on g.code = t.category
where g.campaign = (select code from campaign where opening < now() order by opening desc limit 1)
  and t.level = '{level}' and not a.not_applicable;
create unique index if not exists bench_target_i on bench_target (i);
analyze bench_target;
grant select on bench_target to tiendo_app;
"""

# What the service hands to its statement of one report. The rows are the same: an id, two times, a key of its own, a
# fingerprint of 32 bytes and an answer of the usual length.
SAID = {
    "owner": "(select owner from target)",
    "task": "(select task from target)",
    "unit": "(select unit from target)",
    "id": "uuidv7()",
    "status": "(array['in_progress', 'blocked', 'completed', 'not_started']){status}",
    "effective_at": "now()",
    "recorded_at": "now()",
    "scope": "'*'",
    "token": "'benchmarks'",
    "tokens": "(select number from revision where what = 'tokens')",
    "catalogue": "(select number from revision where what = 'catalogue')",
    "evidence": "'{}'",
    "key": "('bench-' || gen_random_uuid()::text)",
    "fingerprint": "'\\x" + "ab" * 32 + "'",
    "answer": "'\\x" + "7b" * 330 + "'",
}


def targets(place: BenchmarkDatabase, level: str = "commune") -> int:
    """Number the assignments that are reported on."""
    psql(place.server, TARGETS.format(level=level), place.name)
    return int(psql(place.server, "select count(*) from bench_target", place.name))


def statement(count: int) -> str:
    """The service's own statement as a pgbench script, about a random one of the first `count` targets."""
    return f"\\set i random(1, {count})\n\\set s random(1, 4)\n{about('i = :i', '[:s]')};\n"


def about(target: str, status: str) -> str:
    """The service's own statement about a target, with one of four statuses."""
    said = ", ".join(SAID.get(column, "null") for column in PendingRow._fields)
    sql = (
        RECORD_BATCH.strip()
        .replace("$2::pending_report[]", f"array[row({said})::pending_report]")
        .replace("$1::", "'*'::")
    )
    assert "$" not in sql, "the statement takes a parameter that is not said here"
    found = f"with target as materialized (select * from bench_target where {target}),\nconfined"
    return sql.replace("with confined", found, 1).replace("{status}", status)


def load(place: BenchmarkDatabase, *, seed: int, province: str | None = None, one: bool = False, pause: int = 0) -> str:
    """wrk's script: random reports by the provinces, by one of them, or about one assignment; a pause in ms between."""
    found = asyncio.run(_units(place, province))
    tasks, units = sorted({row["task"] for row in found}), sorted({(row["owner"], row["unit"]) for row in found})
    if one:
        tasks, units = tasks[:1], units[:1]
    script = lua_reports([(place.tokens[owner], unit) for owner, unit in units], tasks, seed=seed)
    return script + (f"\ndelay = function() return {pause} end\n" if pause else "")


async def _units(place: BenchmarkDatabase, province: str | None) -> list[Any]:
    connection = await place.connect()
    try:
        return list(
            await connection.fetch(
                "select owner, task, unit from bench_target where $1::text is null or owner = $1 order by i", province
            )
        )
    finally:
        await connection.close()


def stored(place: BenchmarkDatabase) -> int:
    return int(
        psql(
            place.server,
            "select count(*) from status_update where recorded_at > now() - interval '2 hours'",
            place.name,
        )
    )
