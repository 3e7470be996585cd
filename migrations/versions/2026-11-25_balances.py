"""Balances struck every day, so that a past moment is two of them and the turns of its day. The service strikes them.

Revision: 0008, after 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

COUNTS = ("total", "in_progress", "blocked", "returned", "completed", "verified", "late")
# The release before tells turns without moving balances. It may read its bookmark but no longer take it, so it leaves
# telling to this one, and finds what it asks about the past in the history.
LEFT_ALONE = "what <> 'turns'"


def upgrade() -> None:
    op.create_table(
        "balance",
        sa.Column("span", sa.SmallInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column("deadline", sa.DateTime(timezone=True), nullable=False),
        *(sa.Column(count, sa.Integer(), nullable=False) for count in COUNTS),
        sa.CheckConstraint("span in (1, 8)", name=op.f("ck_balance_span")),
        sa.PrimaryKeyConstraint("span", "at", "owner", "task", "deadline", name=op.f("pk_balance")),
        postgresql_with={"fillfactor": "70"},
    )
    op.execute("grant select, insert, update, delete on balance to tiendo_app")
    op.add_column("bookmark", sa.Column("struck", sa.DateTime(timezone=True), nullable=True))
    op.execute("""
    insert into bookmark (what, life, until, still_open)
    select 'balances', life, until, still_open from bookmark where what = 'turns'
    """)
    op.execute("update bookmark set life = '' where what = 'turns'")
    op.execute("alter table bookmark enable row level security")
    op.execute("create policy reading on bookmark for select to tiendo_app using (true)")
    op.execute(f"create policy telling on bookmark for update to tiendo_app using ({LEFT_ALONE})")


def downgrade() -> None:
    op.execute("drop policy telling on bookmark")
    op.execute("drop policy reading on bookmark")
    op.execute("alter table bookmark disable row level security")
    op.execute("delete from bookmark where what = 'balances'")
    op.drop_column("bookmark", "struck")
    op.drop_table("balance")
