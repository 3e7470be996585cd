"""How the tally moves: by the difference between what a change found and what it left.

Whatever changes assignments (a report, a moved deadline, work that turns out not to apply) returns both sides of each
row as `moved`, and this part of the statement moves the counts by their difference. Rows are counted in one order, so
two writers never wait for each other in a circle.
"""

BOTH_SIDES = """
    returning old.owner, old.task, old.unit,
              old.deadline as old_deadline, old.status as old_status, old.complete_since as old_since,
              not old.not_applicable as old_counts,
              new.deadline as new_deadline, new.status as new_status, new.complete_since as new_since,
              not new.not_applicable as new_counts, new.created_at, new.update_id
"""

DIFFERENCE = """
difference as (
    select owner, task, coalesce(side.deadline, 'infinity') as deadline,
           sum(n) as total,
           coalesce(sum(n) filter (where status = 'in_progress'), 0) as in_progress,
           coalesce(sum(n) filter (where status = 'blocked'), 0) as blocked,
           coalesce(sum(n) filter (where status = 'returned'), 0) as returned,
           coalesce(sum(n) filter (where status = 'completed'), 0) as completed,
           coalesce(sum(n) filter (where status = 'verified'), 0) as verified,
           coalesce(sum(n) filter (where status in ('completed', 'verified') and since > side.deadline), 0) as late,
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
    insert into tally (owner, task, deadline, total, in_progress, blocked, returned, completed, verified, late,
                       last_created_at)
    select owner, task, deadline, total, in_progress, blocked, returned, completed, verified, late, last_created_at
    from difference
    order by owner, task, deadline
    on conflict (owner, task, deadline) do update
    set total = tally.total + excluded.total,
        in_progress = tally.in_progress + excluded.in_progress,
        blocked = tally.blocked + excluded.blocked,
        returned = tally.returned + excluded.returned,
        completed = tally.completed + excluded.completed,
        verified = tally.verified + excluded.verified,
        late = tally.late + excluded.late,
        last_created_at = greatest(tally.last_created_at, excluded.last_created_at)
)
"""
