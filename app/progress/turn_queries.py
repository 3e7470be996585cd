"""SQL of the turns: what the history says of an assignment, told again from a moment on, and how far it is told."""

from sqlalchemy import text

from app.progress.balance_queries import COUNTS, carried
from app.updates.feed_queries import APPEARED, BEGAN, PRESENT

# Only the newest transactions are looked at to know whether anything may have been said since.
MARK = f"""
select b.life, b.until, b.still_open, b.struck, date_bin('1 day', now(), '2000-01-01 00:00Z') as today, now.*,
       cardinality(b.still_open) > 0 or cast(cast(b.until as text) as xid8) <= greatest(
           (select max(xid) from status_update), (select max(xid) from ruling), (select max(xid) from assignment)
       ) as is_behind
from bookmark b cross join ({PRESENT}) now
where b.what = 'balances'
"""

# How much lies between two moments is known only when they are: a plan for any moments is several times slower.
BOOKMARK = text(f"select mark.*, set_config('plan_cache_mode', 'force_custom_plan', true) from ({MARK}) mark")

# Whoever comes second leaves it to the first: what is said afterwards is told the next time.
TAKE_BOOKMARK = text("select what from bookmark where what = 'balances' for update skip locked")

TURN_PAGE = text("""
update bookmark set life = :life, until = :until, still_open = cast(:still_open as int8[]), struck = :struck
where what = 'balances'
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
FORGET_BALANCES = text("delete from balance")
ALL = text("select owner, task, unit, null as again from assignment order by owner, task, unit")

TOUCHED_ONES = """
touched as materialized (
    select owner, task, unit, coalesce(again, '-infinity') as again
    from unnest(cast(:owners as text[]), cast(:tasks as text[]), cast(:units as text[]),
                cast(:again as timestamptz[])) as touched (owner, task, unit, again)
),
"""

# What the history says of the touched assignments from `again` on. The report that wins at each effective time says
# where the work stands and since when it is complete; reports of the time before the assignment was recorded count
# from its beginning on. Only what changes something is a turn.
#
# `offset 0` has everything looked up by the key of each touched assignment. Left to itself PostgreSQL hashes all turns,
# assignments or reports there are, to find those of a few.
TOLD = """
subject as (
    select a.owner, a.task, a.unit, a.created_at, coalesce(a.deadline, 'infinity') as deadline,
           case when t.again > a.created_at then t.again else '-infinity' end as again,
           before.status as status_before, before.complete_since as since_before
    from touched t
    cross join lateral (
        select * from assignment
        where owner = t.owner and task = t.task and unit = t.unit and not not_applicable
        offset 0
    ) a
    left join lateral (
        select turn.status, turn.complete_since
        from turn
        where turn.owner = a.owner and turn.task = a.task and turn.unit = a.unit
          and turn.at < t.again and t.again > a.created_at
        order by turn.at desc
        limit 1
    ) before on true
),
winner as (
    select distinct on (s.owner, s.task, s.unit, u.effective_at) s.*, u.effective_at, u.status
    from subject s
    cross join lateral (
        select effective_at, recorded_at, id, status from status_update
        where owner = s.owner and task = s.task and unit = s.unit and effective_at >= s.again
        offset 0
    ) u
    order by s.owner, s.task, s.unit, u.effective_at desc, u.recorded_at desc, u.id desc
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

TAKE_BACK = text(f"""
with {TOUCHED_ONES}
gone as (
    delete from turn
    where ctid = any(array(
        select old.ctid
        from touched t
        cross join lateral (
            select ctid from turn where owner = t.owner and task = t.task and unit = t.unit and at >= t.again
            offset 0
        ) old
    ))
    returning *
)
{carried("gone", "-")}
""")

# In the order of time, because that is how they are read.
TELL = text(f"""
with {TOUCHED_ONES} {TOLD},
added as (
    insert into turn (owner, task, unit, at, deadline, status, complete_since, {COUNTS})
    select owner, task, unit, at, deadline, status, complete_since, {COUNTS} from told
    order by at
    returning *
)
{carried("added", "+")}
""")
