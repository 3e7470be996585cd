"""SQL that loads the demonstration in a few statements: the history, then the current states and the counts."""

from sqlalchemy import text

from app.catalogue.counts import BOTH_SIDES, DIFFERENCE
from app.updates.queries import HISTORY_COLUMNS

# One loader at a time: a second one waits, and finds the demo there. It may take longer than other writers.
LOCK_LOADER = text("""
select set_config('transaction_timeout', '0', true), pg_advisory_xact_lock(hashtext('tiendo demo'))
""")

IS_LOADED = text("select exists (select from provenance where what = 'demo')")

HOLDS_REPORTS = text("""
select exists (select from status_update) or exists (select from ruling) or exists (select from obstacle)
    or exists (select from bulletin)
""")

HEAD_LETTERS = text("update campaign set letterhead = cast(:letterhead as jsonb) where code = :campaign")

MARK_LOADED = text("""
insert into provenance (what, since, details) values ('demo', :since, cast(:details as jsonb))
""")

ADD_REPORTS = text(f"""
insert into status_update ({", ".join(HISTORY_COLUMNS)})
select owner, id, task, unit, status, effective_at, recorded_at, note,
       coalesce(string_to_array(evidence, E'\\n'), '{{}}'), document_number, document_date, token
from unnest(cast(:owners as text[]), cast(:ids as uuid[]), cast(:tasks as text[]), cast(:units as text[]),
            cast(:statuses as text[]), cast(:effective as timestamptz[]), cast(:recorded as timestamptz[]),
            cast(:notes as text[]), cast(:evidence as text[]), cast(:document_numbers as text[]),
            cast(:document_dates as date[]), cast(:tokens as text[]))
     as report (owner, id, task, unit, status, effective_at, recorded_at, note, evidence, document_number,
              document_date, token)
order by id
""")

ADD_RULINGS = text("""
insert into ruling (owner, id, task, unit, recorded_at, deadline, not_applicable, reason, token)
select owner, id, task, unit, recorded_at, deadline, not_applicable, reason, token
from unnest(cast(:owners as text[]), cast(:ids as uuid[]), cast(:tasks as text[]), cast(:units as text[]),
            cast(:recorded as timestamptz[]), cast(:deadlines as timestamptz[]),
            cast(:not_applicable as boolean[]), cast(:reasons as text[]), cast(:tokens as text[]))
     as ruled (owner, id, task, unit, recorded_at, deadline, not_applicable, reason, token)
order by id
""")

# The last ruling holds now, and every ruling was a change of the assignment.
APPLY_RULINGS = text(
    """
with ruled as (
    select distinct on (owner, task, unit) owner, task, unit, deadline, not_applicable,
           count(*) over (partition by owner, task, unit) as rulings
    from ruling
    order by owner, task, unit, recorded_at desc, id desc
),
moved as (
    update assignment
    set deadline = ruled.deadline, not_applicable = ruled.not_applicable, version = version + ruled.rulings
    from ruled
    where assignment.owner = ruled.owner and assignment.task = ruled.task and assignment.unit = ruled.unit
    """
    + BOTH_SIDES
    + """
),
"""
    + DIFFERENCE
    + """
select count(*) from moved
"""
)

# A unit last reported when its last report was recorded, not when the demo was loaded.
SET_LAST_REPORTS = text("""
insert into last_report (owner, unit, last_recorded_at)
select owner, unit, max(recorded_at) from status_update group by owner, unit order by owner, unit
on conflict (owner, unit) do update
set last_recorded_at = greatest(last_report.last_recorded_at, excluded.last_recorded_at)
""")

NAME_OFFICES = text("""
update assignment
set responsible_office = named.office
from unnest(cast(:tasks as text[]), cast(:offices as text[])) as named (task, office)
where assignment.task = named.task and assignment.responsible_office is null
""")
