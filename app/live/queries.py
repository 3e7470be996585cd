"""SQL of the events: whose figures in which category may have moved between two moments."""

from sqlalchemy import text

from app.updates.feed_queries import APPEARED, BEGAN

# By reports, by deadlines and `not_applicable`, and by the clock: open work whose moment came.
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
    where total > completed + verified and deadline < 'infinity'
      and (deadline >= :lit_at and deadline < :lights_at
        or deadline > :lit_at + interval '48 hours' and deadline <= :lights_at + interval '48 hours')
)
select fresh.owner, task.category, max(fresh.recorded_at) as recorded_at
from fresh join task on task.code = fresh.task
group by fresh.owner, task.category
""")
