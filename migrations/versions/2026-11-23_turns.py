"""The history told as turns, so that the figures of any moment are sums; told by the service in the background.

Revision: 0005, after 0004
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

COUNTS = ("total", "in_progress", "blocked", "returned", "completed", "verified", "late")
# Compared inside, so that the planner does not believe that the comparison picks out rows.
EVERYTHING = "(select coalesce(current_setting('tiendo.scope', true), '') = '*')"


class Xid8(sa.types.UserDefinedType[Any]):
    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        return "xid8"


def upgrade() -> None:
    op.create_table(
        "turn",
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deadline", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("complete_since", sa.DateTime(timezone=True), nullable=True),
        *(sa.Column(count, sa.SmallInteger(), nullable=False) for count in COUNTS),
        sa.CheckConstraint(
            "status in ('not_started', 'in_progress', 'blocked', 'completed', 'verified', 'returned')",
            name=op.f("ck_turn_status"),
        ),
        sa.PrimaryKeyConstraint("owner", "task", "unit", "at", name=op.f("pk_turn")),
    )
    op.create_index(op.f("ix_turn_at"), "turn", ["at"], unique=False)
    op.create_table(
        "movement",
        sa.Column("span", sa.SmallInteger(), nullable=False),
        sa.Column("start", sa.DateTime(timezone=True), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column("deadline", sa.DateTime(timezone=True), nullable=False),
        *(sa.Column(count, sa.Integer(), nullable=False) for count in COUNTS),
        sa.CheckConstraint("span in (1, 8, 64)", name=op.f("ck_movement_span")),
        sa.PrimaryKeyConstraint("span", "start", "owner", "task", "deadline", name=op.f("pk_movement")),
        postgresql_with={"fillfactor": "70"},
    )
    op.create_table(
        "bookmark",
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("life", sa.LargeBinary(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("still_open", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.PrimaryKeyConstraint("what", name=op.f("pk_bookmark")),
    )
    op.execute("insert into bookmark (what, life, until, still_open) values ('turns', '', 0, '{}')")
    op.execute("grant select, insert, delete on turn to tiendo_app")
    op.execute("grant select, insert, update, delete on movement to tiendo_app")
    op.execute("grant select, update on bookmark to tiendo_app")
    op.execute("alter table turn enable row level security")
    op.execute(f"create policy figures on turn to tiendo_app using ({EVERYTHING}) with check ({EVERYTHING})")
    # Those that are there already were there before the first turn was told.
    op.add_column("assignment", sa.Column("xid", Xid8(), nullable=True))
    op.alter_column("assignment", "xid", server_default=sa.text("pg_current_xact_id()"))
    with op.get_context().autocommit_block():
        op.create_index(
            op.f("ix_assignment_xid"), "assignment", ["xid"], postgresql_concurrently=True, if_not_exists=True
        )


def downgrade() -> None:
    op.drop_index(op.f("ix_assignment_xid"), table_name="assignment")
    op.drop_column("assignment", "xid")
    op.drop_table("bookmark")
    op.drop_table("movement")
    op.drop_index(op.f("ix_turn_at"), table_name="turn")
    op.drop_table("turn")
