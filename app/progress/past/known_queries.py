"""SQL of the known transitions: how counts changed in order of recorded time, by what was known at each moment.

A report counts from the moment at which it was recorded, a ruling from its own; whatever they say of the time before
changes nothing that was known earlier. So these transitions are only ever added to.
"""

from sqlalchemy import text

from app.conditions import COUNT_COLUMNS, complete_sql, counts_sql
from app.progress.past.balance_queries import COUNTS, SUMS, carry_into_balances
from app.updates.state_queries import COMPLETE_SINCE, RULING, STATE, at_clocks

TOUCHED_ROWS = """
touched as materialized (
    select owner, task, unit, coalesce(known_from, '-infinity') as known_from
    from unnest(cast(:owners as text[]), cast(:tasks as text[]), cast(:units as text[]),
                cast(:known_from as timestamptz[])) as touched (owner, task, unit, known_from)
),
"""


def _state_at(at: str) -> str:
    """The ruling, state and streak of an assignment `a` as known at a moment."""
    return f"""
    left join lateral ({at_clocks(RULING, at, at)}) r on true
    left join lateral ({at_clocks(STATE, at, at)}) s on true
    left join lateral ({at_clocks(COMPLETE_SINCE, at, at)}) streak on true
"""


_DEADLINE = "coalesce(case when r.id is null then a.original_deadline else r.deadline end, 'infinity') as deadline"
_APPLIES = "not coalesce(r.not_applicable, false) as applies"
_NEW = counts_sql("status", "complete_since", "deadline")
_OLD = counts_sql("old_status", "old_since", "old_deadline")
_ANYTHING = f"({', '.join(f'sum({count})' for count in COUNT_COLUMNS)}) <> ({', '.join('0' for _ in COUNT_COLUMNS)})"
_ARRAYS = f"""
    array_agg(u.effective_at order by u.recorded_at, u.id) as effective,
    array_agg(u.recorded_at order by u.recorded_at, u.id) as recorded,
    array_agg(u.status order by u.recorded_at, u.id) as statuses,
    array_agg({complete_sql("u.status")} order by u.recorded_at, u.id) as complete
"""

# All reports of the assignments, by their index: for a projection from the beginning.
_ALL_REPORTS = f"""
    select b.owner, b.task, b.unit, reports.*
    from base b
    cross join lateral (
        select {_ARRAYS} from status_update u where u.owner = b.owner and u.task = b.task and u.unit = b.unit
    ) reports
"""
# Those recorded of late, by the order of their ids: whoever has thousands of reports is not read again for one more.
_NEW_REPORTS = f"""
    select b.owner, b.task, b.unit, {_ARRAYS}
    from (select distinct owner from base) o
    cross join lateral (
        select owner, task, unit, effective_at, recorded_at, id, status from status_update
        where owner = o.owner and id >= :from_id
        offset 0
    ) u
    join base b on b.owner = u.owner and b.task = u.task and b.unit = u.unit
    where u.recorded_at >= b.known_from
    group by b.owner, b.task, b.unit
"""


def _counted(conditions: dict[str, str], sign: str) -> str:
    return ", ".join(f"{sign}coalesce({conditions[count]}, false)::int as {count}" for count in COUNT_COLUMNS)


# The state just before `known_from`, then one after each report, ruling or creation, and the differences between them.
_EVENTS = f"""
base as materialized (
    select a.owner, a.task, a.unit, a.created_at, a.original_deadline, t.known_from,
           t.known_from > a.created_at as continues, t.known_from - interval '1 microsecond' as at,
           {_DEADLINE}, {_APPLIES}, coalesce(s.status, 'not_started') as status, s.effective_at, streak.complete_since
    from touched t
    cross join lateral (
        select * from assignment where owner = t.owner and task = t.task and unit = t.unit offset 0
    ) a
    {_state_at("t.known_from - interval '1 microsecond'")}
),
reports as materialized ({{reports}}),
reported as (
    select a.owner, a.task, a.unit, a.original_deadline, greatest(known.at, a.created_at) as at, known.place,
           known.status, known.complete_since
    from reports
    join base a using (owner, task, unit)
    cross join lateral known_states(
        a.owner, a.task, a.unit, a.status, a.effective_at, a.complete_since,
        reports.effective, reports.recorded, reports.statuses, reports.complete
    ) known
),
ruled as (
    select a.owner, a.task, a.unit, a.original_deadline, ruled.at
    from base a
    cross join lateral (
        select greatest(recorded_at, a.created_at) as at from ruling
        where owner = a.owner and task = a.task and unit = a.unit and recorded_at >= a.known_from
        union
        select a.created_at where not a.continues
    ) ruled
),
event as (
    select owner, task, unit, at, deadline, applies, status, complete_since, true as is_base, 0 as place
    from base where continues
    union all
    select a.owner, a.task, a.unit, a.at, {_DEADLINE}, {_APPLIES}, a.status, a.complete_since, false, a.place
    from reported a
    left join lateral ({at_clocks(RULING, "a.at", "a.at")}) r on true
    union all
    select a.owner, a.task, a.unit, a.at, {_DEADLINE}, {_APPLIES},
           coalesce(s.status, 'not_started'), streak.complete_since, false, 2147483647
    from ruled a
    {_state_at("a.at")}
),
state as (
    select distinct on (owner, task, unit, at) * from event
    order by owner, task, unit, at, place desc
),
side as (
    select *, lag(deadline) over earlier as old_deadline, lag(applies) over earlier as old_applies,
           lag(status) over earlier as old_status, lag(complete_since) over earlier as old_since
    from state
    window earlier as (partition by owner, task, unit order by at)
),
change as (
    select owner, task, unit, at, deadline, {_counted(_NEW, "")}
    from side where applies and not is_base
    union all
    select owner, task, unit, at, old_deadline, {_counted(_OLD, "-")}
    from side where old_applies and not is_base
),
known_projected as (
    select owner, task, unit, at, deadline, {SUMS}
    from change
    group by owner, task, unit, at, deadline
    having {_ANYTHING}
)
"""

REMOVE = text(f"""
with {TOUCHED_ROWS}
removed as (
    delete from known_transition
    where ctid = any(array(
        select old.ctid
        from touched t
        cross join lateral (
            select ctid from known_transition
            where owner = t.owner and task = t.task and unit = t.unit and at >= t.known_from
            offset 0
        ) old
    ))
    returning *
)
{carry_into_balances("removed", "-", "known_balance")}
""")


def _project(reports: str) -> str:
    return f"""
with {TOUCHED_ROWS} {_EVENTS.format(reports=reports)},
added as (
    insert into known_transition (owner, task, unit, at, deadline, {COUNTS})
    select owner, task, unit, at, deadline, {COUNTS} from known_projected
    order by at
    returning *
)
{carry_into_balances("added", "+", "known_balance")}
"""


PROJECT_ALL = text(_project(_ALL_REPORTS))
PROJECT_NEW = text(_project(_NEW_REPORTS))
KNOWN_PROJECTED = _EVENTS.format(reports=_ALL_REPORTS)
