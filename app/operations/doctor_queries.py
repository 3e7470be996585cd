"""What `tiendo doctor` asks the database about itself, in one row."""

FACTS = """
select current_setting('server_version') as version, current_setting('server_version_num')::int as version_number,
       session_user as login,
       (select rolsuper or rolbypassrls from pg_roles where rolname = session_user) as sees_every_row,
       exists (select from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
               and pg_has_role(session_user, c.relowner, 'usage')) as owns_tables,
       (select rolsuper or rolbypassrls from pg_roles where rolname = 'tiendo_app') as role_sees_every_row,
       exists (select from pg_class c join pg_roles r on r.oid = c.relowner
               where r.rolname = 'tiendo_app' and c.relkind = 'r') as role_owns_tables,
       coalesce((select pg_has_role(session_user, oid, 'set') from pg_roles where rolname = 'tiendo_app'), false)
         as may_set_role,
       (select pg_has_role(f.proowner, (select oid from pg_roles where rolname = session_user), 'usage')
               or pg_has_role(f.proowner, 'pg_read_all_stats', 'usage')
        from pg_proc f where f.proname = 'open_writers' and f.pronamespace = 'public'::regnamespace)
         as owner_sees_writers,
       clock_timestamp() as clock,
       coalesce((select ssl from pg_stat_ssl where pid = pg_backend_pid()), false) as is_encrypted,
       current_setting('fsync') as fsync, current_setting('full_page_writes') as full_page_writes,
       current_setting('synchronous_commit') as synchronous_commit,
       current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
         - current_setting('reserved_connections')::int as connections,
       (select nullif(rolconnlimit, -1) from pg_roles where rolname = session_user) as connections_of_login,
       (select nullif(datconnlimit, -1) from pg_database where datname = current_database())
         as connections_of_database,
       (select count(*) from pg_stat_activity
        where backend_type = 'client backend' and application_name not like 'tiendo%') as others,
       pg_database_size(current_database()) as size,
       (select age(datfrozenxid) from pg_database where datname = current_database()) as age,
       pg_is_in_recovery() as is_standby, current_setting('default_transaction_read_only') = 'on' as is_read_only,
       (select last_failed_wal from pg_stat_archiver
        where current_setting('archive_mode') <> 'off'
          and last_failed_time > coalesce(last_archived_time, '-infinity')) as not_archived,
       (select string_agg(slot_name, ', ' order by slot_name) from pg_replication_slots where not active) as idle_slots
"""
PROJECTION = """
select clock_timestamp() - closed_until > interval '2 days' as is_behind, closed_until
from projection_checkpoint where what = 'transitions'
"""
