"""SQL about obstacles, their events, and the answers that agencies owe."""

from sqlalchemy import text

from app.obstacles.conditions import answer_overdue_sql, owed_sql, promise_broken_sql
from app.settled import RECORDING_MOMENT

NOW = text(f"select {RECORDING_MOMENT} as now")

ADD = text("""
insert into obstacle (owner, id, unit, task, "group", title, detail, addressed_to, needed_by, reported_at, token,
                      state, answer_due, promised_by, version)
values (:owner, :id, :unit, :task, :group, :title, :detail, :addressed_to, :needed_by, :at, :token,
        'open', :answer_due, null, 1)
""")

ADD_EVENT = text("""
insert into obstacle_event (owner, id, obstacle, unit, addressed_to, at, state, response, answer_due, promised_by,
                            token)
values (:owner, :id, :obstacle, :unit, :addressed_to, :at, :state, :response, :answer_due, :promised_by, :token)
""")

LOCK = text("""
select owner, id, unit, addressed_to, state, answer_due, promised_by, version from obstacle where id = :id for update
""")

# Later than all of its earlier events.
MOMENT = text(f"""
select greatest({RECORDING_MOMENT}, max(at) + interval '1 microsecond') as moment
from obstacle_event where owner = :owner and obstacle = :id
""")

MOVE = text("""
update obstacle set state = :state, answer_due = :answer_due, promised_by = :promised_by, version = version + 1
where owner = :owner and id = :id
""")

OBSTACLES = text(f"""
select o.owner, o.id, o.unit, o.task, o."group", o.title, o.detail, o.addressed_to, o.needed_by, o.reported_at,
       o.state, o.answer_due, o.promised_by, o.version, unit.names as unit_names, agency.names as addressed_to_names,
       case when unit.level <> 'agency' then o.owner end as province
from obstacle o
join unit on unit.code = o.unit
join unit agency on agency.code = o.addressed_to
where (cast(:id as uuid) is null or o.id = :id)
  and (cast(:owner as text) is null or o.owner = :owner)
  and (cast(:unit as text) is null or o.unit = :unit)
  and (cast(:task as text) is null or o.task = :task)
  and (cast(:group as text) is null or o."group" = :group)
  and (cast(:state as text) is null or o.state = :state)
  and (cast(:addressed_to as text) is null or o.addressed_to = :addressed_to)
  and (cast(:answer_overdue as boolean) is null
       or ({owed_sql("o.state")} and {answer_overdue_sql(":at", "o.")}) = :answer_overdue)
  and (cast(:before_id as uuid) is null or o.id < :before_id)
order by o.id desc
limit :limit
""")

EVENTS = text("""
select event.obstacle, at, state, response, answer_due, promised_by, event.token, token.name as token_name
from obstacle_event event
join unnest(cast(:owners as text[]), cast(:ids as uuid[])) as wanted (owner, obstacle) using (owner, obstacle)
left join token on token.id = event.token
order by at, event.id
""")

# An answer is owed from the report, or from the reopening, until the obstacle is resolved or declined. A wait begins or
# ends with such an event. What holds after an event holds until the next: a promise that passes meanwhile is broken.
_WAITS = f"""
with told as (
    select owner, obstacle, unit, addressed_to, at, id, answer_due, promised_by,
           {owed_sql()} as waiting,
           lag({owed_sql()}) over story as before,
           least(coalesce(lead(at) over story, 'infinity'), cast(:judged_at as timestamptz)) as held_until
    from obstacle_event
    where at <= cast(:at as timestamptz)
    window story as (partition by owner, obstacle order by at, id)
),
numbered as (
    select *, count(*) filter (where waiting is distinct from before)
              over (partition by owner, obstacle order by at, id) as turn
    from told
),
turns as (
    select owner, obstacle, unit, addressed_to, waiting, min(at) as at,
           lead(min(at)) over (partition by owner, obstacle order by turn) as until,
           min(answer_due) as answer_due,
           count(distinct promised_by) filter (where {promise_broken_sql("held_until")}) as promises_broken
    from numbered
    group by owner, obstacle, unit, addressed_to, turn, waiting
)
"""

# Of the campaign that its task is in; one without a task of the campaign that was the current one when it was reported.
_OF_CAMPAIGN = """
, concerned as (
    select o.owner, o.id as obstacle
    from obstacle o
    left join task on task.code = o.task
    left join category on category.code = task.category
    where coalesce(
        category.campaign,
        (select code from campaign where opening <= o.reported_at order by opening desc, code collate "C" desc limit 1),
        :campaign
    ) = :campaign
)
"""

OWED = text(
    _WAITS
    + _OF_CAMPAIGN
    + """
select addressed_to as agency,
       count(*) filter (where until is null) as obstacles_open,
       min(at) filter (where until is null) as oldest_open_since,
       count(*) filter (where until is null and """
    + answer_overdue_sql(":judged_at")
    + """) as answers_overdue,
       min(answer_due) filter (where until is null) as first_answer_due,
       coalesce(sum(promises_broken) filter (where until is null), 0)::int8 as promises_broken,
       count(*) filter (where until is not null) as answers,
       percentile_cont(0.5) within group (order by cast(extract(epoch from until - at) / 3600 as float8))
           filter (where until is not null) as median_answer_hours
from turns join concerned using (owner, obstacle)
where waiting
group by addressed_to
order by addressed_to collate "C"
"""
)

WAITS_OF = text(
    _WAITS
    + """
select turns.obstacle, turns.unit, obstacle.task, turns.addressed_to, turns.at as since, until
from turns join obstacle on obstacle.owner = turns.owner and obstacle.id = turns.obstacle
where waiting and turns.owner = :owner
order by since, turns.obstacle
"""
)
