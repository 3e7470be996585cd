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


# Of several reports of one effective time the last one counts.
_GIVES_STATUS = """open.id = (
            select last.id
            from status_update last
            where last.owner = a.owner and last.task = a.task and last.unit = a.unit
              and last.effective_at = open.effective_at and last.recorded_at <= cast(:known_at as timestamptz)
            order by last.recorded_at desc, last.id desc
            limit 1
          )"""

# The streak of complete statuses begins with the first report after the last moment at which the work was open. A
# report that was corrected at the same effective time does not interrupt it. Both times of `complete` are compared as
# one row value, which is one place in the index: with a bound of `effective_at` beside that of `recorded_at`,
# PostgreSQL 18 expects to skip-scan, and reads everything that the owner ever reported instead. The `select` around
# `coalesce` is evaluated once; without it the streak is read from the assignment's very first report.
COMPLETE_SINCE = f"""
    select min(complete.effective_at) as complete_since
    from status_update complete
    where {complete_sql("s.status")}
      and complete.owner = a.owner and complete.task = a.task and complete.unit = a.unit
      and complete.effective_at <= cast(:as_of as timestamptz)
      and complete.recorded_at <= cast(:known_at as timestamptz)
      and (complete.effective_at, complete.recorded_at) > ((select coalesce((
        select open.effective_at
        from status_update open
        where open.owner = a.owner and open.task = a.task and open.unit = a.unit
          and open.effective_at <= cast(:as_of as timestamptz) and open.recorded_at <= cast(:known_at as timestamptz)
          and {open_sql("open.status")}
          and {_GIVES_STATUS}
        order by open.effective_at desc
        limit 1
      ), '-infinity')), 'infinity')
"""


def completed_late(state: str, deadline: str) -> str:
    """A `complete_since` that is after the deadline exactly where the real one is, which is all that counts need.

    Work was completed late where it was open at its deadline or at any time since. It is looked for from the deadline
    on, near which most work is completed, while the last moment at which it was open may be a long history away.
    """
    return f"""
    select {state}.effective_at as complete_since
    where {complete_sql(f"{state}.status")} and {state}.effective_at > {deadline}
      and (coalesce(not (
        select {complete_sql("due.status")}
        from status_update due
        where due.owner = a.owner and due.task = a.task and due.unit = a.unit
          and due.effective_at <= {deadline} and due.recorded_at <= cast(:known_at as timestamptz)
        order by due.effective_at desc, due.recorded_at desc, due.id desc
        limit 1
      ), true) or (
        select true
        from status_update open
        where open.owner = a.owner and open.task = a.task and open.unit = a.unit
          and open.effective_at > {deadline}
          and open.effective_at <= cast(:as_of as timestamptz) and open.recorded_at <= cast(:known_at as timestamptz)
          and {open_sql("open.status")}
          and {_GIVES_STATUS}
        order by open.effective_at
        limit 1
      ))
"""
