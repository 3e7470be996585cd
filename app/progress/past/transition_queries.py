"""SQL of the projection: the checkpoint, and the transitions computed from the history from a given time."""

from sqlalchemy import text

from app.conditions import COUNT_COLUMNS, complete_sql, counts_sql, open_sql
from app.progress.past.balance_queries import COUNTS, carry_into_balances
from app.updates.feed_queries import APPEARED, BEGAN, HEAD

# The newest transaction ids suffice to know whether anything was recorded after the checkpoint.
CHECKPOINT_SQL = f"""
select b.incarnation, b.until, b.still_open, b.closed_until,
       date_bin('1 day', now(), '2000-01-01 00:00Z') as today, now.*,
       cardinality(b.still_open) > 0 or cast(cast(b.until as text) as xid8) <= greatest(
           (select max(xid) from status_update), (select max(xid) from ruling), (select max(xid) from assignment)
       ) as is_behind
from projection_checkpoint b cross join ({HEAD}) now
where b.what = 'transitions'
"""

# A plan made without knowing the moments is several times slower.
CHECKPOINT = text(
    f"select mark.*, set_config('plan_cache_mode', 'force_custom_plan', true) from ({CHECKPOINT_SQL}) mark"
)

# A second process skips the projection: what is reported meanwhile is projected the next time.
LOCK_CHECKPOINT = text("select what from projection_checkpoint where what = 'transitions' for update skip locked")

MOVE_CHECKPOINT = text("""
update projection_checkpoint
set incarnation = :incarnation, until = :until, still_open = cast(:still_open as int8[]), closed_until = :closed_until
where what = 'transitions'
""")

# The assignments whose transitions may have changed, and from which time. A report changes nothing before its effective
# time; a ruling or a new assignment changes everything.
_NEW_ROWS = f"""
    select owner, task, unit, effective_at as at, recorded_at as known_at from status_update where {APPEARED}
    union all
    select owner, task, unit, effective_at, recorded_at from status_update where {BEGAN}
    union all
    select owner, task, unit, '-infinity', recorded_at from ruling where {APPEARED}
    union all
    select owner, task, unit, '-infinity', recorded_at from ruling where {BEGAN}
    union all
    select owner, task, unit, '-infinity', created_at from assignment where {APPEARED}
    union all
    select owner, task, unit, '-infinity', created_at from assignment where {BEGAN}
"""
TOUCHED = text(f"""
select owner, task, unit, nullif(min(at), '-infinity') as from_time, min(known_at) as known_from
from ({_NEW_ROWS}) new
where at <= cast(:as_of as timestamptz)
group by owner, task, unit
order by owner, task, unit
limit :limit
""")
PENDING_SINCE = text(f"select min(known_at) as since, clock_timestamp() as now from ({_NEW_ROWS}) new")

CLEAR = tuple(text(f"delete from {table}") for table in ("transition", "balance", "known_transition", "known_balance"))
ALL_ASSIGNMENTS = text(
    "select owner, task, unit, null as from_time, null as known_from from assignment order by owner, task, unit"
)

TOUCHED_ROWS = """
touched as materialized (
    select owner, task, unit, coalesce(from_time, '-infinity') as from_time
    from unnest(cast(:owners as text[]), cast(:tasks as text[]), cast(:units as text[]),
                cast(:from_time as timestamptz[])) as touched (owner, task, unit, from_time)
),
"""

_NEW = counts_sql("status", "complete_since", "deadline")
_OLD = counts_sql("old_status", "old_since", "deadline") | {"total": "old_status is not null"}
_DIFFERENCES = ",\n           ".join(
    f"coalesce({_NEW[name]}, false)::int - coalesce({_OLD[name]}, false)::int as {name}" for name in COUNT_COLUMNS
)

# The transitions of the touched assignments from `from_time` on, computed from the history. At each effective time one
# report wins: it gives the status, and since when the work is complete. A report of a time before the assignment was
# created counts from its creation. Only changes become transitions.
#
# `offset 0` forces index look-ups for each touched assignment. Without it PostgreSQL hashes all transitions,
# assignments or reports to find a few.
PROJECTED = f"""
subject as (
    select a.owner, a.task, a.unit, a.created_at, coalesce(a.deadline, 'infinity') as deadline,
           case when t.from_time > a.created_at then t.from_time else '-infinity' end as from_time,
           before.status as status_before, before.complete_since as since_before
    from touched t
    cross join lateral (
        select * from assignment
        where owner = t.owner and task = t.task and unit = t.unit and not not_applicable
        offset 0
    ) a
    left join lateral (
        select transition.status, transition.complete_since
        from transition
        where transition.owner = a.owner and transition.task = a.task and transition.unit = a.unit
          and transition.at < t.from_time and t.from_time > a.created_at
        order by transition.at desc
        limit 1
    ) before on true
),
winner as (
    select distinct on (s.owner, s.task, s.unit, u.effective_at) s.*, u.effective_at, u.status
    from subject s
    cross join lateral (
        select effective_at, recorded_at, id, status from status_update
        where owner = s.owner and task = s.task and unit = s.unit and effective_at >= s.from_time
        offset 0
    ) u
    order by s.owner, s.task, s.unit, u.effective_at desc, u.recorded_at desc, u.id desc
),
reported as (
    select * from winner
    union all
    select subject.*, '-infinity', 'not_started' from subject where from_time = '-infinity'
),
begun as (
    select *,
           case when {complete_sql("status")}
                 and {open_sql("lag(status, 1, coalesce(status_before, 'not_started')) over earlier")}
                then effective_at end as begins
    from reported
    window earlier as (partition by owner, task, unit order by effective_at)
),
state as (
    select distinct on (owner, task, unit, at)
           *, greatest(effective_at, created_at) as at,
           case when {complete_sql("status")}
                then coalesce(max(begins) over (partition by owner, task, unit order by effective_at), since_before)
           end as complete_since
    from begun
    order by owner, task, unit, at, effective_at desc
),
side as (
    select *, lag(status, 1, status_before) over earlier as old_status,
           lag(complete_since, 1, since_before) over earlier as old_since
    from state
    window earlier as (partition by owner, task, unit order by at)
),
projected as (
    select owner, task, unit, at, deadline, status, complete_since,
           {_DIFFERENCES}
    from side
    where (old_status, old_since) is distinct from (status, complete_since)
)
"""

REMOVE_FROM_TIME = text(f"""
with {TOUCHED_ROWS}
removed as (
    delete from transition
    where ctid = any(array(
        select old.ctid
        from touched t
        cross join lateral (
            select ctid from transition where owner = t.owner and task = t.task and unit = t.unit and at >= t.from_time
            offset 0
        ) old
    ))
    returning *
)
{carry_into_balances("removed", "-")}
""")

# In the order of time, in which they are read.
PROJECT = text(f"""
with {TOUCHED_ROWS} {PROJECTED},
added as (
    insert into transition (owner, task, unit, at, deadline, status, complete_since, {COUNTS})
    select owner, task, unit, at, deadline, status, complete_since, {COUNTS} from projected
    order by at
    returning *
)
{carry_into_balances("added", "+")}
""")
