"""SQL of imports: the previews, and what the history holds of the moments a file speaks of."""

from sqlalchemy import text

from app.conditions import open_sql

# Every report of these moments, in the order of recording: the last of each is its winner. `places` says which
# assignment each moment is of: with all its moments at once the index of each is gone through once.
SAID_AT = text("""
select u.task, u.unit, u.effective_at, u.status, u.note, u.evidence, u.document_number, u.document_date, u.owner
from unnest(string_to_array(:owners, ' '), string_to_array(:tasks, ' '), string_to_array(:units, ' '))
     with ordinality as wanted (owner, task, unit, place)
join (select place, array_agg(moment) as moments
      from unnest(cast(:places as integer[]), cast(:moments as timestamptz[])) as each (place, moment)
      group by place) as asked using (place)
cross join lateral (
    select * from status_update u
    where u.owner = wanted.owner and u.task = wanted.task and u.unit = wanted.unit
      and u.effective_at = any(asked.moments)
    offset 0
) u
order by u.recorded_at, u.id
""")

STANDING = text("""
select u.task, u.unit, u.effective_at, u.status, u.note, u.evidence, u.document_number, u.document_date, u.owner
from unnest(string_to_array(:owners, ' '), string_to_array(:tasks, ' '), string_to_array(:units, ' '))
     as wanted (owner, task, unit)
join assignment a on a.owner = wanted.owner and a.task = wanted.task and a.unit = wanted.unit
join status_update u on u.owner = a.owner and u.id = a.update_id
""")

ADD_IMPORT = text("""
insert into import (owner, id, unit, token, state, source, read_as, headers, counts, created_at, committed_at)
values (:owner, :id, :unit, :token, :state, :source, cast(:read_as as jsonb), :headers, cast(:counts as jsonb),
        :created_at, :committed_at)
""")

ADD_ROWS = text("""
insert into import_row (owner, import_id, line, unit, outcome, report, sent)
select :owner, :import_id, line, :unit, outcome, cast(report as jsonb), cast(sent as jsonb)
from unnest(cast(:lines as bigint[]), cast(:outcomes as text[]), cast(:reports as text[]), cast(:sent as text[]))
     as row (line, outcome, report, sent)
""")

IMPORT = text("select * from import where id = :id")

IMPORT_TO_COMMIT = text("select * from import where id = :id for update")

COMMITTED = text("update import set state = 'committed', committed_at = :at where owner = :owner and id = :id")

ROWS = text("""
select line, outcome, cast(report as text) as report, cast(sent as text) as sent
from import_row
where owner = :owner and import_id = :import_id
  and (cast(:outcomes as text[]) is null or outcome = any(:outcomes))
  and line > :after and line <= :upto
""")

LAST_LINE = text("select max(line) from import_row where owner = :owner and import_id = :import_id")

# What is still to be done, with what was said of it last. Everything of a unit's own: see auth.sessions.
OPEN_WORK = text(f"""
select a.task, a.unit, a.deadline, a.status, u.note, u.evidence, u.document_number, u.document_date
from assignment a
join task t on t.code = a.task
join category c on c.code = t.category
left join status_update u on u.owner = a.owner and u.id = a.update_id
where a.owner = :owner and (cast(:unit as text) is null or a.unit = :unit)
  and not a.not_applicable and {open_sql("a.status")}
order by a.unit <> a.owner, c.campaign, c.position, t.position, a.task, a.unit collate "C"
""")

FORGET_OLD_PREVIEWS = text("""
delete from import
where state = 'previewed' and created_at < clock_timestamp() - cast(:age as interval)
""")
