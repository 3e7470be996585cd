"""SQL of the change feed: the incarnation of the database, and what is visible now that was not before."""

from sqlalchemy import text

# A copy of the files gives the same tables a new timeline, a restored dump gives them new numbers.
HEAD = """
select f.fingerprint, i.began_at, pg_current_snapshot()::text as snapshot
from (select concat_ws('-',
        (select system_identifier from pg_control_system()),
        (select oid from pg_database where datname = current_database()),
        'status_update'::regclass::oid,
        left(pg_walfile_name(pg_current_wal_lsn()), 8)) as fingerprint) f
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
