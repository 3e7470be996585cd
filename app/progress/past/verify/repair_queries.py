"""SQL that stores every derived figure anew where the history says otherwise."""

from sqlalchemy import text

from app.conditions import COUNT_COLUMNS
from app.progress.past.verify.recount_queries import RECOUNT, SHOULD_BE_RULED, STATE_FROM_HISTORY

# Writers wait for it, and find what was repaired. Who reads goes on.
LOCK = text("lock table assignment, tally, last_report in share row exclusive mode")

ASSIGNMENT_STATES = text(f"""
update assignment
set status = found.status, effective_at = found.effective_at, recorded_at = found.recorded_at, update_id = found.id,
    complete_since = found.complete_since
from (
    select a.owner, a.task, a.unit, coalesce(s.status, 'not_started') as status, s.effective_at, s.recorded_at, s.id,
           streak.complete_since
    from assignment a {STATE_FROM_HISTORY}
) found
where (assignment.owner, assignment.task, assignment.unit) = (found.owner, found.task, found.unit)
  and (assignment.status, assignment.effective_at, assignment.recorded_at, assignment.update_id,
       assignment.complete_since)
      is distinct from (found.status, found.effective_at, found.recorded_at, found.id, found.complete_since)
""")

RULINGS = text(f"""
update assignment
set deadline = found.deadline, not_applicable = found.not_applicable
from (select a.owner, a.task, a.unit, should.* from assignment a {SHOULD_BE_RULED}) found
where (assignment.owner, assignment.task, assignment.unit) = (found.owner, found.task, found.unit)
  and (assignment.deadline, assignment.not_applicable) is distinct from (found.deadline, found.not_applicable)
""")

_COUNTS = ", ".join(COUNT_COLUMNS)

# A row that nothing is counted in stays, with zeros.
TALLIES = text(f"""
with recount as ({RECOUNT}),
lost as (
    update tally set {", ".join(f"{name} = 0" for name in COUNT_COLUMNS)}
    where total <> 0 and (owner, task, deadline) not in (select owner, task, deadline from recount)
)
insert into tally (owner, task, deadline, {_COUNTS}, last_created_at)
select owner, task, deadline, {_COUNTS}, last_created_at from recount
order by owner, task, deadline
on conflict (owner, task, deadline) do update
set {", ".join(f"{name} = excluded.{name}" for name in COUNT_COLUMNS)}
where ({", ".join(f"tally.{name}" for name in COUNT_COLUMNS)})
      is distinct from ({", ".join(f"excluded.{name}" for name in COUNT_COLUMNS)})
""")

LAST_REPORTS = text("""
insert into last_report (owner, unit, last_recorded_at)
select owner, unit, max(recorded_at) from status_update group by owner, unit order by owner, unit
on conflict (owner, unit) do update set last_recorded_at = excluded.last_recorded_at
where last_report.last_recorded_at <> excluded.last_recorded_at
""")

# The projection then begins again, as after a restore.
FORGET_PROJECTION = text("update projection_checkpoint set incarnation = '' where what = 'transitions'")
