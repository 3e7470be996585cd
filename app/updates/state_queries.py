"""The SQL that says where an assignment stands at a moment: the one definition that everything else agrees with.

`assignment` must be in scope as `a`, and the parameters are `as_of` (effective time) and `known_at` (recorded time).
"""


def without_clocks(sql: str) -> str:
    """The same SQL for all that was ever reported, without the two parameters."""
    return sql.replace("cast(:as_of as timestamptz)", "'infinity'").replace(
        "cast(:known_at as timestamptz)", "'infinity'"
    )


STATE = """
    select u.status, u.effective_at, u.recorded_at, u.id
    from status_update u
    where u.owner = a.owner and u.task = a.task and u.unit = a.unit
      and u.effective_at <= cast(:as_of as timestamptz) and u.recorded_at <= cast(:known_at as timestamptz)
    order by u.effective_at desc, u.recorded_at desc, u.id desc
    limit 1
"""

# The run of complete statuses begins at the first report after the last moment at which the work was not complete.
# A report that was corrected at the same effective time does not interrupt it. Both moments of `run` are compared as
# one place in the index, behind all of its effective time: from a bound of `effective_at` alone, beside that of
# `recorded_at`, PostgreSQL 18 expects to skip from moment to moment, and rather reads all that the owner ever reported.
# The `select` around `coalesce` is worked out once; without it the run is read from the assignment's very first report.
COMPLETE_SINCE = """
    select min(run.effective_at) as complete_since
    from status_update run
    where s.status in ('completed', 'verified')
      and run.owner = a.owner and run.task = a.task and run.unit = a.unit
      and run.effective_at <= cast(:as_of as timestamptz) and run.recorded_at <= cast(:known_at as timestamptz)
      and (run.effective_at, run.recorded_at) > ((select coalesce((
        select open.effective_at
        from status_update open
        where open.owner = a.owner and open.task = a.task and open.unit = a.unit
          and open.effective_at <= cast(:as_of as timestamptz) and open.recorded_at <= cast(:known_at as timestamptz)
          and open.status not in ('completed', 'verified')
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
