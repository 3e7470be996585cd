"""SQL of late reports: assignments of which more, or less, was known than sums say, each corrected by its history."""

from sqlalchemy import text

from app.conditions import COUNT_COLUMNS, counts_sql
from app.progress.past.balance_queries import COUNTS
from app.updates.state_queries import COMPLETE_SINCE, RULING, STATE

# By the order of their ids, which is that of recording, owner by owner.
_RECORDED = """
    from unit o
    cross join lateral (
        select owner, task, unit, effective_at, recorded_at from status_update
        where owner = o.code and id >= :first_id and id <= :last_id
        {limit}
    ) u
    where o.owner = o.code
"""
_LATE = f"""
late as materialized (
    select u.owner, u.task, u.unit {_RECORDED.format(limit="offset 0")}
      and u.recorded_at > :known_after and u.recorded_at <= :known_until and u.effective_at <= :as_of
    union
    select owner, task, unit from ruling where recorded_at > :known_after and recorded_at <= :known_until
    union
    select a.owner, a.task, a.unit
    from (select distinct owner, task from tally where last_created_at > :known_after) t
    join assignment a using (owner, task)
    where a.created_at > :known_after
),
"""
_DEADLINE = "coalesce(case when r.id is null then a.original_deadline else r.deadline end, 'infinity')"


def _counted(as_of: str, known_at: str, sign: str) -> str:
    """What the late ones count by the history at a moment."""

    def at(sql: str) -> str:
        return sql.replace(":as_of", as_of).replace(":known_at", known_at)

    conditions = counts_sql("status", "complete_since", "deadline")
    counts = ", ".join(f"{sign}coalesce({conditions[count]}, false)::int as {count}" for count in COUNT_COLUMNS)
    return f"""
    select owner, task, deadline, {counts}
    from (
        select a.owner, a.task, {_DEADLINE} as deadline, coalesce(s.status, 'not_started') as status,
               streak.complete_since
        from late join work using (task)
        cross join lateral (
            select * from assignment where owner = late.owner and task = late.task and unit = late.unit offset 0
        ) a
        left join lateral ({at(RULING)}) r on true
        left join lateral ({at(STATE)}) s on true
        left join lateral ({at(COMPLETE_SINCE)}) streak on true
        where a.created_at <= least(cast({as_of} as timestamptz), cast({known_at} as timestamptz))
          and not coalesce(r.not_applicable, false)
    ) counted
"""


# What they count at the moment asked for, less what the sums say of them.
LATE_ROWS = f"""{_LATE}
corrected as (
    {_counted(":as_of", ":known_at", "")}
    union all
    select owner, task, deadline, {COUNTS} from ({_counted(":summed_as_of", ":summed_known_at", "-")}) summed
),
"""

COUNT_RECORDED = text(f"""
select count(*) from (select {_RECORDED.format(limit="limit :most")} limit :most) recorded
""")
