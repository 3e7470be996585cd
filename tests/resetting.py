"""Puts a database back to what it was when it was kept, at the cost of what changed since."""

import asyncpg

from tests.connecting import connect, run_sql

KEEP = """
create schema kept;
create table kept.mark (transaction bigint not null);
do $$ declare name text;
begin
    for name in select table_name from information_schema.tables
                where table_schema = 'public' and table_type = 'BASE TABLE' and table_name <> 'revision'
    loop
        execute format('create table kept.%I (like public.%I including indexes)', name, name);
        execute format('insert into kept.%I select * from public.%I', name, name);
        execute format('analyze kept.%I', name);
    end loop;
end $$;
insert into kept.mark select pg_current_xact_id()::text::bigint;
"""
"""Beside every table its rows as they are now, and the transaction after which anything written is a change."""

RESTORE = """
create function kept.restore() returns void language plpgsql as $function$
declare
    stored record;
    changed text[] := '{}';
    mark bigint := (select transaction from kept.mark);
    gone bigint;
    missing bigint;
begin
    perform set_config('session_replication_role', 'replica', true);  -- no triggers, and foreign keys in any order
    perform set_config('lock_timeout', '20s', true);
    for stored in
        select c.relname as name,
               (select string_agg(format('t.%1$I = k.%1$I', a.attname), ' and ')
                from pg_index i join pg_attribute a on a.attrelid = c.oid and a.attnum = any(i.indkey)
                where i.indrelid = c.oid and i.indisprimary) as same
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = 'kept' and c.relkind = 'r' and c.relname <> 'mark'
    loop
        execute format('delete from public.%I where xmin::text::bigint > %s', stored.name, mark);
        get diagnostics gone = row_count;
        execute format('select (select count(*) from kept.%1$I) - (select count(*) from public.%1$I)', stored.name)
            into missing;
        if missing > 0 then
            execute format('insert into public.%1$I select k.* from kept.%1$I k
                            where not exists (select from public.%1$I t where %2$s)', stored.name, stored.same);
        end if;
        if gone > 0 or missing > 0 then
            changed := changed || stored.name::text;
        end if;
    end loop;
    -- Numbers never go back, so that no copy in memory is taken for one of what is there now. Tokens are always looked
    -- up again: whether somebody was recognised before decides by which way a request is served.
    insert into revision values ('tokens', 1), ('catalogue', 1) on conflict do nothing;
    update revision set number = number + 1
    where what = 'tokens'
       or what = 'catalogue' and changed && array['campaign', 'unit', 'former_name', 'category', 'task'];
    update kept.mark set transaction = pg_current_xact_id()::text::bigint;
end $function$
"""
"""Rows written since are deleted, rows that are missing come back; what nobody touched is only counted."""


class Restorer:
    """Puts one database back, over a connection that stays open: opening it costs more than restoring."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._connection: asyncpg.Connection | None = None

    async def keep(self) -> None:
        """Remember every table as it is now."""
        await run_sql(self.url, KEEP, RESTORE)

    async def restore(self) -> None:
        """Undo every change of rows since the database was kept."""
        if self._connection is None:
            self._connection = await connect(self.url)
        try:
            await self._connection.execute("select kept.restore()")
        except (asyncpg.PostgresConnectionError, asyncpg.AdminShutdownError, asyncpg.InterfaceError, OSError):
            self._connection = await connect(self.url)  # some tests cut every connection
            await self._connection.execute("select kept.restore()")

    async def close(self) -> None:
        if self._connection is not None:
            await self._connection.close()
