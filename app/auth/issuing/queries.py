"""SQL about the tokens that were handed out: lists, successors, hand-outs for many units, and when each was used."""

from sqlalchemy import text

_STATE = """
case when revoked_at is not null then 'revoked'
     when expires_at <= cast(:at as timestamptz) then 'expired'
     else 'valid' end
"""
_COLUMNS = f"""
token.id, token.name, role, token.unit, token.created_at, created_by, expires_at, revoked_at, may_delegate,
last_used_at, successor, {_STATE} as state
"""
# A delegate sees the tokens of its communes, and hands out those.
_OF_DELEGATE = """
(cast(:delegate as text) is null or (role = 'reporter' and unit.owner = :delegate and unit.level = 'commune'))
"""

TOKENS = text(f"""
select {_COLUMNS}
from token left join unit on unit.code = token.unit
where {_OF_DELEGATE}
  and (cast(:after as text) is null or token.id > :after)
  and (cast(:role as text) is null or role = :role)
  and (cast(:unit as text) is null or token.unit = :unit)
  and (cast(:province as text) is null or unit.owner = :province)
  and (cast(:state as text) is null or {_STATE} = :state)
  and (cast(:days as int) is null
       or (revoked_at is null and expires_at > :at and expires_at <= :at + make_interval(days => :days)))
order by token.id
limit :limit
""")

TOKEN = text(f"""
select {_COLUMNS}
from token left join unit on unit.code = token.unit
where token.id = :id and {_OF_DELEGATE}
for update of token
""")

REPLACE = text("""
update token
set successor = :successor, expires_at = least(expires_at, cast(:until as timestamptz))
where id = :id
""")

# The units of a filter, without those that have a valid token of the role unless it is asked for.
UNITS = text("""
select unit.code, unit.names ->> 'vi' as name, province.names ->> 'vi' as province
from unit left join unit province on province.code = unit.province
where unit.level = :level
  and (cast(:province as text) is null or unit.owner = :province)
  and (cast(:units as text[]) is null or unit.code = any(:units))
  and (not :missing_only or not exists (
        select from token
        where token.unit = unit.code and token.role = :role and revoked_at is null
          and (expires_at is null or expires_at > :at)))
order by unit.owner collate "C", unit.code collate "C"
""")

OWNERS = text("""
select code, owner from unit where code = any(cast(:units as text[])) and level = :level
""")

NAMED_UNITS = text("select code, level, owner from unit where code = any(cast(:codes as text[]))")

HAS_OTHERS = text("""
select exists (select from unit where code = any(cast(:units as text[])) and owner <> :province)
""")

ADD_TOKENS = text("""
insert into token (id, secret_hash, name, role, unit, created_at, created_by, expires_at)
select id, decode(secret_hash, 'hex'), name, :role, unit, :at, :created_by, cast(:expires_at as timestamptz)
from jsonb_to_recordset(cast(:tokens as jsonb)) as made (id text, secret_hash text, name text, unit text)
""")

# Each token in the same order, and none that somebody holds: the next time will do.
NOTE_USE = text("""
with used as (
    select token.id, used.at
    from unnest(cast(:ids as text[]), cast(:times as timestamptz[])) as used (id, at)
    join token on token.id = used.id and (last_used_at is null or last_used_at < used.at)
    order by token.id
    for no key update of token skip locked
)
update token set last_used_at = used.at from used where token.id = used.id
""")

NO_FILTER = dict.fromkeys(("delegate", "after", "role", "unit", "province", "state", "days", "limit"))
"""The parameters of `TOKENS` for all of them."""
