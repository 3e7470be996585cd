"""SQL of the read path. For the present the kept counts answer; for any other moment the history does."""

from sqlalchemy import text

from app.updates.state_queries import COMPLETE_SINCE, STATE

NEWEST = text("""
select greatest(
    (select max(last_recorded_at) from last_report),
    (select max(at) from obstacle_event),
    (select max(last_created_at) from tally))
""")

_RULED = """
    select ruling.id, ruling.deadline, ruling.not_applicable
    from ruling
    where ruling.owner = a.owner and ruling.task = a.task and ruling.unit = a.unit
      and ruling.recorded_at <= cast(:{by} as timestamptz)
    order by ruling.recorded_at desc, ruling.id desc
    limit 1
"""

# Every applicable assignment of a campaign as it stood at a moment. What was due and what applied goes by what was
# recorded by `known_at`; an assignment counts from the moment it was recorded.
_APPLICABLE_THEN = f"""
    from assignment a
    join task k on k.code = a.task
    join category c on c.code = k.category and c.campaign = :campaign
    left join lateral ({_RULED.format(by="known_at")}) r on true
    left join lateral ({STATE}) s on true
    {{and_more}}
    where a.created_at <= least(cast(:as_of as timestamptz), cast(:known_at as timestamptz))
      and not coalesce(r.not_applicable, false)
"""
_DEADLINE_THEN = "case when r.id is null then a.original_deadline else r.deadline end as deadline"
_STATUS_THEN = "coalesce(s.status, 'not_started') as status"

STATE_THEN = f"""
    select a.owner, a.task, a.unit, k.category, {_DEADLINE_THEN}, a.original_deadline, {_STATUS_THEN}, s.effective_at,
           run.complete_since
    {_APPLICABLE_THEN.format(and_more=f"left join lateral ({COMPLETE_SINCE}) run on true")}
      and (cast(:owner as text) is null or a.owner = :owner)
"""

STATE_NOW = """
    select a.owner, a.task, a.unit, k.category, a.deadline, a.original_deadline, a.status, a.effective_at,
           a.complete_since
    from assignment a
    join task k on k.code = a.task
    join category c on c.code = k.category and c.campaign = :campaign
    where not a.not_applicable and (cast(:owner as text) is null or a.owner = :owner)
"""

CELLS_NOW = text("""
select t.owner, k.category,
       sum(t.total)::int8 as total,
       sum(t.in_progress)::int8 as in_progress, sum(t.blocked)::int8 as blocked, sum(t.returned)::int8 as returned,
       sum(t.completed)::int8 as completed, sum(t.verified)::int8 as verified, sum(t.late)::int8 as late,
       coalesce(sum(t.total - t.completed - t.verified) filter (
           where t.deadline < :as_of), 0)::int8 as overdue,
       coalesce(sum(t.total - t.completed - t.verified) filter (
           where t.deadline between :as_of and :as_of + interval '48 hours'), 0)::int8 as due_soon
from tally t
join task k on k.code = t.task
join category c on c.code = k.category and c.campaign = :campaign
where cast(:owner as text) is null or t.owner = :owner
group by t.owner, k.category
having sum(t.total) > 0
""")

_CELLS = """
select owner, category,
       count(*) as total,
       count(*) filter (where status = 'in_progress') as in_progress,
       count(*) filter (where status = 'blocked') as blocked,
       count(*) filter (where status = 'returned') as returned,
       count(*) filter (where status = 'completed') as completed,
       count(*) filter (where status = 'verified') as verified,
       count(*) filter (where status in ('completed', 'verified') and complete_since > deadline) as late,
       count(*) filter (where status not in ('completed', 'verified')
                          and deadline < cast(:as_of as timestamptz)) as overdue,
       count(*) filter (where status not in ('completed', 'verified')
                          and deadline between cast(:as_of as timestamptz)
                              and cast(:as_of as timestamptz) + interval '48 hours') as due_soon
from standing
group by owner, category
"""

CELLS_THEN = text(f"with standing as ({STATE_THEN}) {_CELLS}")

# The same with what applied and what was due as each was known at a moment of its own: what has moved a figure since.
CELLS_BY_CAUSE = text(f"""
with standing as (
    select a.owner, a.task, a.unit, k.category,
           case when d.id is null then a.original_deadline else d.deadline end as deadline, {_STATUS_THEN},
           run.complete_since
    from assignment a
    join task k on k.code = a.task
    join category c on c.code = k.category and c.campaign = :campaign
    left join lateral ({_RULED.format(by="applied_by")}) r on true
    left join lateral ({_RULED.format(by="due_by")}) d on true
    left join lateral ({STATE}) s on true
    left join lateral ({COMPLETE_SINCE}) run on true
    where a.created_at <= cast(:as_of as timestamptz) and not coalesce(r.not_applicable, false)
)
{_CELLS}
""")

# When each owner was last heard of: the last of its ids, which are in the order of recording.
LAST_REPORTS = text("""
select o.owner, u.recorded_at
from unnest(cast(:owners as text[])) as o (owner)
cross join lateral (
    select recorded_at from status_update
    where owner = o.owner and id <= :reported_by
    order by id desc
    limit 1
) u
""")

