"""SQL of late reports: assignments of which more, or less, was known than sums say, each corrected by its history."""

from sqlalchemy import text

from app.conditions import COUNT_COLUMNS, complete_sql, counts_sql
from app.updates.state_queries import RULING, STATE, at_clocks, completed_late

# How much there is to read: reports, by PostgreSQL's own statistics; assignments of a campaign; since when.
AMOUNTS = text("""
select (select greatest(reltuples, 0) from pg_class where oid = 'status_update'::regclass) as reports,
       (select coalesce(sum(tally.total), 0)::float8
        from tally
        join task on task.code = tally.task
        join category on category.code = task.category
        where category.campaign = :campaign) as assignments,
       (select at from known_transition order by at limit 1) as since
""")

# The assignments of which something was recorded between two moments, and the latest effective time that was told of
# each; by the order of ids, which is that of recording, owner by owner. A ruling or a creation changes everything.
_LATE = """
late as materialized (
    select owner, task, unit, max(at) as at
    from (
        select u.owner, u.task, u.unit, u.effective_at as at
        from unit o
        cross join lateral (
            select owner, task, unit, effective_at, recorded_at from status_update
            where owner = o.code and id >= :first_id and id <= :last_id
            offset 0
        ) u
        where o.owner = o.code
          and u.recorded_at > :known_after and u.recorded_at <= :known_until and u.effective_at <= :as_of
        union all
        select owner, task, unit, 'infinity' from ruling
        where recorded_at > :known_after and recorded_at <= :known_until
        union all
        select a.owner, a.task, a.unit, 'infinity'
        from (select distinct owner, task from tally where last_created_at > :known_after) t
        join assignment a using (owner, task)
        where a.created_at > :known_after
    ) told
    join work using (task)
    group by owner, task, unit
),
"""


def _read_at(as_of: str, known_at: str, then: str) -> str:
    """What is read of an assignment `a` at a moment: ruling and state.

    The deadline is a `case`: below row-level security PostgreSQL takes no `coalesce` as the bound of an index.
    """
    return f"""
    left join lateral ({at_clocks(RULING, as_of, known_at)}) {then}_ruling on true
    left join lateral ({at_clocks(STATE, as_of, known_at)}) {then}_state on true
    cross join lateral (
        select case when {then}_ruling.deadline is not null then {then}_ruling.deadline
                    when {then}_ruling.id is null and a.original_deadline is not null then a.original_deadline
                    else 'infinity' end as deadline,
               coalesce({then}_state.status, 'not_started') as status,
               a.created_at <= least(cast({as_of} as timestamptz), cast({known_at} as timestamptz))
                 and not coalesce({then}_ruling.not_applicable, false) as counts
    ) {then}
"""


def _late_at(as_of: str, known_at: str, then: str) -> str:
    late = completed_late(f"{then}_state", f"{then}.deadline")
    return f"left join lateral ({at_clocks(late, as_of, known_at)}) {then}_late on true"


def _counted(then: str, sign: str) -> str:
    conditions = counts_sql(f"{then}.status", f"{then}_late.complete_since", f"{then}.deadline")
    counts = ", ".join(
        f"{sign}coalesce({then}.counts and ({conditions[count]}), false)::int" for count in COUNT_COLUMNS
    )
    return f"({then}.deadline, {counts})"


_SUMMED, _ASKED = (":summed_as_of", ":summed_known_at"), (":as_of", ":known_at")

# What they count at the moment asked for, less what the sums say of them. Reports of times before the one that gives
# the status change only since when it is complete, which matters where that may be after the deadline.
LATE_ROWS = f"""{_LATE}
corrected as (
    select a.owner, a.task, counted.*
    from late
    cross join lateral (
        select * from assignment where owner = late.owner and task = late.task and unit = late.unit offset 0
    ) a
    {_read_at(*_SUMMED, "summed")}
    {_late_at(*_SUMMED, "summed")}
    {_read_at(*_ASKED, "asked")}
    {_late_at(*_ASKED, "asked")}
    cross join lateral (values {_counted("asked", "")}, {_counted("summed", "-")}) as counted
        (deadline, {", ".join(COUNT_COLUMNS)})
    where late.at >= coalesce(summed_state.effective_at, '-infinity')
       or ({complete_sql("summed.status")} and summed_state.effective_at > summed.deadline)
),
"""
