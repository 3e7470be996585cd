"""SQL of the events: the owners and categories whose figures may have changed between two moments."""

from sqlalchemy import text

from app.conditions import due_soon_sql, open_count_sql, overdue_sql
from app.obstacles.conditions import answer_overdue_sql, owed_sql, promise_broken_sql
from app.updates.feed_queries import APPEARED, BEGAN

# Changed by reports, by rulings, and by time: open work that became due soon or overdue.
CHANGED_FIGURES = text(f"""
with fresh as (
    select owner, task, recorded_at from status_update where {APPEARED}
    union all
    select owner, task, recorded_at from status_update where {BEGAN}
    union all
    select owner, task, recorded_at from ruling where {APPEARED}
    union all
    select owner, task, recorded_at from ruling where {BEGAN}
    union all
    select owner, task, null from tally
    where {open_count_sql()} > 0 and deadline < 'infinity'
      and (({overdue_sql("deadline", ":lit_at")}) <> ({overdue_sql("deadline", ":lights_at")})
        or ({due_soon_sql("deadline", ":lit_at")}) <> ({due_soon_sql("deadline", ":lights_at")}))
)
select fresh.owner, task.category, max(fresh.recorded_at) as recorded_at
from fresh join task on task.code = fresh.task
group by fresh.owner, task.category
""")

# Both tables are small and only ever added to, so the system's own column says which transaction wrote a row; it holds
# the last 32 bits of its id. No more transactions lie between two positions than fit into those.
_WRITTEN_BETWEEN = """
    cast(cast({table}.xmin as text) as bigint) = any(
        select cast(one as bigint) & 4294967295 from unnest(cast(:appeared as text[])) one)
    or ((cast(cast({table}.xmin as text) as bigint) - cast(cast(:since as text) as bigint)) & 4294967295)
       < cast(cast(:until as text) as bigint) - cast(cast(:since as text) as bigint)
       and cast(cast({table}.xmin as text) as bigint) <> all(
        select cast(one as bigint) & 4294967295 from unnest(cast(:still_open as text[])) one)
"""

# What was issued and asked for, and whose answer or promise is past by now, which turns the agency's light: whose it
# is, for it is sent to those who may read it, and never a title, a text or an answer.
ANNOUNCED = text(f"""
select campaign, number, null as owner, null as unit, null as agency, issued_at as recorded_at
from bulletin where {_WRITTEN_BETWEEN.format(table="bulletin")}
union all
select null, null, owner, unit, addressed_to, max(at)
from obstacle_event where {_WRITTEN_BETWEEN.format(table="obstacle_event")}
group by owner, unit, addressed_to
union all
select null, null, owner, unit, addressed_to, null
from obstacle
where {owed_sql()}
  and (({answer_overdue_sql(":lit_at")}) <> ({answer_overdue_sql(":lights_at")})
       or ({promise_broken_sql(":lit_at")}) <> ({promise_broken_sql(":lights_at")}))
group by owner, unit, addressed_to
""")
