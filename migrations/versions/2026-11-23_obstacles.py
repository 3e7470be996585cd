"""Obstacles and what became of them: seen by the unit's side and by the agency addressed, append-only in their history.

Revision: 0003, after 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

IN_SCOPE = """
  (select nullif(current_setting('tiendo.scope', true), '')) = '*'
  or (select nullif(current_setting('tiendo.scope', true), '')) in (owner || '/*', owner || '/' || unit)
"""
ADDRESSED = f"{IN_SCOPE} or (select nullif(current_setting('tiendo.scope', true), '')) = addressed_to || '/*'"
STATE = "state in ('open', 'acknowledged', 'resolved', 'declined')"


def upgrade() -> None:
    op.create_table(
        "obstacle",
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("task", sa.Text(), nullable=True),
        sa.Column("group", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("addressed_to", sa.Text(), nullable=False),
        sa.Column("needed_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(STATE, name=op.f("ck_obstacle_state")),
        sa.CheckConstraint(
            "\"group\" in ('infrastructure', 'systems', 'institution_staff', 'support')", name=op.f("ck_obstacle_group")
        ),
        sa.ForeignKeyConstraint(["unit"], ["unit.code"], name=op.f("fk_obstacle_unit")),
        sa.ForeignKeyConstraint(["task"], ["task.code"], name=op.f("fk_obstacle_task")),
        sa.ForeignKeyConstraint(["addressed_to"], ["unit.code"], name=op.f("fk_obstacle_addressed_to")),
        sa.PrimaryKeyConstraint("owner", "id", name=op.f("pk_obstacle")),
    )
    op.create_index(op.f("ix_obstacle_id"), "obstacle", ["id"], unique=False)
    op.create_index(op.f("ix_obstacle_addressed_to_id"), "obstacle", ["addressed_to", "id"], unique=False)
    op.create_table(
        "obstacle_event",
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("obstacle", sa.Uuid(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("addressed_to", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("response", sa.Text(), nullable=True),
        sa.Column("token", sa.Text(), nullable=False),
        sa.CheckConstraint(STATE, name=op.f("ck_obstacle_event_state")),
        sa.ForeignKeyConstraint(
            ["owner", "obstacle"], ["obstacle.owner", "obstacle.id"], name=op.f("fk_obstacle_event_owner_obstacle")
        ),
        sa.PrimaryKeyConstraint("owner", "id", name=op.f("pk_obstacle_event")),
    )
    op.create_index(
        op.f("ix_obstacle_event_owner_obstacle_at_id"),
        "obstacle_event",
        ["owner", "obstacle", "at", "id"],
        unique=False,
    )
    op.execute("grant select, insert, update on obstacle to tiendo_app")
    op.execute("grant select, insert on obstacle_event to tiendo_app")
    confine()


def confine() -> None:
    """The agency addressed sees an obstacle and answers it; only the unit's own side reports one."""
    for table in ("obstacle", "obstacle_event"):
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"create policy seen on {table} for select to tiendo_app using ({ADDRESSED})")
    op.execute(f"create policy reported on obstacle for insert to tiendo_app with check ({IN_SCOPE})")
    op.execute(
        f"create policy answered on obstacle for update to tiendo_app using ({ADDRESSED}) with check ({ADDRESSED})"
    )
    op.execute(f"create policy answered on obstacle_event for insert to tiendo_app with check ({ADDRESSED})")


def downgrade() -> None:
    op.drop_table("obstacle_event")
    op.drop_table("obstacle")
