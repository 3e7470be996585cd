"""SQL of the change feed: which life the database is in, and what can be seen now that could not be seen before."""

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

# What runs in the background may take long after a restore. It records nothing, so no moment waits for it.
NO_STATEMENT_TIMEOUT = text("""
select set_config('statement_timeout', '0', true), set_config('transaction_timeout', '0', true),
       set_config('application_name', 'tiendo background', true)
""")
BEGIN = text("select begin_incarnation(:fingerprint)")

# What appeared: transactions that were open then and are visible now, and those that began since and are visible now.
# Two ranges of the index, so that one transaction held open for long does not make anybody read again what came after.
APPEARED = "xid = any(cast(cast(:appeared as text[]) as xid8[]))"
BEGAN = """
    xid >= cast(cast(:since as text) as xid8) and xid < cast(cast(:until as text) as xid8)
    and xid <> all(cast(cast(:still_open as text[]) as xid8[]))
"""
_AFTER = "(xid, id) > (cast(cast(:last_xid as text) as xid8), cast(:last_id as uuid)) order by xid, id limit :limit"

CHANGES = text(f"""
with fresh as (
    (select * from status_update where {APPEARED} and {_AFTER})
    union all
    (select * from status_update where {BEGAN} and {_AFTER})
    order by xid, id
    limit :limit
)
select u.*, u.xid::text as transaction, a.update_id is not distinct from u.id as is_current, t.category,
       case when unit.level <> 'agency' then unit.owner end as province
from fresh u
join assignment a on a.owner = u.owner and a.task = u.task and a.unit = u.unit
join task t on t.code = u.task
join unit on unit.code = u.unit
order by u.xid, u.id
""")
