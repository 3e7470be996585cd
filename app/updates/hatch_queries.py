"""The one statement that records the commonest report: newer than all that is known of its assignment, no verdict."""

from app.catalogue.counts import BOTH_SIDES, DIFFERENCE

# Everything is decided by columns of the assignment's own row, which PostgreSQL reads again after waiting for it. Where
# that doesn't suffice (an older report, a correction, work that doesn't apply) no row is returned and nothing happens;
# nor when a token was revoked or the catalogue changed since the report was judged.
RECORD = f"""
with sent as (
    select $1::text as owner, $2::text as task, $3::text as unit, $4::uuid as id, $5::text as status,
           $6::timestamptz as effective_at, $7::timestamptz as recorded_at, $8::text as note, $9::text[] as evidence,
           $10::text as document_number, $11::date as document_date, $12::text as token
),
moved as (
    update assignment
    set status = sent.status, effective_at = sent.effective_at, recorded_at = sent.recorded_at, update_id = sent.id,
        complete_since = case when sent.status = 'completed' then
            case when assignment.status in ('completed', 'verified') then assignment.complete_since
                 else sent.effective_at end
        end
    from sent
    where assignment.owner = $1::text and assignment.task = $2::text and assignment.unit = $3::text
      and not assignment.not_applicable
      and (assignment.effective_at is null or assignment.effective_at < sent.effective_at)
      and (assignment.recorded_at is null or assignment.recorded_at < sent.recorded_at)
      and (select coalesce(max(number) filter (where what = 'tokens'), 0) = $16::int8
              and coalesce(max(number) filter (where what = 'catalogue'), 0) = $17::int8
           from revision)
    {BOTH_SIDES}
),
added as (
    insert into status_update (owner, id, task, unit, status, effective_at, recorded_at, note, evidence,
                               document_number, document_date, token)
    select sent.owner, sent.id, sent.task, sent.unit, sent.status, sent.effective_at, sent.recorded_at, sent.note,
           sent.evidence, sent.document_number, sent.document_date, sent.token
    from sent, moved
),
{DIFFERENCE},
heard as (
    insert into reporting (owner, unit, last_recorded_at)
    select sent.owner, sent.unit, sent.recorded_at from sent, moved
    on conflict (owner, unit) do update
    set last_recorded_at = greatest(reporting.last_recorded_at, excluded.last_recorded_at)
),
kept as (
    insert into idempotency_key (owner, token, key, fingerprint, status, headers, body, created_at)
    select sent.owner, sent.token, $13::text, $14::bytea, 201, '{{"content-type": "application/json"}}', $15::bytea,
           sent.recorded_at
    from sent, moved
    where $13::text is not null
)
select 1 from moved
"""
