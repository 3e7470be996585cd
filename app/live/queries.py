"""SQL of the events: the owners and categories whose figures may have changed between two moments."""

from sqlalchemy import text

from app.conditions import due_soon_sql, open_count_sql, overdue_sql
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
