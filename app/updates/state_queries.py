"""SQL of the state of an assignment at a moment: the one definition, which everything else agrees with.

`assignment` must be in scope as `a`, and the parameters are `as_of` (effective time) and `known_at` (recorded time).
"""

from app.conditions import complete_sql, open_sql


def without_clocks(sql: str) -> str:
    """The same SQL without the two parameters, over the whole history."""
    return sql.replace("cast(:as_of as timestamptz)", "'infinity'").replace(
        "cast(:known_at as timestamptz)", "'infinity'"
    )


def at_clocks(sql: str, as_of: str, known_at: str) -> str:
    """The same SQL at a moment by both clocks, each a column or a parameter."""
    return sql.replace(":as_of", as_of).replace(":known_at", known_at)


STATE = """
    select u.status, u.effective_at, u.recorded_at, u.id
    from status_update u
    where u.owner = a.owner and u.task = a.task and u.unit = a.unit
      and u.effective_at <= cast(:as_of as timestamptz) and u.recorded_at <= cast(:known_at as timestamptz)
    order by u.effective_at desc, u.recorded_at desc, u.id desc
    limit 1
"""

# What was ruled last: null where the ministry never changed the deadline or whether the work applies.
RULING = """
    select ruling.id, ruling.deadline, ruling.not_applicable
    from ruling
    where ruling.owner = a.owner and ruling.task = a.task and ruling.unit = a.unit
      and ruling.recorded_at <= cast(:known_at as timestamptz)
    order by ruling.recorded_at desc, ruling.id desc
    limit 1
"""


# The streak of complete statuses begins with the first report after the last moment at which the work was open. A
# report that was corrected at the same effective time does not interrupt it. Both times of `complete` are compared as
# one row value, which is one place in the index: with a bound of `effective_at` beside that of `recorded_at`,
# PostgreSQL 18 expects to skip-scan, and reads everything that the owner ever reported instead. The `select` around
# `coalesce` is evaluated once; without it the streak is read from the assignment's very first report.
def _streak(condition: str) -> str:
    """Since when the work is complete, where a condition on its state holds."""
    return f"""
    select min(complete.effective_at) as complete_since
    from status_update complete
    where {condition}
      and complete.owner = a.owner and complete.task = a.task and complete.unit = a.unit
      and complete.effective_at <= cast(:as_of as timestamptz)
      and complete.recorded_at <= cast(:known_at as timestamptz)
      and (complete.effective_at, complete.recorded_at) > ((select coalesce((
        select open.effective_at
        from status_update open
        where open.owner = a.owner and open.task = a.task and open.unit = a.unit
          and open.effective_at <= cast(:as_of as timestamptz) and open.recorded_at <= cast(:known_at as timestamptz)
          and {open_sql("open.status")}
          and open.id = (
            select last.id
            from status_update last
            where last.owner = a.owner and last.task = a.task and last.unit = a.unit
              and last.effective_at = open.effective_at and last.recorded_at <= cast(:known_at as timestamptz)
            order by last.recorded_at desc, last.id desc
            limit 1
          )
        order by open.effective_at desc
        limit 1
      ), '-infinity')), 'infinity')
"""


COMPLETE_SINCE = _streak(complete_sql("s.status"))


def late_streak(state: str, deadline: str) -> str:
    """The same only where the work can be late: the report that gives its status is of a time after the deadline.

    Where only counts are asked for, this spares most streaks.
    """
    return _streak(f"{complete_sql(f'{state}.status')} and {state}.effective_at > {deadline}")
