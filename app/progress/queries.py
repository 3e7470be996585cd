"""SQL of the figures: from the tally for the present, from the history for any other moment."""

from sqlalchemy import text

from app import conditions
from app.updates.state_queries import COMPLETE_SINCE, RULING, STATE, completed_late

NEWEST_RECORDS = """
    (select max(last_recorded_at) from last_report),
    (select max(at) from obstacle_event),
    (select max(last_created_at) from tally)
"""
NEWEST = text(f"select greatest({NEWEST_RECORDS})")

# Every applicable assignment of a campaign in its state at a moment. Deadlines and applicability are those ruled by
# `known_at`; an assignment counts from its creation.
_APPLICABLE_THEN = f"""
    from assignment a
    join task k on k.code = a.task
    join category c on c.code = k.category and c.campaign = :campaign
    left join lateral ({RULING}) r on true
    left join lateral ({STATE}) s on true
    {{and_more}}
    where a.created_at <= least(cast(:as_of as timestamptz), cast(:known_at as timestamptz))
      and not coalesce(r.not_applicable, false)
"""
_DEADLINE_THEN = "case when r.id is null then a.original_deadline else r.deadline end as deadline"
_STATUS_THEN = "coalesce(s.status, 'not_started') as status"

STATE_THEN = f"""
    select a.owner, a.task, a.unit, k.category, {_DEADLINE_THEN}, a.original_deadline, {_STATUS_THEN}, s.effective_at,
           streak.complete_since
    {_APPLICABLE_THEN.format(and_more=f"left join lateral ({COMPLETE_SINCE}) streak on true")}
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

CELLS_NOW = text(f"""
select t.owner, k.category,
       {conditions.cell_sums_sql(":as_of", "t.")}
from tally t
join task k on k.code = t.task
join category c on c.code = k.category and c.campaign = :campaign
where cast(:owner as text) is null or t.owner = :owner
group by t.owner, k.category
having sum(t.total) > 0
""")

_AS_OF = "cast(:as_of as timestamptz)"
_COUNTED_IN = conditions.counts_sql("status", "complete_since", "deadline") | {
    "overdue": f"{conditions.open_sql('status')} and {conditions.overdue_sql('deadline', _AS_OF)}",
    "due_soon": f"{conditions.open_sql('status')} and {conditions.due_soon_sql('deadline', _AS_OF)}",
}

_CELLS = f"""
select owner, category, {", ".join(f"count(*) filter (where {when}) as {name}" for name, when in _COUNTED_IN.items())}
from state
group by owner, category
"""

_LATE_THEN = completed_late("s", "case when r.id is null then a.original_deadline else r.deadline end")
CELLS_THEN = text(f"with state as ({STATE_THEN.replace(COMPLETE_SINCE, _LATE_THEN)}) {_CELLS}")

# The same by all reports, with applicability and deadlines each as known at a moment of its own.
CELLS_BY_CAUSE = text(f"""
with state as (
    select a.owner, a.task, a.unit, k.category,
           case when d.id is null then a.original_deadline else d.deadline end as deadline, {_STATUS_THEN},
           streak.complete_since
    from assignment a
    join task k on k.code = a.task
    join category c on c.code = k.category and c.campaign = :campaign
    left join lateral ({RULING.replace(":known_at", ":applied_by")}) r on true
    left join lateral ({RULING.replace(":known_at", ":due_by")}) d on true
    left join lateral ({STATE}) s on true
    left join lateral ({COMPLETE_SINCE}) streak on true
    where a.created_at <= least(cast(:as_of as timestamptz), cast(:known_at as timestamptz))
      and not coalesce(r.not_applicable, false)
) {_CELLS}
""")

# When each owner last reported: the time of the last of its ids, which are in the order of recording.
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

FIRST = 3
"""How many assignments are named behind each reason. The counts give their number."""
_IS_REASON = f"""
    case o.kind
        when 'blocked' then a.status = 'blocked'
        when 'overdue' then {conditions.open_sql("a.status")} and {conditions.overdue_sql("a.deadline", ":as_of")}
        when 'due_soon' then {conditions.open_sql("a.status")} and {conditions.due_soon_sql("a.deadline", ":as_of")}
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
    where a.owner = o.owner and not a.not_applicable and {_IS_REASON}
    order by a.task, a.unit
    limit {FIRST}
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
    where {_IS_REASON}
    order by a.task, a.unit
    limit {FIRST}
) first
order by o.owner, o.kind, first.task, first.unit
"""
REASONS_THEN = text(f"""
{_REASONS} unnest(cast(:owners as text[]), cast(:kinds as text[])) as o (owner, kind)
{_REASONS_THEN.format(and_task="")}
""")

# The same where the tasks to search are known: up to three of each.
REASONS_IN_TASKS = text(f"""
{_REASONS} unnest(cast(:owners as text[]), cast(:kinds as text[]), cast(:tasks as text[])) as o (owner, kind, task)
{_REASONS_THEN.format(and_task="and a.task = o.task")}
""")

OPEN_NOW = text(f"""
with state as ({STATE_NOW})
select task, unit, category, deadline, original_deadline, status, effective_at, complete_since from state
where owner = :owner order by task, unit
""")

OPEN_THEN = text(f"""
with state as ({STATE_THEN})
select task, unit, category, deadline, original_deadline, status, effective_at, complete_since from state
where owner = :owner order by task, unit
""")

_SILENT = f"""
, open_work as (
    select owner, unit, count(*) as open from state
    where {conditions.open_sql("status")}
    group by owner, unit
),
silent as (
    select w.unit, w.open, coalesce(l.at, :never) as last_report_at
    from open_work w left join last_reports l using (owner, unit) join unit u on u.code = w.unit
    where (l.at is null or {conditions.silent_sql("l.at", _AS_OF)})
      and (cast(:level as text) is null or u.level = :level)
)
select silent.unit, silent.open, last_report_at, u.level, u.province, u.names, every.total
from (select count(*) as total from silent) every
left join silent on cast(:after_report_at as text) is null
                 or (last_report_at, silent.unit) > (cast(:after_report_at as timestamptz), :after_unit)
left join unit u on u.code = silent.unit
order by last_report_at, silent.unit
limit :limit
"""

SILENT_NOW = text(f"""
with state as ({STATE_NOW}),
last_reports as (
    select owner, unit, last_recorded_at as at from last_report where last_recorded_at <= :reported_by
) {_SILENT}
""")

SILENT_THEN = text(f"""
with state as materialized ({STATE_THEN}),
last_reports as (
    select owner, unit, max(recorded_at) as at from status_update where recorded_at <= :reported_by group by owner, unit
) {_SILENT}
""")
