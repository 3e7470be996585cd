"""SQL of the timeline: how many assignments and how many owners became complete or incomplete by each point."""

from sqlalchemy import text

from app import conditions
from app.conditions import complete_count_sql
from app.progress.past.past_queries import PENDING, changes_until
from app.updates.state_queries import RULING

# The changes of each owner in each line, which is a category or all together, by points: each point includes what
# changed up to it, and all before the first is one sum. An owner is done while it has work and all of it is complete.
# A few rows for each point leave the database, however many assignments changed: reading them costs most.
_STEPS = """
moved as (
    select case when :by_category then category end as line, owner,
           width_bucket(at - interval '1 microsecond', cast(:points as timestamptz[])) as point,
           sum(complete)::int4 as complete, sum(total)::int4 as total
    from counted
    where (complete <> 0 or total <> 0)
      and (cast(:category as text) is null or category = :category)
      and (cast(:owner as text) is null or owner = :owner)
    group by line, owner, point
),
summed as (
    select *, sum(total) over earlier > 0 and sum(total) over earlier = sum(complete) over earlier
              and owner = any(cast(:owners_counted as text[])) as is_done
    from moved
    window earlier as (partition by line, owner order by point)
),
stepped as (
    select *, is_done::int - lag(is_done::int, 1, 0) over (partition by line, owner order by point) as done
    from summed
)
select line, point, sum(complete)::int8 as complete, sum(done)::int8 as done
from stepped
group by line, point
having (sum(complete), sum(done)) <> (0, 0)
"""

_PROJECTED = f"""
counted as (
    select owner, category, at, {complete_count_sql()} as complete, total
    from change join work using (task)
),
"""
STEPS_PROJECTED = text(f"{changes_until()}, {_PROJECTED} {_STEPS}")
STEPS_WITH_PENDING = text(f"{changes_until(PENDING)}, {_PROJECTED} {_STEPS}")

# The same from the history, as it was known: the report that wins at each effective time, against the one before. An
# assignment counts from when it was recorded.
STEPS_KNOWN = text(f"""
with applicable as materialized (
    select a.owner, a.task, a.unit, k.category, a.created_at
    from assignment a
    join task k on k.code = a.task
    join category c on c.code = k.category and c.campaign = :campaign
    left join lateral ({RULING}) r on true
    where not coalesce(r.not_applicable, false) and a.created_at <= cast(:known_at as timestamptz)
      and (cast(:category as text) is null or k.category = :category)
      and (cast(:owner as text) is null or a.owner = :owner)
),
winner as (
    select distinct on (u.owner, u.task, u.unit, u.effective_at)
           a.owner, a.task, a.unit, a.category, a.created_at, u.effective_at,
           {conditions.complete_sql("u.status")} as complete
    from applicable a
    join status_update u on u.owner = a.owner and u.task = a.task and u.unit = a.unit
    where u.recorded_at <= cast(:known_at as timestamptz)
    order by u.owner, u.task, u.unit, u.effective_at desc, u.recorded_at desc, u.id desc
),
became as (
    select owner, category, greatest(effective_at, created_at) as at, complete,
           lag(complete, 1, false) over (partition by owner, task, unit order by effective_at) as before
    from winner
),
counted as (
    select owner, category, at, case when complete then 1 else -1 end as complete, 0 as total
    from became where complete <> before
    union all
    select owner, category, created_at, 0, 1 from applicable
),
{_STEPS}
""")
