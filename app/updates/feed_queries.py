"""SQL of the change feed: the incarnation of the database, and what is visible now that was not before."""

from sqlalchemy import text

from app.read_replica import FINGERPRINT

# On a replica the incarnation is the one that the primary named when the connection was taken. The snapshot there lists
# no open transactions: good enough to find what is pending, since what is not committed is not seen anyway, and never
# a position to hand out.
HEAD = f"""
select f.fingerprint, i.began_at, pg_current_snapshot()::text as snapshot
from (select case when pg_is_in_recovery() then nullif(current_setting('tiendo.incarnation', true), '')
             else {FINGERPRINT} end as fingerprint) f
left join incarnation i using (fingerprint)
"""
INCARNATION = text(HEAD)

BEGIN = text("select begin_incarnation(:fingerprint)")

# What appeared: transactions that were open then and are visible now, and those that began since and are visible now.
# Two ranges of the index, so that a long open transaction does not make readers read everything after it again.
APPEARED = "xid = any(cast(cast(:appeared as text[]) as xid8[]))"
BEGAN = """
    xid >= cast(cast(:since as text) as xid8) and xid < cast(cast(:until as text) as xid8)
    and xid <> all(cast(cast(:still_open as text[]) as xid8[]))
"""
