"""SQL that computes every derived figure again and returns the differences: place, stored value, computed value."""

from sqlalchemy import text

from app.conditions import COUNT_COLUMNS, counts_sql
from app.progress.past.balance_queries import COUNTS, DAY, DAY_SPAN, PERIOD, PERIOD_SPAN, SUMS
from app.progress.past.known_queries import KNOWN_PROJECTED
from app.progress.past.transition_queries import PROJECTED
from app.updates.state_queries import COMPLETE_SINCE, RULING, STATE, at_clocks, without_clocks

_KNOWN_COUNTS = counts_sql("status", "complete_since", "deadline")


def _counts(prefix: str) -> str:
    return ", ".join(f"{prefix}{name}" for name in COUNT_COLUMNS)


def _counts_or_zero(prefix: str) -> str:
    return ", ".join(f"coalesce({prefix}{name}, 0)" for name in COUNT_COLUMNS)


STATE_FROM_HISTORY = without_clocks(
    f"left join lateral ({STATE}) s on true left join lateral ({COMPLETE_SINCE}) streak on true"
)

ASSIGNMENT_STATES = text(f"""
select a.task || '/' || a.unit as place,
       jsonb_build_array(a.status, a.effective_at, a.recorded_at, a.update_id, a.complete_since) as stored,
       jsonb_build_array(coalesce(s.status, 'not_started'), s.effective_at, s.recorded_at, s.id, streak.complete_since)
         as recomputed
from assignment a {STATE_FROM_HISTORY}
where (a.status, a.effective_at, a.recorded_at, a.update_id, a.complete_since)
      is distinct from (coalesce(s.status, 'not_started'), s.effective_at, s.recorded_at, s.id, streak.complete_since)
order by a.owner, a.task, a.unit
""")

SHOULD_BE_RULED = f"""
left join lateral ({without_clocks(RULING)}) r on true
cross join lateral (
    select case when r.id is null then a.original_deadline else r.deadline end as deadline,
           coalesce(r.not_applicable, false) as not_applicable
) should
"""

RULINGS = text(f"""
select a.task || '/' || a.unit as place,
       jsonb_build_array(a.deadline, a.not_applicable) as stored,
       jsonb_build_array(should.deadline, should.not_applicable) as recomputed
from assignment a {SHOULD_BE_RULED}
where (a.deadline, a.not_applicable) is distinct from (should.deadline, should.not_applicable)
order by a.owner, a.task, a.unit
""")

_COUNTED_IN = counts_sql("s.status", "streak.complete_since", "a.deadline")

RECOUNT = f"""
    select a.owner, a.task, coalesce(a.deadline, 'infinity') as deadline, max(a.created_at) as last_created_at,
           {", ".join(f"count(*) filter (where {when}) as {name}" for name, when in _COUNTED_IN.items())}
    from assignment a {STATE_FROM_HISTORY}
    where not a.not_applicable
    group by a.owner, a.task, coalesce(a.deadline, 'infinity')
"""

TALLIES = text(f"""
with recount as ({RECOUNT})
select owner || '/' || task || '/' || deadline as place,
       jsonb_build_array({_counts("t.")}) as stored, jsonb_build_array({_counts("r.")}) as recomputed
from (select owner, task, deadline, {COUNTS} from tally where total <> 0) t
full join recount r using (owner, task, deadline)
where ({_counts("t.")}) is distinct from ({_counts("r.")})
order by owner, task, deadline
""")

LAST_REPORTS = text("""
select owner || '/' || unit as place,
       jsonb_build_array(stored.last_recorded_at) as stored,
       jsonb_build_array(reported.last_recorded_at) as recomputed
from last_report stored
full join (select owner, unit, max(recorded_at) as last_recorded_at from status_update group by owner, unit) reported
     using (owner, unit)
where stored.last_recorded_at is distinct from reported.last_recorded_at
order by owner, unit
""")

# Assignments with pending reports are left out.
TRANSITIONS = text(f"""
with touched as (
    select owner, task, unit, timestamptz '-infinity' as from_time
    from assignment
    where (owner, task, unit) not in (
        select * from unnest(cast(:owners as text[]), cast(:tasks as text[]), cast(:units as text[])))
),
{PROJECTED},
stored as (select transition.* from transition join touched using (owner, task, unit))
select owner || '/' || task || '/' || unit || '/' || at as place,
       to_jsonb(stored) as stored, to_jsonb(projected) as recomputed
from stored full join projected using (owner, task, unit, at)
where (stored.deadline, stored.status, stored.complete_since, {_counts("stored.")})
      is distinct from (projected.deadline, projected.status, projected.complete_since, {_counts("projected.")})
order by owner, task, unit, at
""")

