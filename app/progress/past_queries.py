"""SQL of past moments: two balances and the turns of a day say what happened until then."""

from sqlalchemy import text

from app.progress.balance_queries import COUNTS, EACH_COUNT, LONG, SHORT, SUMS
from app.progress.turn_queries import TOLD, TOUCHED_ONES

# What the turns do not say yet: they are taken back in passing, and told again.
_UNTOLD = f"""
untold as (
    select owner, task, deadline, at, {", ".join(f"-turn.{count} as {count}" for count in EACH_COUNT)}
    from touched join turn using (owner, task, unit)
    where turn.at >= again
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
"""


def _happened(untold: str = "") -> str:
    """All that happened until a moment, with or without what the turns do not say yet."""
    if not untold:
        return f"with happened as ({_TOLD_BEFORE})"
    rest = f"select owner, task, deadline, at, {COUNTS} from untold where at <= :until"
    return f"with {TOUCHED_ONES} {TOLD}, {untold} happened as ({_TOLD_BEFORE} union all {rest})"


_COUNTED = f""",
counted as materialized (
    select owner, task, deadline, {SUMS}
    from happened
    group by owner, task, deadline
)
"""
_CELLS = f"""
select t.owner, k.category,
       {", ".join(f"sum(t.{count})::int8 as {count}" for count in EACH_COUNT)},
       coalesce(sum(t.total - t.completed - t.verified) filter (where t.deadline < :until), 0)::int8 as overdue,
       coalesce(sum(t.total - t.completed - t.verified) filter (
           where t.deadline between :until and :until + interval '48 hours'), 0)::int8 as due_soon
from counted t
join task k on k.code = t.task
join category c on c.code = k.category and c.campaign = :campaign
where cast(:owner as text) is null or t.owner = :owner
group by t.owner, k.category
having sum(t.total) > 0
"""

CELLS_TOLD = text(_happened() + _COUNTED + _CELLS)
CELLS_UNTOLD = text(_happened(_UNTOLD) + _COUNTED + _CELLS)

# In which tasks an owner has work that is blocked, overdue or due soon, and how much.
_HOLDING = """
select t.owner, held.kind, t.task, sum(held.work)::int8 as work
from counted t
join task k on k.code = t.task
join category c on c.code = k.category and c.campaign = :campaign
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

HOLDING_TOLD = text(_happened() + _COUNTED + _HOLDING)
HOLDING_UNTOLD = text(_happened(_UNTOLD) + _COUNTED + _HOLDING)

# The same by the points of a timeline: a point shows what happened up to it. All before the first one is one sum.
_TURNS = """
select owner, category, width_bucket(at - interval '1 microsecond', cast(:points as timestamptz[])) as point,
       sum(completed + verified)::int8 as complete, sum(total)::int8 as total
from happened
join task k on k.code = task
join category c on c.code = k.category and c.campaign = :campaign
where (completed + verified <> 0 or total <> 0) and (cast(:category as text) is null or k.category = :category)
group by owner, category, point
"""

TURNS_TOLD = text(_happened() + _TURNS)
TURNS_UNTOLD = text(_happened(_UNTOLD) + _TURNS)
