"""SQL of the balances: sums of the transitions before a day, corrected when an earlier one is added or removed."""

from sqlalchemy import text

from app.conditions import COUNT_COLUMNS

COUNTS = ", ".join(COUNT_COLUMNS)
SUMS = ", ".join(f"sum({count})::int4 as {count}" for count in COUNT_COLUMNS)

DAY_SPAN, PERIOD_SPAN = 1, 8
"""Lengths of the two kinds of balances in days, from one origin. A daily sum covers the time since the last period."""
DAY = f"date_bin('{DAY_SPAN} day', at, '2000-01-01 00:00Z')"
PERIOD = f"date_bin('{PERIOD_SPAN} days', at, '2000-01-01 00:00Z')"

# The first day to close when none has been closed yet. Nothing is recorded before the first assignment is there.
FIRST_DAY = text(f"select {DAY} from transition order by at limit 1")

# All days of one period in one statement. The sum of everything before the period counts at its end only.
_CLOSE_DAYS = f"""
insert into {{balance}} (span, at, owner, task, deadline, {COUNTS})
select case when day = :end then {PERIOD_SPAN} else {DAY_SPAN} end, day, owner, task, deadline, {SUMS}
from generate_series(cast(:first as timestamptz), :last, interval '{DAY_SPAN} day') as day
join (
    select {DAY} as at, owner, task, deadline, {SUMS} from {{transition}} where at >= :period and at < :last
    group by {DAY}, owner, task, deadline
    union all
    select at + interval '{PERIOD_SPAN - DAY_SPAN} days', owner, task, deadline, {COUNTS} from {{balance}}
    where span = {PERIOD_SPAN} and at = :period
) before on before.at < day
group by day, owner, task, deadline
having ({", ".join(f"sum({count})" for count in COUNT_COLUMNS)}) <> ({", ".join("0" for _ in COUNT_COLUMNS)})
order by day, owner, task, deadline
"""
CLOSE_DAYS = tuple(
    text(_CLOSE_DAYS.format(transition=f"{prefix}transition", balance=f"{prefix}balance")) for prefix in ("", "known_")
)


def carry_into_balances(transitions: str, sign: str, balance: str = "balance") -> str:
    """Add new transitions (+) to the balances after them, or subtract removed ones (-)."""
    sums = ", ".join(f"{sign}sum({count})" for count in COUNT_COLUMNS)
    added = ", ".join(f"{count} = {balance}.{count} + excluded.{count}" for count in COUNT_COLUMNS)
    return f"""
insert into {balance} (span, at, owner, task, deadline, {COUNTS})
select behind.span, behind.at, owner, task, deadline, {sums}
from (
    select {DAY} as day, {PERIOD} as period, owner, task, deadline, {SUMS}
    from {transitions}
    group by day, period, owner, task, deadline
) changed
cross join lateral (
    select {DAY_SPAN} as span, at
    from generate_series(day + interval '{DAY_SPAN} day', period + interval '{PERIOD_SPAN - DAY_SPAN} days',
                         interval '{DAY_SPAN} day') as at
    union all
    select {PERIOD_SPAN}, at
    from generate_series(period + interval '{PERIOD_SPAN} days', cast(:closed_until as timestamptz),
                         interval '{PERIOD_SPAN} days') as at
) behind
where behind.at <= cast(:closed_until as timestamptz)
group by behind.span, behind.at, owner, task, deadline
order by behind.span, behind.at, owner, task, deadline
on conflict (span, at, owner, task, deadline) do update set {added}
"""
