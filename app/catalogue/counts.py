"""SQL that updates the tally by the difference between assignments before and after a change.

Every statement that changes assignments (a report, a deadline, a ruling that work does not apply) returns the old and
new values of each row as `moved`, and this part of the statement adds the difference to the counts. Rows of the tally
are updated in one order, so two writers never deadlock.
"""

from app.conditions import COUNT_COLUMNS, counts_sql

BOTH_SIDES = """
    returning old.owner, old.task, old.unit,
              old.deadline as old_deadline, old.status as old_status, old.complete_since as old_since,
              not old.not_applicable as old_counts,
              new.deadline as new_deadline, new.status as new_status, new.complete_since as new_since,
              not new.not_applicable as new_counts, new.created_at, new.update_id
"""

_COUNTED_IN = counts_sql("status", "since", "side.deadline")
_SUMS = ",\n           ".join(
    f"coalesce(sum(n) filter (where {when}), 0) as {name}" for name, when in _COUNTED_IN.items()
)
_COUNTS = ", ".join(COUNT_COLUMNS)
_ADDED = ",\n        ".join(f"{name} = tally.{name} + excluded.{name}" for name in COUNT_COLUMNS)

DIFFERENCE = f"""
difference as (
    select owner, task, coalesce(side.deadline, 'infinity') as deadline,
           {_SUMS},
           max(created_at) as last_created_at
    from moved cross join lateral (
        values (old_deadline, old_status, old_since, old_counts, -1),
               (new_deadline, new_status, new_since, new_counts, 1)
    ) as side (deadline, status, since, counts, n)
    where side.counts
      and (old_deadline, old_status, old_since, old_counts) is distinct from
          (new_deadline, new_status, new_since, new_counts)
    group by owner, task, coalesce(side.deadline, 'infinity')
),
counted as (
    insert into tally (owner, task, deadline, {_COUNTS}, last_created_at)
    select owner, task, deadline, {_COUNTS}, last_created_at
    from difference
    order by owner, task, deadline
    on conflict (owner, task, deadline) do update
    set {_ADDED},
        last_created_at = greatest(tally.last_created_at, excluded.last_created_at)
)
"""
