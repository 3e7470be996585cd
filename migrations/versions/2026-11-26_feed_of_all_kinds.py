"""Obstacles' events and bulletins bear the transaction that wrote them, so that the change feed can tell of them.

Revision: 0010, after 0009
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

FEED = ("status_update", "ruling", "obstacle_event", "bulletin")


class Xid8(sa.types.UserDefinedType[Any]):
    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        return "xid8"


def upgrade() -> None:
    begin_incarnation(FEED)
    op.add_column("bulletin", sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False))
    for table in ("obstacle_event", "bulletin"):
        op.add_column(table, sa.Column("xid", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False))
        op.create_index(op.f(f"ix_{table}_xid_id"), table, ["xid", "id"], unique=False)


def downgrade() -> None:
    begin_incarnation(FEED[:2])
    for table in ("obstacle_event", "bulletin"):
        op.drop_index(op.f(f"ix_{table}_xid_id"), table_name=table)
        op.drop_column(table, "xid")
    op.drop_column("bulletin", "id")


def begin_incarnation(tables: tuple[str, ...]) -> None:
    """After a restore what bears transaction ids of another life is put before everything, see the foundation."""
    put_aside = "".join(
        f"\n  update {table} set xid = '0' where not pg_visible_in_snapshot(xid, pg_current_snapshot());"
        for table in tables
    )
    op.execute(f"""
create or replace function begin_incarnation(named text) returns void language plpgsql security definer
set search_path = public, pg_temp as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('incarnation', 0));
  if exists (select from incarnation where fingerprint = named) then
    return;
  end if;{put_aside}
  insert into incarnation (fingerprint, began_at) values (named, clock_timestamp());
end $$
""")
