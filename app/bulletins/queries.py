"""SQL about bulletins."""

from sqlalchemy import text

from app.progress.queries import NEWEST_RECORDS

# One bulletin of a campaign is issued at a time, so that the numbers have no gaps and no duplicates.
# It may wait for a minute, and records nothing until it has.
ONE_AT_A_TIME = text("""
select set_config('transaction_timeout', '0', true), set_config('idle_in_transaction_session_timeout', '0', true),
       pg_advisory_xact_lock(hashtextextended('bulletin ' || :campaign, 0))
""")

# At or after everything that was acknowledged, whichever clock stamped it.
PRESENT = text(f"""
select greatest(clock_timestamp(), (select max(recorded_at) from ruling), {NEWEST_RECORDS})
""")

ISSUE = text("""
insert into bulletin (campaign, number, title, issued_at, as_of, known_at, progress, provinces, matrix, token,
                      proposals)
select :campaign, coalesce(max(number), 0) + 1, :title, :issued_at, :as_of, :issued_at, cast(:progress as jsonb),
       cast(:provinces as jsonb), cast(:matrix as jsonb), :token, cast(:proposals as text[])
from bulletin
where campaign = :campaign
returning campaign, number, title, issued_at, as_of, known_at, progress, provinces, matrix, proposals
""")

BULLETINS = text("""
select campaign, number, title, issued_at, as_of, coalesce(known_at, issued_at) as known_at
from bulletin
where campaign = :campaign and (cast(:before as bigint) is null or number < :before)
order by number desc
limit :limit
""")

BULLETIN = text("""
select campaign, number, title, issued_at, as_of, coalesce(known_at, issued_at) as known_at,
       progress, provinces, matrix, proposals
from bulletin
where campaign = :campaign and number = :number
""")

LAST = text("""
select campaign, number, title, issued_at, as_of, coalesce(known_at, issued_at) as known_at,
       progress, provinces, matrix, proposals
from bulletin
where campaign = :campaign and issued_at <= :known_at
order by number desc
limit 1
""")

RULED_SINCE = text("""
select exists (
    select from ruling
    join task on task.code = ruling.task
    join category on category.code = task.category and category.campaign = :campaign
    where ruling.recorded_at > :known_at and ruling.recorded_at <= :until
)
""")
