"""A schema as lines of text, so that two can be compared: each line is a kind, a name and what it is."""

# Names of owners and of other roles are left out: they differ from one database to the next. One owner has everything,
# whoever it is, and other roles may read.
RELATIONS = """
select 'table', c.relname::text, concat(case when c.relrowsecurity then 'row security' else 'no row security' end,
       case when c.relforcerowsecurity then ', forced' else '' end,
       case when c.relpersistence <> 'p' then ', lost in a crash' else '' end,
       case when c.relowner <> (select relowner from pg_class where oid = to_regclass('alembic_version'))
            then ', of another owner' else '' end,
       case when c.reloptions is not null then ', ' || array_to_string(c.reloptions, ' ') else '' end)
from pg_class c where c.relnamespace = $1 and c.relkind in ('r', 'p')
"""
COLUMNS = """
select 'column', c.relname || '.' || a.attname,
       concat(format_type(a.atttypid, a.atttypmod), case when a.attnotnull then ' not null' else '' end,
              ' default ' || pg_get_expr(d.adbin, d.adrelid))
from pg_attribute a
join pg_class c on c.oid = a.attrelid
left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
where c.relnamespace = $1 and c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped
"""
CONSTRAINTS = """
select 'constraint', c.relname || '.' || k.conname,
       concat(pg_get_constraintdef(k.oid), case when not k.convalidated then ' not valid' else '' end)
from pg_constraint k join pg_class c on c.oid = k.conrelid
where c.relnamespace = $1 and k.contype <> 'n'
"""
INDEXES = """
select 'index', t.relname || '.' || c.relname,
       concat(replace(pg_get_indexdef(c.oid), format(' %I.', n.nspname), ' '),
              case when not i.indisvalid then ' invalid' else '' end)
from pg_index i
join pg_class c on c.oid = i.indexrelid
join pg_class t on t.oid = i.indrelid
join pg_namespace n on n.oid = t.relnamespace
where t.relnamespace = $1
  and not exists (select from pg_constraint k where k.conindid = c.oid and k.contype in ('p', 'u'))
"""
POLICIES = """
select 'policy', c.relname || '.' || p.polname,
       concat(case p.polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' when 'd' then 'delete'
                            else 'all' end,
              case when not p.polpermissive then ' restrictive' else '' end,
              ' to ' || (select string_agg(coalesce(r.rolname, 'public'), ', ' order by r.rolname)
                         from unnest(p.polroles) as x(id) left join pg_roles r on r.oid = x.id),
              ' using ' || pg_get_expr(p.polqual, p.polrelid), ' check ' || pg_get_expr(p.polwithcheck, p.polrelid))
from pg_policy p join pg_class c on c.oid = p.polrelid
where c.relnamespace = $1
"""
# Small letters by the rules of "C": in Turkish that of I is another one.
GRANTS = """
select 'grant', format('%s on %s to %s', lower(a.privilege_type collate "C"), c.relname, coalesce(r.rolname, 'public')),
       case when a.is_grantable then 'with grant option' else '' end
from pg_class c
cross join lateral aclexplode(c.relacl) a
left join pg_roles r on r.oid = a.grantee
where c.relnamespace = $1 and a.grantee <> c.relowner
  and (coalesce(r.rolname, 'public') in ('tiendo_app', 'public') or a.privilege_type <> 'SELECT')
union all
select 'grant',
       format('%s on %s.%s to %s', lower(a.privilege_type collate "C"), c.relname, t.attname,
              coalesce(r.rolname, 'public')), ''
from pg_class c
join pg_attribute t on t.attrelid = c.oid
cross join lateral aclexplode(t.attacl) a
left join pg_roles r on r.oid = a.grantee
where c.relnamespace = $1 and a.grantee <> c.relowner
  and (coalesce(r.rolname, 'public') in ('tiendo_app', 'public') or a.privilege_type <> 'SELECT')
union all
select 'grant', format('execute on %s to %s', f.oid::regprocedure, coalesce(r.rolname, 'public')), ''
from pg_proc f
cross join lateral aclexplode(coalesce(f.proacl, acldefault('f', f.proowner))) a
left join pg_roles r on r.oid = a.grantee
where f.pronamespace = $1 and a.grantee <> f.proowner and coalesce(r.rolname, 'public') in ('tiendo_app', 'public')
union all
select 'grant', format('usage on schema to %s', r.rolname), ''
from pg_roles r where r.rolname = 'tiendo_app' and has_schema_privilege(r.oid, $1, 'usage')
"""
FUNCTIONS = """
select 'function', f.oid::regprocedure::text,
       concat(case when f.prosecdef then 'security definer ' else '' end,
              case when f.prosecdef
                        and f.proowner <> (select relowner from pg_class where oid = to_regclass('alembic_version'))
                   then 'of another owner ' else '' end, array_to_string(f.proconfig, ' '),
              ' returns ', pg_get_function_result(f.oid), ' body ', md5(f.prosrc))
from pg_proc f
where f.pronamespace = $1 and f.prokind in ('f', 'p')
  and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = f.oid and d.deptype = 'e')
"""
TYPES = """
select 'type', t.typname::text,
       (select string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod), ', ' order by a.attnum)
        from pg_attribute a where a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped)
from pg_type t join pg_class c on c.oid = t.typrelid
where t.typnamespace = $1 and c.relkind = 'c'
union all
select 'type', t.typname::text, (select string_agg(e.enumlabel, ', ' order by e.enumsortorder)
                           from pg_enum e where e.enumtypid = t.oid)
from pg_type t where t.typnamespace = $1 and t.typtype = 'e'
"""
# Whatever happens beside a write: a rule can leave it out, and a disabled trigger was a foreign key.
TRIGGERS = """
select case when t.tgisinternal then 'disabled trigger' else 'trigger' end, c.relname || '.' || t.tgname, ''
from pg_trigger t join pg_class c on c.oid = t.tgrelid
where c.relnamespace = $1 and (not t.tgisinternal or t.tgenabled = 'D')
union all
select 'rule', c.relname || '.' || w.rulename, ''
from pg_rewrite w join pg_class c on c.oid = w.ev_class
where c.relnamespace = $1 and c.relkind in ('r', 'p')
"""
SCHEMA = " union all ".join(
    f"({query})" for query in (RELATIONS, COLUMNS, CONSTRAINTS, INDEXES, POLICIES, GRANTS, FUNCTIONS, TYPES, TRIGGERS)
)
WHERE = "select 'public'::regnamespace::oid"
