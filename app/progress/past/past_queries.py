"""SQL of past moments: two balances and the transitions between them and the moment."""

from sqlalchemy import text

from app import conditions
from app.conditions import COUNT_COLUMNS
from app.progress.past.balance_queries import COUNTS, DAY_SPAN, PERIOD_SPAN, SUMS
from app.progress.past.late_queries import LATE_ROWS
from app.progress.past.transition_queries import CHECKPOINT_SQL, PROJECTED, TOUCHED_ROWS

# Pending reports: the old transitions of their assignments are subtracted, the new ones added.
PENDING = f"""
pending as (
    select owner, task, old.deadline, old.at, {", ".join(f"-old.{count} as {count}" for count in COUNT_COLUMNS)}
    from touched t
    cross join lateral (
        select deadline, at, {COUNTS} from transition
        where owner = t.owner and task = t.task and unit = t.unit and at >= t.from_time
        offset 0
    ) old
    union all
    select owner, task, deadline, at, {COUNTS} from projected
),
"""


def _projected_before(prefix: str = "") -> str:
    return f"""
    select owner, task, deadline, at, {COUNTS} from {prefix}balance where span = {PERIOD_SPAN} and at = :period
    union all
    select owner, task, deadline, at, {COUNTS} from {prefix}balance where span = {DAY_SPAN} and at = :day
    union all
    select owner, task, deadline, at, {COUNTS} from {prefix}transition where at >= :day and at <= :until
    union all
    select owner, task, deadline, at, {", ".join(f"-{count}" for count in COUNT_COLUMNS)} from {prefix}transition
    where at > :until and at < :day
"""


# Materialized, so that PostgreSQL scans the transitions once.
_WORK = """
work as materialized (
    select task.code as task, task.category
    from task join category on category.code = task.category
    where category.campaign = :campaign
),
"""


def changes_until(pending: str = "", *, prefix: str = "", late: bool = False) -> str:
    """All changes of counts until a moment, with or without those of pending reports and the corrections of late ones.

    `prefix` is the prefix of the tables that they are read from: of effective time, or of what was known.
    """
    changes, with_ = [_projected_before(prefix)], _WORK
    if pending:
        changes.append(f"select owner, task, deadline, at, {COUNTS} from pending where at <= :until")
        with_ += f"{TOUCHED_ROWS} {PROJECTED}, {pending}"
    if late:
        changes.append(f"select owner, task, deadline, null, {COUNTS} from corrected")
        with_ += LATE_ROWS
    return f"with {with_} change as ({' union all '.join(changes)})"


CELL = ("owner", "category", *COUNT_COLUMNS, "overdue", "due_soon")

# Every row has its deadline, so overdue and due soon are sums as well.
_CELLS = f"""
select owner, category,
       {conditions.cell_sums_sql(":as_of")}
from change join work using (task)
where cast(:owner as text) is null or owner = :owner
group by owner, category
having sum(total) > 0
"""

# The same in one query and one row, with the snapshot and whether everything committed is projected.
CELLS_AT_ONCE = text(f"""
{changes_until()},
mark as materialized (
    select incarnation, fingerprint, began_at, snapshot,
           coalesce(closed_until >= :day, false) and not is_behind as is_projected,
           coalesce((select number from revision where what = 'tokens'), 0) as tokens,
           coalesce((select number from revision where what = 'catalogue'), 0) as catalogue
    from ({CHECKPOINT_SQL}) mark
)
select *
from mark left join (
    select {", ".join(f"array_agg({column}) as {column}" for column in CELL)} from ({_CELLS}) cell
) cells on is_projected
""")

# By which tables, whether reports are pending there, and whether late ones correct them.
_WAYS = [("", False, False), ("", True, False), ("", False, True), ("", True, True)]
_WAYS += [("known_", False, False), ("known_", False, True)]
CELLS = {
    (prefix, pending, late): text(changes_until(PENDING if pending else "", prefix=prefix, late=late) + _CELLS)
    for prefix, pending, late in _WAYS
}

# The tasks in which an owner has work that is blocked, overdue or due soon, and how much.
_REASONS = f""",
counted as (
    select owner, task, deadline, {SUMS}
    from change
    group by owner, task, deadline
)
select t.owner, reason.kind, t.task, sum(reason.work)::int8 as work
from counted t
join work using (task)
cross join lateral (values
    ('blocked', t.blocked),
    ('overdue', case when {conditions.overdue_sql("t.deadline", ":as_of")} then {conditions.open_count_sql("t.")} end),
    ('due_soon', case when {conditions.due_soon_sql("t.deadline", ":as_of")} then {conditions.open_count_sql("t.")} end)
) as reason (kind, work)
where reason.work > 0
group by t.owner, reason.kind, t.task
order by t.owner, reason.kind, t.task
"""

REASONS = {
    (prefix, pending, late): text(changes_until(PENDING if pending else "", prefix=prefix, late=late) + _REASONS)
    for prefix, pending, late in _WAYS
}
