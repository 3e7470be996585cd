"""Settled moments: the latest moment that was answered, which nothing may be recorded at or before.

Revision: settled
"""

import sqlalchemy as sa
from alembic import op

revision = "settled"
down_revision = "files"
branch_labels = None
depends_on = None

ROLE = "tiendo_app"

# Called by every statement that records. It takes the transaction's id first and reads the answered moment afterwards,
# with a snapshot of its own. So whoever answers a moment, having stored it and then looked who has an id, knows all who
# could still record at or before it; all others find it here. Nothing is recorded long before its transaction began.
RECORDING_FLOOR = """
create function recording_floor() returns timestamptz language plpgsql volatile as $$
begin
  perform pg_current_xact_id();
  return greatest(
    transaction_timestamp() - interval '100 milliseconds',
    (select moment from answered_until where what = 'known_at')
  );
end $$
"""

# Transaction ids are shown to everybody, when they began only to members of the role that logged in: so it is asked
# with the rights of the owner of the tables. Background steps record nothing, and may take longer.
OPEN_WRITERS = """
create function open_writers() returns table (xid text, since timestamptz) language sql volatile security definer
set search_path = pg_catalog, pg_temp as $$
  select backend_xid::text, xact_start
  from pg_stat_activity
  where datid = (select oid from pg_database where datname = current_database())
    and backend_xid is not null and application_name <> 'tiendo background'
$$
"""


def upgrade() -> None:
    op.create_table(
        "answered_until",
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("moment", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("what", name=op.f("pk_answered_until")),
        postgresql_with={"fillfactor": "10"},
    )
    op.execute("insert into answered_until (what, moment) values ('known_at', '2000-01-01 00:00Z')")
    op.execute(f"grant select, update on answered_until to {ROLE}")
    op.execute(RECORDING_FLOOR)
    op.execute(OPEN_WRITERS)
    for function in ("recording_floor()", "open_writers()"):
        op.execute(f"revoke all on function {function} from public")
        op.execute(f"grant execute on function {function} to {ROLE}")


def downgrade() -> None:
    op.execute("drop function open_writers()")
    op.execute("drop function recording_floor()")
    op.drop_table("answered_until")
