"""SQL about tokens, kept answers and the audit log."""

from sqlalchemy import text

TOKEN_BY_ID = text("""
select token.id, secret_hash, token.name, role, unit, unit.owner, expires_at, revoked_at, may_delegate
from token left join unit on unit.code = token.unit
where token.id = :id
""")

_VALID = "revoked_at is null and (expires_at is null or expires_at > clock_timestamp())"

VALID_TOKENS = text(f"""
select given.role, count(token.id) filter (where {_VALID}) as valid
from unnest(array['viewer', 'reporter', 'agency', 'ministry', 'admin']) as given (role)
left join token on token.role = given.role
group by given.role
""")

# One that was rotated has a successor, and nothing is left to be done about it.
TOKENS_ENDING = text(f"""
select count(*) filter (where expires_at <= clock_timestamp() + interval '1 day') as "1",
       count(*) filter (where expires_at <= clock_timestamp() + interval '7 days') as "7",
       count(*) filter (where expires_at <= clock_timestamp() + interval '30 days') as "30"
from token where {_VALID} and successor is null
""")

LEVEL_OF_UNIT = text("select level from unit where code = :unit")

IS_COMMUNE_OF = text("""
select exists (select from unit where code = :unit and owner = :province and level = 'commune')
""")

ADD_TOKEN = text("""
insert into token (id, secret_hash, name, role, unit, created_at, created_by, expires_at, may_delegate)
values (:id, :secret_hash, :name, :role, :unit, :created_at, :created_by, :expires_at, :may_delegate)
""")

REVOKE_TOKEN = text("""
update token set revoked_at = coalesce(revoked_at, :at)
where id = :id
returning id
""")

BUMP = text("""
insert into revision (what, number) values (:what, 1)
on conflict (what) do update set number = revision.number + 1
""")

KEY_IN_USE = "hashtextextended({} || ' ' || {}, 0)"
"""The advisory lock of a token and its Idempotency-Key while a request with it runs."""
WAIT_FOR_DUPLICATE = text(
    f"select pg_advisory_xact_lock({KEY_IN_USE.format('cast(:token as text)', 'cast(:key as text)')})"
)

STORED_ANSWER = text("""
select fingerprint, status, headers, body from idempotency_key
where owner = :owner and token = :token and key = :key
""")

STORE_ANSWER = text("""
insert into idempotency_key (owner, token, key, fingerprint, status, headers, body, created_at)
values (:owner, :token, :key, :fingerprint, :status, cast(:headers as jsonb), :body, clock_timestamp())
""")

FORGET_OLD_ANSWERS = text("""
delete from idempotency_key
where ctid = any(array(select ctid from idempotency_key
                       where created_at < clock_timestamp() - cast(:age as interval)
                       limit :most for update skip locked))
""")

AUDIT = text("""
insert into audit_entry (id, at, token, action, subject, before, after, reason)
values (:id, :at, :token, :action, :subject, cast(:before as jsonb), cast(:after as jsonb), :reason)
""")

AUDIT_LOG = text("""
select id, at, token, action, subject, before, after, reason
from audit_entry
where (cast(:before_id as uuid) is null or id < :before_id)
order by id desc
limit :limit
""")
