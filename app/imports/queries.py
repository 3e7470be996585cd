"""SQL of imports: the previews, and what the history holds of the work a file speaks of."""

from sqlalchemy import text

WANTED = """
unnest(string_to_array(:owners, ' '), string_to_array(:tasks, ' '), string_to_array(:units, ' '))
     with ordinality as wanted (owner, task, unit, place)
"""

# What an undo adds did not come by the file, though it belongs to it; and a file that was undone counts against the
# same bytes alone.
_KNOWN = """
u.id, u.undoes, u.effective_at, u.recorded_at, u.token,
u.status, u.note, u.evidence, u.document_number, u.document_date,
coalesce(token.name, u.token) as token_name,
case when u.token like 'demo:%' then substr(u.token, 6) else token.role end as role,
case when u.undoes is null and (i.undone_at is null or i.digest = :digest) then i.unit end as import_unit,
case when u.undoes is null then i.templates end as templates
"""
_WITH_ITS_FILE = """
left join token on token.id = u.token
left join import i on i.id = u.import_id and i.owner in (u.owner, '*')
"""

STANDING = text(f"""
select wanted.place, {_KNOWN}
from {WANTED}
join assignment a on a.owner = wanted.owner and a.task = wanted.task and a.unit = wanted.unit
join status_update u on u.owner = a.owner and u.id = a.update_id
{_WITH_ITS_FILE}
""")

# `places` says which assignment each moment is of: with all its moments at once the index of each is gone through once.
AT_MOMENTS = text(f"""
select wanted.place, {_KNOWN}
from {WANTED}
join (select place, array_agg(moment) as moments
      from unnest(cast(:places as integer[]), cast(:moments as timestamptz[])) as each (place, moment)
      group by place) as asked using (place)
cross join lateral (
    select * from status_update u
    where u.owner = wanted.owner and u.task = wanted.task and u.unit = wanted.unit
      and u.effective_at = any(asked.moments)
    offset 0
) u
{_WITH_ITS_FILE}
""")

HISTORY = text(f"""
select wanted.place, {_KNOWN}
from {WANTED}
cross join lateral (
    select * from status_update u
    where u.owner = wanted.owner and u.task = wanted.task and u.unit = wanted.unit
    offset 0
) u
{_WITH_ITS_FILE}
""")

BASES = text(f"""
select u.owner, u.task, u.unit, {_KNOWN}
from unnest(string_to_array(:owners, ' '), cast(:ids as uuid[])) as wanted (owner, id)
join status_update u on u.owner = wanted.owner and u.id = wanted.id
{_WITH_ITS_FILE}
""")

FILE_BEFORE = text("""
select times_as_sent from import
where owner = :owner and token = :token and committed_at is not null
order by id desc
limit 1
""")

ADD_IMPORT = text("""
insert into import (owner, id, unit, token, state, source, read_as, headers, counts, created_at, committed_at,
                    digest, size, templates, times_as_sent, warnings, columns)
values (:owner, :id, :unit, :token, :state, :source, cast(:read_as as jsonb), :headers, cast(:counts as jsonb),
        :created_at, :committed_at, :digest, :size, :templates, :times_as_sent, cast(:warnings as jsonb),
        cast(:columns as jsonb))
""")

ADD_ROWS = text("""
insert into import_row (owner, import_id, place, unit, outcome, report, sent)
select :owner, :import_id, place, :unit, outcome, cast(report as jsonb), cast(sent as jsonb)
from unnest(cast(:places as bigint[]), cast(:outcomes as text[]), cast(:reports as text[]), cast(:sent as text[]))
     as row (place, outcome, report, sent)
""")

FORGET_ROWS = text("delete from import_row where owner = :owner and import_id = :import_id")

PREVIEWED_AGAIN = text("""
update import set counts = cast(:counts as jsonb), warnings = cast(:warnings as jsonb)
where owner = :owner and id = :id
""")

IMPORT = text("""
select i.*, coalesce(token.name, i.token) as sent_by
from import i left join token on token.id = i.token
where i.id = :id
""")

IMPORT_TO_CHANGE = text("select * from import where id = :id for update")

COMMITTED = text("""
update import set state = 'committed', committed_at = :at, warnings = cast(:warnings as jsonb)
where owner = :owner and id = :id
""")

# The newest first, each owner by its own index.
IMPORTS = text("""
select i.*, coalesce(token.name, i.token) as sent_by
from (select distinct owner from unit where (cast(:owner as text) is null or owner = :owner)
      union all select '*' where :ministry) o
cross join lateral (
    select * from import
    where owner = o.owner and (cast(:unit as text) is null or unit = :unit)
      and (cast(:before_id as uuid) is null or id < :before_id)
    order by id desc
    limit :limit
) i
left join token on token.id = i.token
order by i.id desc
limit :limit
""")

KEPT_BYTES = text("""
select coalesce(sum(size), 0) from import
where owner = :owner and token = :token and state = 'previewed'
""")

ROWS = text("""
select place, outcome, cast(report as text) as report, cast(sent as text) as sent
from import_row
where owner = :owner and import_id = :import_id
  and (cast(:outcomes as text[]) is null or outcome = any(:outcomes))
  and place > :after and place <= :upto
""")

LAST_PLACE = text("select max(place) from import_row where owner = :owner and import_id = :import_id")

# Whether a report stands for nothing more: it answers one of a file that was taken back, or was one of such a file.
_TAKEN_BACK = """
({r}.undoes is not null
 or exists (select from import i where i.id = {r}.import_id and i.undone_at is not null)
 or exists (select from status_update a
            where a.owner = {r}.owner and a.task = {r}.task and a.unit = {r}.unit
              and a.effective_at = {r}.effective_at and a.undoes = {r}.id))
"""

