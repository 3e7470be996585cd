"""SQL of recording: lock the assignments, add the reports, update the current states and the counts.

Codes and statuses are sent as one text, separated by spaces: the driver takes ten times as long over an array.
"""

from sqlalchemy import text

from app.catalogue.counts import BOTH_SIDES, DIFFERENCE
from app.settled import RECORDING_MOMENT
from app.updates.state_queries import COMPLETE_SINCE, STATE, without_clocks

HISTORY_COLUMNS = (
    "owner",
    "id",
    "task",
    "unit",
    "status",
    "effective_at",
    "recorded_at",
    "note",
    "evidence",
    "document_number",
    "document_date",
    "token",
)
"""What every report has in the history, whichever way it came in."""

MANY_REPORTS = "hashtextextended('many reports ' || {owner}, 0)"
"""The advisory lock of an owner of whom many reports are being stored."""

# A large request locks its owners, so that the group commit leaves single reports about them to the slow path
# instead of waiting with a whole batch, see group_commit_queries.
LOCK_OWNERS_FOR_BULK = text(f"""
select pg_advisory_xact_lock({MANY_REPORTS.format(owner="owner")})
from (select distinct owner from unnest(string_to_array(:owners, ' ')) as wanted (owner) order by owner) one
""")

# The condition on owners is redundant, but with the join alone PostgreSQL reads the assignments of all owners and
# checks row-level security for each of them.
_WANTED = """
join unnest(string_to_array(:owners, ' '), string_to_array(:tasks, ' '), string_to_array(:units, ' '))
     as wanted (owner, task, unit)
  using (owner, task, unit)
where a.owner = any(array(select distinct unnest(string_to_array(:owners, ' '))))
"""

# Locked in one order, so that two batches never deadlock; a statement of its own, because a statement that waited for
# a lock would see other rows as they were before. The moment of recording is read once all are locked.
LOCK_ASSIGNMENTS = text(f"""
with locked as materialized (
    select a.owner, a.task, a.unit, a.not_applicable, a.status, a.effective_at, a.recorded_at, a.complete_since
    from assignment a {_WANTED}
    order by a.owner, a.task, a.unit
    for update of a
),
stamped as materialized (select {RECORDING_MOMENT} as now from (select count(*) from locked) all_of_them)
select locked.*, stamped.now from locked cross join stamped
""")

READ_ASSIGNMENTS = text(f"""
select a.owner, a.task, a.unit, a.not_applicable, a.status, a.effective_at, a.recorded_at, a.complete_since,
       clock_timestamp()
from assignment a {_WANTED}
""")

STATUS_AT = text(
    """
select a.task, a.unit, a.as_of, coalesce(s.status, 'not_started') as status, s.effective_at
from unnest(string_to_array(:owners, ' '), string_to_array(:tasks, ' '), string_to_array(:units, ' '),
            cast(:moments as timestamptz[]))
     as a (owner, task, unit, as_of)
left join lateral ("""
    + without_clocks(STATE.replace("cast(:as_of as timestamptz)", "a.as_of"))
    + """) s on true
"""
)

ADD = text(f"""
insert into status_update ({", ".join(HISTORY_COLUMNS)}, import_id, undoes)
select owner, id, task, unit, status, effective_at, :recorded_at, note,
       coalesce(string_to_array(evidence, E'\\n'), '{{}}'), document_number, document_date, :token,
       cast(:import_id as uuid), undoes
from unnest(string_to_array(:owners, ' '), cast(:ids as uuid[]), string_to_array(:tasks, ' '),
            string_to_array(:units, ' '), string_to_array(:statuses, ' '), cast(:effective as timestamptz[]),
            cast(:notes as text[]), cast(:evidence as text[]), cast(:document_numbers as text[]),
            cast(:document_dates as date[]), cast(:undoes as uuid[]))
     as reported (owner, id, task, unit, status, effective_at, note, evidence, document_number, document_date, undoes)
""")

_STATE_NOW = without_clocks(f"cross join lateral ({STATE}) s cross join lateral ({COMPLETE_SINCE}) streak")

# The current state always equals what the history says, in whatever order reports arrive. The caller holds the locks
# and added the reports in an earlier statement of the transaction, so this one sees all of them.
UPDATE_CURRENT_STATE = text(
    """
with recomputed as (
    select a.owner, a.task, a.unit, s.status, s.effective_at, s.recorded_at, s.id, streak.complete_since
    from (select distinct *
          from unnest(string_to_array(:owners, ' '), string_to_array(:tasks, ' '), string_to_array(:units, ' ')))
         as a (owner, task, unit)
    """
    + _STATE_NOW
    + """
),
moved as (
    update assignment
    set status = s.status, effective_at = s.effective_at, recorded_at = s.recorded_at, update_id = s.id,
        complete_since = s.complete_since
    from recomputed s
    where assignment.owner = s.owner and assignment.task = s.task and assignment.unit = s.unit
    """
    + BOTH_SIDES
    + """
),
"""
    + DIFFERENCE
    + """
select update_id from moved
"""
)

SET_LAST_REPORT = text("""
insert into last_report (owner, unit, last_recorded_at)
select distinct owner, unit, cast(:recorded_at as timestamptz)
from unnest(string_to_array(:owners, ' '), string_to_array(:units, ' ')) as reported (owner, unit)
order by owner, unit
on conflict (owner, unit) do update
set last_recorded_at = greatest(last_report.last_recorded_at, excluded.last_recorded_at)
""")

# Newest recorded first: the order of the ids. Each owner's own index gives its newest few, so a page costs the same
# however long the history is.
HISTORY = text("""
select u.*, a.update_id = u.id as is_current, t.category,
       case when unit.level <> 'agency' then unit.owner end as province
from (select distinct owner from unit
      where (cast(:owner as text) is null or owner = :owner)) o
cross join lateral (
    select * from status_update
    where owner = o.owner
      and (cast(:unit as text) is null or unit = :unit)
      and (cast(:task as text) is null or task = :task)
      and (cast(:tasks as text[]) is null or task = any(:tasks))
      and (cast(:status as text) is null or status = :status)
      and (cast(:effective_since as timestamptz) is null or effective_at >= :effective_since)
      and (cast(:from_id as uuid) is null or id >= :from_id)
      and (cast(:before_id as uuid) is null or id < :before_id)
    order by id desc
    limit :limit
) u
join assignment a on a.owner = u.owner and a.task = u.task and a.unit = u.unit
join task t on t.code = u.task
join unit on unit.code = u.unit
order by u.id desc
limit :limit
""")

BY_ID = text("""
select u.*, a.update_id = u.id as is_current, t.category,
       case when unit.level <> 'agency' then unit.owner end as province
from (select distinct owner from unit) o
join status_update u on u.owner = o.owner and u.id = :id
join assignment a on a.owner = u.owner and a.task = u.task and a.unit = u.unit
join task t on t.code = u.task
join unit on unit.code = u.unit
""")
