"""SQL of the turns: what the history says of an assignment, told again from a moment on, and the sums that follow."""

from sqlalchemy import text

from app.updates.feed_queries import APPEARED, BEGAN

# How much lies between two moments is known only when they are: a plan for any moments is several times slower.
BOOKMARK = text("""
select life, until, still_open, set_config('plan_cache_mode', 'force_custom_plan', true)
from bookmark where what = 'turns'
""")

# Whoever comes second leaves it to the first: what is said afterwards is told the next time.
TAKE_BOOKMARK = text("select life, until, still_open from bookmark where what = 'turns' for update skip locked")

TURN_PAGE = text("""
update bookmark set life = :life, until = :until, still_open = cast(:still_open as int8[]) where what = 'turns'
""")

# The assignments about which the turns may say something else now, and from which moment on: behind a new report
# nothing before it changes; a ruling or a beginning changes all of it.
TOUCHED = text(f"""
select owner, task, unit, nullif(min(at), '-infinity') as again
from (
    select owner, task, unit, effective_at as at from status_update where {APPEARED}
    union all
    select owner, task, unit, effective_at from status_update where {BEGAN}
    union all
    select owner, task, unit, '-infinity' from ruling where {APPEARED}
    union all
    select owner, task, unit, '-infinity' from ruling where {BEGAN}
    union all
    select owner, task, unit, '-infinity' from assignment where {APPEARED}
    union all
    select owner, task, unit, '-infinity' from assignment where {BEGAN}
) new
where at <= cast(:as_of as timestamptz)
group by owner, task, unit
order by owner, task, unit
limit :limit
""")

FORGET_TURNS = text("delete from turn")
FORGET_MOVEMENTS = text("delete from movement")
ALL = text("select owner, task, unit, null as again from assignment order by owner, task, unit")

_TOUCHED = """
touched as materialized (
    select owner, task, unit, coalesce(again, '-infinity') as again
    from unnest(cast(:owners as text[]), cast(:tasks as text[]), cast(:units as text[]),
                cast(:again as timestamptz[])) as touched (owner, task, unit, again)
),
"""

_COUNTS = ("total", "in_progress", "blocked", "returned", "completed", "verified", "late")
COUNTS = ", ".join(_COUNTS)

# What the history says of the touched assignments from `again` on. The report that wins at each effective time says
# where the work stands and since when it is complete; reports of the time before the assignment was recorded count
# from its beginning on. Only what changes something is a turn.
TOLD = """
subject as (
    select a.owner, a.task, a.unit, a.created_at, coalesce(a.deadline, 'infinity') as deadline,
           case when t.again > a.created_at then t.again else '-infinity' end as again,
           before.status as status_before, before.complete_since as since_before
    from touched t
    join assignment a using (owner, task, unit)
    left join lateral (
        select turn.status, turn.complete_since
        from turn
        where turn.owner = a.owner and turn.task = a.task and turn.unit = a.unit
          and turn.at < t.again and t.again > a.created_at
        order by turn.at desc
        limit 1
    ) before on true
    where not a.not_applicable
),
winner as (
    select distinct on (u.owner, u.task, u.unit, u.effective_at) s.*, u.effective_at, u.status
    from subject s
    join status_update u on u.owner = s.owner and u.task = s.task and u.unit = s.unit and u.effective_at >= s.again
    order by u.owner, u.task, u.unit, u.effective_at desc, u.recorded_at desc, u.id desc
),
said as (
    select * from winner
    union all
    select subject.*, '-infinity', 'not_started' from subject where again = '-infinity'
),
run as (
    select *,
           case when status in ('completed', 'verified')
                 and lag(status, 1, coalesce(status_before, 'not_started')) over earlier
                     not in ('completed', 'verified')
                then effective_at end as begins
    from said
    window earlier as (partition by owner, task, unit order by effective_at)
),
stood as (
    select distinct on (owner, task, unit, at)
           *, greatest(effective_at, created_at) as at,
           case when status in ('completed', 'verified')
                then coalesce(max(begins) over (partition by owner, task, unit order by effective_at), since_before)
           end as complete_since
    from run
    order by owner, task, unit, at, effective_at desc
),
side as (
    select *, lag(status, 1, status_before) over earlier as old_status,
           lag(complete_since, 1, since_before) over earlier as old_since
    from stood
    window earlier as (partition by owner, task, unit order by at)
),
told as (
    select owner, task, unit, at, deadline, status, complete_since,
           (old_status is null)::int as total,
           (status = 'in_progress')::int - coalesce(old_status = 'in_progress', false)::int as in_progress,
           (status = 'blocked')::int - coalesce(old_status = 'blocked', false)::int as blocked,
           (status = 'returned')::int - coalesce(old_status = 'returned', false)::int as returned,
           (status = 'completed')::int - coalesce(old_status = 'completed', false)::int as completed,
           (status = 'verified')::int - coalesce(old_status = 'verified', false)::int as verified,
           coalesce(complete_since > deadline, false)::int - coalesce(old_since > deadline, false)::int as late
    from side
    where (old_status, old_since) is distinct from (status, complete_since)
)
"""


