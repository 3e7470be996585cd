"""SQL of past moments: two balances and the turns between them and the moment say what happened until then."""

from sqlalchemy import text

from app.progress.balance_queries import COUNTS, EACH_COUNT, LONG, SHORT, SUMS
from app.progress.turn_queries import MARK, TOLD, TOUCHED_ONES

# What the turns do not say yet: they are taken back in passing, and told again.
_UNTOLD = f"""
untold as (
    select owner, task, old.deadline, old.at, {", ".join(f"-old.{count} as {count}" for count in EACH_COUNT)}
    from touched t
    cross join lateral (
        select deadline, at, {COUNTS} from turn
        where owner = t.owner and task = t.task and unit = t.unit and at >= t.again
        offset 0
    ) old
    union all
    select owner, task, deadline, at, {COUNTS} from told
),
"""

_TOLD_BEFORE = f"""
    select owner, task, deadline, at, {COUNTS} from balance where span = {LONG} and at = :stretch
    union all
    select owner, task, deadline, at, {COUNTS} from balance where span = {SHORT} and at = :day
    union all
    select owner, task, deadline, at, {COUNTS} from turn where at >= :day and at <= :until
    union all
    select owner, task, deadline, at, {", ".join(f"-{count}" for count in EACH_COUNT)} from turn
    where at > :until and at < :day
"""

# Told first what belongs to the campaign, PostgreSQL goes through all that happened once.
_WORK = """
work as materialized (
    select task.code as task, task.category
    from task join category on category.code = task.category
    where category.campaign = :campaign
),
"""


def _happened(untold: str = "") -> str:
    """All that happened until a moment, with or without what the turns do not say yet."""
    if not untold:
        return f"with {_WORK} happened as ({_TOLD_BEFORE})"
    rest = f"select owner, task, deadline, at, {COUNTS} from untold where at <= :until"
    return f"with {_WORK} {TOUCHED_ONES} {TOLD}, {untold} happened as ({_TOLD_BEFORE} union all {rest})"


CELL = ("owner", "category", *EACH_COUNT, "overdue", "due_soon")

# All that happened adds up, each deadline with its own, so nothing needs to be summed by work first.
_CELLS = f"""
select owner, category, {", ".join(f"sum({count})::int8 as {count}" for count in EACH_COUNT)},
       coalesce(sum(total - completed - verified) filter (where deadline < :until), 0)::int8 as overdue,
       coalesce(sum(total - completed - verified) filter (
           where deadline between :until and :until + interval '48 hours'), 0)::int8 as due_soon
from happened join work using (task)
where cast(:owner as text) is null or owner = :owner
group by owner, category
having sum(total) > 0
"""

# The same in one question and one row, with what says whether it is right: what is visible, and whether the turns tell
# all of it.
CELLS_AT_ONCE = text(f"""
{_happened()},
mark as materialized (
    select life, fingerprint, began_at, snapshot, coalesce(struck >= :day, false) and not is_behind as is_told,
           coalesce((select number from revision where what = 'tokens'), 0) as tokens,
           coalesce((select number from revision where what = 'catalogue'), 0) as catalogue
    from ({MARK}) mark
)
select *
from mark left join (
    select {", ".join(f"array_agg({column}) as {column}" for column in CELL)} from ({_CELLS}) cell
) cells on is_told
""")

CELLS_TOLD = text(_happened() + _CELLS)
CELLS_UNTOLD = text(_happened(_UNTOLD) + _CELLS)

# In which tasks an owner has work that is blocked, overdue or due soon, and how much.
_HOLDING = f""",
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

HOLDING_TOLD = text(_happened() + _HOLDING)
HOLDING_UNTOLD = text(_happened(_UNTOLD) + _HOLDING)

# The same by the points of a timeline: a point shows what happened up to it. All before the first one is one sum.
_TURNS = """
select owner, category, width_bucket(at - interval '1 microsecond', cast(:points as timestamptz[])) as point,
       sum(completed + verified)::int8 as complete, sum(total)::int8 as total
from happened join work using (task)
where (completed + verified <> 0 or total <> 0) and (cast(:category as text) is null or category = :category)
group by owner, category, point
"""

TURNS_TOLD = text(_happened() + _TURNS)
TURNS_UNTOLD = text(_happened(_UNTOLD) + _TURNS)
