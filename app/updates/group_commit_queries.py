"""The one statement that records the commonest reports: newer than all that is known of their assignments, no verdict.

It stores the reports of several callers at once. Row-level security confines it to the scopes of all of them, and it
confines each report to the scope of its own caller.
"""

from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from app.auth.queries import KEY_IN_USE
from app.catalogue.counts import BOTH_SIDES, DIFFERENCE
from app.conditions import complete_sql
from app.updates.queries import HISTORY_COLUMNS, MANY_REPORTS


class PendingRow(NamedTuple):
    """A report as it is sent: the attributes of the type `pending_report`, in their order.

    `tokens` and `catalogue` are the revisions that the report was judged by. An array of records takes the driver and
    PostgreSQL half the time that an array for each column takes.
    """

    owner: str
    task: str
    unit: str
    id: UUID
    status: str
    effective_at: datetime
    recorded_at: datetime
    note: str | None
    evidence: tuple[str, ...]
    document_number: str | None
    document_date: date | None
    scope: str
    token: str
    tokens: int
    catalogue: int
    key: str | None
    fingerprint: bytes
    answer: bytes


_HISTORY = ", ".join(HISTORY_COLUMNS)

# The scopes are set before the first report is looked at, for this transaction alone; before and after it the
# connection has none, and sees no rows. So whatever plan PostgreSQL chooses, a report can only be refused too easily.
#
# A report goes on while its token and the catalogue are those it was judged by, its key is new and nobody else is about
# to use it (WAIT_FOR_DUPLICATE), and nobody stores many reports of its owner (LOCK_OWNERS_FOR_BULK). The rest is
# decided by columns of the assignment's own row, as they are once it is locked. Of what doesn't suffice (an older
# report, a correction, work that doesn't apply) nothing is stored, and no id returned. Where somebody else was quicker,
# or is about to be, the report may come again with a later time: waiting here would make all the others wait. So may
# one that was stamped at or before a moment that has been answered meanwhile, or long before the transaction began.
RECORD_BATCH = f"""
with confined as materialized (
    select set_config('tiendo.scope', $1::text, true) as scopes, recording_floor() as floor
),
sent as materialized (
    select report.*, confined.floor
    from confined, unnest($2::pending_report[]) as report
    where (report.scope = '*' or report.scope in (report.owner || '/*', report.owner || '/' || report.unit))
      and report.tokens = (select coalesce(max(number), 0) from revision where what = 'tokens')
      and report.catalogue = (select coalesce(max(number), 0) from revision where what = 'catalogue')
      and not exists (select from idempotency_key used
                      where used.owner = report.owner and used.token = report.token and used.key = report.key)
      and (report.key is null
           or pg_try_advisory_xact_lock({KEY_IN_USE.format("report.token", "report.key")}))
      and pg_try_advisory_xact_lock_shared({MANY_REPORTS.format(owner="report.owner")})
    order by report.owner, report.task, report.unit
),
locked as materialized (
    select sent.*, assignment.recorded_at as last_recorded_at
    from sent join assignment using (owner, task, unit)
    where sent.recorded_at > sent.floor
    for update of assignment skip locked
),
moved as (
    update assignment
    set status = sent.status, effective_at = sent.effective_at, recorded_at = sent.recorded_at, update_id = sent.id,
        complete_since = case when {complete_sql("sent.status")} then
            case when {complete_sql("assignment.status")} then assignment.complete_since
                 else sent.effective_at end
        end
    from locked as sent
    where assignment.owner = sent.owner and assignment.task = sent.task and assignment.unit = sent.unit
      and not assignment.not_applicable
      and (assignment.effective_at is null or assignment.effective_at < sent.effective_at)
      and (assignment.recorded_at is null or assignment.recorded_at < sent.recorded_at)
    {BOTH_SIDES}
),
stored as materialized (
    select sent.* from sent join moved on moved.update_id = sent.id
),
added as (
    insert into status_update ({_HISTORY}) select {_HISTORY} from stored
),
{DIFFERENCE},
reported as (
    insert into last_report (owner, unit, last_recorded_at)
    select owner, unit, max(recorded_at) from stored
    group by owner, unit
    order by owner, unit
    on conflict (owner, unit) do update
    set last_recorded_at = greatest(last_report.last_recorded_at, excluded.last_recorded_at)
),
answered as (
    insert into idempotency_key (owner, token, key, fingerprint, status, headers, body, created_at)
    select owner, token, key, fingerprint, 201, '{{"content-type": "application/json"}}', answer, recorded_at
    from stored
    where key is not null
)
select id, true as is_stored from stored
union all
select sent.id, false
from sent left join locked using (id)
where locked.id is null or locked.last_recorded_at >= sent.recorded_at
"""
