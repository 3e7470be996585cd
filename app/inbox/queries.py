"""SQL of what waits: assignments and obstacles with the reasons why, their counts, and one page of them."""

from sqlalchemy import text

from app.conditions import due_soon_sql, open_sql, overdue_sql
from app.obstacles.conditions import answer_overdue_sql, answered_sql, owed_sql, promise_broken_sql
from app.updates.feed_queries import APPEARED, BEGAN

_PLACE = "(cast(:owner as text) is null or owner = :owner) and (cast(:unit as text) is null or unit = :unit)"
_BY_OTHERS = f"(({APPEARED}) or ({BEGAN})) and token <> :token and {_PLACE}"

# What is overdue and due soon is what makes a light red and yellow. An answer waits to be read for some days.
_WAITING = f"""
with moved as materialized (
    select owner, task, unit from status_update where {_BY_OTHERS}
    union
    select owner, task, unit from ruling where {_BY_OTHERS}
),
moved_obstacle as materialized (
    select distinct owner, obstacle from obstacle_event
    where (({APPEARED}) or ({BEGAN})) and token <> :token
),
work as (
    select a.owner, a.task, a.unit, a.status, a.deadline, a.update_id, moved.owner is not null as changed,
           not a.not_applicable as applies,
           not a.not_applicable and {open_sql("a.status")} as is_open
    from assignment a
    left join moved on moved.owner = a.owner and moved.task = a.task and moved.unit = a.unit
    where (cast(:owner as text) is null or a.owner = :owner) and (cast(:unit as text) is null or a.unit = :unit)
),
asked as (
    select o.owner, o.id, o.unit, o.task, o.title, o.state, o.answer_due, o.promised_by, o.addressed_to,
           {owed_sql("o.state")} as is_owed,
           moved_obstacle.owner is not null as changed,
           (cast(:owner as text) is null or o.owner = :owner)
               and (cast(:unit as text) is null or o.unit = :unit) as is_own
    from obstacle o
    left join moved_obstacle on moved_obstacle.owner = o.owner and moved_obstacle.obstacle = o.id
    where (cast(:owner as text) is null or o.owner = :owner or o.addressed_to = cast(:agency as text))
      and (cast(:unit as text) is null or o.unit = :unit or o.addressed_to = cast(:agency as text))
),
waiting as (
    select 'assignment' as kind, owner, unit, task, cast(null as uuid) as obstacle, cast(null as text) as title,
           status, deadline, cast(null as timestamptz) as promised_by, update_id, task || '/' || unit as key,
           array_remove(array[
               case when applies and status = 'returned' then 'returned' end,
               case when is_open and {overdue_sql("deadline", ":at")} then 'overdue' end,
               case when is_open and {due_soon_sql("deadline", ":at")} then 'due_soon' end,
               case when applies and status = 'blocked' then 'blocked' end,
               case when changed then 'changed' end
           ], null) as reasons
    from work
    union all
    select 'obstacle', owner, unit, task, id, title, state, answer_due, promised_by, null, id::text,
           array_remove(array[
               case when is_owed and {answer_overdue_sql(":at")} then 'answer_overdue' end,
               case when is_owed and {promise_broken_sql(":at")} then 'promise_broken' end,
               case when is_own and {answered_sql()} and exists (
                   select from obstacle_event e
                   where e.owner = asked.owner and e.obstacle = asked.id and e.at >= :answered_since
                     and {answered_sql("e.state")}) then 'answered' end,
               case when is_owed and addressed_to = cast(:agency as text) then 'to_answer' end,
               case when changed then 'changed' end
           ], null)
    from asked
)
"""

COUNTS = text(
    _WAITING
    + """
select count(*) filter (where 'returned' = any(reasons)) as returned,
       count(*) filter (where 'answer_overdue' = any(reasons)) as answer_overdue,
       count(*) filter (where 'promise_broken' = any(reasons)) as promise_broken,
       count(*) filter (where 'answered' = any(reasons)) as answered,
       count(*) filter (where 'to_answer' = any(reasons)) as to_answer,
       count(*) filter (where 'overdue' = any(reasons)) as overdue,
       count(*) filter (where 'due_soon' = any(reasons)) as due_soon,
       count(*) filter (where 'blocked' = any(reasons)) as blocked,
       count(*) filter (where 'changed' = any(reasons)) as changed
from waiting
"""
)

# The most pressing reason first; `rank` and `key` are the place behind which the next page begins.
PAGE = text(
    _WAITING
    + """
select w.*, said.note, said.at, token.name as by
from (
    select waiting.*, array_position(cast(:order as text[]), reasons[1]) as rank
    from waiting
    where reasons && cast(:wanted as text[])
      and (array_position(cast(:order as text[]), reasons[1]), key) > (:rank, cast(:key as text))
    order by rank, key
    limit :limit
) w
left join lateral (
    select note, recorded_at as at, u.token from status_update u where u.owner = w.owner and u.id = w.update_id
    union all
    (select response, e.at, e.token from obstacle_event e where e.owner = w.owner and e.obstacle = w.obstacle
     order by e.at desc, e.id desc limit 1)
) said on true
left join token on token.id = said.token
order by rank, key
"""
)