# A balance is the one before it and the transitions between them; a daily one starts at zero with each period.
_BALANCES = f"""
with recount as (
    select span, at, owner, task, deadline, {SUMS}
    from (
        select span, at + span * interval '1 day' as at, owner, task, deadline, {COUNTS} from {{prefix}}balance
        union all
        select {DAY_SPAN}, {DAY} + interval '{DAY_SPAN} day', owner, task, deadline, {COUNTS} from {{prefix}}transition
        union all
        select {PERIOD_SPAN}, {PERIOD} + interval '{PERIOD_SPAN} days', owner, task, deadline, {COUNTS}
        from {{prefix}}transition
    ) before
    where at <= (select closed_until from projection_checkpoint where what = 'transitions')
      and (span = {PERIOD_SPAN} or at <> {PERIOD})
    group by span, at, owner, task, deadline
)
select span || ' days until ' || at || '/' || owner || '/' || task || '/' || deadline as place,
       jsonb_build_array({_counts("b.")}) as stored, jsonb_build_array({_counts("r.")}) as recomputed
from {{prefix}}balance b full join recount r using (span, at, owner, task, deadline)
where ({_counts_or_zero("b.")}) is distinct from ({_counts_or_zero("r.")})
order by place
"""
BALANCES = text(_BALANCES.format(prefix=""))
KNOWN_BALANCES = text(_BALANCES.format(prefix="known_"))

_WITHOUT_PENDING = """
touched as materialized (
    select owner, task, unit, timestamptz '-infinity' as known_from
    from assignment
    where (owner, task, unit) not in (
        select * from unnest(cast(:owners as text[]), cast(:tasks as text[]), cast(:units as text[])))
),
"""

KNOWN_TRANSITIONS = text(f"""
with {_WITHOUT_PENDING} {KNOWN_PROJECTED},
stored as (select known_transition.* from known_transition join touched using (owner, task, unit))
select owner || '/' || task || '/' || unit || '/' || at as place,
       to_jsonb(stored) as stored, to_jsonb(known_projected) as recomputed
from stored full join known_projected using (owner, task, unit, at, deadline)
where ({_counts("stored.")}) is distinct from ({_counts("known_projected.")})
order by owner, task, unit, at
""")

# By the definition of what was known, at some closed days: the transitions above are projected by rules of their own.
KNOWN_MOMENTS = text(f"""
with {_WITHOUT_PENDING}
moments as (
    select closed_until - make_interval(days => days) as at
    from projection_checkpoint, unnest(array[0, 3, 30, 180]) as days
    where what = 'transitions'
),
summed as (
    select m.at, t.owner, t.task, t.deadline, {SUMS}
    from moments m
    join known_transition t on t.at <= m.at
    join touched using (owner, task, unit)
    group by m.at, t.owner, t.task, t.deadline
    having ({", ".join(f"sum({count})" for count in COUNT_COLUMNS)}) <> ({", ".join("0" for _ in COUNT_COLUMNS)})
),
state as (
    select m.at, a.owner, a.task, coalesce(s.status, 'not_started') as status, streak.complete_since,
           coalesce(case when r.id is null then a.original_deadline else r.deadline end, 'infinity') as deadline
    from moments m
    join assignment a on a.created_at <= m.at
    join touched using (owner, task, unit)
    left join lateral ({at_clocks(RULING, "m.at", "m.at")}) r on true
    left join lateral ({at_clocks(STATE, "m.at", "m.at")}) s on true
    left join lateral ({at_clocks(COMPLETE_SINCE, "m.at", "m.at")}) streak on true
    where not coalesce(r.not_applicable, false)
),
defined as (
    select at, owner, task, deadline,
           {", ".join(f"count(*) filter (where {when})::int4 as {name}" for name, when in _KNOWN_COUNTS.items())}
    from state
    group by at, owner, task, deadline
)
select at || '/' || owner || '/' || task || '/' || deadline as place,
       to_jsonb(summed) as stored, to_jsonb(defined) as recomputed
from summed full join defined using (at, owner, task, deadline)
where ({_counts("summed.")}) is distinct from ({_counts("defined.")})
order by place
""")
