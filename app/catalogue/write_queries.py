"""SQL that changes the catalogue and the rulings on assignments."""

from sqlalchemy import text

from app.catalogue.counts import BOTH_SIDES, DIFFERENCE
from app.catalogue.queries import MATCHING_ASSIGNMENTS
from app.settled import RECORDING_MOMENT

_CAMPAIGN = "code, names, opening, deadline, go_live, version, letterhead"
_CATEGORY = "code, campaign, position, names, version, created_at"
_TASK = "code, category, level, position, names, deadline, quality_standard, created_at, version"
_UNIT = "code, level, kind, owner, province, names, latitude, longitude, version, created_at"

NOW = text(f"select {RECORDING_MOMENT} as now")

ADD_CAMPAIGN = text(f"""
insert into campaign (code, names, opening, deadline, go_live, version, letterhead)
values (:code, cast(:names as jsonb), :opening, :deadline, :go_live, 1, cast(:letterhead as jsonb))
returning {_CAMPAIGN}
""")

ADD_CATEGORY = text(f"""
insert into category (code, campaign, position, names, version, created_at)
select :code, cast(:campaign as text),
       coalesce(cast(:position as bigint),
                (select coalesce(max(position), 0) + 1 from category where campaign = :campaign)),
       cast(:names as jsonb), 1, cast(:created_at as timestamptz)
returning {_CATEGORY}
""")

ADD_TASK = text(f"""
insert into task (code, category, level, position, names, deadline, quality_standard, created_at, version)
select :code, cast(:category as text), :level,
       coalesce(cast(:position as bigint),
                (select coalesce(max(position), 0) + 1 from task where category = :category)),
       cast(:names as jsonb), cast(:deadline as timestamptz), :quality_standard, :created_at, 1
returning {_TASK}
""")

ADD_UNIT = text(f"""
insert into unit (code, level, kind, owner, province, names, latitude, longitude, version, created_at)
values (:code, :level, :kind, coalesce(cast(:province as text), :code), :province, cast(:names as jsonb),
        :latitude, :longitude, 1, :created_at)
returning {_UNIT}
""")

LOCK_CAMPAIGN = text(f"select {_CAMPAIGN} from campaign where code = :code for update")
LOCK_CATEGORY = text(f"select {_CATEGORY} from category where code = :code for update")
LOCK_TASK = text(f"select {_TASK} from task where code = :code for update")
LOCK_UNIT = text(f"select {_UNIT} from unit where code = :code for update")

CHANGE_CAMPAIGN = text(f"""
update campaign
set names = cast(:names as jsonb), opening = :opening, deadline = :deadline, go_live = :go_live,
    letterhead = cast(:letterhead as jsonb), version = version + 1
where code = :code
returning {_CAMPAIGN}
""")

CHANGE_CATEGORY = text(f"""
update category set names = cast(:names as jsonb), position = :position, version = version + 1
where code = :code
returning {_CATEGORY}
""")

CHANGE_TASK = text(f"""
update task
set names = cast(:names as jsonb), position = :position, deadline = :deadline, quality_standard = :quality_standard,
    version = version + 1
where code = :code
returning {_TASK}
""")

CHANGE_UNIT = text(f"""
update unit
set names = cast(:names as jsonb), kind = :kind, latitude = :latitude, longitude = :longitude, version = version + 1
where code = :code
returning {_UNIT}
""")

# A second change on the same day corrects the first, so the name before both of them is kept.
KEEP_FORMER_NAME = text("""
insert into former_name (unit, until, kind, names)
values (:unit, :until, :kind, cast(:names as jsonb))
on conflict do nothing
""")

FORMER_NAMES_OF = text("select until, kind, names from former_name where unit = :unit order by until desc")

# Locked in the order in which every writer locks assignments. Later statements read the rows: a statement that waited
# for a lock here would see rulings as they were before.
LOCK_ASSIGNMENTS = text(f"""
with locked as materialized (
    select a.owner, a.task, a.unit, a.created_at, a.version, a.deadline, a.not_applicable,
           a.responsible_office, a.responsible_person, a.quality_standard
    {MATCHING_ASSIGNMENTS}
    order by a.owner, a.task, a.unit
    for update of a
)
select locked.* from locked
""")

# Later than every earlier ruling on these assignments, and than their creation.
MOMENT = text(f"""
select greatest({RECORDING_MOMENT}, max(ruling.recorded_at) + interval '1 microsecond',
                cast(:newest as timestamptz) + interval '1 microsecond') as moment
from unnest(cast(:owners as text[]), cast(:tasks as text[]), cast(:units as text[])) as a (owner, task, unit)
left join ruling using (owner, task, unit)
""")

# One statement for every field: rows without a change are neither written nor counted, and a changed deadline or
# `not_applicable` adds a ruling.
CHANGE_ASSIGNMENTS = text(
    """
with moved as (
    update assignment a
    set deadline = case when :set_deadline then cast(:deadline as timestamptz) else a.deadline end,
        not_applicable = case when :set_not_applicable then cast(:not_applicable as boolean)
                              else a.not_applicable end,
        responsible_office = case when :set_responsible_office then cast(:responsible_office as text)
                                  else a.responsible_office end,
        responsible_person = case when :set_responsible_person then cast(:responsible_person as text)
                                  else a.responsible_person end,
        quality_standard = case when :set_quality_standard then cast(:quality_standard as text)
                                else a.quality_standard end,
        version = a.version + 1
    from unnest(cast(:owners as text[]), cast(:tasks as text[]), cast(:units as text[]), cast(:ids as uuid[]))
         as wanted (owner, task, unit, id)
    where a.owner = wanted.owner and a.task = wanted.task and a.unit = wanted.unit
      and ((:set_deadline and a.deadline is distinct from cast(:deadline as timestamptz))
           or (:set_not_applicable and a.not_applicable <> cast(:not_applicable as boolean))
           or (:set_responsible_office and a.responsible_office is distinct from cast(:responsible_office as text))
           or (:set_responsible_person and a.responsible_person is distinct from cast(:responsible_person as text))
           or (:set_quality_standard and a.quality_standard is distinct from cast(:quality_standard as text)))
    """
    + BOTH_SIDES
    + """, wanted.id as ruling
),
"""
    + DIFFERENCE
    + """,
ruled as (
    insert into ruling (owner, id, task, unit, recorded_at, deadline, not_applicable, reason, token)
    select owner, ruling, task, unit, :recorded_at, new_deadline, not new_counts, :reason, :token
    from moved
    where old_deadline is distinct from new_deadline or old_counts <> new_counts
)
select count(*) as changed from moved
"""
)

RULINGS = text("""
select ruling.id, recorded_at, deadline, not_applicable, reason, ruling.token, token.name as token_name
from ruling left join token on token.id = ruling.token
where ruling.owner = :owner and ruling.task = :task and ruling.unit = :unit
  and (cast(:after as uuid) is null or ruling.id > :after)
order by ruling.recorded_at, ruling.id
limit :limit
""")

ORIGINAL = text("""
select created_at, original_deadline from assignment where owner = :owner and task = :task and unit = :unit
""")