SPANS = (256, 64, 16, 4, 1)
"""By how many days turns are put together, counted from one origin: each is several of the next."""
BY_SPAN = f"cross join unnest(array{list(SPANS)}) as span"
SPAN_START = "date_bin(span * interval '1 day', at, '2000-01-01 00:00Z') as start"


def _summed(turns: str, sign: str) -> str:
    """Move the sums of each span by turns that appear (+) or are taken back (-)."""
    sums = ", ".join(f"{sign}sum({count})" for count in _COUNTS)
    moved = ", ".join(f"{count} = movement.{count} + excluded.{count}" for count in _COUNTS)
    return f"""
insert into movement (span, start, owner, task, deadline, {COUNTS})
select span, {SPAN_START}, owner, task, deadline, {sums}
from {turns} {BY_SPAN}
group by span, start, owner, task, deadline
order by span, start, owner, task, deadline
on conflict (span, start, owner, task, deadline) do update set {moved}
"""


TAKE_BACK = text(f"""
with {_TOUCHED}
gone as (
    delete from turn using touched t
    where turn.owner = t.owner and turn.task = t.task and turn.unit = t.unit and turn.at >= t.again
    returning turn.*
)
{_summed("gone", "-")}
""")

# In the order of time, because that is how they are read.
TELL = text(f"""
with {_TOUCHED} {TOLD},
added as (
    insert into turn (owner, task, unit, at, deadline, status, complete_since, {COUNTS})
    select owner, task, unit, at, deadline, status, complete_since, {COUNTS} from told
    order by at
    returning *
)
{_summed("added", "+")}
""")

# What the turns do not say yet: they are taken back in passing, and told again.
_UNTOLD = f"""
untold as (
    select owner, task, deadline, at, {", ".join(f"-turn.{count} as {count}" for count in _COUNTS)}
    from touched join turn using (owner, task, unit)
    where turn.at >= again
    union all
    select owner, task, deadline, at, {COUNTS} from told
),
"""


# Whole spans from the beginning on, ever shorter, and what is left of the last day.
def _whole_spans(span: int, longer: int | None) -> str:
    behind = f" and start >= :from_{longer}" if longer else ""
    return f"""
    select owner, task, deadline, start as at, {COUNTS} from movement
    where span = {span} and start < :from_{span}{behind}
    union all
"""


_SPANS = f"""
    {"".join(map(_whole_spans, SPANS, (None, *SPANS)))}
    select owner, task, deadline, at, {COUNTS} from turn where at >= :from_1 and at <= :until
"""


def _happened(untold: str = "") -> str:
    """All that happened until a moment, with or without what the turns do not say yet."""
    if not untold:
        return f"with happened as ({_SPANS})"
    rest = f"select owner, task, deadline, at, {COUNTS} from untold where at <= :until"
    return f"with {_TOUCHED} {TOLD}, {untold} happened as ({_SPANS} union all {rest})"


_COUNTED = f""",
counted as materialized (
    select owner, task, deadline, {", ".join(f"sum({count})::int4 as {count}" for count in _COUNTS)}
    from happened
    group by owner, task, deadline
)
"""
_CELLS = f"""
select t.owner, k.category,
       {", ".join(f"sum(t.{count})::int8 as {count}" for count in _COUNTS)},
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
select owner, category, point, sum(complete)::int8 as complete, sum(total)::int8 as total
from (
    select owner, task, width_bucket(at - interval '1 microsecond', cast(:points as timestamptz[])) as point,
           sum(completed + verified) as complete, sum(total) as total
    from happened
    where completed + verified <> 0 or total <> 0
    group by owner, task, point
) moved
join task k on k.code = task
join category c on c.code = k.category and c.campaign = :campaign
where cast(:category as text) is null or k.category = :category
group by owner, category, point
order by point
"""

TURNS_TOLD = text(_happened() + _TURNS)
TURNS_UNTOLD = text(_happened(_UNTOLD) + _TURNS)
