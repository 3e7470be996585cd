"""SQL about campaigns, units, categories and tasks."""

from sqlalchemy import text

from app.conditions import COUNT_COLUMNS, open_sql, overdue_sql

CAMPAIGNS = text(
    "select code, names, opening, deadline, go_live, version, letterhead from campaign order by opening, code"
)

UNITS = text("""
select code, level, kind, owner, province, names, latitude, longitude, version, created_at
from unit
order by level = 'agency', level = 'commune', code collate "C"
""")

FORMER_NAMES = text("select unit, names from former_name order by until desc, unit")

CATEGORIES = text("""
select code, campaign, position, names, version, created_at from category order by campaign, position, code
""")

TASKS = text("""
select task.code, category, level, task.position, task.names, deadline, quality_standard, task.created_at, task.version
from task join category on category.code = task.category
order by category.campaign, category.position, task.position, task.code
""")

ADD_CAMPAIGN = text("""
insert into campaign (code, names, opening, deadline, go_live, version)
values (:code, cast(:names as jsonb), :opening, :deadline, :go_live, 1)
on conflict (code) do nothing
""")

ADD_UNITS = text("""
insert into unit (code, level, kind, owner, province, names, latitude, longitude, version)
select code, level, kind, owner, province, names, latitude, longitude, 1
from jsonb_to_recordset(cast(:units as jsonb)) as unit(
    code text, level text, kind text, owner text, province text, names jsonb, latitude float8, longitude float8)
order by level = 'commune', code
on conflict (code) do nothing
""")

ADD_CATEGORIES = text("""
insert into category (code, campaign, position, names, version)
select code, :campaign, position, names, 1
from jsonb_to_recordset(cast(:categories as jsonb)) as category(code text, position bigint, names jsonb)
on conflict (code) do nothing
""")

ADD_TASKS = text("""
insert into task (code, category, level, position, names, deadline, quality_standard, created_at, version)
select code, category, level, position, names, deadline, quality_standard, :created_at, 1
from jsonb_to_recordset(cast(:tasks as jsonb)) as task(
    code text, category text, level text, position bigint, names jsonb, deadline timestamptz, quality_standard text)
on conflict (code) do nothing
""")

_ZEROS = ", ".join("0" for _ in COUNT_COLUMNS[1:])

# An assignment for every unit of the task's level, and its place in the tally. A task's first assignments count from
# its created_at, those of a unit added later from that moment.
ASSIGN = text(f"""
with assigned as (
    insert into assignment (owner, task, unit, created_at, deadline, original_deadline, not_applicable,
                            quality_standard, version)
    select unit.owner, task.code, unit.code, :created_at, task.deadline, task.deadline, false,
           task.quality_standard, 1
    from task join unit on unit.level = task.level
    where (cast(:tasks as text[]) is null or task.code = any(:tasks))
      and (cast(:units as text[]) is null or unit.code = any(:units))
    order by unit.owner, task.code, unit.code
    on conflict do nothing
    returning owner, task, deadline, created_at
)
insert into tally (owner, task, deadline, {", ".join(COUNT_COLUMNS)}, last_created_at)
select owner, task, coalesce(deadline, 'infinity'), count(*), {_ZEROS}, max(created_at)
from assigned
group by owner, task, coalesce(deadline, 'infinity')
order by owner, task, coalesce(deadline, 'infinity')
on conflict (owner, task, deadline) do update
set total = tally.total + excluded.total, last_created_at = greatest(tally.last_created_at, excluded.last_created_at)
""")

_IS_OVERDUE = f"""
    a.deadline is not null and {overdue_sql("a.deadline", ":at")} and {open_sql("a.status")} and not a.not_applicable
"""

# Which assignments a filter matches, to read and to rule on them; what it leaves out matches all.
MATCHING_ASSIGNMENTS = f"""
from assignment a
join task t on t.code = a.task
where (cast(:owner as text) is null or a.owner = :owner)
  and (cast(:unit as text) is null or a.unit = :unit)
  and (cast(:task as text) is null or a.task = :task)
  and (cast(:category as text) is null or t.category = :category)
  and (cast(:status as text) is null or a.status = :status)
  and (cast(:overdue as boolean) is null or ({_IS_OVERDUE}) = :overdue)
"""

# Keyset pages in the order of the primary key. Everybody sees all assignments; persons are left out by their reader.
ASSIGNMENTS = text(f"""
select a.owner, a.task, a.unit, t.category, a.status, a.effective_at, a.deadline, a.original_deadline,
       a.responsible_office, a.responsible_person, a.quality_standard, a.not_applicable, a.version
{MATCHING_ASSIGNMENTS}
  and (cast(:after_owner as text) is null or (a.owner, a.task, a.unit) > (:after_owner, :after_task, :after_unit))
order by a.owner, a.task, a.unit
limit :limit
""")
