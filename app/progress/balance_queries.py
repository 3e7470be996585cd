"""SQL of the balances: what the turns before a day add up to, kept right when turns appear behind it, or go."""

from sqlalchemy import text

EACH_COUNT = ("total", "in_progress", "blocked", "returned", "completed", "verified", "late")
COUNTS = ", ".join(EACH_COUNT)
SUMS = ", ".join(f"sum({count})::int4 as {count}" for count in EACH_COUNT)

SHORT, LONG = 1, 8
"""By how many days balances are struck, counted from one origin. The short ones begin anew at each long one."""
DAY = f"date_bin('{SHORT} day', at, '2000-01-01 00:00Z')"
STRETCH = f"date_bin('{LONG} days', at, '2000-01-01 00:00Z')"

# Where to begin when no balance was struck before.
FIRST_DAY = text(f"select {DAY} from turn order by at limit 1")

# The days of one stretch at once. What was before the stretch counts at its end alone.
STRIKE = text(f"""
insert into balance (span, at, owner, task, deadline, {COUNTS})
select case when day = :end then {LONG} else {SHORT} end, day, owner, task, deadline, {SUMS}
from generate_series(cast(:first as timestamptz), :last, interval '{SHORT} day') as day
join (
    select {DAY} as at, owner, task, deadline, {SUMS} from turn where at >= :stretch and at < :last
    group by {DAY}, owner, task, deadline
    union all
    select at + interval '{LONG - SHORT} days', owner, task, deadline, {COUNTS} from balance
    where span = {LONG} and at = :stretch
) before on before.at < day
group by day, owner, task, deadline
having ({", ".join(f"sum({count})" for count in EACH_COUNT)}) <> ({", ".join("0" for _ in EACH_COUNT)})
order by day, owner, task, deadline
""")


def carried(turns: str, sign: str) -> str:
    """Turns that appear (+) or are taken back (-) move the balances struck behind them."""
    sums = ", ".join(f"{sign}sum({count})" for count in EACH_COUNT)
    moved = ", ".join(f"{count} = balance.{count} + excluded.{count}" for count in EACH_COUNT)
    return f"""
insert into balance (span, at, owner, task, deadline, {COUNTS})
select behind.span, behind.at, owner, task, deadline, {sums}
from (
    select {DAY} as day, {STRETCH} as stretch, owner, task, deadline, {SUMS}
    from {turns}
    group by day, stretch, owner, task, deadline
) turned
cross join lateral (
    select {SHORT} as span, at
    from generate_series(day + interval '{SHORT} day', stretch + interval '{LONG - SHORT} days',
                         interval '{SHORT} day') as at
    union all
    select {LONG}, at
    from generate_series(stretch + interval '{LONG} days', cast(:struck as timestamptz), interval '{LONG} days') as at
) behind
where behind.at <= cast(:struck as timestamptz)
group by behind.span, behind.at, owner, task, deadline
order by behind.span, behind.at, owner, task, deadline
on conflict (span, at, owner, task, deadline) do update set {moved}
"""
