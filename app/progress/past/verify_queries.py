"""SQL that computes from_time what is stored, and returns what differs: where, what is stored, what it should be."""

from sqlalchemy import text

from app.progress.past.balance_queries import COUNTS, DAY, DAY_SPAN, PERIOD, PERIOD_SPAN, SUMS
from app.progress.past.transition_queries import PROJECTED
from app.updates.state_queries import COMPLETE_SINCE, STATE, without_clocks

_STATE = without_clocks(f"left join lateral ({STATE}) s on true left join lateral ({COMPLETE_SINCE}) run on true")

ASSIGNMENT_STATES = text(f"""
select a.task || '/' || a.unit as place,
       jsonb_build_array(a.status, a.effective_at, a.recorded_at, a.update_id, a.complete_since) as stored,
       jsonb_build_array(coalesce(s.status, 'not_started'), s.effective_at, s.recorded_at, s.id, run.complete_since)
         as recomputed
from assignment a {_STATE}
where (a.status, a.effective_at, a.recorded_at, a.update_id, a.complete_since)
      is distinct from (coalesce(s.status, 'not_started'), s.effective_at, s.recorded_at, s.id, run.complete_since)
order by a.owner, a.task, a.unit
""")

RULINGS = text("""
select a.task || '/' || a.unit as place,
       jsonb_build_array(a.deadline, a.not_applicable) as stored,
       jsonb_build_array(should.deadline, should.not_applicable) as recomputed
from assignment a
left join lateral (
    select ruling.id, ruling.deadline, ruling.not_applicable
    from ruling
    where ruling.owner = a.owner and ruling.task = a.task and ruling.unit = a.unit
    order by ruling.recorded_at desc, ruling.id desc
    limit 1
) r on true
cross join lateral (
    select case when r.id is null then a.original_deadline else r.deadline end as deadline,
           coalesce(r.not_applicable, false) as not_applicable
) should
where (a.deadline, a.not_applicable) is distinct from (should.deadline, should.not_applicable)
order by a.owner, a.task, a.unit
""")

TALLIES = text(f"""
with recount as (
    select a.owner, a.task, coalesce(a.deadline, 'infinity') as deadline,
           count(*) as total,
           count(*) filter (where s.status = 'in_progress') as in_progress,
           count(*) filter (where s.status = 'blocked') as blocked,
           count(*) filter (where s.status = 'returned') as returned,
           count(*) filter (where s.status = 'completed') as completed,
           count(*) filter (where s.status = 'verified') as verified,
           count(*) filter (where s.status in ('completed', 'verified') and run.complete_since > a.deadline) as late
    from assignment a {_STATE}
    where not a.not_applicable
    group by a.owner, a.task, coalesce(a.deadline, 'infinity')
)
select owner || '/' || task || '/' || deadline as place,
       jsonb_build_array(t.total, t.in_progress, t.blocked, t.returned, t.completed, t.verified, t.late) as stored,
       jsonb_build_array(r.total, r.in_progress, r.blocked, r.returned, r.completed, r.verified, r.late) as recomputed
from (select owner, task, deadline, {COUNTS} from tally where total <> 0) t
full join recount r using (owner, task, deadline)
where (t.total, t.in_progress, t.blocked, t.returned, t.completed, t.verified, t.late)
      is distinct from (r.total, r.in_progress, r.blocked, r.returned, r.completed, r.verified, r.late)
order by owner, task, deadline
""")

LAST_REPORTS = text("""
select owner || '/' || unit as place,
       jsonb_build_array(stored.last_recorded_at) as stored,
       jsonb_build_array(heard.last_recorded_at) as recomputed
from last_report stored
full join (select owner, unit, max(recorded_at) as last_recorded_at from status_update group by owner, unit) heard
     using (owner, unit)
where stored.last_recorded_at is distinct from heard.last_recorded_at
order by owner, unit
""")

# What is still pending is left out.
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
where (stored.deadline, stored.status, stored.complete_since, stored.total, stored.in_progress, stored.blocked,
       stored.returned, stored.completed, stored.verified, stored.late)
      is distinct from (projected.deadline, projected.status, projected.complete_since, projected.total,
                        projected.in_progress, projected.blocked,
                        projected.returned, projected.completed, projected.verified, projected.late)
order by owner, task, unit, at
""")

# Each is the one before it and the transitions between; the short ones begin anew with a period.
BALANCES = text(f"""
with recount as (
    select span, at, owner, task, deadline, {SUMS}
    from (
        select span, at + span * interval '1 day' as at, owner, task, deadline, {COUNTS} from balance
        union all
        select {DAY_SPAN}, {DAY} + interval '{DAY_SPAN} day', owner, task, deadline, {COUNTS} from transition
        union all
        select {PERIOD_SPAN}, {PERIOD} + interval '{PERIOD_SPAN} days', owner, task, deadline, {COUNTS} from transition
    ) before
    where at <= (select closed_until from projection_checkpoint where what = 'transitions')
      and (span = {PERIOD_SPAN} or at <> {PERIOD})
    group by span, at, owner, task, deadline
)
select span || ' days until ' || at || '/' || owner || '/' || task || '/' || deadline as place,
       jsonb_build_array(b.total, b.in_progress, b.blocked, b.returned, b.completed, b.verified, b.late) as stored,
       jsonb_build_array(r.total, r.in_progress, r.blocked, r.returned, r.completed, r.verified, r.late) as recomputed
from balance b full join recount r using (span, at, owner, task, deadline)
where (coalesce(b.total, 0), coalesce(b.in_progress, 0), coalesce(b.blocked, 0), coalesce(b.returned, 0),
       coalesce(b.completed, 0), coalesce(b.verified, 0), coalesce(b.late, 0))
      is distinct from
      (coalesce(r.total, 0), coalesce(r.in_progress, 0), coalesce(r.blocked, 0), coalesce(r.returned, 0),
       coalesce(r.completed, 0), coalesce(r.verified, 0), coalesce(r.late, 0))
order by place
""")