# What a file stored, with what held just before each of its reports, and who reported on its work since. Each report is
# looked behind only as far as the file's own one before it, so many of one piece of work are not read again for each.
# What was taken back counts as if it had never been said. But its answers may have restored what this file said, so
# those of later moments are answered with it (`own` is false).
STORED = text(f"""
with own as materialized (
    select u.*
    from (select distinct owner from unit where (cast(:owner as text) is null or owner = :owner)) o
    join status_update u on u.owner = o.owner and u.id between :from_id and :until_id and u.import_id = :import_id
    where u.undoes is null
),
touched as materialized (
    select owner, task, unit, max(recorded_at) as recorded_at, min(effective_at) as effective_at
    from own
    group by owner, task, unit
),
said as (
    select *, true as own from own
    union all
    select a.*, false from touched
    join status_update a on a.owner = touched.owner and a.task = touched.task and a.unit = touched.unit
    where a.effective_at > touched.effective_at and a.recorded_at > touched.recorded_at and a.undoes is not null
),
mine as materialized (
    select said.*, lag(effective_at, 1, '-infinity') over each_work as after_own
    from said
    window each_work as (partition by owner, task, unit order by effective_at, id)
),
since as materialized (
    select s.*
    from touched
    cross join lateral (
        select s.owner, s.task, s.unit, s.recorded_at, s.token from status_update s
        where s.owner = touched.owner and s.task = touched.task and s.unit = touched.unit
          and s.recorded_at > touched.recorded_at and not {_TAKEN_BACK.format(r="s")}
        order by s.id desc
        limit 1
    ) s
),
found as (
    select mine.*, before.status as before_status, before.note as before_note,
           before.evidence as before_evidence, before.document_number as before_document_number,
           before.document_date as before_document_date, count(before.id) over each_work as nth
    from mine
    left join lateral (
        select b.* from status_update b
        where b.owner = mine.owner and b.task = mine.task and b.unit = mine.unit
          and b.effective_at > mine.after_own and b.effective_at <= mine.effective_at
          and b.recorded_at < mine.recorded_at and b.import_id is distinct from :import_id
          and not {_TAKEN_BACK.format(r="b")}
        order by b.effective_at desc, b.recorded_at desc, b.id desc
        limit 1
    ) before on true
    window each_work as (partition by mine.owner, mine.task, mine.unit order by mine.effective_at, mine.id)
)
select found.owner, found.task, found.unit, found.id, found.effective_at, found.own,
       found.status, found.note, found.evidence, found.document_number, found.document_date,
       first_value(found.before_status) over held as before_status,
       first_value(found.before_note) over held as before_note,
       first_value(found.before_evidence) over held as before_evidence,
       first_value(found.before_document_number) over held as before_document_number,
       first_value(found.before_document_date) over held as before_document_date,
       since.recorded_at as since, coalesce(token.name, since.token) as since_by,
       case when since.token like 'demo:%' then substr(since.token, 6) else token.role end as since_role
from found
left join since using (owner, task, unit)
left join token on token.id = since.token
window held as (partition by found.owner, found.task, found.unit, found.nth order by found.effective_at, found.id)
order by found.id
""")

UNDONE = text("""
update import set undone_at = :at, undo = cast(:undo as jsonb) where owner = :owner and id = :id
""")

COLUMNS = text("""
select header, field, created_at from import_column where owner = :owner and unit = :unit order by header
""")

REMEMBER_COLUMNS = text("""
insert into import_column (owner, unit, header, field, token, created_at)
select :owner, :unit, header, field, :token, :at
from unnest(cast(:headers as text[]), cast(:fields as text[])) as said (header, field)
on conflict (owner, unit, header) do update
set field = excluded.field, token = excluded.token, created_at = excluded.created_at
""")

FORGET_COLUMNS = text("""
delete from import_column
where owner = :owner and unit = :unit and header = any(:headers)
""")

# What a template is filled with: work of a filter with the update that stands. Everything of a unit's own: see
# auth.sessions.
WORK = text("""
select a.owner, a.task, a.unit, a.deadline, a.status, a.update_id,
       u.note, u.evidence, u.document_number, u.document_date, u.effective_at
from assignment a
join task t on t.code = a.task
join category c on c.code = t.category
left join status_update u on u.owner = a.owner and u.id = a.update_id
where (cast(:owner as text) is null or a.owner = :owner) and (cast(:unit as text) is null or a.unit = :unit)
  and (cast(:category as text) is null or t.category = :category)
  and not a.not_applicable and a.status = any(cast(:statuses as text[]))
order by a.owner, a.unit <> a.owner, c.campaign, c.position, t.position, a.task, a.unit collate "C"
limit :limit
""")

_OLD_PREVIEWS = "state = 'previewed' and created_at < clock_timestamp() - cast(:age as interval)"

FORGET_ROWS_OF_OLD_PREVIEWS = text(f"""
delete from import_row
where ctid = any(array(select row.ctid
                       from import_row row join import on import.owner = row.owner and import.id = row.import_id
                       where {_OLD_PREVIEWS}
                       limit :most))
""")

# Those without rows: a preview whose rows are not all forgotten yet goes the next time.
FORGET_OLD_PREVIEWS = text(f"""
delete from import
where ctid = any(array(select ctid from import
                       where {_OLD_PREVIEWS}
                         and not exists (select from import_row row
                                         where row.owner = import.owner and row.import_id = import.id)
                       limit :most))
""")

# The import stays: reports name it, and later files are held against what it said.
FORGET_OLD_ROWS = text("""
delete from import_row
where ctid = any(array(select row.ctid
                       from import_row row join import on import.owner = row.owner and import.id = row.import_id
                       where import.state = 'committed'
                         and import.committed_at < clock_timestamp() - cast(:age as interval)
                       limit :most))
""")
