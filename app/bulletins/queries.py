"""SQL about bulletins."""

from sqlalchemy import text

# One bulletin of a campaign is issued at a time, so that the numbers have no gaps and no duplicates.
ONE_AT_A_TIME = text("select pg_advisory_xact_lock(hashtextextended('bulletin ' || :campaign, 0)), clock_timestamp()")

ISSUE = text("""
insert into bulletin (campaign, number, title, issued_at, as_of, progress, token)
select :campaign, coalesce(max(number), 0) + 1, :title, :issued_at, :as_of, cast(:progress as jsonb), :token
from bulletin
where campaign = :campaign
returning campaign, number, title, issued_at, as_of, progress
""")

BULLETINS = text("""
select campaign, number, title, issued_at, as_of
from bulletin
where campaign = :campaign and (cast(:before as bigint) is null or number < :before)
order by number desc
limit :limit
""")

BULLETIN = text("""
select campaign, number, title, issued_at, as_of, progress
from bulletin
where campaign = :campaign and number = :number
""")

LAST = text("""
select campaign, number, title, issued_at, as_of, progress
from bulletin
where campaign = :campaign
order by number desc
limit 1
""")
