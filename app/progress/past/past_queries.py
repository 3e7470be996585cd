"""SQL of past moments: two balances plus the transitions between them and the moment."""

from sqlalchemy import text

from app.progress.past.balance_queries import COUNT_COLUMNS, COUNTS, DAY_SPAN, PERIOD_SPAN, SUMS
from app.progress.past.transition_queries import CHECKPOINT_SQL, PROJECTED, TOUCHED_ROWS

# Reports that are not projected yet: the old transitions of their assignments are subtracted, the new ones added.
_PENDING = f"""
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

_PROJECTED_BEFORE = f"""
    select owner, task, deadline, at, {COUNTS} from balance where span = {PERIOD_SPAN} and at = :period
    union all
    select owner, task, deadline, at, {COUNTS} from balance where span = {DAY_SPAN} and at = :day
    union all
    select owner, task, deadline, at, {COUNTS} from transition where at >= :day and at <= :until
    union all
    select owner, task, deadline, at, {", ".join(f"-{count}" for count in COUNT_COLUMNS)} from transition
    where at > :until and at < :day
"""

# Materialized, so that PostgreSQL goes through the transitions once.
_WORK = """
work as materialized (
    select task.code as task, task.category
    from task join category on category.code = task.category
    where category.campaign = :campaign
),
"""


def _happened(pending: str = "") -> str:
    """All transitions until a moment, with or without those that are still pending."""
    if not pending:
        return f"with {_WORK} happened as ({_PROJECTED_BEFORE})"
    rest = f"select owner, task, deadline, at, {COUNTS} from pending where at <= :until"
    return f"with {_WORK} {TOUCHED_ROWS} {PROJECTED}, {pending} happened as ({_PROJECTED_BEFORE} union all {rest})"


CELL = ("owner", "category", *COUNT_COLUMNS, "overdue", "due_soon")

# All that happened adds up, each deadline with its own, so nothing needs to be summed by work first.
_CELLS = f"""
select owner, category, {", ".join(f"sum({count})::int8 as {count}" for count in COUNT_COLUMNS)},
       coalesce(sum(total - completed - verified) filter (where deadline < :until), 0)::int8 as overdue,
       coalesce(sum(total - completed - verified) filter (
           where deadline between :until and :until + interval '48 hours'), 0)::int8 as due_soon
from happened join work using (task)
where cast(:owner as text) is null or owner = :owner
group by owner, category
having sum(total) > 0
"""

# The same in one query and one row, with what says whether it is right: the snapshot, and whether all of it is
# projected.
CELLS_AT_ONCE = text(f"""
{_happened()},
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

CELLS_PROJECTED = text(_happened() + _CELLS)
CELLS_WITH_PENDING = text(_happened(_PENDING) + _CELLS)

# In which tasks an owner has work that is blocked, overdue or due soon, and how much.
_REASONS = f""",
counted as (
    select owner, task, deadline, {SUMS}
    from happened
    group by owner, task, deadline
)
select t.owner, held.kind, t.task, sum(held.work)::int8 as work
from counted t
join work using (task)
cross join lateral (values
    ('blocked', t.blocked),
    ('overdue', case when t.deadline < :until then t.total - t.completed - t.verified end),
    ('due_soon', case when t.deadline between :until and :until + interval '48 hours'
                      then t.total - t.completed - t.verified end)
) as held (kind, work)
where held.work > 0
group by t.owner, held.kind, t.task
order by t.owner, held.kind, t.task
"""

REASONS_PROJECTED = text(_happened() + _REASONS)
REASONS_WITH_PENDING = text(_happened(_PENDING) + _REASONS)

# The same by the points of a timeline: a point shows what happened up to it. All before the first one is one sum.
_CHANGES = """
select owner, category, width_bucket(at - interval '1 microsecond', cast(:points as timestamptz[])) as point,
       sum(completed + verified)::int8 as complete, sum(total)::int8 as total
from happened join work using (task)
where (completed + verified <> 0 or total <> 0) and (cast(:category as text) is null or category = :category)
group by owner, category, point
"""

CHANGES_PROJECTED = text(_happened() + _CHANGES)
CHANGES_WITH_PENDING = text(_happened(_PENDING) + _CHANGES)
