"""SQL of the counts that a worker keeps."""

from app.conditions import COUNT_COLUMNS
from app.progress.queries import NEWEST_RECORDS

# One statement sees one snapshot, which it returns. A row that an earlier snapshot did not see was written by a
# transaction whose id, the row's `xmin`, is not below that snapshot's `xmin`. The ids of rows have 32 bits; `age`
# compares them correctly unless two thousand million transactions lie between.
REFRESH = f"""
with present as materialized (
    select pg_current_snapshot()::text,
           coalesce((select number from revision where what = 'tokens'), 0),
           coalesce((select number from revision where what = 'catalogue'), 0),
           greatest({NEWEST_RECORDS}),
           count(*)
    from tally
)
select present.*, changed.*
from present
left join (
    select owner, task, nullif(deadline, 'infinity'), {", ".join(COUNT_COLUMNS)}
    from tally
    where age(xmin) <= (select coalesce(age(pg_snapshot_xmin($1::text::pg_snapshot)::xid), 2147483647))
) changed on true
"""