# The first three assignments behind each reason; how many there are in all, the counts say.
_REASON_OF = """
    case o.kind
        when 'blocked' then a.status = 'blocked'
        when 'overdue' then a.status not in ('completed', 'verified') and a.deadline < :as_of
        else a.status not in ('completed', 'verified') and a.deadline between :as_of and :as_of + interval '48 hours'
    end
"""

_REASONS = "select o.owner, o.kind, first.task, first.unit, first.deadline, first.status from"

REASONS_NOW = text(f"""
{_REASONS} unnest(cast(:owners as text[]), cast(:kinds as text[])) as o (owner, kind)
cross join lateral (
    select a.task, a.unit, a.deadline, a.status
    from assignment a
    join task k on k.code = a.task
    join category c on c.code = k.category and c.campaign = :campaign
    where a.owner = o.owner and not a.not_applicable and {_REASON_OF}
    order by a.task, a.unit
    limit 3
) first
order by o.owner, o.kind, first.task, first.unit
""")

_REASONS_THEN = f"""
cross join lateral (
    select a.task, a.unit, a.deadline, a.status
    from (
        select a.owner, a.task, a.unit, {_DEADLINE_THEN}, {_STATUS_THEN}
        {_APPLICABLE_THEN.format(and_more="")}
          and a.owner = o.owner {{and_task}}
    ) a
    where {_REASON_OF}
    order by a.task, a.unit
    limit 3
) first
order by o.owner, o.kind, first.task, first.unit
"""
REASONS_THEN = text(f"""
{_REASONS} unnest(cast(:owners as text[]), cast(:kinds as text[])) as o (owner, kind)
{_REASONS_THEN.format(and_task="")}
""")

# The same where it is known in which tasks to look: up to three of each.
REASONS_IN_TASKS = text(f"""
{_REASONS} unnest(cast(:owners as text[]), cast(:kinds as text[]), cast(:tasks as text[])) as o (owner, kind, task)
{_REASONS_THEN.format(and_task="and a.task = o.task")}
""")

OPEN_NOW = text(f"""
with standing as ({STATE_NOW})
select task, unit, category, deadline, original_deadline, status, effective_at, complete_since from standing
where owner = :owner order by task, unit
""")

OPEN_THEN = text(f"""
with standing as ({STATE_THEN})
select task, unit, category, deadline, original_deadline, status, effective_at, complete_since from standing
where owner = :owner order by task, unit
""")

# When assignments turned complete or incomplete: the report that wins at each effective time, against the one before.
# A point of the timeline is the first that is not before the turn; an assignment counts from when it was recorded.
COMPLETION_CHANGES = text("""
with applicable as materialized (
    select a.owner, a.task, a.unit, k.category, a.created_at
    from assignment a
    join task k on k.code = a.task
    join category c on c.code = k.category and c.campaign = :campaign
    left join lateral (
        select ruling.not_applicable
        from ruling
        where ruling.owner = a.owner and ruling.task = a.task and ruling.unit = a.unit
          and ruling.recorded_at <= cast(:known_at as timestamptz)
        order by ruling.recorded_at desc, ruling.id desc
        limit 1
    ) r on true
    where not coalesce(r.not_applicable, false) and a.created_at <= cast(:known_at as timestamptz)
      and (cast(:category as text) is null or k.category = :category)
),
winner as (
    select distinct on (u.owner, u.task, u.unit, u.effective_at)
           a.owner, a.task, a.unit, a.category, a.created_at, u.effective_at,
           u.status in ('completed', 'verified') as complete
    from applicable a
    join status_update u on u.owner = a.owner and u.task = a.task and u.unit = a.unit
    where u.recorded_at <= cast(:known_at as timestamptz)
    order by u.owner, u.task, u.unit, u.effective_at desc, u.recorded_at desc, u.id desc
),
turned as (
    select owner, category, greatest(effective_at, created_at) as at, complete,
           lag(complete, 1, false) over (partition by owner, task, unit order by effective_at) as before
    from winner
),
change as (
    select owner, category, at, case when complete then 1 else -1 end as complete, 0 as total
    from turned where complete <> before
    union all
    select owner, category, created_at, 0, 1 from applicable
)
select owner, category,
       width_bucket(at - interval '1 microsecond', cast(:points as timestamptz[])) as point,
       sum(complete)::int8 as complete, sum(total)::int8 as total
from change
group by owner, category, point
order by point
""")

_SILENT = """
, open_work as (
    select owner, unit, count(*) as open from standing
    where status not in ('completed', 'verified')
    group by owner, unit
),
silent as (
    select w.unit, w.open, coalesce(h.at, :never) as heard
    from open_work w left join heard h using (owner, unit)
    where h.at is null or h.at <= :silent_since
)
select silent.unit, silent.open, heard, u.level, u.province, u.names, (select count(*) from silent) as total
from silent join unit u on u.code = silent.unit
where cast(:after_heard as text) is null or (heard, silent.unit) > (cast(:after_heard as timestamptz), :after_unit)
order by heard, silent.unit
limit :limit
"""

SILENT_NOW = text(f"""
with standing as ({STATE_NOW}),
heard as (select owner, unit, last_recorded_at as at from last_report where last_recorded_at <= :reported_by) {_SILENT}
""")

SILENT_THEN = text(f"""
with standing as materialized ({STATE_THEN}),
heard as (
    select owner, unit, max(recorded_at) as at from status_update where recorded_at <= :reported_by group by owner, unit
) {_SILENT}
""")
